/**
 * Notices that Redis has lost its memory, by the one key that every event has from its first start: the media store's id. Until
 * it is rebuilt this instance says that it is not ready, counts it for Prometheus and says so in its log, again and again (E9).
 */
import type { EventId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import { refusalOf } from '../errors.ts'
import { storeIdKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

export type MemoryWatch = {
  /** Whether Redis has forgotten this event. */
  readonly lost: boolean
  stop(): void
}

export const watchMemory = (options: {
  redis: Redis
  eventId: EventId
  storeId: string
  everyMs: number
  /** Whether it was seen at the start already. */
  lost: boolean
  /** Told with each look. */
  onLook: (lost: boolean) => void
  log: Logger
}): MemoryWatch => {
  const { redis, eventId, storeId, everyMs, onLook, log } = options
  let lost = options.lost
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  const look = async (): Promise<void> => {
    try {
      const known = await redis.call((client) => client.get(storeIdKey(eventId)))
      if (lost && known === storeId) log.info('memory returned')
      lost = known !== storeId
      if (lost)
        log.fatal(
          { code: 'memory-lost' },
          'redis has lost this event: stop what fills it, then run `npm run orchestrator -- rebuild`',
        )
      onLook(lost)
    } catch (error) {
      // A Redis that is away has lost nothing yet.
      log.debug({ err: error, code: refusalOf(error).code }, 'memory not looked at')
    }
  }
  const plan = () => {
    if (stopped) return
    timer = setTimeout(() => void look().finally(plan), everyMs)
  }
  plan()
  const unsubscribe = redis.onReturn(() => void look())

  return {
    get lost() {
      return lost
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
