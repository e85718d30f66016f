import { pino } from 'pino'
import { afterEach, expect, it, vi } from 'vitest'
import { type SharedClock, startSharedClock } from './shared-clock.ts'

const HOUR_MS = 3_600_000
let clock: SharedClock | undefined
afterEach(() => {
  clock?.stop()
  vi.useRealTimers()
})

/** A Redis whose time is this, and that takes `wayMs` to say so. */
const timed = (options: { redisNow: () => number; wayMs?: () => number }) => {
  let monotonicMs = 5_000
  const call = () => {
    monotonicMs += (options.wayMs?.() ?? 0) / 2
    const now = options.redisNow()
    monotonicMs += (options.wayMs?.() ?? 0) / 2
    return Promise.resolve([String(Math.floor(now / 1_000)), String((now % 1_000) * 1_000)])
  }
  const redis = { call } as unknown as Parameters<typeof startSharedClock>[0]['redis']
  return { redis, monotonic: () => monotonicMs, pass: (ms: number) => (monotonicMs += ms) }
}
const log = pino({ level: 'silent' })

it('Q8: goes by Redis, whatever the clock of the machine says or is set to meanwhile', async () => {
  const redisNow = Date.now() + HOUR_MS
  const { redis, monotonic, pass } = timed({ redisNow: () => redisNow })
  clock = await startSharedClock({ redis, monotonic, log, everyMs: HOUR_MS })
  expect(clock.now()).toBe(redisNow)
  vi.useFakeTimers({ now: 0, toFake: ['Date'] })
  pass(250)
  expect(clock.now()).toBe(redisNow + 250)
})

it('Q8: believes the reading that came back soonest', async () => {
  const ways = [400, 400, 2, 2, 90, 90]
  const redisNow = 1_000_000
  const { redis, monotonic } = timed({ redisNow: () => redisNow, wayMs: () => ways.shift() ?? 0 })
  clock = await startSharedClock({ redis, monotonic, log, everyMs: HOUR_MS })
  // What has passed since that reading: its way back and the last one's whole way.
  expect(clock.now()).toBe(redisNow + 1 + 90)
})

it('Q8: is read again, and goes on where it cannot be', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let redisNow = 1_000_000
  let away = false
  const { redis, monotonic } = timed({
    redisNow: () => {
      if (away) throw new Error('away')
      return redisNow
    },
  })
  clock = await startSharedClock({ redis, monotonic, log, everyMs: 1_000 })
  away = true
  await vi.advanceTimersByTimeAsync(1_000)
  expect(clock.now()).toBe(1_000_000)
  away = false
  redisNow = 1_005_000
  await vi.advanceTimersByTimeAsync(1_000)
  expect(clock.now()).toBe(1_005_000)
})
