/**
 * The end of a visit: cancelled, rejected, expired or deleted, everything of the visitor goes, wherever it is (E2, E3).
 * First the visit is marked, so that no later step can use it; then waiting work is taken out of the queue, running work
 * is told (its node hears with the notice or the next beat), and every object under the visit's prefix is deleted: at
 * once, and again when the last address for writing has run out, since a node may have been writing just then. Nobody is
 * told that it is done before it is.
 */
import { END_STATES, type EventId, type Refusal, refuse, type VisitId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { Notices } from '../notices/notices.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { LiveProgress } from '../visits/live-progress.ts'
import { visitPrefix } from '../visits/media-keys.ts'
import type { OrderBook } from '../visits/order-book.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal, TRANSITIONS, transition, type VisitEvent } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'

export type EndingEvent = Extract<VisitEvent, { type: 'cancel' | 'reject' | 'expire' | 'delete' }>

export type Erasure = {
  /**
   * Ends a visit and erases it; where it has ended so already, erases it again. The refusal is the table's, or
   * `unavailable` where the visit has ended but not everything of it is gone: asking again goes on, and so does `sweep`.
   */
  end(visitId: VisitId, event: EndingEvent): Promise<Visit | Refusal>
  /** Goes on with erasures that are due; answers how many are done for good. Safe to repeat. */
  sweep(): Promise<number>
}

const BATCH = 100
/** A note may stand before its visit is marked; younger than this it is no leftover, in milliseconds. */
const YOUNG_MS = 60_000
/** An erasure that failed is tried again after this, in milliseconds. */
const AGAIN_MS = 10_000

export const createErasure = (options: {
  redis: Redis
  eventId: EventId
  store: VisitStore
  live: LiveProgress
  /** What was paid for: its ids open clips at an engine's for a day. */
  book: Pick<OrderBook, 'clear'>
  queue: RenderQueue
  media: MediaStore
  notices: Pick<Notices, 'clear'>
  clock: Clock
  log: Logger
  /** How long a signed address for writing is good, in milliseconds. */
  putMs: number
}): Erasure => {
  const { redis, eventId, store, live, book, queue, media, notices, clock, log, putMs } = options
  const lateMs = media.direct?.lateMs ?? 0
  const due = eventKey(eventId, 'erasures')
  const schedule = (visitId: VisitId, at: number) => redis.call((client) => client.zAdd(due, { score: at, value: visitId }))

  /**
   * Deletes everything of the visitor: the media first, whatever else may fail.
   * @param yetToTell whoever asked to be told is told of this very end; what is kept for it goes with the second look
   * @throws AppError where something is left
   */
  const erase = async (visitId: VisitId, yetToTell = false): Promise<void> => {
    const startedAt = clock.now()
    const [objects] = await Promise.all([
      media.removeAll(visitPrefix(eventId, visitId)),
      live.clear(visitId),
      book.clear(visitId),
      ...(yetToTell ? [] : [notices.clear(visitId)]),
    ])
    log.info({ visitId, objects, ms: clock.now() - startedAt }, 'visit erased')
  }
  const tryTo = async (visitId: VisitId, what: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      log.error({ err: error, visitId, code: refusalOf(error).code }, what)
      return false
    }
  }

  /** One round for a note that is due. */
  const goOn = async (visitId: VisitId, notedAt: number, now: number): Promise<void> => {
    const visit = await store.get(visitId)
    const over = visit === undefined || END_STATES.has(visit.state)
    if (over) await erase(visitId)
    // It may be just about to end.
    else if (notedAt > now - YOUNG_MS) return
    // A second look no earlier than the last address for writing has run out; another when what was begun by then must be done (S4).
    const looks = visit === undefined ? [] : [visit.changedAt + putMs, visit.changedAt + putMs + lateMs]
    const next = looks.find((at) => at > now)
    if (next === undefined || !over) await redis.call((client) => client.zRem(due, visitId))
    else await schedule(visitId, next)
  }

  return {
    end: async (visitId, event) => {
      // Noted before anything is marked: a crash in between leaves a note too many, never an erasure too few.
      await schedule(visitId, clock.now())
      let render: Visit['render']
      const ended = await store.update(visitId, (visit) => {
        render = visit.render
        return visit.state === TRANSITIONS[event.type].to ? visit : transition(visit, event, clock.now())
      })
      if (isRefusal(ended)) return ended
      const erased = await tryTo(visitId, 'erasure goes on later', () => erase(visitId, event.type === 'reject'))
      const { tier, renderId } = render ?? {}
      // Work that stays in the queue names nobody, and is dropped when it is claimed (Q6).
      if (tier && renderId) await tryTo(visitId, 'work is dropped when claimed', () => queue.remove(tier, renderId))
      if (!erased) return refuse('unavailable')
      await tryTo(visitId, 'looked at again at once', () => schedule(visitId, clock.now() + putMs))
      return ended
    },
    sweep: async () => {
      const now = clock.now()
      const notes = await redis.call((client) =>
        client.zRangeByScoreWithScores(due, '-inf', now, { LIMIT: { offset: 0, count: BATCH } }),
      )
      for (const { value: visitId, score } of notes) {
        const went = await tryTo(visitId, 'erasure goes on later', () => goOn(visitId, score, now))
        // Behind the others, so that those that fail never fill the batch.
        if (!went) await schedule(visitId, now + AGAIN_MS)
      }
      return notes.length
    },
  }
}
