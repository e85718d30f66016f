/** Dispatch put together: nodes, claims, leases and results of this instance, and what the rest of it may ask of them. */
import type { EventId, NodeId, ReelReport, RenderId, RenderTier, VisitId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Sealer, UrlSigner } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { Settings } from '../event/event-settings.ts'
import type { MediaStore } from '../media/media-store.ts'
import { createStoreWatch } from '../media/store-watch.ts'
import type { Redis } from '../queue/redis.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { NodeConduct } from '../status/node-conduct.ts'
import type { NodePresence } from '../status/node-presence.ts'
import type { LiveProgress } from '../visits/live-progress.ts'
import type { OrderBook } from '../visits/order-book.ts'
import { createRecentVisits, type RecentVisits } from '../visits/recent-visits.ts'
import type { RenderTimes } from '../visits/render-times.ts'
import type { Visit } from '../visits/visit.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createLeaseGuard } from './lease-guard.ts'
import { createLeaseKeeper, type LeaseKeeper } from './lease-keeper.ts'
import { createNodeRegistry, type NodeRegistry } from './node-registry.ts'
import { createObjectAllowance, type MostObjects } from './object-allowance.ts'
import { createPaidOrders, type OrderCount, type PaidOrders } from './paid-orders.ts'
import { createReconciler } from './reconcile.ts'
import { type Briefs, createBriefs } from './render-brief.ts'
import { createResults, type Results, type Waited } from './results.ts'
import { createSettle } from './settle.ts'

export type Dispatch = {
  registry: NodeRegistry
  leases: LeaseKeeper
  dispatcher: Dispatcher
  briefs: Briefs
  orders: PaidOrders
  results: Results
  wake(): void
  /** Visits as they were a moment ago. */
  recent: RecentVisits
  visitChanged: LeaseKeeper['visitChanged']
  reconcile(): Promise<number>
  stop(): Promise<void>
}

/** In milliseconds; env.ts says what each is for. */
export type DispatchTimings = {
  leaseMs: number
  graceMs: number
  leastDeadlineMs: number
  pollMs: number
  urlMs: number
  spoiltMs: number
}

/** For this share of a lease its last beat says without the queue that it is good. */
const YOUNG_SHARE = 0.5

export const startDispatch = (options: {
  timings: DispatchTimings
  /** How much one lease may write (N7). */
  mostObjects: MostObjects
  eventId: EventId
  store: VisitStore
  live: LiveProgress
  book: OrderBook
  queue: RenderQueue
  times: RenderTimes
  nodes: NodePresence
  conduct: NodeConduct
  media: MediaStore
  sealer: Sealer
  signer: UrlSigner
  settings: Settings
  /** Who works where just now: on which tier a visit that waits is to wait instead, undefined where it stays. */
  lookAtTiers: () => Promise<(visit: Visit) => RenderTier | undefined>
  /** Work is waiting: wakes every instance. */
  hint: () => void
  /** A film is there: the wait that was told when it was queued, and the one that it was, in milliseconds. */
  onWaited: (waited: Waited) => void
  /** Deletes what a visit needs no more. */
  tidy: (visit: Visit) => Promise<void>
  /** Gives a visit the film that was accepted for its render and then forgotten; answers whether there is one. */
  takeFilm: (visitId: VisitId, renderId: RenderId) => Promise<boolean>
  /** Ends a visit whose work may not be done. */
  cancel: (visitId: string, note: string) => Promise<unknown>
  /** Hears of each step of what is paid for, once. */
  onOrder: (count: OrderCount) => void
  /** Hears of each film that was accepted. */
  onReel?: (report: ReelReport) => void
  redis: Pick<Redis, 'call' | 'onReturn'>
  clock: Clock
  log: Logger
}): Dispatch => {
  const { timings, eventId, redis, store, live, queue, times, nodes, media, settings, hint, tidy, clock, log } = options
  const { leaseMs, leastDeadlineMs } = timings
  const recent = createRecentVisits({ store, redis, clock })
  const registry = createNodeRegistry({ presence: nodes, conduct: options.conduct, onFree: () => dispatcher.wake(), log })
  const guard = createLeaseGuard({
    recent,
    queue,
    holdsHere: (nodeId, { renderId, leaseToken }) => {
      const lease = registry.get(nodeId)?.held.get(leaseToken)
      return lease?.renderId === renderId && clock.now() - lease.beatAt < leaseMs * YOUNG_SHARE
    },
    holdsForAnother: (nodeId, { renderId, leaseToken }) => {
      const lease = registry.get(nodeId)?.held.get(leaseToken)
      return lease !== undefined && lease.renderId !== renderId
    },
    onMisuse: (nodeId, { renderId }) => {
      log.warn({ nodeId, jobId: renderId, code: 'lease-lost' }, 'a lease was shown for a render that it was not given for')
      registry.strike(nodeId, 'lease-lost')
    },
  })
  const keepDays = async () => (await settings.read()).keepDays
  const othersOn = async (tier: RenderTier, nodeId: NodeId) =>
    (await nodes.list()).flatMap((row) =>
      row.nodeId !== nodeId && row.state === 'online' && row.tiers.includes(tier) ? [row.nodeId] : [],
    )
  const settle = createSettle({ eventId, store, media, keepDays, tidy, takeFilm: options.takeFilm, clock, log })
  const storeWatch = createStoreWatch(media, clock)
  const shared = { store, recent, queue, registry, settle, clock, log, leaseMs, leastDeadlineMs }
  const leases = createLeaseKeeper({ ...shared, live, guard, storeWatch, hint, graceMs: timings.graceMs })
  const allowance = createObjectAllowance({ redis, eventId, most: options.mostObjects })
  const dispatcher = createDispatcher({
    ...shared,
    granted: allowance.granted,
    eventId,
    leases,
    policy: async () => (await settings.read()).policy,
    othersOn,
    cancel: options.cancel,
    pollMs: timings.pollMs,
    spoiltMs: timings.spoiltMs,
    ready: storeWatch.ready,
  })
  const briefs = createBriefs({
    eventId,
    guard,
    sealer: options.sealer,
    signer: options.signer,
    direct: media.direct,
    ready: storeWatch.ready,
    noted: leases.noted,
    clock,
    urlMs: timings.urlMs,
    allowance,
    log,
    strike: registry.strike,
  })
  const orders = createPaidOrders({ guard, book: options.book, settings, count: options.onOrder, log })
  const results = createResults({
    eventId,
    store,
    queue,
    guard,
    settle,
    media,
    times,
    strike: registry.strike,
    ...(options.onReel && { onReel: options.onReel }),
    // Where it is the only one, to have it drained would help nobody.
    blamedClip: (nodeId, tier, code) => {
      othersOn(tier, nodeId)
        .then((others) => others.length > 0 && registry.blamedClip(nodeId, code))
        .catch((error: unknown) => log.debug({ err: error, nodeId, code: refusalOf(error).code }, 'blame not counted'))
    },
    count: (nodeId, outcome) => {
      nodes
        .count(nodeId, outcome)
        .catch((error: unknown) => log.warn({ err: error, nodeId, code: refusalOf(error).code }, 'render not counted'))
    },
    onWaited: options.onWaited,
    clock,
    log,
  })
  const stopListening = queue.onLost((_, renderId) => {
    log.warn({ jobId: renderId, code: 'lease-lost' }, 'lease lost')
    settle
      .waiting(renderId, 'lease-lost')
      .then(hint)
      .catch((error: unknown) => log.warn({ err: error, jobId: renderId, code: refusalOf(error).code }, 'loss shows later'))
  })

  return {
    registry,
    leases,
    dispatcher,
    briefs,
    orders,
    results,
    wake: dispatcher.wake,
    recent,
    visitChanged: leases.visitChanged,
    reconcile: createReconciler({ store, queue, settle, lookAtTiers: options.lookAtTiers, hint, clock, log }),
    stop: async () => {
      stopListening()
      leases.stop()
      await dispatcher.stop()
      registry.stop()
      recent.stop()
    },
  }
}
