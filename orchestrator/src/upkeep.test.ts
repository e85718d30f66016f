/** Duties of several instances on one Redis. */
import { pino } from 'pino'
import { afterEach, expect, it, vi } from 'vitest'
import { useRedis } from '../../tests/support/use-redis.ts'
import { systemClock } from './clock.ts'
import { eventKey } from './queue/keys.ts'
import { takeTurn } from './queue/turn-lock.ts'
import { startUpkeep } from './upkeep.ts'

const log = pino({ level: 'silent' })
const at = useRedis()
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

const EVERY_MS = 200
/** Work that goes on until it is told to end. */
const workUntilTold = () => {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
const turn = (name: string, heldMs: number) => ({
  redis: at.redis,
  eventId: 'e',
  name,
  everyMs: EVERY_MS,
  heldMs,
  onSlip: () => undefined,
})

it('Q10: a duty is done once an interval, however many instances live, and goes on when the one that did it has stopped', async () => {
  const runs: { by: number; at: number }[] = []
  const instance = (by: number) => {
    const run = () => Promise.resolve(runs.push({ by, at: performance.now() }))
    return startUpkeep({ redis: at.redis, eventId: 'e', clock: systemClock, log }, [{ name: 'sweep', everyMs: EVERY_MS, run }])
  }
  const running = new Map([1, 2, 3].map((by) => [by, instance(by)]))
  stops.push(...running.values())
  await vi.waitFor(() => expect(runs.length).toBeGreaterThan(4), { timeout: 20_000 })
  const last = runs.at(-1)?.by ?? 0
  await running.get(last)?.()
  const before = runs.length
  await vi.waitFor(() => expect(runs.length).toBeGreaterThan(before + 2), { timeout: 20_000 })
  expect(runs.slice(before).some(({ by }) => by === last)).toBe(false)
  const gaps = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0))
  // Redis counts whole milliseconds.
  for (const gap of gaps) expect(gap).toBeGreaterThan(EVERY_MS - 2)
})

it('Q10: a duty that takes longer than its turn is held is nobody else’s meanwhile', async () => {
  const heldMs = 900
  const { promise: work, resolve: end } = workUntilTold()
  const long = takeTurn(turn('long', heldMs), () => work)
  const startedAt = performance.now()
  let tries = 0
  await vi.waitFor(
    async () => {
      tries++
      await takeTurn(turn('long', heldMs), () => Promise.reject(new Error('two are at it')))
      expect(performance.now() - startedAt).toBeGreaterThan(2 * heldMs)
    },
    { timeout: 20_000, interval: 50 },
  )
  expect(tries).toBeGreaterThan(2)
  end()
  await long
  const done = vi.fn(() => Promise.resolve())
  expect(await takeTurn(turn('long', heldMs), done)).toBeLessThanOrEqual(EVERY_MS)
  expect(done).not.toHaveBeenCalled()
})

it('Q10: a duty that failed is due at once for whoever looks, and one whose holder is gone passes by itself', async () => {
  await expect(takeTurn(turn('fails', 5_000), () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  const done = vi.fn(() => Promise.resolve())
  expect(await takeTurn(turn('fails', 5_000), done)).toBe(EVERY_MS)
  expect(done).toHaveBeenCalledTimes(1)
  const key = eventKey('e', 'turn', 'gone')
  await at.redis.call((client) => client.set(key, 'somebody', { expiration: { type: 'PX', value: 300 } }))
  const first = await takeTurn(turn('gone', 300), done)
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThanOrEqual(EVERY_MS)
  await vi.waitFor(
    async () => {
      await takeTurn(turn('gone', 300), done)
      expect(done).toHaveBeenCalledTimes(2)
    },
    { timeout: 10_000 },
  )
})
