/**
 * The time that engines and their ladder reckon by, as an argument: a load runs it faster than the wall's, so that minutes of a
 * model pass in seconds and nothing of the code is another.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

export type EngineClock = {
  /** Milliseconds that only go forward. */
  now(): number
  /** A signal that is given after so many milliseconds. */
  after(ms: number): AbortSignal
  /** Waits so many milliseconds. Throws the signal's reason on abort. */
  pause(ms: number, signal?: AbortSignal): Promise<void>
}

export const steadyClock: EngineClock = {
  now: () => performance.now(),
  after: (ms) => AbortSignal.timeout(ms),
  pause: async (ms, signal) => {
    await delay(ms, undefined, { ...(signal && { signal }) }).catch((error: unknown) => {
      signal?.throwIfAborted()
      throw error
    })
  },
}
