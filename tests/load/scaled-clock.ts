/** A clock that runs so many times as fast as the wall's: minutes of a model pass in seconds. */
import { type EngineClock, steadyClock } from '../../gpu-node/src/engines/clock.ts'

/**
 * @param leastMs of the wall: no limit comes sooner. Between two processes that share a core an answer takes its time, whatever the
 * clock says.
 */
export const scaledClock = (times: number, leastMs = 0): EngineClock => ({
  now: () => times * steadyClock.now(),
  after: (ms) => steadyClock.after(Math.max(leastMs, Math.ceil(ms / times))),
  pause: (ms, signal) => steadyClock.pause(ms / times, signal),
})
