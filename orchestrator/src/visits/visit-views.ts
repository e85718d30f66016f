/**
 * Views of visits, and the telling of those who watch. Notices make it quick; a slow round over everything that is
 * watched makes it certain, whatever was missed, and lets places and waits move on (V5).
 */
import type { EventId, VisitId, VisitState, VisitView } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { UrlSigner } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { LiveProgress, Progress } from './live-progress.ts'
import { nodeObjectKey } from './media-keys.ts'
import type { Outlook } from './outlook.ts'
import type { Visit } from './visit.ts'
import type { VisitStore } from './visit-store.ts'
import { type Live, viewOf } from './visit-view.ts'

export type VisitViews = {
  of(visit: Visit): Promise<VisitView>
  /** Many at once, with one look at what is live. */
  ofMany(visits: readonly Visit[]): Promise<VisitView[]>
  watch(visitId: VisitId, listener: (view: VisitView) => void): () => void
  /** Calls back with the state of every visit that changed, watched or not. */
  onState(listener: (visitId: VisitId, state: VisitState) => void): () => void
  stop(): void
}

/** How often everything watched is looked at again, in milliseconds. */
const ROUND_MS = 2_000
/** A preview's address is good for between one and two of these, and stays the same meanwhile, so that pictures do not flicker. */
const PREVIEW_MS = 5 * 60_000

type Watcher = {
  listeners: Set<(view: VisitView) => void>
  /** What was told last, as text and by its sequence number. */
  shown: string
  seq: number
  looking: boolean
  again: boolean
}

export const createVisitViews = (options: {
  eventId: EventId
  store: VisitStore
  live: LiveProgress
  outlook: Outlook
  signer: UrlSigner
  clock: Clock
  log: Logger
}): VisitViews => {
  const { eventId, store, live, outlook, signer, clock, log } = options
  const watchers = new Map<VisitId, Watcher>()
  const stateListeners = new Set<(visitId: VisitId, state: VisitState) => void>()
  const fault = (error: unknown) => log.debug({ err: error, code: refusalOf(error).code }, 'views not refreshed')

  const previewsOf = (visit: Visit, { folder, previews }: Progress): string[] => {
    const expiresAt = (Math.floor(clock.now() / PREVIEW_MS) + 2) * PREVIEW_MS
    const { visitId } = visit
    return previews.map((sha256) =>
      signer.sign({
        method: 'GET',
        key: nodeObjectKey({ eventId, visitId, folder, kind: 'preview', sha256 }),
        expiresAt,
      }),
    )
  }
  const view = async (visit: Visit, progress: Progress | undefined): Promise<VisitView> => {
    const current = progress && progress.renderId === visit.render?.renderId ? progress : undefined
    const facts: Live = {
      ...(await outlook.of(visit)),
      ...(current && { stage: current.stage, fraction: current.fraction, previews: previewsOf(visit, current) }),
    }
    return viewOf(visit, facts)
  }
  const of = async (visit: Visit): Promise<VisitView> =>
    view(visit, visit.state === 'rendering' ? await live.read(visit.visitId) : undefined)
  const ofMany = async (visits: readonly Visit[]): Promise<VisitView[]> => {
    const rendering = visits.filter((visit) => visit.state === 'rendering').map((visit) => visit.visitId)
    const progress = await live.readMany(rendering)
    return Promise.all(visits.map((visit) => view(visit, progress.get(visit.visitId))))
  }

  const show = (watcher: Watcher, fresh: VisitView) => {
    const text = JSON.stringify(fresh)
    if (text === watcher.shown || fresh.seq < watcher.seq) return
    watcher.shown = text
    watcher.seq = fresh.seq
    for (const listener of watcher.listeners) listener(fresh)
  }
  /** One look at a time for each visit; a notice that comes meanwhile asks for one more. */
  const look = async (visitId: VisitId): Promise<void> => {
    const watcher = watchers.get(visitId)
    if (!watcher) return
    if (watcher.looking) {
      watcher.again = true
      return
    }
    watcher.looking = true
    try {
      do {
        watcher.again = false
        const visit = await store.get(visitId)
        if (visit) show(watcher, await of(visit))
      } while (watcher.again)
    } finally {
      watcher.looking = false
    }
  }
  const round = async (): Promise<void> => {
    const idle = [...watchers].filter(([, watcher]) => !watcher.looking)
    const views = await ofMany(await store.getMany(idle.map(([visitId]) => visitId)))
    for (const fresh of views) {
      const watcher = watchers.get(fresh.visitId)
      if (watcher && !watcher.looking) show(watcher, fresh)
    }
  }
  const unsubscribe = store.subscribeAll((visitId, change) => {
    if (watchers.has(visitId)) look(visitId).catch(fault)
    if (change) for (const listener of stateListeners) listener(visitId, change.state)
  })
  const timer = setInterval(() => {
    if (watchers.size > 0) round().catch(fault)
  }, ROUND_MS)

  return {
    of,
    ofMany,
    watch: (visitId, listener) => {
      const watcher = watchers.get(visitId) ?? { listeners: new Set(), shown: '', seq: 0, looking: false, again: false }
      watchers.set(visitId, watcher)
      watcher.listeners.add(listener)
      return () => {
        watcher.listeners.delete(listener)
        if (watcher.listeners.size === 0 && watchers.get(visitId) === watcher) watchers.delete(visitId)
      }
    },
    onState: (listener) => {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    stop: () => {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
