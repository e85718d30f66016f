/** The visitor's way: every step forward, every way back, every clock, and a reset that leaves nothing. */
import type { VisitView } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { createActor, SimulatedClock } from 'xstate'
import { FLOW_MS, type FlowEvent, FORGOTTEN } from './flow-types.ts'
import { isClipRefused, mayRecordAgain, takesLeft, visitorFlow } from './visitor-flow.ts'

const visitId = '0192f0c0-0000-7000-8000-000000000001'
const keys = { visitId, pickupToken: '0'.repeat(26) }
const consent = {
  textSha256: 'a'.repeat(64),
  language: 'it',
  agreedAt: 1,
  kioskId: 'kiosk-1',
  purposes: ['make-film'],
  ofAgeOrGuardian: true,
} as const
const view = (change: Partial<VisitView>): VisitView => ({
  eventId: 'event',
  visitId,
  seq: 1,
  state: 'queued',
  packId: 'figure-skating',
  language: 'it',
  kioskId: 'kiosk-1',
  changedAt: 1,
  ...change,
})

const open: FlowEvent = { type: 'ADMISSION', admission: { open: true }, maxTakes: 2 }
const toName: FlowEvent[] = [
  { type: 'TOUCH' },
  { type: 'LANGUAGE', language: 'it' },
  { type: 'AGREE', consent: { ...consent, purposes: [...consent.purposes] } },
  { type: 'CHOOSE', pack: { packId: 'figure-skating', packHash: 'b'.repeat(64) } },
]
const toFraming: FlowEvent[] = [...toName, { type: 'NAME', firstName: 'Ada' }, { type: 'CAMERA_READY' }]

const start = (...events: FlowEvent[]) => {
  const clock = new SimulatedClock()
  const discarded: (string | undefined)[] = []
  const machine = visitorFlow.provide({ actions: { discardTake: ({ context }) => void discarded.push(context.take?.takeId) } })
  const actor = createActor(machine, { clock, input: { language: 'en' } }).start()
  for (const event of [open, ...events]) actor.send(event)
  const record = () => {
    actor.send({ type: 'READY' })
    clock.increment(FLOW_MS.COUNTDOWN)
    actor.send({ type: 'RECORDED', take: { takeId: `take-${discarded.length}`, mime: 'video/mp4' } })
  }
  return {
    actor,
    clock,
    discarded,
    record,
    at: (...state: unknown[]) => actor.getSnapshot().matches(...(state as [never])),
    context: () => actor.getSnapshot().context,
  }
}
const step = (name: unknown) => ({ visit: { step: name } })

describe('the way through', () => {
  it('leads from the first touch to goodbye and back to the beginning', () => {
    const { actor, clock, at, context, record } = start(...toFraming)
    expect(at(step({ studio: 'framing' }))).toBe(true)
    actor.send({ type: 'READY' })
    expect(at(step({ studio: 'countdown' }))).toBe(true)
    actor.send({ type: 'CANCEL' })
    record()
    expect(at(step('review'))).toBe(true)
    actor.send({ type: 'SEND', keys })
    expect(at(step('pickup'))).toBe(true)
    expect(context()).toMatchObject({ keys, firstName: 'Ada', language: 'it' })
    actor.send({ type: 'VIEW', view: view({ state: 'rendering', fraction: 0.5 }) })
    expect(context().view?.fraction).toBe(0.5)
    actor.send({ type: 'DONE' })
    expect(at('goodbye')).toBe(true)
    clock.increment(FLOW_MS.GOODBYE)
    expect(at('attract')).toBe(true)
    expect(context()).toMatchObject({ ...FORGOTTEN, language: 'en' })
  })

  it('takes nobody in while it is closed, and finishes with whoever is there', () => {
    const { actor, at } = start(
      { type: 'ADMISSION', admission: { open: false, reason: 'paused' }, maxTakes: 2 },
      { type: 'TOUCH' },
    )
    expect(at('attract')).toBe(true)
    const busy = start(...toName)
    busy.actor.send({ type: 'ADMISSION', admission: { open: false, reason: 'overloaded' }, maxTakes: 2 })
    busy.actor.send({ type: 'NAME', firstName: undefined })
    expect(busy.at(step({ studio: 'opening' }))).toBe(true)
    actor.stop()
  })

  it('goes back one step at a time', () => {
    const { actor, at } = start(...toFraming)
    for (const before of ['name', 'world', 'consent', 'language']) {
      actor.send({ type: 'BACK' })
      expect(at(step(before))).toBe(true)
    }
    actor.send({ type: 'BACK' })
    expect(at('attract')).toBe(true)
  })

  it('begins in the language that is touched on the invitation, which asks for it again only on the way back', () => {
    const { actor, at, context } = start({ type: 'LANGUAGE', language: 'ja' })
    expect(at(step('consent'))).toBe(true)
    expect(context()).toMatchObject({ ...FORGOTTEN, language: 'ja' })
    actor.send({ type: 'BACK' })
    expect(at(step('language'))).toBe(true)
    actor.send({ type: 'BACK' })
    expect(at({ attract: 'home' })).toBe(true)
    expect(context().language).toBe('en')
  })

  it('tells a long wait, and a closed door, in the language that is touched before anybody begins', () => {
    const waits = [FLOW_MS.LONG_WAIT, 60 * 60_000].map((waitMs) => ({ open: true, waitMs }) as const)
    for (const admission of [...waits, { open: false, reason: 'paused' } as const]) {
      const { at, context } = start({ type: 'ADMISSION', admission, maxTakes: 2 }, { type: 'LANGUAGE', language: 'ja' })
      expect(at({ attract: 'foreign' })).toBe(true)
      expect(context().language).toBe('ja')
    }
    const short = { open: true, waitMs: FLOW_MS.LONG_WAIT - 1 } as const
    const { at } = start({ type: 'ADMISSION', admission: short, maxTakes: 2 }, { type: 'LANGUAGE', language: 'ja' })
    expect(at(step('consent'))).toBe(true)
  })

  it('forgets the language of somebody who walked on, and not while they choose', () => {
    const long = { open: true, waitMs: FLOW_MS.LONG_WAIT } as const
    const { actor, clock, context } = start(
      { type: 'ADMISSION', admission: long, maxTakes: 2 },
      { type: 'LANGUAGE', language: 'ja' },
    )
    clock.increment(FLOW_MS.PASSER_BY - 1)
    actor.send({ type: 'LANGUAGE', language: 'ar' })
    clock.increment(FLOW_MS.PASSER_BY - 1)
    expect(context().language).toBe('ar')
    clock.increment(1)
    expect(context().language).toBe('en')
    actor.send({ type: 'LANGUAGE', language: 'ja' })
    actor.send({ type: 'TOUCH' })
    clock.increment(FLOW_MS.PATIENCE.language)
    expect(context().language).toBe('ja')
  })

  it('goes home soon where a language on the invitation is all that anybody touched', () => {
    const byLanguage = () => start({ type: 'LANGUAGE', language: 'ja' })
    const left = byLanguage()
    left.clock.increment(FLOW_MS.FIRST_TOUCH)
    expect(left.at({ visit: { step: 'consent', idle: 'asking' } })).toBe(true)
    left.clock.increment(FLOW_MS.ASK)
    expect(left.at({ attract: 'home' })).toBe(true)
    expect(left.context().language).toBe('en')
    // Any further sign of somebody gives them all the time that reading takes.
    for (const sign of [
      [{ type: 'ACTIVITY' }],
      [{ type: 'BACK' }, { type: 'LANGUAGE', language: 'ja' }],
    ] satisfies FlowEvent[][]) {
      const there = byLanguage()
      for (const event of sign) there.actor.send(event)
      there.clock.increment(FLOW_MS.PATIENCE.consent - 1)
      expect(there.at({ visit: { step: 'consent', idle: 'awake' } })).toBe(true)
    }
    const answered = byLanguage()
    answered.clock.increment(FLOW_MS.FIRST_TOUCH)
    answered.actor.send({ type: 'STAY' })
    answered.clock.increment(FLOW_MS.PATIENCE.consent - 1)
    expect(answered.at({ visit: { idle: 'awake' } })).toBe(true)
  })

  it('ends kindly after a refusal', () => {
    const { actor, clock, at } = start(...toName.slice(0, 2), { type: 'REFUSE' })
    expect(at('refused')).toBe(true)
    clock.increment(FLOW_MS.REFUSED)
    expect(at('attract')).toBe(true)
    actor.stop()
  })

  it('changes language at any step without losing it', () => {
    const { actor, at, context } = start(...toName, { type: 'LANGUAGE', language: 'ar' })
    expect(at(step('name'))).toBe(true)
    expect(context().language).toBe('ar')
    expect(context().consent?.language).toBe('it')
    actor.stop()
  })

  it('changes language at either goodbye, with the whole time to read in it', () => {
    const refused = start(...toName.slice(0, 2), { type: 'REFUSE' })
    const done = start(...toFraming)
    done.record()
    done.actor.send({ type: 'SEND', keys })
    done.actor.send({ type: 'DONE' })
    for (const [{ actor, clock, at, context }, screen, ms] of [
      [refused, 'refused', FLOW_MS.REFUSED],
      [done, 'goodbye', FLOW_MS.GOODBYE],
    ] as const) {
      clock.increment(ms - 1)
      // A hand on the switch, then a language in it.
      actor.send({ type: 'ACTIVITY' })
      clock.increment(ms - 1)
      actor.send({ type: 'LANGUAGE', language: 'ja' })
      clock.increment(ms - 1)
      expect(at(screen)).toBe(true)
      expect(context().language).toBe('ja')
      clock.increment(1)
      expect(at('attract')).toBe(true)
      expect(context().language).toBe('en')
    }
  })

  it('takes a language that is chosen while it asks for an answer, and stays where it was', () => {
    const { actor, clock, at, context } = start(...toName)
    clock.increment(FLOW_MS.PATIENCE.name)
    expect(at({ visit: { idle: 'asking' } })).toBe(true)
    actor.send({ type: 'LANGUAGE', language: 'ko' })
    expect(at({ visit: { step: 'name', idle: 'awake' } })).toBe(true)
    expect(context().language).toBe('ko')
    actor.stop()
  })
})

describe('camera and takes', () => {
  it('shows each fault and opens again on retry', () => {
    const { actor, at, context } = start(...toFraming, { type: 'CAMERA_FAULT', fault: 'busy' })
    expect(at(step({ studio: 'fault' }))).toBe(true)
    expect(context().cameraFault).toBe('busy')
    actor.send({ type: 'RETRY' })
    expect(at(step({ studio: 'opening' }))).toBe(true)
    expect(context().cameraFault).toBeUndefined()
  })

  it('is not kept awake by a camera that comes and goes', () => {
    const { actor, clock, at } = start(...toFraming)
    for (let elapsed = 0; elapsed < FLOW_MS.PATIENCE.frame + FLOW_MS.ASK; elapsed += 1_000) {
      actor.send({ type: 'CAMERA_FAULT', fault: 'lost' })
      actor.send({ type: 'RETRY', byItself: true })
      actor.send({ type: 'CAMERA_READY' })
      clock.increment(1_000)
    }
    expect(at('attract')).toBe(true)
  })

  it('never waits for a camera that shows nothing', () => {
    const { clock, context } = start(...toFraming.slice(0, -1))
    clock.increment(FLOW_MS.OPENING)
    expect(context().cameraFault).toBe('unknown')
  })

  it('never waits for a recorder that has died', () => {
    const { actor, clock, at, context } = start(...toFraming, { type: 'READY' })
    clock.increment(FLOW_MS.COUNTDOWN)
    expect(at(step({ studio: 'rolling' }))).toBe(true)
    clock.increment(FLOW_MS.TAKE_LIMIT)
    expect(at(step({ studio: 'fault' }))).toBe(true)
    expect(context().cameraFault).toBe('recorder')
    actor.stop()
  })

  it('allows as many takes as the operator says and discards each that is not sent', () => {
    const { actor, at, record, discarded, context } = start(...toFraming)
    record()
    actor.send({ type: 'RETAKE' })
    expect(discarded).toEqual(['take-0'])
    actor.send({ type: 'CAMERA_READY' })
    record()
    expect(takesLeft(context())).toBe(0)
    actor.send({ type: 'RETAKE' })
    expect(at(step('review'))).toBe(true)
  })

  it('remembers why a take would be refused, counts it for none, and forgets it with the take', () => {
    const { actor, clock, at, record, discarded, context } = start(...toFraming)
    actor.send({ type: 'READY' })
    clock.increment(FLOW_MS.COUNTDOWN)
    actor.send({ type: 'RECORDED', take: { takeId: 'take-0', mime: 'video/mp4' }, unfit: 'clip-face-cut-off' })
    expect(at(step('review'))).toBe(true)
    expect([context().unfit, takesLeft(context())]).toEqual(['clip-face-cut-off', 2])
    actor.send({ type: 'RETAKE' })
    expect([discarded, context().unfit]).toEqual([['take-0'], undefined])
    actor.send({ type: 'CAMERA_READY' })
    record()
    expect([context().unfit, takesLeft(context())]).toEqual([undefined, 1])
    actor.send({ type: 'SEND', keys })
    expect(at(step('pickup'))).toBe(true)
  })

  it('records again for the same visit when the clip was refused', () => {
    const { actor, at, context, record } = start(...toFraming)
    record()
    actor.send({ type: 'SEND', keys })
    actor.send({ type: 'AGAIN' })
    expect(at(step('pickup'))).toBe(true)
    actor.send({ type: 'VIEW', view: view({ visitId: `${visitId.slice(0, -1)}2`, state: 'failed', code: 'clip-too-dark' }) })
    expect(context().view).toBeUndefined()
    actor.send({ type: 'VIEW', view: view({ state: 'failed', code: 'clip-too-dark' }) })
    expect(isClipRefused(context())).toBe(true)
    actor.send({ type: 'AGAIN' })
    expect(at(step('studio'))).toBe(true)
    actor.send({ type: 'BACK' })
    expect(at(step('pickup'))).toBe(true)
    actor.send({ type: 'AGAIN' })
    actor.send({ type: 'CAMERA_READY' })
    record()
    actor.send({ type: 'SEND', keys })
    expect(at(step('pickup'))).toBe(true)
    expect(context()).toMatchObject({ keys, view: undefined })
    // The watch tells the old refusal once more, until the orchestrator has heard of the new recording.
    actor.send({ type: 'VIEW', view: view({ state: 'failed', code: 'clip-too-dark' }) })
    expect(context().view).toBeUndefined()
    actor.send({ type: 'VIEW', view: view({ seq: 2, state: 'recorded' }) })
    expect(context().view?.state).toBe('recorded')
  })

  it('records again when the clip is stuck on this kiosk, and comes back to the code', () => {
    const { actor, at, context, record } = start(...toFraming)
    record()
    actor.send({ type: 'SEND', keys })
    actor.send({ type: 'VIEW', view: view({ state: 'uploading' }) })
    expect(mayRecordAgain(context())).toBe(false)
    actor.send({ type: 'STUCK', code: 'clip-too-large' })
    expect(isClipRefused(context())).toBe(true)
    actor.send({ type: 'AGAIN' })
    actor.send({ type: 'BACK' })
    expect(at(step('pickup'))).toBe(true)
    actor.send({ type: 'VIEW', view: view({ seq: 2, state: 'rendering' }) })
    expect(mayRecordAgain(context())).toBe(false)
    actor.send({ type: 'VIEW', view: view({ seq: 3, state: 'uploading' }) })
    actor.send({ type: 'AGAIN' })
    actor.send({ type: 'CAMERA_READY' })
    record()
    actor.send({ type: 'SEND', keys })
    expect(context()).toMatchObject({ stuckBy: undefined, view: undefined, pastSeq: 3 })
  })

  it('records for a visit of its own, with a code of its own, when this kiosk lost the recording of the one before', () => {
    const { actor, at, context, record } = start(...toFraming)
    record()
    actor.send({ type: 'SEND', keys })
    actor.send({ type: 'VIEW', view: view({ seq: 4, state: 'cancelled' }) })
    expect(mayRecordAgain(context())).toBe(false)
    actor.send({ type: 'STUCK', code: 'upload-gone' })
    expect(mayRecordAgain(context())).toBe(true)
    actor.send({ type: 'AGAIN' })
    expect(at(step('studio'))).toBe(true)
    expect(context()).toMatchObject({ keys: undefined, view: undefined, stuckBy: undefined, pastSeq: -1 })
    actor.send({ type: 'CAMERA_READY' })
    record()
    const fresh = { ...keys, visitId: `${visitId.slice(0, -1)}2` }
    actor.send({ type: 'SEND', keys: fresh })
    actor.send({ type: 'VIEW', view: view({ seq: 5, state: 'cancelled' }) })
    expect(context().view).toBeUndefined()
    actor.send({ type: 'VIEW', view: view({ visitId: fresh.visitId, state: 'recorded' }) })
    expect(context().view?.state).toBe('recorded')
  })
})

describe('idle', () => {
  const steps: [string, FlowEvent[], number][] = [
    ['language', toName.slice(0, 1), FLOW_MS.PATIENCE.language],
    ['consent', toName.slice(0, 2), FLOW_MS.PATIENCE.consent],
    ['world', toName.slice(0, 3), FLOW_MS.PATIENCE.world],
    ['name', toName, FLOW_MS.PATIENCE.name],
    ['studio', toFraming, FLOW_MS.PATIENCE.frame],
  ]
  it.each(steps)('asks at %s, stays on a touch, and resets to nothing without one', (name, events, patience) => {
    const { actor, clock, at, context } = start(...events)
    clock.increment(patience - 1)
    expect(at({ visit: { idle: 'awake' } })).toBe(true)
    clock.increment(1)
    expect(at({ visit: { idle: 'asking' } })).toBe(true)
    clock.increment(FLOW_MS.ASK - 1)
    // A touch that falls through the question, or beside it, answers nothing.
    actor.send({ type: 'ACTIVITY' })
    expect(at({ visit: { idle: 'asking' } })).toBe(true)
    actor.send({ type: 'STAY' })
    expect(at({ visit: { idle: 'awake' } })).toBe(true)
    expect(at(step(name))).toBe(true)
    clock.increment(patience)
    clock.increment(FLOW_MS.ASK)
    expect(at('attract')).toBe(true)
    expect(context()).toMatchObject({ ...FORGOTTEN, language: 'en' })
  })

  it('discards a take that nobody sent, and never one that was', () => {
    const left = start(...toFraming)
    left.record()
    left.clock.increment(FLOW_MS.PATIENCE.review)
    left.clock.increment(FLOW_MS.ASK)
    expect(left.discarded).toEqual(['take-0'])
    const sent = start(...toFraming)
    sent.record()
    sent.actor.send({ type: 'SEND', keys })
    sent.clock.increment(FLOW_MS.PATIENCE.pickup)
    sent.clock.increment(FLOW_MS.ASK)
    expect(sent.at('attract')).toBe(true)
    expect(sent.discarded).toEqual([undefined])
  })

  it('does not ask while the camera rolls', () => {
    const { actor, clock, at } = start(...toFraming)
    clock.increment(FLOW_MS.PATIENCE.frame - 1)
    actor.send({ type: 'READY' })
    clock.increment(FLOW_MS.COUNTDOWN)
    clock.increment(FLOW_MS.TAKE)
    expect(at({ visit: { idle: 'awake' } })).toBe(true)
    expect(at(step({ studio: 'rolling' }))).toBe(true)
  })
})
