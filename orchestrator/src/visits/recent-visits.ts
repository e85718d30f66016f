/**
 * Visits as they were a moment ago: what is asked of the same visit again and again while it is rendered costs no look at
 * Redis each time. A notice of a change lets go of what is older; where notices may have been missed, everything is. Good for
 * what is checked once more where it counts: at the commit, and after an object was written.
 */
import type { VisitId } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import type { Redis } from '../queue/redis.ts'
import type { Visit } from './visit.ts'
import type { VisitStore } from './visit-store.ts'

export type RecentVisits = {
  /** The visit, at most `MOST_MS` old. */
  get(visitId: VisitId): Promise<Visit | undefined>
  /** This is how the visit is now. */
  note(visit: Visit): void
  stop(): void
}

/** The age at which a visit is read again whatever notices say, in milliseconds. */
const MOST_MS = 1_000
/** Visits that are remembered at once: more than are rendered at any event. */
const MOST_REMEMBERED = 2_000

export const createRecentVisits = (options: {
  store: Pick<VisitStore, 'get' | 'subscribeAll'>
  redis: Pick<Redis, 'onReturn'>
  clock: Clock
}): RecentVisits => {
  const { store, redis, clock } = options
  const remembered = new Map<VisitId, { visit: Visit; at: number }>()

  const note = (visit: Visit, at = clock.now()) => {
    const before = remembered.get(visit.visitId)
    if (before && before.visit.seq > visit.seq) return
    remembered.delete(visit.visitId)
    remembered.set(visit.visitId, { visit, at })
    const [oldest] = remembered.keys()
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest)
  }
  const unsubscribes = [
    store.subscribeAll((visitId, change) => {
      const known = remembered.get(visitId)
      if (known && change && change.seq > known.visit.seq) remembered.delete(visitId)
    }),
    redis.onReturn(() => remembered.clear()),
  ]

  return {
    get: async (visitId) => {
      const known = remembered.get(visitId)
      const now = clock.now()
      if (known && now - known.at < MOST_MS) return known.visit
      const visit = await store.get(visitId)
      if (visit) note(visit, now)
      else remembered.delete(visitId)
      return visit
    },
    note: (visit) => note(visit),
    stop: () => {
      for (const unsubscribe of unsubscribes) unsubscribe()
      remembered.clear()
    },
  }
}
