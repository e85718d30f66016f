/**
 * What a finished render does to its visit: the effects behind the commit point. Each can be repeated: after a crash or a
 * lost answer the sweep or the node's next try goes through the same steps again and finds what is done already (R4).
 */
import {
  type EventId,
  type NodeId,
  type RenderId,
  type VisitCode,
  VisitCode as VisitCodeSchema,
  type VisitId,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { MediaStore } from '../media/media-store.ts'
import { deliveryPrefix } from '../visits/media-keys.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal, transitions, type VisitEvent } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import { visitIdOf } from './lease-guard.ts'

export type Reel = NonNullable<Visit['reel']>

export type Settle = {
  /** The reel is committed: the visit becomes `ready`, and the clip and all that was made of the face goes (E4). */
  ready(renderId: RenderId, reel: Reel, folder: string, known?: Visit): Promise<void>
  /** No attempt follows: the visit fails. A clip that no attempt can use goes at once. */
  failed(renderId: RenderId, code: string): Promise<void>
  /** The render waits again: the visit is `queued`. */
  waiting(renderId: RenderId, note: string): Promise<void>
}

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
  media: MediaStore
  keepDays: () => Promise<number>
  /** Deletes what the visit needs no more. */
  tidy: (visit: Visit) => Promise<void>
  /** Gives the visit the film that was accepted for this very render and then forgotten; answers whether there is one. */
  takeFilm: (visitId: VisitId, renderId: RenderId) => Promise<boolean>
  clock: Clock
  log: Logger
}): Settle => {
  const { eventId, store, media, keepDays, tidy, takeFilm, clock, log } = options

  return {
    ready: async (renderId, reel, folder, known) => {
      const visitId = visitIdOf(renderId)
      const expiresAt = clock.now() + (await keepDays()) * DAY_MS
      const change = (visit: Visit) => {
        if (visit.reel && visit.render?.renderId === renderId) return visit
        const events: VisitEvent[] = [...catchUp(visit, renderId, folder), { type: 'result', renderId, reel, expiresAt }]
        return transitions(visit, events, clock.now())
      }
      const settled = await store.update(visitId, change, known)
      if (isRefusal(settled)) {
        // Ended or asked for anew meanwhile: what was delivered belongs to nobody.
        log.warn({ visitId, jobId: renderId, code: settled.code }, 'reel came too late')
        await media.removeAll(deliveryPrefix(eventId, visitId, folder))
        return
      }
      await tidy(settled)
    },
    failed: async (renderId, code) => {
      const visitId = visitIdOf(renderId)
      const visitCode = visitCodeOf(code)
      // What ended the attempts may be that the clip is gone, because the film is there (E10).
      if (await takeFilm(visitId, renderId)) return
      const settled = await store.update(visitId, (visit) => {
        if (visit.state === 'failed' && visit.render?.renderId === renderId) return visit
        if (visit.render?.renderId !== renderId) return visit
        return transitions(visit, [...catchUp(visit, renderId, 'none'), { type: 'fail', code: visitCode }], clock.now())
      })
      if (isRefusal(settled) || settled.state !== 'failed') return
      await tidy(settled)
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
