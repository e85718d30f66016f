/**
 * Rebuilds what Redis has lost from what lies sealed in the media store (E8): the event's settings and peers, every visit by its
 * sheet, and the queue. May be run again, and while orchestrators run: what is known already is left as it is.
 */
import type { EventId, VisitState } from '@fanreel/protocol'
import { VisitId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { VisitSheets } from '../privacy/visit-sheet.ts'
import { storeIdKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import { renderWorkOf } from '../visits/render-work.ts'
import type { Visit } from '../visits/visit.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import type { EventSheet } from './event-sheet.ts'

export type Rebuilt = {
  /** Visits that are known again, and those that were known all the time. */
  visits: number
  known: number
  /** Of those rebuilt: films to be made, films that are there, and visits whose clip or film is gone. */
  queued: number
  ready: number
  failed: number
  /** Sheets that could not be read; the log says which and why. */
  unread: number
  /** Visits of which something lies there and no sheet: what a kiosk had not been told is taken. It sends the clip again (U15). */
  sheetless: number
  /** Kiosks, nodes and operators whose tokens are good again. */
  peers: number
}

const OF_VISIT = /^[^/]+\/visits\/([^/]+)\//
const SHEET = new RegExp(`${OF_VISIT.source}sheet$`)
/** States whose sheet says that a film is to be made: a node that was at it has lost its lease with everything else. */
const TO_BE_MADE: ReadonlySet<VisitState> = new Set(['queued', 'rendering'])

/** The visit as it can go on: with what lies in the media store, and without a node. */
const resumable = async (visit: Visit, media: MediaStore, now: number): Promise<Visit> => {
  const { clip, render, reel, ...bare } = visit
  const became = (state: VisitState, more: Partial<Visit>): Visit => ({
    ...bare,
    ...more,
    state,
    seq: visit.seq + 1,
    changedAt: now,
    history: [...visit.history, { at: now, state, note: 'rebuilt' }],
  })
  if (reel && (visit.state === 'ready' || visit.state === 'held')) {
    return (await media.stat(reel.key)) ? visit : became('failed', { code: 'upload-gone' })
  }
  if (!TO_BE_MADE.has(visit.state)) return visit
  if (!clip || !render || !(await media.stat(clip.key))) return became('failed', { code: 'upload-gone' })
  const { startedAt: _started, nodeId: _node, deadlineAt: _deadline, ...waiting } = render
  return became('queued', { clip, render: waiting })
}

export const rebuild = async (options: {
  redis: Redis
  eventId: EventId
  media: MediaStore
  sheets: VisitSheets
  eventSheet: EventSheet
  store: VisitStore
  queue: RenderQueue
  now: () => number
  log: Logger
}): Promise<Rebuilt> => {
  const { redis, eventId, media, sheets, eventSheet, store, queue, now, log } = options
  const rebuilt: Rebuilt = {
    visits: 0,
    known: 0,
    queued: 0,
    ready: 0,
    failed: 0,
    unread: 0,
    sheetless: 0,
    peers: await eventSheet.restore(),
  }
  const seen = new Set<string>()
  const sheeted = new Set<string>()
  for await (const key of media.list(`${eventId}/visits/`)) {
    const of = OF_VISIT.exec(key)?.[1]
    if (of !== undefined) seen.add(of)
    const visitId = VisitId.safeParse(SHEET.exec(key)?.[1])
    if (!visitId.success) continue
    sheeted.add(visitId.data)
    try {
      const visit = await resumable(await sheets.read(eventId, visitId.data), media, now())
      if ((await store.create(visit)) === 'exists') {
        rebuilt.known++
        continue
      }
      rebuilt.visits++
      if (visit.state === 'queued' || visit.state === 'ready' || visit.state === 'failed') rebuilt[visit.state]++
      const job = visit.state === 'queued' ? renderWorkOf(visit) : undefined
      if (job) await queue.add(job.tier, job.work, job.kioskId)
    } catch (error) {
      rebuilt.unread++
      log.error({ err: error, visitId: visitId.data, code: refusalOf(error).code }, 'sheet not read')
    }
  }
  for (const visitId of seen) {
    if (sheeted.has(visitId) || (VisitId.safeParse(visitId).success && (await store.get(visitId)))) continue
    rebuilt.sheetless++
    log.warn({ visitId, code: 'visit-unknown' }, 'objects of a visit without its sheet')
  }
  // Last: whoever is interrupted before is seen not to be whole.
  await redis.call(async (client) => client.set(storeIdKey(eventId), await media.storeId()))
  return rebuilt
}
