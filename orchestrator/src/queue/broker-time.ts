/**
 * BullMQ's scripts take the time from whoever calls them, and its own classes give them that of the machine: a clock an hour fast would
 * keep a render that is tried again from everybody else for that hour, one an hour slow would not see it. What decides when a delayed render
 * waits, and when it is taken, is given the event's clock instead (Q8). All scripts go through the adapter's `runCommand`, which is BullMQ's own door for them.
 */
import type { createNodeRedisClient } from 'bullmq'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'

type Adapter = ReturnType<typeof createNodeRedisClient>

/** Scripts that delay a job, or take up those whose delay is over. */
const OF_DELAYS: ReadonlySet<string> = new Set(['moveToActive', 'moveToDelayed', 'retryJob'])
/** Each has eleven keys; then come the prefix of all keys and the time (bullmq 6.7.0, `src/commands`). */
const TIME_AT = 12

/** Gives the adapter's scripts the clock's time. Another BullMQ whose scripts are laid out otherwise is refused with the first call. */
export const onClock = (adapter: Adapter, clock: Clock): Adapter => {
  const run = adapter.runCommand.bind(adapter)
  adapter.runCommand = (name, args) => {
    // `moveToActive:6.7.0`
    if (!OF_DELAYS.has(name.split(':', 1)[0] ?? '')) return run(name, args)
    if (typeof args[TIME_AT] !== 'number')
      return Promise.reject(new AppError('internal', { detail: `${name} takes its time elsewhere` }))
    return run(name, args.with(TIME_AT, clock.now()))
  }
  return adapter
}
