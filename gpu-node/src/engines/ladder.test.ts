import { ENGINES, type EngineName, FallbackReason } from '@fanreel/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, type Decision, decide, draws, type EngineState, type Passed, type Situation } from './ladder.ts'

const state = (
  name: EngineName,
  more: Partial<EngineState['capabilities']> = {},
  rest: Partial<EngineState> = {},
): EngineState => ({
  capabilities: {
    name,
    treatments: ['boards', 'close-up'],
    frames: { least: 1, most: 120 },
    performance: name === 'studio' ? 'as-filmed' : 'invented',
    place: name === 'studio' ? 'here' : 'venue',
    centsPerSecond: 0,
    ...more,
  },
  ready: true,
  expectedMs: 60_000,
  ...rest,
})
const STUDIO = state(
  'studio',
  { treatments: ['boards', 'close-up', 'silhouette'], frames: { least: 1, most: 480 } },
  { expectedMs: 4_000 },
)
const situation = (more: Partial<Situation> = {}): Situation => ({
  shot: { treatment: 'boards', voice: false },
  frames: 60,
  engines: [state('comfyui'), STUDIO],
  tried: [],
  now: 0,
  shotsBy: 300_000,
  studioMs: 20_000,
  centsLeft: 0,
  cloud: false,
  ...more,
})
const asked = (more: Partial<Situation> = {}) => decide(situation(more)).ask?.engine

describe('whom the ladder asks', () => {
  it('D2: what the event prefers first; the studio for what nobody else draws; nobody where all were tried', () => {
    expect(asked()).toBe('comfyui')
    expect(asked({ shot: { treatment: 'silhouette', voice: false } })).toBe('studio')
    expect(asked({ frames: 121 })).toBe('studio')
    const tried: Passed[] = [
      { engine: 'comfyui', reason: 'failed' },
      { engine: 'studio', reason: 'failed' },
    ]
    expect(decide(situation({ tried }))).toEqual({ passed: [] })
  })

  it('D4: a spoken line is drawn by whoever keeps the visitor’s own mouth, and it is no fault of the others', () => {
    const spoken = { shot: { treatment: 'boards', voice: true } } as const
    expect(decide(situation(spoken))).toMatchObject({ passed: [], ask: { engine: 'studio' } })
    const kept = state('videos-api', { performance: 'as-filmed' })
    expect(asked({ ...spoken, engines: [state('comfyui'), kept, STUDIO] })).toBe('videos-api')
  })

  it('D4: a lost face is drawn once more by the same, a fault by the next', () => {
    const engines = [state('comfyui'), state('videos-api'), STUDIO]
    expect(decide(situation({ engines, tried: [{ engine: 'comfyui', reason: 'unlike' }] })).ask).toMatchObject({
      engine: 'comfyui',
      attempt: 1,
    })
    const twice: Passed[] = [
      { engine: 'comfyui', reason: 'unlike' },
      { engine: 'comfyui', reason: 'unseen' },
    ]
    expect(asked({ engines, tried: twice })).toBe('videos-api')
    expect(asked({ engines, tried: [{ engine: 'comfyui', reason: 'lost' }] })).toBe('videos-api')
  })

  it('D3: one that would be late, costs too much, rests or asks for a consent is passed over, and that is said', () => {
    const because = (more: Partial<Situation>) => decide(situation(more)).passed
    const comfyui = (reason: FallbackReason) => [{ engine: 'comfyui', reason }]
    expect(because({ shotsBy: 79_999 })).toEqual(comfyui('no-time'))
    expect(because({ shotsBy: 80_000 })).toEqual([])
    expect(because({ engines: [state('comfyui', {}, { ready: false }), STUDIO] })).toEqual(comfyui('resting'))
    const dear = state('comfyui', { centsPerSecond: 10 })
    expect(because({ engines: [dear, STUDIO], centsLeft: 24 })).toEqual(comfyui('over-budget'))
    expect(because({ engines: [dear, STUDIO], centsLeft: 25 })).toEqual([])
    const away = state('model-studio', { place: 'cloud' })
    expect(because({ engines: [away, STUDIO] })).toEqual([{ engine: 'model-studio', reason: 'no-consent' }])
    expect(because({ engines: [away, STUDIO], cloud: true })).toEqual([])
  })

  const anyEngine = fc.record({
    name: fc.constantFrom(...ENGINES.filter((name) => name !== 'studio')),
    treatments: fc.subarray(['boards', 'close-up', 'ice'] as const),
    voice: fc.boolean(),
    place: fc.constantFrom('here' as const, 'venue' as const, 'cloud' as const),
    cents: fc.integer({ min: 0, max: 40 }),
    ready: fc.boolean(),
    expectedMs: fc.integer({ min: 1, max: 600_000 }),
  })
  const anySituation = fc.record({
    engines: fc.uniqueArray(anyEngine, { selector: ({ name }) => name, maxLength: 3 }),
    at: fc.nat(3),
    voice: fc.boolean(),
    treatment: fc.constantFrom('boards' as const, 'close-up' as const, 'ice' as const),
    frames: fc.integer({ min: 1, max: 120 }),
    shotsBy: fc.oneof(fc.integer({ min: -10_000, max: 900_000 }), fc.constant(Number.POSITIVE_INFINITY)),
    studioMs: fc.integer({ min: 0, max: 120_000 }),
    cents: fc.integer({ min: 0, max: 300 }),
    cloud: fc.boolean(),
    /** How each try ends, and how long it takes of the time it had. */
    course: fc.array(fc.tuple(fc.constantFrom(...FallbackReason.options), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 12,
      maxLength: 12,
    }),
  })

  it('D2, D3: whatever happens, every shot ends at the studio in time, no engine is asked three times, no cent is overspent', () => {
    fc.assert(
      fc.property(anySituation, ({ engines, at, voice, treatment, frames, shotsBy, studioMs, cents, cloud, course }) => {
        const states = engines.map(({ name, treatments, voice: keeps, place, cents: each, ready, expectedMs }) =>
          state(
            name,
            { treatments, place, centsPerSecond: each, performance: keeps ? 'as-filmed' : 'invented' },
            { ready, expectedMs },
          ),
        )
        states.splice(at, 0, state('studio', { treatments: ['boards', 'close-up', 'ice'] }, { expectedMs: studioMs }))
        const tried: Passed[] = []
        let [now, centsLeft] = [0, cents]
        const shot = { treatment, voice }
        const counts = new Map<string, number>()
        for (const [reason, share] of course) {
          const decision: Decision = decide({ shot, frames, engines: states, tried, now, shotsBy, studioMs, centsLeft, cloud })
          const { ask } = decision
          if (!ask) {
            // Only where the studio itself has failed is nobody left.
            expect(tried.some(({ engine }) => engine === 'studio')).toBe(true)
            return
          }
          const chosen = states.find(({ capabilities }) => capabilities.name === ask.engine)!
          expect(draws(chosen, { shot, frames })).toBe(true)
          expect(decision.passed.every(({ engine }) => engine !== 'studio' && engine !== ask.engine)).toBe(true)
          counts.set(ask.engine, (counts.get(ask.engine) ?? 0) + 1)
          expect(counts.get(ask.engine)).toBeLessThanOrEqual(ask.engine === 'studio' ? 1 : 2)
          if (ask.engine !== 'studio') {
            expect(ask.until).toBeLessThanOrEqual(shotsBy - studioMs)
            expect(ask.until).toBeGreaterThanOrEqual(now)
            expect(ask.cents).toBe(costOf(chosen.capabilities, frames))
            if (chosen.capabilities.place === 'cloud') expect(cloud).toBe(true)
            centsLeft -= ask.cents
            expect(centsLeft).toBeGreaterThanOrEqual(0)
            now += share * (ask.until - now)
          }
          tried.push({ engine: ask.engine, reason })
        }
        throw new Error('the ladder has no end')
      }),
      { numRuns: 500 },
    )
  })
})
