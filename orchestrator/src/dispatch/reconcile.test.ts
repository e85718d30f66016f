import { pino } from 'pino'
import { expect, it } from 'vitest'
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
    betterTier: async () => undefined,
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
