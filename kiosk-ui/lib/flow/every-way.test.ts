/**
 * Every state that the visitor's flow can be in, found by walking all of its events from the beginning, and what must hold
 * in each: a way home, no dead end, and silence that leads to a screen on which nothing of the visitor is left.
 */
import type { VisitView } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { __unsafe_getAllOwnEventDescriptors, createActor, type EventFrom, SimulatedClock, type SnapshotFrom } from 'xstate'
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import { CAMERA_FAULTS, FLOW_MS, type FlowContext, type FlowEvent, FORGOTTEN } from './flow-types.ts'
import { visitorFlow } from './visitor-flow.ts'

type State = SnapshotFrom<typeof visitorFlow>
type AnyEvent = EventFrom<typeof visitorFlow>

const MAX_TAKES = 2
const visitId = '0192f0c0-0000-7000-8000-000000000001'
const view = (change: Partial<VisitView>): FlowEvent => ({
  type: 'VIEW',
  view: {
    eventId: 'event',
    visitId,
    seq: 1,
    state: 'queued',
    packId: 'figure-skating',
    language: 'it',
    kioskId: 'kiosk-1',
    changedAt: 1,
    ...change,
  },
})
const consent = { textSha256: 'a'.repeat(64), language: 'it', agreedAt: 1, kioskId: 'kiosk-1', purposes: ['make-film'] } as const

/** One of each thing that may happen, with the values that the flow tells apart. */
const HAPPENINGS: FlowEvent[] = [
  { type: 'ADMISSION', admission: { open: true }, maxTakes: MAX_TAKES },
  { type: 'ADMISSION', admission: { open: false, reason: 'paused' }, maxTakes: MAX_TAKES },
  { type: 'LANGUAGE', language: 'it' },
  { type: 'ACTIVITY' },
  { type: 'STAY' },
  { type: 'TOUCH' },
  { type: 'BACK' },
  { type: 'START_OVER' },
  { type: 'AGREE', consent: { ...consent, purposes: [...consent.purposes], ofAgeOrGuardian: true } },
  { type: 'REFUSE' },
  { type: 'CHOOSE', pack: { packId: 'figure-skating', packHash: 'b'.repeat(64) } },
  { type: 'NAME', firstName: 'Ada' },
  { type: 'NAME', firstName: undefined },
  { type: 'CAMERA_READY' },
  ...CAMERA_FAULTS.slice(0, 2).map((fault): FlowEvent => ({ type: 'CAMERA_FAULT', fault })),
  { type: 'RETRY' },
  { type: 'RETRY', byItself: true },
  { type: 'READY' },
  { type: 'CANCEL' },
  { type: 'STEPPED_OUT' },
  { type: 'RECORDED', take: { takeId: 'take', mime: 'video/mp4' } },
  { type: 'RECORDED', take: { takeId: 'take', mime: 'video/mp4' }, unfit: 'clip-too-dark' },
  { type: 'RETAKE' },
  { type: 'SEND', keys: { visitId, pickupToken: '0'.repeat(26) } },
  view({ state: 'rendering' }),
  view({ state: 'failed', code: 'clip-too-dark' }),
  view({ state: 'cancelled' }),
  { type: 'STUCK', code: 'disk-full' },
  { type: 'STUCK', code: undefined },
  { type: 'AGAIN' },
  { type: 'DONE' },
]
/** What a finger can do; the rest comes from the camera, the network or the clock. */
const HANDS: ReadonlySet<string> = new Set(
  'LANGUAGE STAY TOUCH BACK START_OVER AGREE REFUSE CHOOSE NAME RETRY READY CANCEL RETAKE SEND AGAIN DONE'.split(' '),
)
const isClock = (type: string) => type.startsWith('xstate.after')
const clocksOf = (state: State): AnyEvent[] =>
  __unsafe_getAllOwnEventDescriptors(state)
    .filter(isClock)
    .map((type) => ({ type }) as AnyEvent)

/** What tells states apart: where the flow stands, and which of the visitor's things it holds. */
const serializeState = ({ value, context }: State): string => {
  const { consent, pack, firstName, take, unfit, keys, view, admission, language, cameraFault, takes, stuckBy, handsFree } =
    context
  const held = [consent, pack, firstName, take, unfit, keys].map((thing) => (thing ? 1 : 0)).join('')
  return JSON.stringify([value, held, view?.state, admission.open, language, cameraFault, takes, stuckBy, handsFree])
}
const options = {
  input: { language: 'en' as const },
  events: (state: State) => [...HAPPENINGS, ...clocksOf(state)] as AnyEvent[],
  serializeState,
}
const map = getAdjacencyMap(visitorFlow, options)
const states = Object.entries(map) as unknown as [
  string,
  { state: State; transitions: Record<string, { event: AnyEvent; state: State }> },
][]
const isHome = (state: State) => state.matches('attract')
const nextOf = (key: string) =>
  Object.values((map as unknown as Record<string, (typeof states)[number][1]>)[key]?.transitions ?? {})
const memoryOf = (context: FlowContext) =>
  Object.fromEntries((Object.keys(FORGOTTEN) as (keyof typeof FORGOTTEN)[]).map((name) => [name, context[name]]))
/** States that break a rule, by name. */
const breaking = (broken: (key: string, state: State) => boolean) =>
  states.filter(([key, { state }]) => broken(key, state)).map(([key]) => key)

describe('every state of the flow', () => {
  it('is walked: each screen, each part of the studio, each answer to the idle question', () => {
    const steps = new Set(
      states.map(([, { state }]) =>
        JSON.stringify(typeof state.value === 'object' && 'visit' in state.value ? state.value.visit : state.value),
      ),
    )
    for (const step of ['language', 'consent', 'world', 'name', 'review', 'pickup'])
      for (const idle of ['awake', 'asking']) expect(steps).toContain(JSON.stringify({ step, idle }))
    expect(steps).toContain(JSON.stringify({ step: 'consent', idle: 'passing' }))
    for (const studio of ['opening', 'framing', 'countdown', 'rolling', 'fault'])
      expect(steps).toContain(JSON.stringify({ step: { studio }, idle: 'awake' }))
    for (const outside of ['goodbye', 'refused', { attract: 'home' }, { attract: 'foreign' }])
      expect(steps).toContain(JSON.stringify(outside))
    expect(states.length).toBeGreaterThan(300)
  })

  it('has a way home by hand alone, of at most two touches', () => {
    const home = (state: State, touches: number): boolean =>
      isHome(state) ||
      (touches > 0 &&
        nextOf(serializeState(state)).some(({ event, state: next }) => HANDS.has(event.type) && home(next, touches - 1)))
    expect(breaking((_, state) => !home(state, 2))).toEqual([])
  })

  it('is left by silence: all clocks together lead to the invitation, whatever else does not happen', () => {
    const ends = new Map<string, boolean>()
    const leadsHome = (key: string, state: State): boolean => {
      if (isHome(state)) return true
      const known = ends.get(key)
      if (known !== undefined) return known
      // A state that is met again on its own way is a circle, and no way home.
      ends.set(key, false)
      const after = nextOf(key).filter(({ event, state: next }) => isClock(event.type) && serializeState(next) !== key)
      const good = after.length > 0 && after.every(({ state: next }) => leadsHome(serializeState(next), next))
      ends.set(key, good)
      return good
    }
    expect(breaking((key, state) => !leadsHome(key, state))).toEqual([])
  })

  it('remembers nothing of a visitor once it stands at the invitation', () => {
    const strangers = states.filter(([, { state }]) => isHome(state) && !state.matches({ attract: 'foreign' }))
    for (const [, { state }] of strangers) {
      expect(memoryOf(state.context)).toEqual(FORGOTTEN)
      expect(state.context.language).toBe('en')
    }
    for (const [, { state }] of states.filter(([, { state: each }]) => each.matches({ attract: 'foreign' })))
      expect(memoryOf(state.context)).toEqual(FORGOTTEN)
  })

  it('never lets a visitor record more often than they may, nor without what they agreed to', () => {
    expect(breaking((_, { context }) => context.takes > MAX_TAKES)).toEqual([])
    const beyondConsent = (state: State) =>
      ['world', 'name', 'review', 'pickup'].some((step) => state.matches({ visit: { step } } as never)) ||
      state.matches({ visit: { step: 'studio' } } as never)
    expect(breaking((_, state) => beyondConsent(state) && !state.context.consent)).toEqual([])
    expect(breaking((_, state) => state.matches({ visit: { step: 'review' } } as never) && !state.context.take)).toEqual([])
    expect(breaking((_, state) => state.matches({ visit: { step: 'pickup' } } as never) && !state.context.keys)).toEqual([])
  })

  it('takes nobody in while the kiosk is closed', () => {
    const entering = states.flatMap(([, { state }]) =>
      nextOf(serializeState(state)).filter(
        ({ state: next }) => !state.context.admission.open && !state.matches('visit') && next.matches('visit'),
      ),
    )
    expect(entering).toEqual([])
  })
})

/** How long each clock of the flow is set, by the name XState gives its event. */
const waitOf = (type: string, { context }: State): number => {
  const name = type.split('.')[2] ?? ''
  const named: Record<string, number> = {
    patience: context.patienceMs,
    ask: FLOW_MS.ASK,
    firstTouch: FLOW_MS.FIRST_TOUCH,
    takeLimit: FLOW_MS.TAKE_LIMIT,
    goodbye: FLOW_MS.GOODBYE,
    refused: FLOW_MS.REFUSED,
  }
  return named[name] ?? Number(name)
}

describe('the shortest way to each screen', () => {
  const places = (state: State) => JSON.stringify(state.value)
  const shortest = new Map<string, ReturnType<typeof getShortestPaths<typeof visitorFlow>>[number]>()
  for (const path of getShortestPaths(visitorFlow, options)) {
    const known = shortest.get(places(path.state))
    if (!known || path.weight < known.weight) shortest.set(places(path.state), path)
  }

  // A model without a clock lets a patience of 45 s run out beside a countdown of 3 s; a clock does not.
  const brief: Record<string, number> = { opening: FLOW_MS.OPENING, countdown: FLOW_MS.COUNTDOWN, rolling: FLOW_MS.TAKE_LIMIT }
  const fitsNoClock = ([place]: [string, unknown]) =>
    Object.keys(brief).some((studio) => place === JSON.stringify({ visit: { step: { studio }, idle: 'asking' } }))
  it('is too brief for the idle question where it is the camera’s turn', () => {
    expect([...shortest].filter(fitsNoClock)).toHaveLength(3)
    for (const ms of Object.values(brief)) expect(ms).toBeLessThan(FLOW_MS.PATIENCE.frame)
  })

  it.each([...shortest].filter((each) => !fitsNoClock(each)))(
    '%s: an actor with a clock arrives there, and is home after silence',
    (place, path) => {
      const clock = new SimulatedClock()
      const actor = createActor(visitorFlow, { clock, input: { language: 'en' } }).start()
      for (const { event } of path.steps) {
        if (isClock(event.type)) clock.increment(waitOf(event.type, actor.getSnapshot()))
        else if ((event.type as string) !== 'xstate.init') actor.send(event)
      }
      expect(places(actor.getSnapshot())).toBe(place)
      // Longer than the longest patience with its question, once for each state that silence may pass.
      for (let waits = 0; waits < 5; waits++) clock.increment(Math.max(...Object.values(FLOW_MS.PATIENCE)) + FLOW_MS.ASK)
      expect(actor.getSnapshot().matches({ attract: 'home' })).toBe(true)
      expect(memoryOf(actor.getSnapshot().context)).toEqual(FORGOTTEN)
      actor.stop()
    },
  )
})
