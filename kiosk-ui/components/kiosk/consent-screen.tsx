/** What is recorded, why and for how long, in one view; a tick for each purpose, a word about age; a refusal that costs nothing. */
'use client'
import type { ConsentPurpose } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { Checkbox } from 'radix-ui'
import { useId, useRef, useState } from 'react'
import { consentDigest, consentText } from '../../lib/consent/consent-text.ts'
import { FLOW_MS } from '../../lib/flow/flow-types.ts'
import { Icon } from '../icons.tsx'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowContext, useFlowSend, useKiosk, useKioskState } from './kiosk-context.tsx'
import { useRoomiest } from './use-roomiest.ts'

export const ConsentScreen = () => {
  const { language } = useFlowContext()
  // Other words are another text: what was ticked before was not agreed to in these.
  return <ConsentForm key={language} />
}

const ConsentForm = () => {
  const t = useTranslations('consent')
  const { settings } = useKiosk()
  const { terms } = useKioskState()
  const { language } = useFlowContext()
  const send = useFlowSend()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [reminded, setReminded] = useState(false)
  const declaration = useId()
  const page = useRef<HTMLDivElement>(null)
  const reading = useRef<HTMLDivElement>(null)
  useRoomiest(page, reading)
  const { eventName = '', keepDays = 1, purposes = ['make-film'] } = terms ?? {}
  const text = consentText(language, { eventName, keepDays, purposes, seconds: FLOW_MS.TAKE / 1_000 })
  const complete = text.ticks.every(({ id, required }) => !required || ticked.has(id))

  const missing = t(text.ticks.length > 1 ? 'missingFirst' : 'missing')

  const toggle = (id: string, on: boolean) => {
    const next = new Set(ticked)
    if (on) next.add(id)
    else next.delete(id)
    setTicked(next)
  }
  const agree = async () => {
    if (!complete) return setReminded(true)
    const agreed = purposes.filter((purpose): purpose is ConsentPurpose => ticked.has(purpose))
    const textSha256 = await consentDigest(text)
    const { kioskId } = settings
    send({
      type: 'AGREE',
      consent: { textSha256, language, agreedAt: Date.now(), kioskId, purposes: agreed, ofAgeOrGuardian: true },
    })
  }

  return (
    <div className="absolute inset-0 flex flex-col">
      <Chrome step={1} onBack={() => send({ type: 'BACK' })} />
      <div
        ref={page}
        className="scroll-quiet relative flex min-h-0 grow flex-col justify-start gap-3 px-6 pt-2 pb-5 landscape:grid landscape:grid-cols-2 landscape:items-center landscape:grid-cols-[1.2fr_1fr] landscape:grid-rows-[minmax(0,1fr)] landscape:gap-10 landscape:px-12"
      >
        <div className="my-auto flex min-h-[max(30vh,240px)] flex-col gap-3 landscape:max-h-full">
          <Headline className="text-[calc(max(32px,var(--u)*7*var(--script,1))*var(--title-scale,1))]">{text.title}</Headline>
          {/* Longer than its place, it is read by scrolling; what is agreed to, and how, stays in view. */}
          {/* biome-ignore lint/a11y/useSemanticElements: a part of a screen that has a name already */}
          <div
            ref={reading}
            role="group"
            aria-label={text.title}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll it
            tabIndex={0}
            className="glass scroll-quiet scroll-fade min-h-0 rounded-card"
          >
            <dl className="flex flex-col gap-2 px-5 py-4">
              {text.sections.map(({ heading, text: words }) => (
                // Comes without moving: what moves down would count as longer than its place.
                <div key={heading} className="appear">
                  <dt className="text-[calc(max(15px,var(--u)*2.5)*var(--text-scale,1)*var(--roomy,1))] font-bold tracking-wide text-beam">
                    {heading}
                  </dt>
                  <dd className="text-[calc(max(17px,var(--u)*2.9)*var(--text-scale,1)*var(--roomy,1))] leading-[1.27]">
                    {words}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </div>
        <div className="reach flex flex-col gap-2">
          {text.ticks.map(({ id, text: words, required }) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the control inside is Radix's checkbox
            <label
              key={id}
              className={`glass flex min-h-[max(72px,calc(var(--u)*9))] cursor-pointer items-center gap-4 px-5 py-1.5 text-[calc(max(17px,var(--u)*3.1)*var(--text-scale,1)*var(--roomy,1))] leading-tight font-semibold transition-colors ${ticked.has(id) ? 'border-gold! bg-gold/10!' : ''} ${reminded && required && !ticked.has(id) ? 'border-gold!' : ''}`}
            >
              <Checkbox.Root
                checked={ticked.has(id)}
                onCheckedChange={(on) => toggle(id, on === true)}
                // A switch, or a keypad, has no space bar: Enter ticks as well.
                onKeyDown={({ key }) => {
                  if (key === 'Enter') toggle(id, !ticked.has(id))
                }}
                className="grid size-[max(44px,calc(var(--u)*6))] shrink-0 place-items-center rounded-[calc(var(--u)*1.5)] border-[max(3px,calc(var(--u)*.4))] border-ice/70 data-[state=checked]:border-gold data-[state=checked]:bg-gold data-[state=checked]:text-night"
              >
                <Checkbox.Indicator>
                  <Icon name="check" className="size-[max(30px,calc(var(--u)*4.4))] stroke-[3]" />
                </Checkbox.Indicator>
              </Checkbox.Root>
              <span className="text-balance">{words}</span>
            </label>
          ))}
          {/* Its place is kept before it comes and after it went: nothing jumps under a finger. */}
          <p className="kept-place text-body leading-tight font-semibold text-gold" role="status" data-longest={missing}>
            <span>{reminded && !complete ? missing : ''}</span>
          </p>
          {/* Beside its button and in full view: touching the button says it. */}
          <p
            id={declaration}
            className="text-[calc(max(17px,var(--u)*3.1)*var(--text-scale,1)*var(--roomy,1))] leading-tight font-semibold text-balance"
          >
            {text.declaration}
          </p>
          <div className="mt-1 grid grid-cols-[auto_1fr] gap-4">
            <button
              type="button"
              className="button button-quiet px-[max(20px,calc(var(--u)*4))]!"
              onClick={() => send({ type: 'REFUSE' })}
            >
              {t('refuse')}
            </button>
            <button
              type="button"
              // Not dimmed before all is ticked: touched too soon, it says what is missing.
              className="button button-primary"
              aria-describedby={declaration}
              onClick={() => void agree()}
            >
              {t('agree')}
            </button>
          </div>
        </div>
      </div>
    </div>
  )
}
