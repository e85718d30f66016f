/**
 * What a finished render does to its visit: the effects behind the commit point. Each can be repeated: after a crash or a
 * lost answer the sweep or the node's next try goes through the same steps again and finds what is done already (R4).
 */
import {
  CLIP_CODES,
  type EventId,
  type NodeId,
  type RenderId,
  type VisitCode,
  VisitCode as VisitCodeSchema,
  type VisitId,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { LiveProgress } from '../visits/live-progress.ts'
import { deliveryPrefix, previewPrefix } from '../visits/media-keys.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal, transitions, type VisitEvent } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import { visitIdOf } from './lease-guard.ts'

export type Reel = NonNullable<Visit['reel']>

export type Settle = {
  /** The reel is committed: the visit becomes `ready`, and the clip and all that was made of the face goes (E4). */
  ready(renderId: RenderId, reel: Reel, folder: string): Promise<void>
  /** No attempt follows: the visit fails. A clip that no attempt can use goes at once. */
  failed(renderId: RenderId, code: string): Promise<void>
  /** The render waits again: the visit is `queued`. */
  waiting(renderId: RenderId, note: string): Promise<void>
  /** Deletes what a ready visit needs no more; does nothing where that is done. */
  tidy(visit: Visit): Promise<void>
}

const CLIP_FAULTS: ReadonlySet<string> = new Set(CLIP_CODES)
const DAY_MS = 86_400_000
/** Stands for a node in the history where the visit learns of a lease only by its end. */
const UNSEEN_NODE: NodeId = 'unseen'

/** The code a visit may carry, whatever a node has said. */
export const visitCodeOf = (code: string): VisitCode => VisitCodeSchema.safeParse(code).data ?? 'engine-failed'

/** The steps that lead a visit that has not heard of its lease yet to where the next one may begin. */
const catchUp = (visit: Visit, renderId: RenderId, folder: string): VisitEvent[] =>
  visit.state === 'queued' ? [{ type: 'lease', renderId, nodeId: UNSEEN_NODE, folder, deadlineAt: visit.changedAt }] : []

export const createSettle = (options: {
  eventId: EventId
  store: VisitStore
  live: LiveProgress
  media: MediaStore
  keepDays: () => Promise<number>
  writeSheet: (visit: Visit) => Promise<void>
  clock: Clock
  log: Logger
}): Settle => {
  const { eventId, store, live, media, keepDays, writeSheet, clock, log } = options

  /** Removes the clip and then what the visit knows of it. */
  const dropClip = async (visit: Visit): Promise<void> => {
    if (!visit.clip) return
    const { key } = visit.clip
    await media.remove(key)
    await store.update(visit.visitId, (current) => {
      if (current.clip?.key !== key) return current
      const { clip: _, ...rest } = current
      return { ...rest, seq: current.seq + 1, changedAt: clock.now() }
    })
  }
  /** Removes previews of every lease, and deliveries of all but the one that won. */
  const dropRenders = async (visit: Visit, keepFolder?: string): Promise<void> => {
    for (const folder of visit.render?.folders ?? []) {
      await media.removeAll(previewPrefix(eventId, visit.visitId, folder))
      if (folder !== keepFolder) await media.removeAll(deliveryPrefix(eventId, visit.visitId, folder))
    }
    await live.clear(visit.visitId)
  }
  const folderOf = (visit: Visit): string | undefined =>
    visit.render?.folders.find((folder) => visit.reel?.key.startsWith(deliveryPrefix(eventId, visit.visitId, folder)))

  const tidy = async (visit: Visit): Promise<void> => {
    if (!visit.clip || (visit.state !== 'ready' && visit.state !== 'held')) return
    await dropRenders(visit, folderOf(visit))
    const { clip: _, ...withoutClip } = visit
    await writeSheet(withoutClip)
    // The clip last: as long as the visit names it, the sweep comes back.
    await dropClip(visit)
    log.info({ visitId: visit.visitId }, 'clip deleted')
  }
  const later = (visitId: VisitId) => (error: unknown) =>
    log.error({ err: error, visitId, code: refusalOf(error).code }, 'tidying goes on later')

  return {
    tidy,
    ready: async (renderId, reel, folder) => {
      const visitId = visitIdOf(renderId)
      const expiresAt = clock.now() + (await keepDays()) * DAY_MS
      const settled = await store.update(visitId, (visit) => {
        if (visit.reel && visit.render?.renderId === renderId) return visit
        const events: VisitEvent[] = [...catchUp(visit, renderId, folder), { type: 'result', renderId, reel, expiresAt }]
        return transitions(visit, events, clock.now())
      })
      if (isRefusal(settled)) {
        // Ended or asked for anew meanwhile: what was delivered belongs to nobody.
        log.warn({ visitId, jobId: renderId, code: settled.code }, 'reel came too late')
        await media.removeAll(deliveryPrefix(eventId, visitId, folder))
        return
      }
      await tidy(settled).catch(later(visitId))
    },
    failed: async (renderId, code) => {
      const visitId = visitIdOf(renderId)
      const visitCode = visitCodeOf(code)
      const settled = await store.update(visitId, (visit) => {
        if (visit.state === 'failed' && visit.render?.renderId === renderId) return visit
        if (visit.render?.renderId !== renderId) return visit
        return transitions(visit, [...catchUp(visit, renderId, 'none'), { type: 'fail', code: visitCode }], clock.now())
      })
      if (isRefusal(settled) || settled.state !== 'failed') return
      await dropRenders(settled).catch(later(visitId))
      if (CLIP_FAULTS.has(visitCode)) await dropClip(settled).catch(later(visitId))
      log.info({ visitId, jobId: renderId, code: visitCode }, 'render failed')
    },
    waiting: async (renderId, note) => {
      await store.update(visitIdOf(renderId), (visit) =>
        visit.state === 'rendering' && visit.render?.renderId === renderId
          ? transitions(visit, [{ type: 'give-back', renderId, note }], clock.now())
          : visit,
      )
    },
  }
}
