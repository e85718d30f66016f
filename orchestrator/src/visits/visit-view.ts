/** What may be shown of a visit: no name, no token, no path, only what kiosk, pickup page and operator need. */
import { END_STATES, type VisitView } from '@fanreel/protocol'
import type { Visit } from './visit.ts'

/** What is true of a visit this very moment and stands nowhere in it. */
export type Live = Pick<VisitView, 'place' | 'waitMs' | 'stage' | 'fraction' | 'previews'>

/** Which of the live facts a state has. */
const liveOf = (visit: Visit, live: Live): Live => {
  const { place, waitMs, stage, fraction, previews } = live
  if (visit.state === 'queued') return { ...(place !== undefined && { place }), ...(waitMs !== undefined && { waitMs }) }
  if (visit.state !== 'rendering') return {}
  return {
    ...(waitMs !== undefined && { waitMs }),
    ...(stage !== undefined && { stage }),
    ...(fraction !== undefined && { fraction }),
    ...(previews !== undefined && { previews }),
  }
}

/** The view of a visit, from the visit and what is known of it right now. */
export const viewOf = (visit: Visit, live: Live = {}): VisitView => ({
  eventId: visit.eventId,
  visitId: visit.visitId,
  seq: visit.seq,
  state: visit.state,
  packId: visit.packId,
  language: visit.language,
  kioskId: visit.kioskId,
  ...(visit.code !== undefined && visit.state === 'failed' && { code: visit.code }),
  ...liveOf(visit, live),
  ...(!END_STATES.has(visit.state) && { expiresAt: visit.expiresAt }),
  changedAt: visit.changedAt,
})
