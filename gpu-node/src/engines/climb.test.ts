import { EngineName, type Shot } from '@fanreel/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { PackUnusable } from '../pack-unusable.ts'
import { type Climb, createClimber, type Fallback, type Verdict } from './climb.ts'
import type { DrawnShot, Engine, EngineCapabilities, ShotRequest, Take } from './engine.ts'
import { EngineFault } from './engine-fault.ts'
import { createRoster, engineOrder } from './roster.ts'

let now: number
let asked: ShotRequest[]
let fallbacks: Fallback[]
/** Timers of the ladder's: each is given by hand. */
let limits: { ms: number; give: () => void }[]
beforeEach(() => {
  now = 0
  asked = []
  fallbacks = []
  limits = []
})

const take = (engine: EngineName): Take => ({ kind: 'pictures', path: `${engine}.yuv`, frames: 48, engine })
type Act = (request: ShotRequest) => Promise<Take>
const engine = (
  name: EngineName,
  act: Act = () => Promise.resolve(take(name)),
  more: Partial<EngineCapabilities> = {},
): Engine => ({
  capabilities: {
    name,
    treatments: ['boards'],
    parallel: 1,
    place: name === 'studio' ? 'here' : 'venue',
    performance: name === 'studio' ? 'as-filmed' : 'invented',
    frames: { least: 1, most: 120 },
    centsPerSecond: 0,
    expectedMs: 1_000,
    ...more,
  } as EngineCapabilities,
  warmUp: () => Promise.resolve(),
  renderShot: (request) => {
    asked.push(request)
    return act(request)
  },
  health: () => Promise.resolve({ ok: true }),
  close: () => Promise.resolve(),
})
const fails = (fault: unknown) => () => Promise.reject(fault)

const climberOf = (engines: Engine[], more: Partial<Climb> = {}) => {
  const after = (ms: number) => {
    const timer = new AbortController()
    limits.push({ ms, give: () => timer.abort(new Error('timer')) })
    return timer.signal
  }
  const roster = createRoster(engines, { now: () => now, after, breaker: { failures: 2, restMs: 100, mostRestMs: 100 } })
  const climber = createClimber({
    roster,
    shotsBy: Number.POSITIVE_INFINITY,
    budgetCents: 0,
    cloud: false,
    fit: (one) => (one.kind === 'pictures' ? Promise.resolve(one) : Promise.reject(new EngineFault('unfit', 'half a file'))),
    judge: () => Promise.resolve({ likeness: 0.2 }),
    onFallback: (fallback) => fallbacks.push(fallback),
    ...more,
  })
  const order = engineOrder(roster.names(), { prefer: EngineName.options.filter((name) => name !== 'studio') })
  const draw = (id = '1-one', signal = new AbortController().signal): Promise<DrawnShot> =>
    climber.draw(order, {
      shot: { id, treatment: 'boards', frames: 48, voice: false } as Shot,
      tail: 0,
      gentleness: 0,
      signal,
    } as ShotRequest)
  return { climber, draw }
}

describe('down the ladder', () => {
  it('D2: a shot that an engine cannot draw is drawn by the next, at last by the studio, and the reason stands with it', async () => {
    const { climber, draw } = climberOf([
      engine('studio'),
      engine('comfyui', fails(new EngineFault('lost', 'forgotten'))),
      engine('videos-api', fails(new PackUnusable('no plate'))),
    ])
    expect((await draw()).engine).toBe('studio')
    expect(fallbacks).toEqual([
      { shot: '1-one', engine: 'comfyui', reason: 'lost', code: 'node-fault', detail: 'forgotten' },
      { shot: '1-one', engine: 'videos-api', reason: 'failed', code: 'pack-broken', detail: 'no plate' },
    ])
    const passed = fallbacks.map(({ engine: name, reason }) => ({ engine: name, reason }))
    expect(climber.drawings()).toEqual([{ shot: '1-one', engine: 'studio', passed }])
  })

  it('D2: a clip that is no shot is an engine that failed', async () => {
    const { draw } = climberOf([
      engine('studio'),
      engine('comfyui', () => Promise.resolve({ kind: 'clip', path: 'half.mp4', engine: 'comfyui' })),
    ])
    expect((await draw()).engine).toBe('studio')
    expect(fallbacks).toMatchObject([{ reason: 'unfit' }])
  })

  it('D2: the studio’s own fault is the film’s, and so is that nobody draws the treatment', async () => {
    const broken = climberOf([engine('studio', fails(new PackUnusable('no plate'))), engine('comfyui', fails(new Error('no')))])
    await expect(broken.draw()).rejects.toThrow('no plate')
    const { draw } = climberOf([engine('studio', undefined, { treatments: ['ice'] })])
    await expect(draw()).rejects.toThrow('no engine draws this treatment')
  })

  it('D4: a face that is lost is drawn once more, by other lots and more gently, and likeness is kept with the shot', async () => {
    const verdicts: Verdict[] = [{ likeness: 0.61, refused: 'unlike' }, { likeness: 0.3 }]
    const judge = () => Promise.resolve(verdicts.shift() ?? {})
    const { climber, draw } = climberOf([engine('studio'), engine('comfyui')], { judge })
    expect((await draw()).engine).toBe('comfyui')
    expect(asked.map(({ attempt, gentleness }) => [attempt, gentleness])).toEqual([
      [0, 0],
      [1, 1],
    ])
    expect(climber.drawings()).toEqual([
      { shot: '1-one', engine: 'comfyui', likeness: 0.3, passed: [{ engine: 'comfyui', reason: 'unlike' }] },
    ])
  })

  it('D4: lost twice, it goes to the studio, whose shots are not judged here', async () => {
    const { draw } = climberOf([engine('studio'), engine('comfyui')], { judge: () => Promise.resolve({ refused: 'unseen' }) })
    expect((await draw()).engine).toBe('studio')
    expect(asked.length).toBe(3)
  })

  it('D3: one that does not come is stopped while the studio still has the time it needs', async () => {
    let stopped: unknown
    const hangs: Act = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = signal.reason
          reject(signal.reason)
        })
      })
    const studio = engine('studio', undefined, { expectedMs: 4_000, parallel: 2 })
    const { draw } = climberOf([studio, engine('comfyui', hangs, { expectedMs: 6_000 })], { shotsBy: 10_000 })
    const drawn = draw()
    await expect.poll(() => limits.length).toBe(1)
    // One shot of 4 s on two threads: the studio is asked 2 s before.
    expect(limits[0]?.ms).toBe(8_000)
    now = 8_000
    limits[0]?.give()
    expect((await drawn).engine).toBe('studio')
    expect(stopped).toBeInstanceOf(Error)
    expect(fallbacks).toMatchObject([{ reason: 'late' }])
  })

  it('D3: an engine with more to do than it can in time is not asked for the rest', async () => {
    const waits: (() => void)[] = []
    const slow: Act = () => new Promise((resolve) => void waits.push(() => resolve(take('comfyui'))))
    const { draw } = climberOf([engine('studio'), engine('comfyui', slow)], { shotsBy: 5_500 })
    const shots = ['a', 'b', 'c', 'd'].map((id) => draw(id))
    await expect.poll(() => fallbacks.length).toBeGreaterThan(0)
    for (const done of waits) done()
    const by = (await Promise.all(shots)).map((shot) => shot.engine)
    // Each takes a second, and the studio as long for each that is not there: the third and fourth would be late.
    expect(by).toEqual(['comfyui', 'comfyui', 'studio', 'studio'])
    expect(fallbacks.every(({ reason }) => reason === 'no-time')).toBe(true)
  })

  it('D5: an engine that is not there is asked by one shot, not by all of a film; when its rest is over, by one again', async () => {
    let there = false
    const comfyui = engine('comfyui', () =>
      there ? Promise.resolve(take('comfyui')) : Promise.reject(new EngineFault('unreachable', 'nobody')),
    )
    const { draw } = climberOf([engine('studio'), comfyui])
    const of = (id: string) => draw(id).then((shot) => shot.engine)
    expect([await of('a'), await of('b')]).toEqual(['studio', 'studio'])
    expect(fallbacks.map(({ reason }) => reason)).toEqual(['unreachable', 'resting'])
    now = 100
    there = true
    expect([await of('c'), await of('d')]).toEqual(['comfyui', 'comfyui'])
  })

  it('D3: an engine whose orders the event refuses is asked for the next shot all the same, and does not rest', async () => {
    let spent = true
    const cloud = engine('model-studio', () =>
      spent ? Promise.reject(new EngineFault('over-budget', 'the day is spent')) : Promise.resolve(take('model-studio')),
    )
    const { draw } = climberOf([engine('studio'), cloud])
    const of = (id: string) => draw(id).then((shot) => shot.engine)
    expect([await of('a'), await of('b'), await of('c')]).toEqual(['studio', 'studio', 'studio'])
    expect(fallbacks.map(({ reason }) => reason)).toEqual(['over-budget', 'over-budget', 'over-budget'])
    spent = false
    expect(await of('d')).toBe('model-studio')
  })

  it('does not take an abort for a failure', async () => {
    const stopping = new AbortController()
    const act: Act = ({ signal }) => {
      stopping.abort(new Error('enough'))
      return Promise.reject(signal.reason)
    }
    const { draw } = climberOf([engine('studio'), engine('comfyui', act)])
    await expect(draw('1-one', stopping.signal)).rejects.toThrow('enough')
    await expect(draw('1-one', AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
    expect(fallbacks).toEqual([])
  })
})

describe('engineOrder', () => {
  it('is what the event prefers of what is there, the studio last, each once', () => {
    expect(engineOrder(['studio', 'comfyui'], { prefer: ['comfyui'] })).toEqual(['comfyui', 'studio'])
    expect(engineOrder(['studio', 'comfyui'], { prefer: ['studio', 'comfyui', 'studio'] })).toEqual(['studio', 'comfyui'])
    expect(engineOrder(['studio'], { prefer: ['videos-api'] })).toEqual(['studio'])
  })
})
