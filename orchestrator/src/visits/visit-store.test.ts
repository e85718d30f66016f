import { refuse } from '@fanreel/protocol'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { freshVisit } from '../../../tests/support/made-visit.ts'
import { type RedisServer, startRedis } from '../../../tests/support/redis-server.ts'
import { AppError } from '../errors.ts'
import { connectRedis, type Redis } from '../queue/redis.ts'
import type { Visit } from './visit.ts'
import { isRefusal, transition } from './visit-state.ts'
import { createVisitStore, type VisitChange, type VisitStore } from './visit-store.ts'

const log = pino({ level: 'silent' })
let server: RedisServer
let redis: Redis
let store: VisitStore
/** A second instance on the same Redis. */
let other: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = await connectRedis({ url: server.socket, log })
  other = await connectRedis({ url: server.socket, log })
  store = createVisitStore({ redis, eventId: 'test-event', log })
})
afterAll(async () => {
  await redis.close()
  await other.close()
  await server.stop()
})
afterEach(async () => {
  await redis.call((client) => client.flushAll())
})

describe('the visit store', () => {
  it('V2: of many changes at once none is lost and each sees the one before', async () => {
    const visit = freshVisit()
    await store.create(visit)
    const rivals = [store, createVisitStore({ redis: other, eventId: 'test-event', log })]
    const change = (at: number) =>
      rivals[at % 2]!.update(visit.visitId, (current) => ({ ...current, seq: current.seq + 1, changedAt: at }))
    await Promise.all(Array.from({ length: 30 }, (_, at) => change(at)))
    expect((await store.get(visit.visitId))?.seq).toBe(visit.seq + 30)
  })

  it('V2: of two who want the same step only one takes it', async () => {
    const visit = freshVisit({ state: 'queued' })
    await store.create(visit)
    const cancel = () => store.update(visit.visitId, (current) => transition(current, { type: 'cancel' }, 5))
    const answers = await Promise.all([cancel(), cancel(), cancel()])
    expect(answers.filter((answer) => !isRefusal(answer))).toHaveLength(1)
  })

  it('V2: a visit and its pickup hash are taken once', async () => {
    const visit = freshVisit()
    expect(await store.create(visit)).toBe('created')
    expect(await store.create(visit)).toBe('exists')
    expect(await store.create(freshVisit({ pickupHash: visit.pickupHash }))).toBe('exists')
    expect(await store.byPickup(visit.pickupHash)).toEqual(visit)
    expect(await store.byPickup('f'.repeat(64))).toBeUndefined()
  })

  it('V3: what a write came to is read again when its answer was lost', async () => {
    const visit = freshVisit()
    await store.create(visit)
    let lost = false
    const deaf: Redis = {
      ...redis,
      call: async (command) => {
        const answer = await redis.call(command)
        // The first write lands, and its answer does not come back.
        if (!lost && answer === 1) {
          lost = true
          throw new AppError('unavailable')
        }
        return answer
      },
    }
    const hard = createVisitStore({ redis: deaf, eventId: 'test-event', log })
    const changed = await hard.update(visit.visitId, (current) => transition(current, { type: 'record' }, 7))
    expect(lost).toBe(true)
    expect(changed).toMatchObject({ state: 'recorded', seq: 2 })
    expect(await store.get(visit.visitId)).toMatchObject({ state: 'recorded', seq: 2 })
  })

  it('V2: indexes by state, age and expiry follow every change', async () => {
    const visits = [1, 2, 3].map((at) => freshVisit({ createdAt: at, changedAt: at, expiresAt: 100 * at }))
    for (const visit of visits) await store.create(visit)
    const [first, second, third] = visits.map((visit) => visit.visitId)
    await store.update(second!, (visit) => transition(visit, { type: 'record' }, 50))
    expect(await store.counts()).toEqual({ started: 2, recorded: 1 })
    expect((await store.list(2)).map((visit) => visit.visitId)).toEqual([third, second])
    expect(await store.inState('recorded', 49, 10)).toEqual([])
    expect(await store.inState('recorded', 50, 10)).toEqual([second])
    expect(await store.expired(200, 10)).toEqual([first, second])
    await store.forget(first!)
    expect(await store.get(first!)).toBeUndefined()
    expect(await store.byPickup(visits[0]!.pickupHash)).toBeUndefined()
    expect(await store.counts()).toEqual({ started: 1, recorded: 1 })
  })

  it('V2: a refused change changes nothing, an unknown visit is refused', async () => {
    const visit = freshVisit()
    await store.create(visit)
    expect(await store.update(visit.visitId, () => refuse('consent-missing'))).toMatchObject({ code: 'consent-missing' })
    expect(await store.get(visit.visitId)).toEqual(visit)
    expect(await store.update(freshVisit().visitId, (known) => known)).toMatchObject({ code: 'visit-unknown' })
  })

  it('V2: a change made on what is remembered is made again on what is there', async () => {
    const visit = freshVisit()
    await store.create(visit)
    const old = await store.get(visit.visitId)
    await store.update(visit.visitId, (known) => ({ ...known, seq: 2, language: 'it' }))
    const changed = await store.update(visit.visitId, (known) => ({ ...known, seq: known.seq + 1 }), old)
    expect(changed).toMatchObject({ seq: 3, language: 'it' })
    // A refusal that follows from what is old is no refusal.
    const refusing = (known: Visit) => (known.seq < 3 ? refuse('visit-state') : known)
    expect(await store.update(visit.visitId, refusing, old)).toMatchObject({ seq: 3 })
  })

  it('V5: every instance hears of every change', async () => {
    const visit = freshVisit()
    const far = createVisitStore({ redis: other, eventId: 'test-event', log })
    const all: string[] = []
    const changes: (VisitChange | undefined)[] = []
    const stop = far.subscribeAll((visitId, change) => {
      all.push(visitId)
      if (visitId === visit.visitId) changes.push(change)
    })
    await vi.waitFor(async () => {
      await store.touch('warm-up')
      expect(all).toContain('warm-up')
    })
    const stranger = freshVisit()
    await store.create(visit)
    await store.create(stranger)
    await vi.waitFor(() => expect(all).toEqual(expect.arrayContaining([visit.visitId, stranger.visitId])))
    await store.update(visit.visitId, (known) => ({ ...known, seq: known.seq + 1, state: 'recorded' }))
    await store.touch(visit.visitId)
    // Which visit, its state and how old that is: nothing of the visitor.
    await vi.waitFor(() => expect(changes).toEqual([{ state: 'started', seq: 1 }, { state: 'recorded', seq: 2 }, undefined]))
    stop()
  })
})
