/**
 * The sealed visit sheet: the visit itself, readable only with the event's key, kept beside its clip and later its reel,
 * so that a Redis that was lost can be rebuilt from the media store alone (E5).
 */
import { createHash } from 'node:crypto'
import type { EventId, VisitId } from '@fanreel/protocol'
import type { Sealer } from '../access/contract.ts'
import type { MediaStore } from '../media/media-store.ts'
import { sheetKey } from '../visits/media-keys.ts'
import type { Visit } from '../visits/visit.ts'

export type VisitSheets = {
  /** Writes the sheet anew. */
  write(visit: Visit): Promise<void>
  /** The visit as its sheet has it. @throws AppError where there is no sheet or its seal does not fit */
  read(eventId: EventId, visitId: VisitId): Promise<Visit>
  /** Deletes the sheet, where there is one. */
  remove(eventId: EventId, visitId: VisitId): Promise<void>
}

/** What a sheet is bound to: one of another visit does not open. */
export const sheetSealName = (visitId: string): string => `${visitId}:sheet`

export const createVisitSheets = (options: { media: MediaStore; sealer: Sealer }): VisitSheets => ({
  write: async (visit) => {
    const sheet = Buffer.from(options.sealer.seal(JSON.stringify(visit), sheetSealName(visit.visitId)))
    const sha256 = createHash('sha256').update(sheet).digest('hex')
    await options.media.put(sheetKey(visit.eventId, visit.visitId), sheet, { bytes: sheet.length, sha256 })
  },
  read: async (eventId, visitId) => {
    const parts: Buffer[] = []
    for await (const part of await options.media.read(sheetKey(eventId, visitId))) parts.push(part)
    const text = options.sealer.open(Buffer.concat(parts).toString('utf8'), sheetSealName(visitId))
    // Nobody without the event's key could have written it.
    return JSON.parse(text) as Visit
  },
  remove: (eventId, visitId) => options.media.remove(sheetKey(eventId, visitId)),
})
