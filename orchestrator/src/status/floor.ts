/** The whole floor at one glance, for operators. */

import type { EventStatus } from '@fanreel/protocol'
import { type Floor, RENDER_TIERS, type RenderTier } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { Visit } from '../visits/visit.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import type { VisitViews } from '../visits/visit-views.ts'
import type { KioskHealths } from './kiosk-health.ts'
import type { KioskPresence } from './kiosk-presence.ts'
import type { NodePresence } from './node-presence.ts'

/** How many of the newest visits an operator sees at once. */
const SHOWN_VISITS = 60
/** How many of the longest-queued visits are looked at for the oldest wait. */
const OLDEST_LOOKED_AT = 20

/** Looks at everything. The oldest wait counts from when the visit was queued, retries included. */
export const lookAtFloor = async (options: {
  status: () => Promise<EventStatus>
  kiosks: KioskPresence
  healths: Pick<KioskHealths, 'addTo'>
  nodes: NodePresence
  queue: RenderQueue
  store: VisitStore
  views: VisitViews
  clock: Clock
}): Promise<Floor> => {
  const { status, kiosks, healths, nodes, queue, store, views, clock } = options
  const at = clock.now()
  const oldest = await store.getMany(await store.inState('queued', at, OLDEST_LOOKED_AT))
  const oldestOn = (tier: RenderTier): { oldestMs?: number } => {
    const since = oldest.flatMap((visit: Visit) => (visit.render?.tier === tier ? [visit.render.queuedAt] : []))
    return since.length === 0 ? {} : { oldestMs: Math.max(0, at - Math.min(...since)) }
  }
  const [eventStatus, kioskRows, nodeRows, counts, visits, queues] = await Promise.all([
    status(),
    kiosks.list().then(healths.addTo),
    nodes.list(),
    store.counts(),
    store.list(SHOWN_VISITS).then(views.ofMany),
    Promise.all(RENDER_TIERS.map(async (tier) => ({ tier, ...(await queue.counts(tier)), ...oldestOn(tier) }))),
  ])
  return { at, status: eventStatus, kiosks: kioskRows, nodes: nodeRows, queues, visits, counts }
}

/** What changes by itself all the time, and is news only when something else is. */
const TIME_GOES_BY: ReadonlySet<string> = new Set(['at', 'lastSeenAt', 'beatAt', 'oldestMs', 'upMs', 'load', 'memoryBytes'])

/** What trembles, by the steps in which it is news: what is amiss is told within a report, and a box that is well tells nothing new. */
const STEPS: Readonly<Record<string, (value: number) => unknown>> = {
  freeBytes: (bytes) => (bytes < 3e9 ? Math.floor(bytes / 1e8) : 'enough'),
  roundTripMs: (ms) => Math.floor(ms / 500),
  skewMs: (ms) => Math.round(ms / 1_000),
  celsius: Math.round,
}

/** What makes two floors differ: everything but the time of looking and what only says that time goes by. */
export const floorSameness = (floor: Floor): string =>
  JSON.stringify(floor, (key, value: unknown) => {
    if (TIME_GOES_BY.has(key)) return undefined
    return typeof value === 'number' && Object.hasOwn(STEPS, key) ? STEPS[key]?.(value) : value
  })
