/** One visit: its story, its code for a visitor who lost it, and what an operator may do with it. */
'use client'
import { END_STATES, type Floor, type VisitStory } from '@fanreel/protocol'
import { AlertDialog, Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import type { OperatorLink } from '../../lib/operator/operator-link.ts'
import { span } from '../../lib/operator/telling-time.ts'
import { QrCode } from '../qr-code.tsx'
import { StateBadge } from './state-badge.tsx'

type Props = { link: OperatorLink; visitId: string | undefined; floor: Floor; onClose: () => void }

export const VisitDialog = ({ link, visitId, floor, onClose }: Props) => (
  <Dialog.Root open={visitId !== undefined} onOpenChange={(open) => !open && onClose()}>
    <Dialog.Portal>
      <Dialog.Overlay className="fixed inset-0 z-40 bg-night/70" />
      <Dialog.Content
        aria-describedby={undefined}
        className="operator panel fixed inset-y-0 end-0 z-50 flex w-[min(100vw,520px)] flex-col gap-5 overflow-y-auto rounded-none! border-y-0! border-e-0! p-6"
      >
        {visitId && (
          <Visit key={visitId} link={link} visitId={visitId} seq={floor.visits.find((visit) => visit.visitId === visitId)?.seq} />
        )}
        <Dialog.Close className="plain mt-auto">Close</Dialog.Close>
      </Dialog.Content>
    </Dialog.Portal>
  </Dialog.Root>
)

const Visit = ({ link, visitId, seq }: { link: OperatorLink; visitId: string; seq: number | undefined }) => {
  const [story, setStory] = useState<VisitStory>()
  const [pickupUrl, setPickupUrl] = useState<string>()
  const [fault, setFault] = useState<string>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the story is asked for anew whenever the visit has changed
  useEffect(() => {
    let gone = false
    void link.find(visitId).then((answer) => {
      if (gone) return
      if (answer.ok) setStory(answer.story)
      else setFault(answer.code === 'visit-unknown' ? 'There is no such visit.' : `Not found: ${answer.code}`)
    })
    return () => {
      gone = true
    }
  }, [link, visitId, seq])
  const act = async (action: Promise<{ ok: true } | { ok: false; code: string }>) => {
    const answer = await action
    setFault(answer.ok ? undefined : `Not done: ${answer.code}`)
  }
  const showCode = async () => {
    const answer = await link.pickup(visitId)
    if (answer.ok) setPickupUrl(answer.pickupUrl)
    setFault(answer.ok ? undefined : answer.code === 'visit-state' ? 'The code went with the visit.' : `Not done: ${answer.code}`)
  }
  const over = story && END_STATES.has(story.visit.state)
  return (
    <>
      <div className="flex items-start justify-between gap-4">
        <Dialog.Title className="font-mono text-[16px] break-all">{visitId}</Dialog.Title>
        {story && <StateBadge state={story.visit.state} />}
      </div>
      {fault && (
        <p role="alert" className="notice border-gold/50!">
          {fault}
        </p>
      )}
      {story && (
        <>
          <div className="grid grid-cols-3 gap-3">
            <button type="button" className="plain" disabled={over} onClick={() => void showCode()}>
              Show code
            </button>
            <button
              type="button"
              className="plain"
              // A finished film's clip was deleted with its last shot: there is nothing to make it from.
              disabled={story.visit.state !== 'failed'}
              onClick={() => void act(link.retry(visitId))}
            >
              Make again
            </button>
            <DeleteButton disabled={over ?? true} onDelete={() => void act(link.remove(visitId))} />
          </div>
          {pickupUrl && (
            <figure className="flex flex-col items-center gap-3">
              <div className="w-64 overflow-hidden rounded-xl">
                <QrCode text={pickupUrl} label="QR code of this visit's pickup page" />
              </div>
              <figcaption className="text-[13px] text-mist">
                Let the visitor scan it. Whoever has the code has the film.
              </figcaption>
            </figure>
          )}
          <Facts story={story} />
          <History story={story} />
        </>
      )}
    </>
  )
}

const Facts = ({ story }: { story: VisitStory }) => {
  const { visit, likeness, shots, durationMs, stagesMs, engines, fallbacks } = story
  const facts: [string, string | undefined][] = [
    ['Why it failed', visit.code],
    ['World', visit.packId],
    ['Kiosk', visit.kioskId],
    ['Language', visit.language],
    [
      'Likeness',
      likeness === undefined
        ? undefined
        : `${likeness.toFixed(2)} (${likeness <= 0.35 ? 'good' : likeness <= 0.5 ? 'fair' : 'too far'})`,
    ],
    [
      'Film',
      shots === undefined
        ? undefined
        : `${shots} shots${durationMs === undefined ? '' : `, ${(durationMs / 1_000).toFixed(1)} s`}`,
    ],
    [
      'Made in',
      stagesMs &&
        Object.entries(stagesMs)
          .map(([stage, ms]) => `${stage} ${span(ms ?? 0)}`)
          .join(' · '),
    ],
    [
      'Drawn by',
      engines &&
        Object.entries(engines)
          .map(([engine, count]) => `${engine} ${count}`)
          .join(' · '),
    ],
    [
      'Passed over',
      fallbacks && fallbacks.length > 0
        ? fallbacks.map(({ shot, engine, reason }) => `${engine} for ${shot}: ${reason}`).join(' · ')
        : undefined,
    ],
    ['Deleted on', visit.expiresAt === undefined ? undefined : new Date(visit.expiresAt).toLocaleString('en-GB')],
  ]
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name} className="contents">
            <dt className="text-mist">{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

const History = ({ story }: { story: VisitStory }) => (
  <section aria-label="History" className="flex flex-col gap-2">
    <h3 className="font-semibold">History</h3>
    <ol className="flex flex-col gap-1.5">
      {story.history.map(({ at, state, note }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: history only grows at its end
        <li key={index} className="grid grid-cols-[5.5rem_6.5rem_1fr] items-baseline gap-2 text-[14px]">
          <time className="text-mist tabular-nums" dateTime={new Date(at).toISOString()}>
            {new Date(at).toLocaleTimeString('en-GB')}
          </time>
          <span>{state}</span>
          <span className="text-mist">{note}</span>
        </li>
      ))}
    </ol>
  </section>
)

const DeleteButton = ({ disabled, onDelete }: { disabled: boolean; onDelete: () => void }) => (
  <AlertDialog.Root>
    <AlertDialog.Trigger className="plain text-[#ff8b98]" disabled={disabled}>
      Delete
    </AlertDialog.Trigger>
    <AlertDialog.Portal>
      <AlertDialog.Overlay className="fixed inset-0 z-60 bg-night/80" />
      <AlertDialog.Content className="operator panel fixed top-1/2 left-1/2 z-70 flex w-[min(92vw,440px)] -translate-1/2 flex-col gap-4 p-6">
        <AlertDialog.Title className="text-[20px] font-semibold">Delete this visit?</AlertDialog.Title>
        <AlertDialog.Description className="text-mist">
          The film, the clip and every copy are deleted now, running work included. This cannot be undone.
        </AlertDialog.Description>
        <div className="grid grid-cols-2 gap-3">
          <AlertDialog.Cancel className="plain">Keep it</AlertDialog.Cancel>
          <AlertDialog.Action className="plain border-rec! bg-rec/20! text-[#ffb3bb]" onClick={onDelete}>
            Delete for good
          </AlertDialog.Action>
        </div>
      </AlertDialog.Content>
    </AlertDialog.Portal>
  </AlertDialog.Root>
)
