/** What an orchestrator keeps everything in, opened in order: Redis, the event's one clock, the media store that belongs to it, the queue. */
import type { Logger } from 'pino'
import { checkStoreId } from './boot-checks.ts'
import type { Clock } from './clock.ts'
import type { Env } from './env.ts'
import type { MediaStore } from './media/media-store.ts'
import type { S3Try } from './media/s3/client.ts'
import { mediaPlaceOf, openMedia } from './open-media.ts'
import { connectRedis, type Redis } from './queue/redis.ts'
import { openRenderQueue, type RenderQueue } from './queue/render-queue.ts'
import { type SharedClock, startSharedClock } from './queue/shared-clock.ts'

export type Stores = {
  redis: Redis
  clock: Clock
  media: MediaStore
  queue: RenderQueue
  /** Whether Redis knows nothing of an event whose media are there. */
  memoryLost: boolean
  stopClock(): void
}

/** @throws AppError where Redis and media do not belong together, or one of them cannot be used; nothing is left open then */
export const openStores = async (options: {
  env: Env
  /** Where the event's one clock is switched off. */
  clock: Clock
  log: Logger
  /** Hears of every request to a bucket. */
  onTry: (tried: S3Try) => void
}): Promise<Stores> => {
  const { env, log, onTry } = options
  const eventId = env.FANREEL_EVENT_ID
  const redis = await connectRedis({ url: env.FANREEL_REDIS_URL, log, deadlineMs: env.FANREEL_REDIS_DEADLINE_MS })
  let shared: SharedClock | undefined
  const stopClock = () => shared?.stop()
  try {
    const everyMs = env.FANREEL_CLOCK_SYNC_MS
    if (everyMs > 0) shared = await startSharedClock({ redis, everyMs, log })
    const clock = shared ?? options.clock
    const media = await openMedia(env, { clock, log, onTry })
    const found = await checkStoreId({ redis, eventId, media, place: mediaPlaceOf(env) })
    const memoryLost = found === 'memory-lost'
    if (memoryLost) log.fatal({ code: found }, 'redis has lost this event: run `npm run orchestrator -- rebuild`')
    const queue = await openRenderQueue({
      url: env.FANREEL_REDIS_URL,
      eventId,
      clock,
      log,
      leaseMs: env.FANREEL_LEASE_MS,
      stalledMs: env.FANREEL_STALLED_MS,
      retryMs: env.FANREEL_RETRY_MS,
      deadlineMs: env.FANREEL_REDIS_DEADLINE_MS,
    })
    return { redis, clock, media, queue, memoryLost, stopClock }
  } catch (error) {
    stopClock()
    await redis.close()
    throw error
  }
}
