/** A film that was accepted stands on its visit's sheet, also where Redis has forgotten it (E10). */
import type { EventId, RenderId, VisitId, VisitState } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { VisitSheets } from '../privacy/visit-sheet.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'

const AWAITS_FILM: ReadonlySet<VisitState> = new Set(['queued', 'rendering'])

/**
 * Gives a visit that waits for this very render the film that was accepted for it, where its sheet tells of one and it lies there.
 * Answers whether it did.
 * @throws AppError where the media store or Redis is away
 */
export type TakeSheetedFilm = (visitId: VisitId, renderId: RenderId) => Promise<boolean>

export const createTakeSheetedFilm = (options: {
  eventId: EventId
  media: Pick<MediaStore, 'stat'>
  sheets: Pick<VisitSheets, 'read'>
  store: Pick<VisitStore, 'update'>
  queue: Pick<RenderQueue, 'remove'>
  clock: Clock
}): TakeSheetedFilm => {
  const { eventId, media, sheets, store, queue, clock } = options

  const sheetOf = async (visitId: VisitId): Promise<Visit | undefined> => {
    try {
      return await sheets.read(eventId, visitId)
    } catch (error) {
      if (refusalOf(error).code === 'object-unknown') return undefined
      throw error
    }
  }

  return async (visitId, renderId) => {
    const sheet = await sheetOf(visitId)
    if (!sheet?.reel || sheet.render?.renderId !== renderId || !(await media.stat(sheet.reel.key))) return false
    let took = false
    const taken = await store.update(visitId, (visit) => {
      took = AWAITS_FILM.has(visit.state) && visit.render?.renderId === renderId
      if (!took) return visit
      const changedAt = clock.now()
      const history = [...sheet.history, { at: changedAt, state: sheet.state, note: 'set-back' }]
      return { ...sheet, seq: Math.max(visit.seq, sheet.seq) + 1, changedAt, history }
    })
    if (!took || isRefusal(taken)) return false
    await queue.remove(sheet.render.tier, renderId)
    return true
  }
}
