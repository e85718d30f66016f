/**
 * Who watches which visit. After every hello each watched visit is asked for anew and its listeners get the snapshot:
 * nothing is replayed, a late listener loses nothing, and an older view never overwrites a newer one, unless Redis itself was
 * set back by a power cut.
 */
import { type VisitId, VisitView } from '@fanreel/protocol'
import type { Link } from './link.ts'
import { pause } from './pause.ts'

type Listener = (view: VisitView) => void

const WATCH_RETRY_MS = 2_000

export type Watches = {
  /** `onUnknown` is called whenever the orchestrator, asked, knows no such visit. */
  watch(visitId: VisitId, listener: Listener, onUnknown?: () => void): () => void
  /** Hands on a view that came with another answer. */
  deliver(view: VisitView): void
  /** Asks again for a visit that was not known before. */
  refresh(visitId: VisitId): void
}

export const createWatches = (link: Link, eventId: string): Watches => {
  const watched = new Map<VisitId, { listeners: Map<Listener, (() => void) | undefined>; seq: number }>()

  const deliver = (view: VisitView) => {
    const entry = watched.get(view.visitId)
    if (!entry || view.seq < entry.seq) return
    entry.seq = view.seq
    for (const listener of [...entry.listeners.keys()]) listener(view)
  }
  const subscribe = async (visitId: VisitId): Promise<void> => {
    const entry = watched.get(visitId)
    if (!entry) return
    const known = entry.seq
    const answer = await link.ask('visit:watch', { eventId, visitId })
    // A lost answer is asked again by the next hello; an unknown visit by `refresh` once it was started.
    if (answer === 'lost') return
    // Older than what was known before it was asked for: the orchestrator's memory went back, and what it says now is true.
    if (answer.ok && answer.visit.seq < known) entry.seq = -1
    if (answer.ok) return deliver(answer.visit)
    if (answer.code === 'visit-unknown') {
      entry.seq = -1
      for (const onUnknown of [...entry.listeners.values()]) onUnknown?.()
    }
    if (!answer.retryable) return
    await pause(WATCH_RETRY_MS)
    await subscribe(visitId)
  }
  link.onConnection((connection) => {
    if (connection.state === 'online') for (const visitId of watched.keys()) void subscribe(visitId)
  })
  link.onNews('visit:changed', (payload) => {
    const parsed = VisitView.safeParse(payload)
    if (parsed.success) deliver(parsed.data)
  })

  return {
    deliver,
    refresh: (visitId) => void subscribe(visitId),
    watch(visitId, listener, onUnknown) {
      const entry = watched.get(visitId) ?? { listeners: new Map(), seq: -1 }
      entry.listeners.set(listener, onUnknown)
      watched.set(visitId, entry)
      void subscribe(visitId)
      return () => {
        entry.listeners.delete(listener)
        if (entry.listeners.size > 0 || watched.get(visitId) !== entry) return
        watched.delete(visitId)
        void link.ask('visit:unwatch', { eventId, visitId })
      }
    },
  }
}
