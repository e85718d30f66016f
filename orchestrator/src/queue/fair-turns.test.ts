import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { newVisitId } from '../../../tests/support/fake-kiosk.ts'
import { type RedisServer, startRedis } from '../../../tests/support/redis-server.ts'
import { systemClock } from '../clock.ts'
import { connectRedis, type Redis } from './redis.ts'
import { openRenderQueue, type RenderQueue } from './render-queue.ts'

const log = pino({ level: 'silent' })
let server: RedisServer
let redis: Redis
let queue: RenderQueue
beforeAll(async () => {
  server = await startRedis()
  redis = await connectRedis({ url: server.socket, log })
  queue = await openRenderQueue({
    ...{ url: server.socket, eventId: 'test-event', clock: systemClock, log },
    ...{ leaseMs: 20_000, stalledMs: 60_000, retryMs: 20 },
  })
})
afterAll(async () => {
  await queue.close()
  await redis.close()
  await server.stop()
})

/** Which line each render was added from. */
const lineOf = new Map<string, string>()
const add = async (line: string, count = 1) => {
  const added: string[] = []
  for (let at = 0; at < count; at++) {
    const visitId = newVisitId()
    const renderId = `${visitId}-r1`
    lineOf.set(renderId, line)
    const references = { packId: 'p', packHash: 'a'.repeat(64), clipSha256: 'b'.repeat(64), clipBytes: 5 }
    await queue.add('cpu', { eventId: 'test-event', visitId, renderId, ...references }, line)
    added.push(renderId)
  }
  return added
}
/** A try that is not a visitor's first. */
const addAgain = async (line: string) => {
  const visitId = newVisitId()
  const renderId = `${visitId}-r2`
  lineOf.set(renderId, line)
  const references = { packId: 'p', packHash: 'a'.repeat(64), clipSha256: 'b'.repeat(64), clipBytes: 5 }
  await queue.add('cpu', { eventId: 'test-event', visitId, renderId, ...references })
}
let tokens = 0
const claim = async () => {
  const token = `test-event.node.${tokens++}`
  const claimed = await queue.claim('cpu', token)
  return claimed && { ...claimed, line: lineOf.get(claimed.work.renderId) }
}
/** Takes and finishes what is next; answers whose it was. */
const serve = async (count: number): Promise<(string | undefined)[]> => {
  const served: (string | undefined)[] = []
  for (let at = 0; at < count; at++) {
    const claimed = await claim()
    served.push(claimed?.line)
    if (!claimed) continue
    const outcome = { folder: 'f', reelSha256: 'c'.repeat(64), result: {} }
    await queue.complete('cpu', claimed.work.renderId, claimed.leaseToken, outcome)
  }
  return served
}
afterEach(() => redis.call((client) => client.flushAll()))

it('Q9: a kiosk that comes back with many clips takes turns with the others', async () => {
  await add('a', 50)
  await add('b', 3)
  await add('c', 1)
  expect(await queue.line('cpu', 100)).toHaveLength(54)
  expect(await serve(8)).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'b', 'a'])
})

it('Q9: who comes while another is served waits for no more than its turn', async () => {
  await add('a', 20)
  await serve(10)
  await add('b', 2)
  expect(await serve(5)).toEqual(['a', 'b', 'a', 'b', 'a'])
})

it('Q9: what a kiosk was given while nobody else waited is not held against it', async () => {
  await add('a', 30)
  await serve(30)
  await add('b', 10)
  await add('a', 2)
  expect(await serve(5)).toEqual(['b', 'a', 'b', 'a', 'b'])
})

it('Q9: a render that is added twice takes one turn', async () => {
  const [first] = await add('a')
  const visitId = first!.slice(0, 36)
  const references = { packId: 'p', packHash: 'a'.repeat(64), clipSha256: 'b'.repeat(64), clipBytes: 5 }
  for (let again = 0; again < 5; again++) {
    await queue.add('cpu', { eventId: 'test-event', visitId, renderId: first!, ...references }, 'a')
  }
  await add('a')
  await add('b', 2)
  expect(await serve(5)).toEqual(['a', 'b', 'a', 'b', undefined])
})

it('Q9: another try goes next, behind what has that very turn, and before every later one', async () => {
  await add('a', 5)
  await add('b', 5)
  await serve(2)
  await addAgain('again')
  expect(await serve(4)).toEqual(['a', 'b', 'again', 'a'])
})

it('Q9: what is tried again after a pause keeps the turn it had', async () => {
  await add('a', 5)
  const failed = await claim()
  const why = { code: 'engine-failed', final: false }
  expect(await queue.fail('cpu', failed!.work.renderId, failed!.leaseToken, why)).toBe('again')
  await vi.waitFor(async () => {
    const next = await claim()
    await queue.giveBack('cpu', next!.work.renderId, next!.leaseToken)
    expect(next).toMatchObject({ work: { renderId: failed!.work.renderId }, tries: 1 })
  })
})

it('Q9, Q6: a lease that ran out goes first, and past its limit BullMQ hands the render out with no more than a note', async () => {
  const eventId = 'silent-event'
  const timings = { leaseMs: 300, stalledMs: 100, retryMs: 20 }
  const silent = await openRenderQueue({ url: server.socket, eventId, clock: systemClock, log, ...timings })
  try {
    const references = { packId: 'p', packHash: 'a'.repeat(64), clipSha256: 'b'.repeat(64), clipBytes: 5 }
    const renderIds: string[] = []
    for (const line of ['a', 'b', 'b', 'b']) {
      const visitId = newVisitId()
      renderIds.push(`${visitId}-r1`)
      await silent.add('cpu', { eventId, visitId, renderId: `${visitId}-r1`, ...references }, line)
    }
    const [first = ''] = renderIds
    const seen: { tries: number; deferredFailure: string | undefined }[] = []
    while (seen.at(-1)?.deferredFailure === undefined && seen.length < 8) {
      const claimed = await silent.claim('cpu', `${eventId}.node.${seen.length}`)
      expect(claimed?.work.renderId).toBe(first)
      seen.push({ tries: claimed?.tries ?? -1, deferredFailure: claimed?.deferredFailure })
      // Nobody beats for it.
      await vi.waitFor(async () => expect((await silent.standing('cpu', first)).state).toBe('waiting'), { timeout: 5_000 })
    }
    expect(seen.map(({ tries }) => tries)).toEqual(seen.map((_, at) => at))
    expect(seen.at(-1)?.deferredFailure).toMatch(/stalled/)
  } finally {
    await silent.close()
  }
})
