/** Renders that wait before another try, where the clocks of machines are wrong. */
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { newVisitId } from '../../../tests/support/fake-kiosk.ts'
import { type RedisServer, startRedis } from '../../../tests/support/redis-server.ts'
import { openRenderQueue, type RenderQueue } from './render-queue.ts'

const HOUR_MS = 3_600_000
const PAUSE_MS = 60_000
let server: RedisServer
let queue: RenderQueue
/** The event's clock. */
let now = Date.now()
beforeAll(async () => {
  server = await startRedis()
  queue = await openRenderQueue({
    ...{ url: server.socket, eventId: 'test-event', log: pino({ level: 'silent' }), clock: { now: () => now } },
    ...{ leaseMs: 600_000, stalledMs: 600_000, retryMs: PAUSE_MS },
  })
})
afterAll(async () => {
  await queue.close()
  await server.stop()
})
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

/** From here on the machine's clock is off by so much. */
const machineOff = (ms: number) => vi.setSystemTime(now + ms)
let tokens = 0
const claim = async () => {
  const leaseToken = `test-event.node-a.${tokens++}`
  const found = await queue.claim('cpu', leaseToken)
  return found && { renderId: found.work.renderId, leaseToken }
}
const claimed = async () => {
  const visitId = newVisitId()
  const references = { packId: 'p', packHash: 'a'.repeat(64), clipSha256: 'b'.repeat(64), clipBytes: 5 }
  await queue.add('cpu', { eventId: 'test-event', visitId, renderId: `${visitId}-r1`, ...references })
  const found = await claim()
  if (!found) throw new Error('nothing was claimed')
  return found
}

describe.each([
  ['an hour fast', 'right', HOUR_MS, 0],
  ['an hour slow', 'right', -HOUR_MS, 0],
  ['right', 'an hour fast', 0, HOUR_MS],
  ['right', 'an hour slow', 0, -HOUR_MS],
])('where the clock of the machine that sets a pause is %s and of the one that looks %s', (_, __, setsOffMs, looksOffMs) => {
  it('Q8: what is kept for another node goes on when its pause is over, and not before', async () => {
    const { renderId, leaseToken } = await claimed()
    machineOff(setsOffMs)
    expect(await queue.postpone('cpu', renderId, leaseToken, PAUSE_MS)).toBe(true)
    machineOff(looksOffMs)
    expect(await claim()).toBeUndefined()
    now += PAUSE_MS - 10
    expect(await claim()).toBeUndefined()
    now += 20
    const again = await claim()
    expect(again).toMatchObject({ renderId })
    await queue.fail('cpu', renderId, again!.leaseToken, { code: 'node-fault', final: true })
  })

  it('Q8: what failed is tried again after its pause, and not before', async () => {
    const { renderId, leaseToken } = await claimed()
    machineOff(setsOffMs)
    expect(await queue.fail('cpu', renderId, leaseToken, { code: 'node-fault', final: false })).toBe('again')
    machineOff(looksOffMs)
    // Between half of it and the whole, by lot.
    now += PAUSE_MS / 2 - 10
    expect(await claim()).toBeUndefined()
    now += PAUSE_MS / 2 + 20
    const again = await claim()
    expect(again).toMatchObject({ renderId })
    await queue.fail('cpu', renderId, again!.leaseToken, { code: 'node-fault', final: true })
  })
})
