/**
 * The event's one clock: Redis's, read now and then, carried on between by a clock that nobody sets. Deadlines, signed addresses and
 * uploads are set by one instance and looked at by another, so whatever the wall clock of its machine says, each goes by this (Q8).
 */
import { performance } from 'node:perf_hooks'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { AppError, refusalOf } from '../errors.ts'
import type { Redis } from './redis.ts'

/** Of so many readings the one that came back soonest counts: it is wrong by no more than half its way. */
const READINGS = 3
/** By so much the wall clock may be off before somebody should know, in milliseconds. */
const WORTH_SAYING_MS = 2_000

/** What is read between: milliseconds that only ever grow. */
type Monotonic = () => number

/**
 * Redis's time, in milliseconds since the epoch, less `monotonic` at the same moment. Where the machine's own clock is right as far
 * as a reading can tell, that is what is answered: it does not waver.
 */
const readOffset = async (redis: Pick<Redis, 'call'>, monotonic: Monotonic): Promise<number> => {
  let best: { offsetMs: number; wayMs: number } | undefined
  for (let count = 0; count < READINGS; count++) {
    const asked = monotonic()
    // As strings: seconds, and microseconds of the second.
    const [seconds, micros] = await redis.call((client) => client.sendCommand<[string, string]>(['TIME']))
    const wayMs = monotonic() - asked
    const offsetMs = Number(seconds) * 1_000 + Number(micros) / 1_000 - (asked + wayMs / 2)
    if (!best || wayMs < best.wayMs) best = { offsetMs, wayMs }
  }
  if (!best) throw new AppError('unavailable', { detail: 'no reading' })
  const ownMs = Date.now() - monotonic()
  return Math.abs(ownMs - best.offsetMs) <= best.wayMs / 2 + 1 ? ownMs : best.offsetMs
}

export type SharedClock = Clock & { stop(): void }

/**
 * Starts the clock; resolves when it has been read once. While Redis is away it goes on as it was.
 *
 * @param options `everyMs`: how often it is read, in milliseconds
 * @throws AppError `unavailable` where it cannot be read the first time
 */
export const startSharedClock = async (options: {
  redis: Pick<Redis, 'call'>
  everyMs: number
  log: Logger
  monotonic?: Monotonic
}): Promise<SharedClock> => {
  const { redis, everyMs, log, monotonic = () => performance.now() } = options
  let offsetMs = await readOffset(redis, monotonic)
  const now = () => Math.round(monotonic() + offsetMs)
  const wrongMs = Date.now() - now()
  if (Math.abs(wrongMs) > WORTH_SAYING_MS)
    log.warn({ ms: wrongMs }, 'the clock of this machine is wrong; the event goes by that of redis')
  const timer = setInterval(() => {
    readOffset(redis, monotonic)
      .then((read) => {
        offsetMs = read
      })
      .catch((error: unknown) => log.debug({ err: error, code: refusalOf(error).code }, 'clock not read'))
  }, everyMs)
  timer.unref()
  return { now, stop: () => clearInterval(timer) }
}
