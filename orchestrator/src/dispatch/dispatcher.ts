/**
 * Brings work to nodes: for each free slot of a node on this instance, claims the next render of the tiers it serves,
 * screens the claim and offers it. Woken by hints, and by a jittered poll that also promotes delayed retries (Q4).
 * Whatever goes wrong between claim and acceptance gives the render back without counting an attempt (L4); where that
 * cannot be said to the queue just now, it is said again with the next looks, for as long as the lease lasts.
 */
import { randomUUID } from 'node:crypto'
import type { EnginePolicy, EventId, LeaseToken, NodeId, Offer, OfferAnswer, RenderTier } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { Claim, RenderQueue } from '../queue/render-queue.ts'
import type { RecentVisits } from '../visits/recent-visits.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import { deadlineMs } from './deadline.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { NodeRegistry } from './node-registry.ts'
import type { NodeSession } from './node-session.ts'
import { screenClaim } from './screen.ts'
import type { Settle } from './settle.ts'
import { isSpoiltBy } from './spoilt-by.ts'

/** How long a render that is kept for another node lets others go first, in milliseconds. */
const POSTPONED_MS = 500

/**
 * Of so many renders for a node that serves several tiers one is looked for on another than its most wanted first: whoever waits
 * there is not kept waiting by those who come to the other for ever (Q12).
 */
const OTHER_TIER_EVERY = 4

/** A render is kept so many times as long for a node that has not spoilt it: longer than a line that waits before it. */
const UNTRIED_FACTOR = 5

type Opening = ReturnType<NodeSession['openings']>[number]

export type Dispatcher = {
  /** There may be work, or a node for it. */
  wake(): void
  /** Claims nothing any more; resolves when no offer is under way. */
  stop(): Promise<void>
}

export const createDispatcher = (options: {
  eventId: EventId
  store: Pick<VisitStore, 'get'>
  recent: Pick<RecentVisits, 'note'>
  queue: RenderQueue
  registry: NodeRegistry
  leases: LeaseKeeper
  settle: Settle
  policy: () => Promise<EnginePolicy>
  /** Other nodes than this one that could take work of the tier. */
  othersOn: (tier: RenderTier, nodeId: NodeId) => Promise<NodeId[]>
  /** Hears of each lease before its node does. */
  granted: (leaseToken: LeaseToken) => void
  /** Ends a visit whose work may not be done. */
  cancel: (visitId: string, note: string) => Promise<unknown>
  clock: Clock
  log: Logger
  random?: () => number
  leaseMs: number
  leastDeadlineMs: number
  pollMs: number
  /** How long a render is kept for other nodes than the one that has spoilt it. */
  spoiltMs: number
  /** Throws while no render could be made, whoever makes it: nothing is claimed then (S6). */
  ready: () => Promise<void>
}): Dispatcher => {
  const { eventId, store, recent, queue, registry, leases, settle, policy, ready, cancel, clock, log } = options
  const { random = Math.random } = options
  let stopped = false
  const underWay = new Set<Promise<void>>()
  /** Claims that a fault has kept from being offered, by when there is nothing to give back any more. */
  const owed = new Map<Claim, number>()
  let timer: NodeJS.Timeout | undefined

  const drop = async (claim: Claim, why: string): Promise<void> => {
    await queue.fail(claim.tier, claim.work.renderId, claim.leaseToken, { code: why, final: true })
    log.info({ visitId: claim.work.visitId, jobId: claim.work.renderId, code: why }, 'claim dropped')
  }
  const giveBack = async (claim: Claim): Promise<void> => {
    const given = await queue.giveBack(claim.tier, claim.work.renderId, claim.leaseToken)
    if (given) await settle.waiting(claim.work.renderId, 'offer-declined')
  }
  const postpone = async (claim: Claim): Promise<void> => {
    await queue.postpone(claim.tier, claim.work.renderId, claim.leaseToken, POSTPONED_MS)
    log.debug({ visitId: claim.work.visitId, jobId: claim.work.renderId }, 'render kept for another node')
  }
  /** What this node has spoilt is another's, while there is one: longer where that one has not tried yet (L8). */
  const isForAnother = async ({ nodeId }: NodeSession, { tier, tries }: Claim, visit: Visit): Promise<boolean> => {
    const isSpoilt = (by: NodeId, keptMs: number) => isSpoiltBy(visit, by, clock.now(), keptMs)
    const longMs = UNTRIED_FACTOR * options.spoiltMs
    if (tries === 0 || !isSpoilt(nodeId, longMs)) return false
    const others = await options.othersOn(tier, nodeId)
    return others.some((other) => isSpoilt(nodeId, options.spoiltMs) || !isSpoilt(other, longMs))
  }
  const payBack = async (): Promise<void> => {
    for (const [claim, until] of owed) {
      owed.delete(claim)
      try {
        await giveBack(claim)
      } catch (error) {
        if (until > clock.now()) owed.set(claim, until)
        log.debug({ err: error, jobId: claim.work.renderId, code: refusalOf(error).code }, 'claim not given back yet')
      }
    }
  }

  const askNode = async (session: NodeSession, offer: Offer): Promise<OfferAnswer | undefined> => {
    try {
      return await session.line.offer(offer)
    } catch (error) {
      log.warn({ err: error, nodeId: session.nodeId, jobId: offer.renderId }, 'offer unanswered')
      return undefined
    }
  }

  const offerTo = async (session: NodeSession, claim: Claim, visit: Visit, claimedAt: number): Promise<void> => {
    const { tier, leaseToken, work } = claim
    const { renderId, visitId } = work
    const now = clock.now()
    options.granted(leaseToken)
    const answer = await askNode(session, {
      eventId,
      renderId,
      visitId,
      leaseToken,
      tier,
      attempt: claim.tries + 1,
      packId: visit.packId,
      packHash: visit.packHash,
      policy: await policy(),
      leaseMs: options.leaseMs,
      deadlineMs: deadlineMs({ tier, clipBytes: work.clipBytes, leastMs: options.leastDeadlineMs }),
    })
    if (!answer?.accept) {
      session.backOff(clock.now())
      if (answer?.reason === 'draining') session.drain()
      // A first beat may have come before an answer that never came.
      session.drop(leaseToken)
      // Unanswered is not declined: its acceptance may have been lost on the way.
      if (!answer) session.line.revoke(leaseToken, 'lease-lost')
      await giveBack(claim)
      return
    }
    session.accepted()
    // The lease is as old as its claim.
    session.hold({ renderId, visitId, leaseToken, tier, stage: 'fetch', fraction: 0, beatAt: now, renewedAt: claimedAt })
    registry.note(session)
    let taken: Awaited<ReturnType<LeaseKeeper['taken']>>
    try {
      taken = await leases.taken(session.nodeId, { renderId, leaseToken, tier, clipBytes: work.clipBytes }, visit)
    } catch (error) {
      // The node has begun; its first beat says so once more.
      log.warn({ err: error, visitId, jobId: renderId, code: refusalOf(error).code }, 'lease noted with the next beat')
      return
    }
    if (!isRefusal(taken)) {
      log.info({ visitId, jobId: renderId, nodeId: session.nodeId, attempt: claim.tries + 1 }, 'render leased')
      return
    }
    session.drop(leaseToken)
    session.line.revoke(leaseToken, 'render-cancelled')
    await drop(claim, taken.code)
  }

  const handle = async (session: NodeSession, claim: Claim, claimedAt: number): Promise<void> => {
    const { visitId, renderId } = claim.work
    const visit = await store.get(visitId)
    // Whoever accepts asks for it at once.
    if (visit) recent.note(visit)
    const screened = screenClaim(claim, visit)
    switch (screened.act) {
      case 'offer':
        if (await isForAnother(session, claim, screened.visit)) return postpone(claim)
        return offerTo(session, claim, screened.visit, claimedAt)
      case 'drop':
        return drop(claim, screened.why)
      case 'fail':
        await drop(claim, screened.code)
        return settle.failed(renderId, screened.code)
      case 'cancel':
        await drop(claim, screened.note)
        await cancel(visitId, screened.note)
    }
  }

  const served = new WeakMap<NodeSession, number>()
  const inTurn = (session: NodeSession, tiers: readonly RenderTier[]): readonly RenderTier[] => {
    const count = served.get(session) ?? 0
    const turn = Math.floor(count / OTHER_TIER_EVERY)
    const others = tiers.slice(1)
    const first = count % OTHER_TIER_EVERY === OTHER_TIER_EVERY - 1 ? others[turn % others.length] : undefined
    return first === undefined ? tiers : [first, ...tiers.filter((tier) => tier !== first)]
  }
  /** Serves one slot: true where there was something to do. */
  const serve = async (session: NodeSession, tiers: readonly RenderTier[]): Promise<boolean> => {
    const able = await ready().then(
      () => true,
      () => false,
    )
    if (!able) return false
    for (const tier of inTurn(session, tiers)) {
      const leaseToken: LeaseToken = `${eventId}.${session.nodeId}.${randomUUID()}`
      const claimedAt = clock.now()
      const claim = await queue.claim(tier, leaseToken)
      if (!claim) continue
      served.set(session, (served.get(session) ?? 0) + 1)
      try {
        if (stopped) await giveBack(claim)
        else await handle(session, claim, claimedAt)
      } catch (error) {
        owed.set(claim, clock.now() + options.leaseMs)
        await payBack()
        throw error
      }
      return true
    }
    return false
  }

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }
  const start = (session: NodeSession, { pool, tiers }: Opening): void => {
    const release = session.reserve(pool)
    const serving = serve(session, tiers)
      .then((worked) => {
        release()
        if (worked) wake()
      })
      .catch((error: unknown) => {
        release()
        log.warn({ err: error, nodeId: session.nodeId, code: refusalOf(error).code }, 'claim failed')
      })
    track(serving)
  }

  function wake(): void {
    if (stopped) return
    const now = clock.now()
    for (const session of registry.eager(now)) for (const opening of session.openings(now)) start(session, opening)
  }
  const poll = () => {
    wake()
    if (owed.size > 0) track(payBack())
    // Jitter keeps instances from asking in step.
    timer = setTimeout(poll, options.pollMs * (0.5 + random()))
  }
  poll()

  return {
    wake,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await Promise.allSettled(underWay)
    },
  }
}
