import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newVisitId } from '../../../tests/support/fake-kiosk.ts'
import { type RedisServer, startRedis } from '../../../tests/support/redis-server.ts'
import { systemClock } from '../clock.ts'
import { MAX_TRIES, type RenderOutcome, type RenderWork } from './lanes.ts'
import { connectRedis, type Redis } from './redis.ts'
import { openRenderQueue, type RenderQueue } from './render-queue.ts'

/** Longer than a busy machine pauses; the one test that needs a lease to run out makes it short. */
const LEASE_MS = 20_000

const log = pino({ level: 'silent' })
let server: RedisServer
let redis: Redis
let queue: RenderQueue
/** A second instance. */
let other: RenderQueue
const open = () =>
  openRenderQueue({
    url: server.socket,
    eventId: 'test-event',
    clock: systemClock,
    log,
    leaseMs: LEASE_MS,
    stalledMs: 100,
    retryMs: 50,
  })
beforeAll(async () => {
  server = await startRedis()
  redis = await connectRedis({ url: server.socket, log })
  queue = await open()
  other = await open()
})
afterAll(async () => {
  await queue.close()
  await other.close()
  await redis.close()
  await server.stop()
})

const work = (): RenderWork => {
  const visitId = newVisitId()
  return {
    eventId: 'test-event',
    visitId,
    renderId: `${visitId}-r1`,
    packId: 'p',
    packHash: 'a'.repeat(64),
    clipSha256: 'b'.repeat(64),
    clipBytes: 5,
  }
}
let tokens = 0
const newToken = () => `node-a.${tokens++}`
const outcome = (folder: string, reelSha256 = 'c'.repeat(64)): RenderOutcome => ({ folder, reelSha256, result: { a: 1 } })
/** Adds work and claims it: nothing else waits in the queue of this tier. */
const claimed = async () => {
  const job = work()
  await queue.add('cpu', job)
  const token = newToken()
  const claim = await vi.waitFor(async () => {
    const found = await queue.claim('cpu', token)
    expect(found?.work.renderId).toBe(job.renderId)
    return found!
  })
  return { job, token, claim }
}

describe('the render queue', () => {
  it('Q1: the same render added twice is queued once, also after it is finished', async () => {
    const { job, token } = await claimed()
    await queue.add('cpu', job)
    await other.add('cpu', job)
    expect(await queue.claim('cpu', newToken())).toBeUndefined()
    expect(await queue.complete('cpu', job.renderId, token, outcome('f'))).toBe('accepted')
    await queue.add('cpu', job)
    expect(await queue.claim('cpu', newToken())).toBeUndefined()
  })

  it('Q2: a payload holds references and nothing more, and never much', async () => {
    const { job, token } = await claimed()
    const stored = await redis.call((client) => client.hGet(`fanreel:{test-event}:render-cpu:${job.renderId}`, 'data'))
    expect(Object.keys(JSON.parse(stored!)).sort()).toEqual(
      ['clipBytes', 'clipSha256', 'eventId', 'packHash', 'packId', 'renderId', 'visitId'].sort(),
    )
    await expect(queue.add('cpu', { ...work(), packId: 'x'.repeat(5_000) })).rejects.toMatchObject({ code: 'internal' })
    await queue.complete('cpu', job.renderId, token, outcome('f'))
  })

  it('Q3: the token is the whole proof: any instance extends and completes with it, none without', async () => {
    const { job, token } = await claimed()
    expect(await other.holds('cpu', job.renderId, token)).toBe(true)
    expect(await other.extend('cpu', job.renderId, token, LEASE_MS)).toBe(true)
    expect(await other.extend('cpu', job.renderId, 'node-b.9', LEASE_MS)).toBe(false)
    expect(await other.giveBack('cpu', job.renderId, 'node-b.9')).toBe(false)
    expect(await other.complete('cpu', job.renderId, 'node-b.9', outcome('g'))).toBe('lease-lost')
    expect(await other.complete('cpu', job.renderId, token, outcome('f'))).toBe('accepted')
  })

  it('R1: a second result is a duplicate or superseded, never accepted', async () => {
    const { job, token } = await claimed()
    expect(await queue.complete('cpu', job.renderId, token, outcome('f'))).toBe('accepted')
    expect(await queue.complete('cpu', job.renderId, token, outcome('f'))).toBe('duplicate')
    expect(await other.complete('cpu', job.renderId, token, outcome('f', 'd'.repeat(64)))).toBe('superseded')
    expect(await queue.standing('cpu', job.renderId)).toMatchObject({ state: 'completed', outcome: { folder: 'f' } })
  })

  it('Q4: giving back counts no attempt and keeps the place at the head', async () => {
    const { job, token } = await claimed()
    const behind = work()
    await queue.add('cpu', behind)
    expect(await queue.line('cpu', 10)).toEqual([behind.renderId])
    expect(await queue.giveBack('cpu', job.renderId, token)).toBe(true)
    expect(await queue.line('cpu', 10)).toEqual([job.renderId, behind.renderId])
    const again = await queue.claim('cpu', newToken())
    expect(again).toMatchObject({ work: { renderId: job.renderId }, tries: 0 })
    await queue.complete('cpu', job.renderId, again!.leaseToken, outcome('f'))
    const last = await queue.claim('cpu', newToken())
    await queue.complete('cpu', behind.renderId, last!.leaseToken, outcome('f'))
  })

  it('R2: a failed attempt comes again after a pause, until there are too many', async () => {
    const job = work()
    await queue.add('cpu', job)
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      const claim = await vi.waitFor(
        async () => {
          const found = await queue.claim('cpu', newToken())
          expect(found).toBeDefined()
          return found!
        },
        { timeout: 5_000 },
      )
      expect(claim.tries).toBe(attempt - 1)
      const why = { code: 'engine-failed', final: false }
      const ended = await queue.fail('cpu', job.renderId, claim.leaseToken, why)
      expect(ended).toBe(attempt < MAX_TRIES ? 'again' : 'failed')
    }
    expect(await queue.standing('cpu', job.renderId)).toEqual({ state: 'failed', reason: 'engine-failed' })
  })

  it('R2: a final failure has no second attempt', async () => {
    const { job, token } = await claimed()
    expect(await queue.fail('cpu', job.renderId, token, { code: 'clip-too-dark', final: true })).toBe('failed')
    expect(await queue.fail('cpu', job.renderId, token, { code: 'clip-too-dark', final: true })).toBe('failed')
  })

  it('L3: a lease that nobody renews is lost, the loss is told, and counted', async () => {
    const lost: string[] = []
    const stops = [queue, other].map((each) => each.onLost((_, renderId) => lost.push(renderId)))
    const { job, token } = await claimed()
    expect(await queue.extend('cpu', job.renderId, token, 50)).toBe(true)
    await vi.waitFor(() => expect(lost).toEqual([job.renderId]), { timeout: 10_000 })
    expect(await queue.extend('cpu', job.renderId, token, LEASE_MS)).toBe(false)
    expect(await queue.complete('cpu', job.renderId, token, outcome('f'))).toBe('lease-lost')
    const again = await queue.claim('cpu', newToken())
    expect(again).toMatchObject({ tries: 1, work: { renderId: job.renderId } })
    expect(await queue.complete('cpu', job.renderId, again!.leaseToken, outcome('g'))).toBe('accepted')
    for (const stop of stops) stop()
  })

  it('E2: waiting work can be taken out, running work cannot', async () => {
    const { job, token } = await claimed()
    const waiting = work()
    await queue.add('cpu', waiting)
    expect(await queue.remove('cpu', waiting.renderId)).toBe(true)
    expect(await queue.standing('cpu', waiting.renderId)).toEqual({ state: 'unknown' })
    expect(await queue.remove('cpu', job.renderId)).toBe(false)
    expect(await queue.remove('cpu', work().renderId)).toBe(true)
    await queue.complete('cpu', job.renderId, token, outcome('f'))
  })
})
