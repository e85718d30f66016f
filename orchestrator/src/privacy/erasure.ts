/**
 * The end of a visit: cancelled, rejected, expired or deleted, everything of the visitor goes, wherever it is (E2-E4).
 * First the visit is marked, so that no later step can use it; then waiting work is taken out of the queue, running work
 * is told (its node hears with the notice or the next beat), and every object under the visit's prefix is deleted: at
 * once, and again when the last address for writing has run out, since a node may have been writing just then.
 */
import type { EventId, Refusal, VisitId } from '@fanreel/protocol'
import { END_STATES } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { LiveProgress } from '../visits/live-progress.ts'
import { visitPrefix } from '../visits/media-keys.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal, transition, type VisitEvent } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'

export type EndingEvent = Extract<VisitEvent, { type: 'cancel' | 'reject' | 'expire' | 'delete' }>

export type Erasure = {
  /** Ends a visit and erases it. The refusal is the table's; what cannot be erased now is erased by `sweep`. */
  end(visitId: VisitId, event: EndingEvent): Promise<Visit | Refusal>
  /** Goes on with erasures that are due; answers how many are done for good. Safe to repeat. */
  sweep(): Promise<number>
}

const BATCH = 100

export const createErasure = (options: {
  redis: Redis
  eventId: EventId
  store: VisitStore
  live: LiveProgress
  queue: RenderQueue
  media: MediaStore
  clock: Clock
  log: Logger
  /** How long a signed address for writing is good, in milliseconds. */
  putMs: number
}): Erasure => {
  const { redis, eventId, store, live, queue, media, clock, log, putMs } = options
  const due = eventKey(eventId, 'erasures')
  const schedule = (visitId: VisitId, at: number) => redis.call((client) => client.zAdd(due, { score: at, value: visitId }))

  const erase = async (visitId: VisitId): Promise<void> => {
    const startedAt = clock.now()
    await live.clear(visitId)
    const objects = await media.removeAll(visitPrefix(eventId, visitId))
    log.info({ visitId, objects, ms: clock.now() - startedAt }, 'visit erased')
  }

  return {
    end: async (visitId, event) => {
      // Noted before anything is marked: a crash in between leaves a note too many, never an erasure too few.
      await schedule(visitId, clock.now())
      let render: Visit['render']
      const ended = await store.update(visitId, (visit) => {
        render = visit.render
        return transition(visit, event, clock.now())
      })
      if (isRefusal(ended)) return ended
      try {
        if (render) await queue.remove(render.tier, render.renderId)
        await erase(visitId)
        await schedule(visitId, clock.now() + putMs)
      } catch (error) {
        log.error({ err: error, visitId, code: refusalOf(error).code }, 'erasure goes on later')
      }
      return ended
    },
    sweep: async () => {
      const now = clock.now()
      const visitIds = await redis.call((client) =>
        client.zRange(due, '-inf', now, { BY: 'SCORE', LIMIT: { offset: 0, count: BATCH } }),
      )
      for (const visitId of visitIds) {
        const visit = await store.get(visitId)
        // A second look no earlier than the last address for writing has run out.
        const last = visit === undefined || visit.changedAt + putMs <= now
        if (visit === undefined || END_STATES.has(visit.state)) await erase(visitId)
        if (last || !END_STATES.has(visit.state)) await redis.call((client) => client.zRem(due, visitId))
        else await schedule(visitId, visit.changedAt + putMs)
      }
      return visitIds.length
    },
  }
}
