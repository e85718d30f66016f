/** What a kiosk holds of a visit, and the disk that it is held on, as the outbox sees it. */
import { CLIP_MIMES, type VisitId, VisitStart } from '@fanreel/protocol'
import { z } from 'zod'

/** A visit whose clip this kiosk holds until the orchestrator needs it no longer. */
export const HeldVisit = z.object({
  visit: VisitStart.omit({ eventId: true }),
  takeId: z.string(),
  mime: z.enum(CLIP_MIMES),
  /** Milliseconds since the epoch. */
  heldSince: z.number(),
  /** The orchestrator has acknowledged the whole clip. */
  sent: z.boolean(),
})
export type HeldVisit = z.infer<typeof HeldVisit>

export type ClipVault = {
  /** Seals and stores one piece of a take; pieces are numbered from 0. */
  append(takeId: string, index: number, piece: Blob): Promise<void>
  /** The whole take. Empty when it was dropped. */
  read(takeId: string): Promise<Uint8Array<ArrayBuffer>>
  drop(takeId: string): Promise<void>
  hold(held: HeldVisit): Promise<void>
  /** Every visit that can still be read; one that cannot is dropped by itself and stops nobody else. */
  held(): Promise<HeldVisit[]>
  /** Lets go of a visit and its take. */
  letGo(visitId: VisitId): Promise<void>
  /** Drops takes that belong to no visit: what a reload left of a visitor who had not sent anything. */
  sweep(): Promise<void>
}
