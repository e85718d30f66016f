import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { Visit } from '../visits/visit.ts'
import { createReconciler } from './reconcile.ts'

const visitIdOf = (index: number) => `01890000-0000-7000-8000-${String(index).padStart(12, '0')}`
const queuedVisit = (index: number): Visit => {
  const visitId = visitIdOf(index)
  const clip = { key: 'clip', sha256: 'c'.repeat(64), bytes: 2_000, mime: 'video/mp4' as const }
  const render = { renderId: `${visitId}-r1`, number: 1, tier: 'cpu' as const, queuedAt: index, folders: [] }
  return {
    visitId,
    state: 'queued',
    kioskId: 'kiosk-1',
    packId: 'world',
    packHash: 'a'.repeat(64),
    clip,
    render,
  } as unknown as Visit
}

it('Q5: a visit that has lost its job gets one, however many wait unharmed before it', async () => {
  const visits = Array.from({ length: 25 }, (_, index) => queuedVisit(index))
  const added: string[] = []
  const isLost = (renderId: string) => renderId === `${visitIdOf(24)}-r1` && !added.includes(renderId)
  const round = createReconciler({
    store: {
      inState: async (state, _, limit, skip = 0) =>
        state === 'queued' ? visits.slice(skip, skip + limit).map(({ visitId }) => visitId) : [],
      getMany: async (visitIds) => visits.filter(({ visitId }) => visitIds.includes(visitId)),
      update: async () => queuedVisit(0),
    },
    queue: {
      standing: async (_, renderId) => (isLost(renderId) ? { state: 'unknown' } : { state: 'waiting' }),
      add: (_, { renderId }) => {
        added.push(renderId)
        return Promise.resolve()
      },
      remove: async () => true,
    },
    lookAtTiers: async () => () => undefined,
    settle: { ready: async () => undefined, failed: async () => undefined, waiting: async () => undefined },
    hint: () => undefined,
    clock: { now: () => 1_000_000 },
    log: pino({ level: 'silent' }),
    batch: 10,
  })
  const moved = [await round(), await round(), await round(), await round()]
  expect(added).toEqual([`${visitIdOf(24)}-r1`])
  expect(moved).toEqual([0, 0, 1, 0])
})

describe('Q5: what a crash between two steps has left', () => {
  const oneRound = async (visit: Visit, standing: Awaited<ReturnType<RenderQueue['standing']>>) => {
    const done: string[] = []
    const note = (what: string) => (renderId: string, more?: unknown) => {
      done.push([what, renderId.slice(-3), ...(typeof more === 'string' ? [more] : [])].join(' '))
      return Promise.resolve(undefined as never)
    }
    const round = createReconciler({
      store: {
        inState: async (state, _, __, skip = 0) => (state === visit.state && skip === 0 ? [visit.visitId] : []),
        getMany: async (visitIds) => visitIds.map(() => visit),
        update: async () => visit,
      },
      queue: { standing: async () => standing, add: (_, { renderId }) => note('add')(renderId), remove: async () => true },
      lookAtTiers: async () => () => undefined,
      settle: { ready: note('ready'), failed: note('failed'), waiting: note('waiting') },
      hint: () => undefined,
      clock: { now: () => 1_000_000 },
      log: pino({ level: 'silent' }),
    })
    await round()
    return done
  }
  const queued = queuedVisit(1)
  const rendering = { ...queued, state: 'rendering' } as Visit
  const withoutClip = { ...rendering, clip: undefined } as unknown as Visit

  it.each<[string, Visit, Parameters<typeof oneRound>[1], string[]]>([
    [
      'a film that is there reaches its visit',
      rendering,
      { state: 'completed', outcome: { outcome: 'accepted', result: {}, folder: 'one' } } as never,
      ['ready -r1'],
    ],
    [
      'a failure reaches its visit',
      rendering,
      { state: 'failed', reason: 'engine-failed' } as never,
      ['failed -r1 engine-failed'],
    ],
    ['a job that has gone is added again', rendering, { state: 'unknown' }, ['waiting -r1 lease-lost', 'add -r1']],
    ['one whose clip has gone too ends its visit', withoutClip, { state: 'unknown' }, ['failed -r1 upload-gone']],
    ['a lost lease shows', rendering, { state: 'waiting' }, ['waiting -r1 lease-lost']],
    ['and one that waits for another try', rendering, { state: 'delayed' }, ['waiting -r1 lease-lost']],
    ['what waits its turn is left alone', queued, { state: 'waiting' }, []],
    ['what a node has is left alone', rendering, { state: 'active' }, []],
  ])('%s', async (_, visit, standing, expected) => expect(await oneRound(visit, standing)).toEqual(expected))
})

describe('a tier that nobody serves', () => {
  const waiting = [queuedVisit(1), queuedVisit(2), queuedVisit(3)]
  const roundOver = async (stored: (visit: Visit) => Visit) => {
    const said: string[] = []
    const round = createReconciler({
      store: {
        inState: async (state) => (state === 'queued' ? waiting.map(({ visitId }) => visitId) : []),
        getMany: async () => waiting,
        update: async (visitId, change) => change(stored(waiting.find((visit) => visit.visitId === visitId) as Visit)),
      },
      queue: {
        standing: async () => ({ state: 'waiting' }),
        add: async (tier, { renderId }) => void said.push(`add ${tier} ${renderId.slice(-4)}`),
        remove: async (tier, renderId) => said.push(`remove ${tier} ${renderId.slice(-4)}`) > 0,
      },
      lookAtTiers: () => {
        said.push('look')
        return Promise.resolve(() => 'gpu' as const)
      },
      settle: { ready: async () => undefined, failed: async () => undefined, waiting: async () => undefined },
      hint: () => undefined,
      clock: { now: () => 1_000_000 },
      log: pino({ level: 'silent' }),
    })
    return { moved: await round(), said }
  }

  it('Q11: has all that wait on it moved by one look, each out of the one queue before it comes into the other', async () => {
    const { moved, said } = await roundOver((visit) => visit)
    expect(moved).toBe(3)
    expect(said).toEqual(['look', ...[1, 2, 3].flatMap((at) => [`remove cpu ${at}-r1`, `add gpu ${at}-r1`])])
  })

  it('Q11: brings nothing into a queue that has been claimed or has ended meanwhile', async () => {
    const { moved, said } = await roundOver((visit) => ({ ...visit, state: 'rendering' }))
    expect(moved).toBe(0)
    expect(said.filter((line) => line.startsWith('add'))).toEqual([])
  })
})
