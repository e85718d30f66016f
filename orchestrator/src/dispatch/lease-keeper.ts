/**
 * Keeps leases alive by their nodes' beats and by nothing else (L3): a beat renews, a deadline ends, a cancelled visit is
 * told in the answer. A closed socket keeps its leases for a short grace; a node that comes back with its tokens, to
 * whichever instance, goes on (L5). What a node gives back itself is free; a node that is gone has used an attempt, for
 * it may have been this very clip that ended it (L7).
 */
import {
  type Beat,
  type BeatAnswer,
  type LeaseToken,
  type NodeId,
  type Refusal,
  type RenderTier,
  refuse,
  type VisitCode,
  type VisitId,
  type VisitState,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { StoreWatch } from '../media/store-watch.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { LiveProgress } from '../visits/live-progress.ts'
import { leaseFolder } from '../visits/media-keys.ts'
import type { RecentVisits } from '../visits/recent-visits.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal, transition } from '../visits/visit-state.ts'
import type { VisitChange, VisitStore } from '../visits/visit-store.ts'
import { deadlineMs } from './deadline.ts'
import { type Current, type LeaseClaim, type LeaseGuard, visitIdOf, wants } from './lease-guard.ts'
import type { NodeRegistry } from './node-registry.ts'
import type { HeldLease, NodeSession } from './node-session.ts'
import type { Settle } from './settle.ts'

export type LeaseKeeper = {
  /** The node has accepted: the visit is `rendering`. A refusal means that nobody wants it any more. */
  taken(nodeId: NodeId, claim: LeaseClaim & { clipBytes: number; tier: RenderTier }, known?: Visit): Promise<Visit | Refusal>
  /** The visit, brought to know of the lease that is working for it where its acceptance, or the note of it, was lost. */
  noted(nodeId: NodeId, claim: LeaseClaim, current: Current): Promise<Visit | Refusal>
  beat(session: NodeSession, beat: Beat): Promise<BeatAnswer>
  giveBack(session: NodeSession, claim: LeaseClaim): Promise<{ ok: true } | Refusal>
  /** A node came back with leases it still works on: which go on, which to drop. */
  resume(session: NodeSession, running: readonly LeaseClaim[]): Promise<{ keep: LeaseToken[]; revoke: LeaseToken[] }>
  /** The node's socket has closed: what it held goes back after the grace, unless it returns. */
  closed(session: NodeSession): void
  /** A visit changed: whoever works for it in vain is told at once. */
  visitChanged(visitId: VisitId, change: VisitChange | undefined): void
  stop(): void
}

/**
 * A lease that was granted or renewed here within this share of its length is not prolonged once more. Less than the margin by
 * which a node gives up before its lease ends, and than the pause between two beats.
 */
const JUST_RENEWED_SHARE = 0.1
/** While a visit waits, a beat says in time whose render it is; when it has its reel, so does the answer to a result. */
const NOBODY_IN_VAIN: ReadonlySet<VisitState> = new Set(['queued', 'rendering', 'ready', 'held'])

export const createLeaseKeeper = (options: {
  store: VisitStore
  recent: RecentVisits
  live: LiveProgress
  queue: RenderQueue
  guard: LeaseGuard
  settle: Settle
  registry: NodeRegistry
  /** Work is waiting again. */
  hint: () => void
  clock: Clock
  log: Logger
  leaseMs: number
  graceMs: number
  leastDeadlineMs: number
  storeWatch: Pick<StoreWatch, 'awayLately'>
}): LeaseKeeper => {
  const { store, recent, live, queue, guard, settle, registry, hint, storeWatch, clock, log, leaseMs, graceMs } = options
  /** Acceptances that are being noted. */
  const taking = new Map<LeaseToken, Promise<unknown>>()
  const graces = new Set<NodeJS.Timeout>()
  let stopped = false
  const fault = (fields: object, what: string) => (error: unknown) =>
    log.warn({ err: error, code: refusalOf(error).code, ...fields }, what)

  const take: LeaseKeeper['taken'] = async (nodeId, { renderId, leaseToken, clipBytes, tier }, known) => {
    let isFresh = false
    const change = (visit: Visit) => {
      const folder = leaseFolder(leaseToken)
      isFresh = false
      if (!wants(visit, renderId)) return refuse('render-cancelled')
      if (visit.state === 'rendering' && visit.render.folders.at(-1) === folder) return visit
      isFresh = true
      const now = clock.now()
      const deadlineAt = now + deadlineMs({ tier, clipBytes, leastMs: options.leastDeadlineMs })
      // The queue took the work from a lost lease that the visit has not heard of yet.
      const waiting =
        visit.state === 'rendering' ? transition(visit, { type: 'give-back', renderId, note: 'lease-lost' }, now) : visit
      return isRefusal(waiting) ? waiting : transition(waiting, { type: 'lease', renderId, nodeId, folder, deadlineAt }, now)
    }
    const visit = await store.update(visitIdOf(renderId), change, known)
    if (isRefusal(visit)) return visit
    recent.note(visit)
    if (isFresh) live.begin(visit.visitId, { renderId, folder: leaseFolder(leaseToken), beatAt: visit.changedAt })
    return visit
  }
  const taken: LeaseKeeper['taken'] = async (nodeId, claim, known) => {
    const work = take(nodeId, claim, known)
    taking.set(claim.leaseToken, work)
    try {
      return await work
    } finally {
      taking.delete(claim.leaseToken)
    }
  }

  const noted: LeaseKeeper['noted'] = async (nodeId, { renderId, leaseToken }, { visit, render: { folders, tier } }) =>
    visit.state === 'rendering' && folders.at(-1) === leaseFolder(leaseToken)
      ? visit
      : taken(nodeId, { renderId, leaseToken, clipBytes: visit.clip?.bytes ?? 0, tier }, visit)

  const putBack = async (nodeId: NodeId, tier: RenderTier, claim: LeaseClaim, note: string): Promise<boolean> => {
    const given = await queue.giveBack(tier, claim.renderId, claim.leaseToken)
    if (!given) return false
    await settle.waiting(claim.renderId, note)
    hint()
    log.info({ visitId: visitIdOf(claim.renderId), jobId: claim.renderId, nodeId, code: note }, 'render given back')
    return true
  }

  /** What the node is told when its visit wants nothing more of it. */
  const cancelled = async (session: NodeSession, claim: LeaseClaim): Promise<BeatAnswer> => {
    const lease = session.drop(claim.leaseToken)
    const tier = lease?.tier ?? (await store.get(visitIdOf(claim.renderId)))?.render?.tier
    if (tier) await guard.release(tier, claim)
    return { ok: true, cancel: true, leaseUntil: clock.now() }
  }

  /** Ends an attempt that the holder will not end itself: another follows after a pause, or the visit fails. */
  const endAttempt = async (
    tier: RenderTier,
    claim: LeaseClaim,
    why: { code: VisitCode; note: string },
  ): Promise<'again' | 'failed' | 'lease-lost'> => {
    const ended = await queue.fail(tier, claim.renderId, claim.leaseToken, { code: why.code, final: false })
    if (ended === 'failed') await settle.failed(claim.renderId, why.code)
    if (ended === 'again') await settle.waiting(claim.renderId, why.note)
    return ended
  }

  const lost = async (nodeId: NodeId, lease: HeldLease): Promise<void> => {
    const ended = await endAttempt(lease.tier, lease, { code: 'too-many-attempts', note: 'node-gone' })
    if (ended === 'lease-lost') return
    log.warn({ visitId: lease.visitId, jobId: lease.renderId, nodeId, code: 'node-gone', again: ended === 'again' }, 'node lost')
  }

  const outOfTime = async (session: NodeSession, tier: RenderTier, claim: LeaseClaim): Promise<BeatAnswer> => {
    const ended = await endAttempt(tier, claim, { code: 'deadline-passed', note: 'deadline-passed' })
    session.drop(claim.leaseToken)
    if (ended === 'lease-lost') return refuse('lease-lost')
    // It beats and gets nowhere: another may do better (N5).
    registry.strike(session.nodeId, 'deadline-passed')
    log.warn(
      { visitId: visitIdOf(claim.renderId), jobId: claim.renderId, nodeId: session.nodeId, code: 'deadline-passed' },
      'render stopped',
    )
    return { ok: true, cancel: true, leaseUntil: clock.now() }
  }

  const returned = async (session: NodeSession, lease: HeldLease, closedAt: number): Promise<boolean> => {
    if (registry.get(session.nodeId)?.held.has(lease.leaseToken)) return true
    // At another instance it has beaten since: that beat stands in Redis.
    const progress = await live.read(lease.visitId)
    return progress !== undefined && progress.folder === leaseFolder(lease.leaseToken) && progress.beatAt > closedAt
  }

  return {
    taken,
    noted,
    beat: async (session, beat) => {
      const { nodeId } = session
      const { renderId, leaseToken, stage, fraction, preview } = beat
      if (session.held.has(leaseToken)) session.heard(leaseToken, clock.now())
      // A node's first beat comes with its acceptance, before that is noted.
      await taking.get(leaseToken)?.catch(() => undefined)
      const current = await guard.wanted(nodeId, beat)
      if (isRefusal(current)) return current.code === 'render-cancelled' ? cancelled(session, beat) : current
      const { visit, render } = current
      const now = clock.now()
      const isPast = render.deadlineAt !== undefined && visit.state === 'rendering' && now > render.deadlineAt
      // A film that waits for the store to come back is no fault of its node or its clip.
      if (isPast && !(await storeWatch.awayLately())) return outOfTime(session, render.tier, beat)
      // A token is young for its own render alone.
      const held = session.held.get(leaseToken)
      const renewed = held?.renderId === renderId ? held.renewedAt : undefined
      const isYoung = renewed !== undefined && now - renewed < leaseMs * JUST_RENEWED_SHARE
      if (!isYoung && !(await queue.extend(render.tier, renderId, leaseToken, leaseMs))) {
        session.drop(leaseToken)
        return refuse('lease-lost')
      }
      const renewedAt = isYoung ? renewed : now
      const tier = render.tier
      const folder = leaseFolder(leaseToken)
      const known = await noted(nodeId, beat, current)
      if (isRefusal(known)) return cancelled(session, beat)
      const [{ fraction: made }] = await Promise.all([
        live.beat(visit.visitId, { renderId, folder, stage, fraction, beatAt: now, preview }),
        store.touch(visit.visitId),
      ])
      session.hold({ renderId, visitId: visit.visitId, leaseToken, tier, stage, fraction: made, beatAt: now, renewedAt })
      session.heard(leaseToken, now)
      registry.note(session)
      return { ok: true, cancel: false, leaseUntil: renewedAt + leaseMs }
    },
    giveBack: async (session, claim) => {
      const current = await guard.wanted(session.nodeId, claim)
      if (isRefusal(current)) return current.code === 'render-cancelled' ? { ok: true } : current
      session.drop(claim.leaseToken)
      // Or it would be offered the very same again while it says goodbye.
      session.rest()
      const given = await putBack(session.nodeId, current.render.tier, claim, 'given-back')
      return given ? { ok: true } : refuse('lease-lost')
    },
    resume: async (session, running) => {
      const keep: LeaseToken[] = []
      const revoke: LeaseToken[] = []
      for (const claim of running) {
        const renewedAt = clock.now()
        const current = await guard.wanted(session.nodeId, claim)
        const goes = !isRefusal(current) && (await queue.extend(current.render.tier, claim.renderId, claim.leaseToken, leaseMs))
        if (!goes) {
          revoke.push(claim.leaseToken)
          continue
        }
        keep.push(claim.leaseToken)
        const { visit, render } = current
        const { renderId, leaseToken } = claim
        const progress = await live.read(visit.visitId)
        const { stage, fraction } = progress ?? { stage: 'fetch' as const, fraction: 0 }
        const now = clock.now()
        await live.beat(visit.visitId, { renderId, folder: leaseFolder(leaseToken), stage, fraction, beatAt: now })
        const { visitId } = visit
        session.hold({ renderId, visitId, leaseToken, tier: render.tier, stage, fraction, beatAt: now, renewedAt })
        session.heard(leaseToken, now)
      }
      return { keep, revoke }
    },
    closed: (session) => {
      // An instance that stops fails no lease: the token lets another go on.
      if (stopped || session.held.size === 0) return
      const closedAt = clock.now()
      const timer = setTimeout(async () => {
        graces.delete(timer)
        for (const lease of session.held.values()) {
          const fields = { nodeId: session.nodeId, jobId: lease.renderId }
          try {
            if (await returned(session, lease, closedAt)) continue
            await lost(session.nodeId, lease)
          } catch (error) {
            // The lease runs out by itself: nothing is lost but time.
            fault(fields, 'loss left to the lease')(error)
          }
        }
      }, graceMs)
      graces.add(timer)
    },
    visitChanged: (visitId, change) => {
      if (!change || NOBODY_IN_VAIN.has(change.state)) return
      for (const session of registry.all()) {
        for (const lease of session.held.values()) {
          if (lease.visitId !== visitId) continue
          store
            .get(visitId)
            .then(async (visit) => {
              if (wants(visit, lease.renderId) || visit?.reel) return
              if (!session.drop(lease.leaseToken)) return
              session.line.revoke(lease.leaseToken, 'render-cancelled')
              registry.note(session)
              await guard.release(lease.tier, lease)
            })
            .catch(fault({ visitId, nodeId: session.nodeId }, 'revoke left to the next beat'))
        }
      }
    },
    stop: () => {
      stopped = true
      for (const timer of graces) clearTimeout(timer)
    },
  }
}
