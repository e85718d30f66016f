/**
 * The render queue: BullMQ in manual mode, one queue for each render tier (lanes.ts), wrapped once. This file and its neighbours
 * are the only importers of bullmq and redis. A render's job id is its render id, so adding twice is adding once (Q1);
 * payloads hold references, never bytes, names or tokens (Q2); a lease token is the whole proof of ownership (Q3).
 */
import type { KioskId, LeaseToken, RenderId, RenderTier } from '@fanreel/protocol'
import { Job, UnrecoverableError } from 'bullmq'
import { AppError } from '../errors.ts'
import { GIVE_TURN, turnArguments } from './fair-turns.ts'
import { KEEP_COMPLETED, type LaneOptions, MAX_TRIES, openLanes, type RenderOutcome, type RenderWork } from './lanes.ts'
import { REDIS_DEADLINE_MS, redisFault, withDeadline } from './redis.ts'

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

type RenderJob = Job<RenderWork, RenderOutcome>

/** BullMQ's numeric codes for: no such job, no lock, not active, another's lock. All of them mean: not yours any more. */
const isNotHeld = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && [-1, -2, -3, -6].includes(error.code)

/** Opens the queues of an event and begins to look for lost leases. */
export const openRenderQueue = async (options: LaneOptions): Promise<RenderQueue> => {
  const { eventId, log, deadlineMs = REDIS_DEADLINE_MS } = options
  const opened = await openLanes(options)
  const { of: lanes, producer, consumer } = opened

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
    onLost: opened.onLost,
    close: opened.close,
  }
}
