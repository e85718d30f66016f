/**
 * The render queue: BullMQ in manual mode, one queue for each render tier, wrapped once. This file and its neighbours
 * are the only importers of bullmq and redis. A render's job id is its render id, so adding twice is adding once (Q1);
 * payloads hold references, never bytes, names or tokens (Q2); a lease token is the whole proof of ownership (Q3).
 */
import type { EventId, KioskId, LeaseToken, PackId, RenderId, RenderTier, VisitId } from '@fanreel/protocol'
import { RENDER_TIERS } from '@fanreel/protocol'
import { createNodeRedisClient, Job, Queue, UnrecoverableError, Worker } from 'bullmq'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { onClock } from './broker-time.ts'
import { GIVE_TURN, turnArguments } from './fair-turns.ts'
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

export type Claim = {
  work: RenderWork
  tier: RenderTier
  leaseToken: LeaseToken
  /** Failures and lost leases so far. */
  tries: number
  /** Set by the stalled check past its limit; such a job must not be run. */
  deferredFailure: string | undefined
}

/** What became of a render's job; `unknown` where there is none. */
export type JobStanding =
  | { state: 'waiting' | 'delayed' | 'active' | 'unknown' }
  | { state: 'completed'; outcome: RenderOutcome }
  | { state: 'failed'; reason: string }

export type RenderQueue = {
  /**
   * Adds work in its kiosk's turn, or next of all where no kiosk is named; nothing happens where the render is queued already.
   * @throws AppError `unavailable`, `overloaded`
   */
  add(tier: RenderTier, work: RenderWork, kioskId?: KioskId): Promise<void>
  /** Takes the next render, if any, under the token. Promotes delayed retries on the way. */
  claim(tier: RenderTier, leaseToken: LeaseToken): Promise<Claim | undefined>
  /** Whether the token holds the render right now. */
  holds(tier: RenderTier, renderId: RenderId, leaseToken: LeaseToken): Promise<boolean>
  /** Prolongs a lease; false where the token holds it no longer. */
  extend(tier: RenderTier, renderId: RenderId, leaseToken: LeaseToken, leaseMs: number): Promise<boolean>
  /** Puts the render back at the head of its queue without counting an attempt; false where the token does not hold it. */
  giveBack(tier: RenderTier, renderId: RenderId, leaseToken: LeaseToken): Promise<boolean>
  /** Lets the render wait for so long, in milliseconds, and others go first; counts no attempt. False where the token does not hold it. */
  postpone(tier: RenderTier, renderId: RenderId, leaseToken: LeaseToken, ms: number): Promise<boolean>
  /** The commit point. What was unknown after a fault is read again before anything is answered. */
  complete(
    tier: RenderTier,
    renderId: RenderId,
    leaseToken: LeaseToken,
    outcome: RenderOutcome,
  ): Promise<'accepted' | 'duplicate' | 'superseded' | 'lease-lost'>
  /** Ends an attempt. `again`: another follows after a pause; `failed`: none does. */
  fail(
    tier: RenderTier,
    renderId: RenderId,
    leaseToken: LeaseToken,
    why: { code: string; final: boolean },
  ): Promise<'again' | 'failed' | 'lease-lost'>
  /** Takes waiting work out; false where it is active and its holder must be told. */
  remove(tier: RenderTier, renderId: RenderId): Promise<boolean>
  standing(tier: RenderTier, renderId: RenderId): Promise<JobStanding>
  counts(tier: RenderTier): Promise<{ waiting: number; active: number; delayed: number; failed: number }>
  /** Render ids in the order in which they will be taken, delayed ones last. */
  line(tier: RenderTier, limit: number): Promise<RenderId[]>
  /** Calls back when a lease was lost and its render is waiting again. */
  onLost(listener: (tier: RenderTier, renderId: RenderId) => void): () => void
  close(): Promise<void>
}

export type RenderQueueOptions = {
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
const KEEP_COMPLETED = { age: 86_400, count: 5_000 }
const KEEP_FAILED_S = 7 * 86_400

type RenderJob = Job<RenderWork, RenderOutcome>
type Lane = { queue: Queue<RenderWork, RenderOutcome>; worker: Worker<RenderWork, RenderOutcome> }

/** BullMQ's numeric codes for: no such job, no lock, not active, another's lock. All of them mean: not yours any more. */
const isNotHeld = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && [-1, -2, -3, -6].includes(error.code)

/** Opens the queues of an event and begins to look for lost leases. */
export const openRenderQueue = async (options: RenderQueueOptions): Promise<RenderQueue> => {
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
  const lanes = Object.fromEntries(opened) as Record<RenderTier, Lane>

  /** Every broker call: a deadline of our own, and faults as codes. BullMQ's own codes pass through. */
  const broker = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await withDeadline(work, deadlineMs)
    } catch (error) {
      throw isNotHeld(error) ? error : redisFault(error)
    }
  }
  const find = (tier: RenderTier, renderId: RenderId): Promise<RenderJob | undefined> =>
    broker(Job.fromId<RenderWork, RenderOutcome>(lanes[tier].worker, renderId))

  /** A job by its id alone, unread: enough where the token decides and the queue's own script says what is wrong. */
  const unread = (tier: RenderTier, renderId: RenderId): RenderJob =>
    new Job(lanes[tier].worker, 'render', {} as RenderWork, { attempts: MAX_TRIES, removeOnComplete: KEEP_COMPLETED }, renderId)

  const standing: RenderQueue['standing'] = async (tier, renderId) => {
    const job = await find(tier, renderId)
    if (!job) return { state: 'unknown' }
    const state = await broker(job.getState())
    if (state === 'completed') return { state, outcome: job.returnvalue }
    if (state === 'failed') return { state, reason: job.failedReason }
    if (state === 'active' || state === 'delayed') return { state }
    return { state: state === 'unknown' ? 'unknown' : 'waiting' }
  }

  const holds: RenderQueue['holds'] = async (tier, renderId, leaseToken) => {
    return (await broker(consumer.get(`${lanes[tier].worker.toKey(renderId)}:lock`))) === leaseToken
  }

  /** Whether the step was taken; false where the token holds the render no longer. */
  const whileHeld = async (step: Promise<unknown>): Promise<boolean> => {
    try {
      await broker(step)
      return true
    } catch (error) {
      if (isNotHeld(error)) return false
      throw error
    }
  }

  return {
    standing,
    holds,
    add: async (tier, work, kioskId) => {
      const { queue } = lanes[tier]
      const [prioritized, job] = [queue.toKey('prioritized'), queue.toKey(work.renderId)]
      const asked = turnArguments({ eventId, tier, prioritized, job, kioskId })
      const priority = Number(await broker(producer.eval(GIVE_TURN, asked)))
      try {
        await broker(queue.add('render', work, { jobId: work.renderId, priority }))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unavailable') throw error
        if ((await standing(tier, work.renderId)).state === 'unknown') throw error
      }
    },
    claim: async (tier, leaseToken) => {
      const pending = lanes[tier].worker.getNextJob(leaseToken, { block: false }) as Promise<RenderJob | undefined>
      let job: RenderJob | undefined
      try {
        job = await broker(pending)
      } catch (error) {
        // The claim may still land when nobody waits for it any more: then it goes straight back.
        pending
          .then((late) => late?.moveToWait(leaseToken))
          .catch((cause: unknown) => log.debug({ err: cause, code: redisFault(cause).code }, 'late claim lost'))
        throw error
      }
      if (!job) return undefined
      const { data, stalledCounter, attemptsMade, deferredFailure } = job
      return { work: data, tier, leaseToken, tries: stalledCounter + attemptsMade, deferredFailure: deferredFailure || undefined }
    },
    extend: async (tier, renderId, leaseToken, leaseMs) => {
      const failed = await broker(lanes[tier].worker.extendJobLocks([renderId], [leaseToken], leaseMs))
      return failed.length === 0
    },
    giveBack: (tier, renderId, leaseToken) => whileHeld(unread(tier, renderId).moveToWait(leaseToken)),
    // BullMQ takes the moment and makes a length of it, by the clock of the machine: what counts is the length.
    postpone: (tier, renderId, leaseToken, ms) => whileHeld(unread(tier, renderId).moveToDelayed(Date.now() + ms, leaseToken)),
    complete: async (tier, renderId, leaseToken, outcome) => {
      let certain = true
      try {
        await broker(unread(tier, renderId).moveToCompleted(outcome, leaseToken, false))
        return 'accepted'
      } catch (error) {
        if (error instanceof AppError && error.code !== 'unavailable') throw error
        certain = isNotHeld(error)
        const now = await standing(tier, renderId)
        if (now.state !== 'completed') {
          if (certain) return 'lease-lost'
          throw error
        }
        if (now.outcome.reelSha256 !== outcome.reelSha256) return 'superseded'
        return !certain && now.outcome.folder === outcome.folder ? 'accepted' : 'duplicate'
      }
    },
    fail: async (tier, renderId, leaseToken, { code, final }) => {
      const job = await find(tier, renderId)
      if (!job) return 'lease-lost'
      try {
        await broker(job.moveToFailed(final ? new UnrecoverableError(code) : new Error(code), leaseToken, false))
      } catch (error) {
        if (!isNotHeld(error)) throw error
        return (await standing(tier, renderId)).state === 'failed' ? 'failed' : 'lease-lost'
      }
      return job.finishedOn === undefined ? 'again' : 'failed'
    },
    remove: async (tier, renderId) => {
      const job = await find(tier, renderId)
      if (!job) return true
      const locked = (await standing(tier, renderId)).state === 'active'
      if (locked) return false
      await broker(job.remove())
      return true
    },
    counts: async (tier) => {
      const counts = await broker(lanes[tier].queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed'))
      const { wait = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts
      return { waiting: wait + prioritized, active, delayed, failed }
    },
    line: async (tier, limit) => {
      const ranges = (['wait', 'prioritized', 'delayed'] as const).map((state) =>
        broker(lanes[tier].queue.getRanges([state], 0, limit - 1, true)),
      )
      return (await Promise.all(ranges)).flat()
    },
    onLost: (listener) => {
      lost.add(listener)
      return () => lost.delete(listener)
    },
    close: async () => {
      await Promise.all(Object.values(lanes).map(closeLane))
      for (const client of raw) if (client.isOpen) client.destroy()
    },
  }
}
