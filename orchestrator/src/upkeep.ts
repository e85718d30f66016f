/** What must be done again and again, by one instance at a time: each duty in a turn of its own. */
import type { EventId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import { refusalOf } from './errors.ts'
import type { Redis } from './queue/redis.ts'
import { takeTurn } from './queue/turn-lock.ts'

export type Duty = { name: string; everyMs: number; run: () => Promise<unknown> }

/** The longest one round of a duty keeps its turn, in milliseconds. */
const TURN_MS = 60_000

/** Starts the duties; answers how to stop, which waits for the round under way. */
export const startUpkeep = (
  options: { redis: Redis; eventId: EventId; clock: Clock; log: Logger },
  duties: readonly Duty[],
): (() => Promise<void>) => {
  const { redis, eventId, clock, log } = options
  let stopped = false
  const timers = new Map<string, NodeJS.Timeout>()
  const underWay = new Set<Promise<void>>()

  const round = async ({ name, run }: Duty): Promise<void> => {
    const startedAt = clock.now()
    try {
      await takeTurn({ redis, eventId, name, ms: TURN_MS }, async () => {
        await run()
      })
    } catch (error) {
      log.warn({ err: error, duty: name, code: refusalOf(error).code, ms: clock.now() - startedAt }, 'upkeep goes on later')
    }
  }
  const plan = (duty: Duty): void => {
    if (stopped) return
    const timer = setTimeout(() => {
      const running = round(duty).finally(() => {
        underWay.delete(running)
        plan(duty)
      })
      underWay.add(running)
    }, duty.everyMs)
    timers.set(duty.name, timer)
  }
  for (const duty of duties) plan(duty)

  return async () => {
    stopped = true
    for (const timer of timers.values()) clearTimeout(timer)
    await Promise.allSettled(underWay)
  }
}
