/**
 * The queues themselves: for each render tier one of BullMQ's in manual mode, with a worker that looks for lost leases, over two
 * connections that all of them share. What is done with them is render-queue.ts.
 */
import type { EventId, PackId, RenderId, RenderTier, VisitId } from '@fanreel/protocol'
import { RENDER_TIERS } from '@fanreel/protocol'
import { createNodeRedisClient, Queue, Worker } from 'bullmq'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { onClock } from './broker-time.ts'
import { eventPrefix } from './keys.ts'
import { clientFor, REDIS_DEADLINE_MS, type RedisClient, redisFault, withDeadline } from './redis.ts'

/** What a job carries. */
export type RenderWork = {
  eventId: EventId
  visitId: VisitId
  renderId: RenderId
  packId: PackId
  packHash: string
  clipSha256: string
  clipBytes: number
}
/** What a finished job answers: which lease won, and with what. */
export type RenderOutcome = { folder: string; reelSha256: string; result: unknown }

export type LaneOptions = {
  url: string
  eventId: EventId
  /** By which renders wait before another try (Q8). */
  clock: Clock
  log: Logger
  leaseMs: number
  stalledMs: number
  retryMs: number
  deadlineMs?: number
}

/** Failures and lost leases after which a render is not tried again. */
export const MAX_TRIES = 3
const MAX_JOB_BYTES = 4_096
/** How long, and how many, finished renders are known; the first in seconds. */
export const KEEP_COMPLETED = { age: 86_400, count: 5_000 }
const KEEP_FAILED_S = 7 * 86_400

export type Lane = { queue: Queue<RenderWork, RenderOutcome>; worker: Worker<RenderWork, RenderOutcome> }

export type Lanes = {
  of: Record<RenderTier, Lane>
  /** Over which work is added, and over which it is taken, prolonged and ended. */
  producer: RedisClient
  consumer: RedisClient
  /** Calls back when a lease was lost and its render is waiting again. */
  onLost(listener: (tier: RenderTier, renderId: RenderId) => void): () => void
  close(): Promise<void>
}

/** Opens every tier's queue, and begins to look for lost leases. */
export const openLanes = async (options: LaneOptions): Promise<Lanes> => {
  const { eventId, log, deadlineMs = REDIS_DEADLINE_MS } = options
  const prefix = eventPrefix(eventId)
  const lost = new Set<(tier: RenderTier, renderId: RenderId) => void>()
  const raw: RedisClient[] = []
  const connect = async () => {
    const client = clientFor(options.url, deadlineMs)
    client.on('error', (error: Error) => log.debug({ err: error, code: 'unavailable' }, 'queue connection lost'))
    raw.push(client)
    await client.connect()
    return client
  }
  const [producer, consumer] = await Promise.all([connect(), connect()])
  const adapt = (client: RedisClient) => {
    const adapter = createNodeRedisClient(client as unknown as Parameters<typeof createNodeRedisClient>[0])
    // Each adapter repeats its client's errors; one that nobody hears would end the process.
    adapter.on('error', () => undefined)
    return onClock(adapter, options.clock)
  }

  const openLane = (tier: RenderTier): Lane => {
    const name = `render-${tier}`
    const queue = new Queue<RenderWork, RenderOutcome>(name, {
      connection: adapt(producer),
      prefix,
      defaultJobOptions: {
        attempts: MAX_TRIES,
        backoff: { type: 'exponential', delay: options.retryMs, jitter: 0.5 },
        removeOnComplete: KEEP_COMPLETED,
        removeOnFail: { age: KEEP_FAILED_S },
        sizeLimit: MAX_JOB_BYTES,
        stackTraceLimit: 0,
      },
    })
    const worker = new Worker<RenderWork, RenderOutcome>(name, null, {
      connection: adapt(consumer),
      prefix,
      lockDuration: options.leaseMs,
      stalledInterval: options.stalledMs,
      maxStalledCount: MAX_TRIES,
    })
    const onError = (error: Error) => log.debug({ err: error, code: redisFault(error).code }, 'queue fault')
    queue.on('error', onError)
    worker.on('error', onError)
    worker.on('stalled', (renderId) => {
      for (const listener of lost) listener(tier, renderId)
    })
    return { queue, worker }
  }
  const closeLane = ({ queue, worker }: Lane) =>
    Promise.allSettled([worker.close(true), queue.close()].map((closing) => withDeadline(closing, deadlineMs)))
  /**
   * A queue whose first words with Redis fail stays deaf for ever (its initialisation is never tried again), so a lane
   * counts only once both its ends are ready; until then it is thrown away and opened anew.
   */
  const openReadyLane = async (tier: RenderTier): Promise<Lane> => {
    for (;;) {
      const lane = openLane(tier)
      try {
        await Promise.all([lane.queue.waitUntilReady(), lane.worker.waitUntilReady()])
        await lane.worker.startStalledCheckTimer()
        return lane
      } catch (error) {
        log.warn({ err: error, tier, code: redisFault(error).code }, 'queue not ready, opened again')
        await closeLane(lane)
      }
    }
  }
  const opened = await Promise.all(RENDER_TIERS.map(async (tier) => [tier, await openReadyLane(tier)] as const))
  const of = Object.fromEntries(opened) as Record<RenderTier, Lane>

  return {
    of,
    producer,
    consumer,
    onLost: (listener) => {
      lost.add(listener)
      return () => lost.delete(listener)
    },
    close: async () => {
      await Promise.all(Object.values(of).map(closeLane))
      for (const client of raw) client.destroy()
    },
  }
}
