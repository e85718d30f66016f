/** The whole floor on one page: what is wrong, whether visitors are taken, who works, who waits. */
'use client'
import type { Floor, Refusal } from '@fanreel/protocol'
import { useState } from 'react'
import type { OperatorLink } from '../../lib/operator/operator-link.ts'
import { problemsOf } from '../../lib/operator/problems.ts'
import { span } from '../../lib/operator/telling-time.ts'
import { NodePanel, QueuePanel } from './floor-panels.tsx'
import { KioskPanel } from './kiosk-panel.tsx'
import { StateBadge } from './state-badge.tsx'
import { VisitDialog } from './visit-dialog.tsx'
import { VisitPanel } from './visit-panel.tsx'

type Props = { link: OperatorLink; floor: Floor; eventName: string; away: boolean; onSignOut: () => void }

const Figure = ({ name, value }: { name: string; value: string | number }) => (
  <div className="flex flex-col">
    <dt className="text-[13px] text-mist">{name}</dt>
    <dd className="font-display text-[28px] leading-none font-semibold tabular-nums">{value}</dd>
  </div>
)

export const FloorView = ({ link, floor, eventName, away, onSignOut }: Props) => {
  const [opened, setOpened] = useState<string>()
  const [fault, setFault] = useState<string>()
  const { status, counts } = floor
  const paused = status.reason === 'paused'
  const problems = problemsOf(floor)
  const told = async (asked: Promise<{ ok: true } | Refusal>) => {
    const answer = await asked
    setFault(answer.ok ? undefined : `Not done: ${answer.code}`)
  }
  return (
    <div className="mx-auto flex max-w-[1680px] flex-col gap-4 p-5">
      <header className="flex flex-wrap items-center gap-x-8 gap-y-4">
        <div className="flex items-center gap-4">
          <h1 className="display text-[32px]">{eventName}</h1>
          <StateBadge state={paused ? 'paused' : status.open ? 'open' : 'closed'} />
        </div>
        <dl className="flex flex-wrap gap-8">
          <Figure name="Waiting" value={status.queued} />
          <Figure name="Wait for a new film" value={status.waitMs === undefined ? '–' : span(status.waitMs)} />
          <Figure name="Rendering" value={counts.rendering ?? 0} />
          <Figure name="Ready" value={counts.ready ?? 0} />
          <Figure name="Failed" value={counts.failed ?? 0} />
        </dl>
        <div className="ms-auto flex gap-3">
          <button
            type="button"
            className={`plain ${paused ? 'plain-strong' : ''}`}
            onClick={() => void told(link.pause(!paused))}
          >
            {paused ? 'Open the event' : 'Pause the event'}
          </button>
          <button type="button" className="plain" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      </header>
      {away && (
        <p role="alert" className="notice border-rec/60!">
          <b>No line to the orchestrator.</b> What you see is from {new Date(floor.at).toLocaleTimeString('en-GB')}. Trying again.
        </p>
      )}
      {fault && (
        <p role="alert" className="notice border-rec/60!">
          {fault}
        </p>
      )}
      {problems.length > 0 && (
        <ul className="grid gap-2" aria-label="What needs attention">
          {problems.map(({ id, grave, what, todo }) => (
            <li key={id} className={`notice ${grave ? 'border-rec/60!' : 'border-gold/50!'}`}>
              <b className={grave ? 'text-[#ff8b98]' : 'text-gold'}>{what}.</b> {todo}
            </li>
          ))}
        </ul>
      )}
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_440px]">
        <VisitPanel floor={floor} onOpen={setOpened} />
        <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-1">
          <NodePanel floor={floor} onOpen={setOpened} onReinstate={(nodeId) => void told(link.reinstate(nodeId))} />
          <KioskPanel floor={floor} onClose={(kioskId, closed) => void told(link.closeKiosk(kioskId, closed))} />
          <QueuePanel floor={floor} />
        </div>
      </div>
      <VisitDialog link={link} visitId={opened} floor={floor} onClose={() => setOpened(undefined)} />
    </div>
  )
}
