/** What must be done again and again, once an interval whichever instances live: each duty in a turn of its own (Q10). */
import type { EventId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import { refusalOf } from './errors.ts'
import type { Redis } from './queue/redis.ts'
import { takeTurn } from './queue/turn-lock.ts'

export type Duty = { name: string; everyMs: number; run: () => Promise<unknown> }

/** A duty whose instance is not heard of for so long is another's, in milliseconds. */
const HELD_MS = 20_000

/** Starts the duties; answers how to stop, which waits for the round under way. */
export const startUpkeep = (
  options: { redis: Pick<Redis, 'call'>; eventId: EventId; clock: Clock; log: Logger },
  duties: readonly Duty[],
): (() => Promise<void>) => {
  const { redis, eventId, clock, log } = options
  let stopped = false
  const timers = new Map<string, NodeJS.Timeout>()
  const underWay = new Set<Promise<void>>()

  /** Answers in how many milliseconds to look again. */
  const round = async ({ name, everyMs, run }: Duty): Promise<number> => {
    const startedAt = clock.now()
    const fault = (error: unknown) => ({ err: error, duty: name, code: refusalOf(error).code, ms: clock.now() - startedAt })
    const onSlip = (error: unknown) => log.debug(fault(error), 'turn not renewed')
    try {
      return await takeTurn({ redis, eventId, name, everyMs, heldMs: HELD_MS, onSlip }, run)
    } catch (error) {
      log.warn(fault(error), 'upkeep goes on later')
      return everyMs
    }
  }
  const plan = (duty: Duty, inMs: number): void => {
    if (stopped) return
    const timer = setTimeout(() => {
      const running: Promise<void> = round(duty).then((nextMs) => {
        underWay.delete(running)
        plan(duty, nextMs)
      })
      underWay.add(running)
    }, inMs)
    timers.set(duty.name, timer)
  }
  for (const duty of duties) plan(duty, duty.everyMs)

  return async () => {
    stopped = true
    for (const timer of timers.values()) clearTimeout(timer)
    await Promise.allSettled(underWay)
  }
}
