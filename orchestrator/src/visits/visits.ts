/** What kiosks, pickup pages and operators may do with a visit. Every answer is a value; a refusal says why not. */
import type { KioskId, Refusal, VisitCode, VisitId, VisitStart, VisitView } from '@fanreel/protocol'
import type { Visit } from './visit.ts'

export type Visits = {
  /** Opens a visit. Idempotent: the same visit with the same token again is answered with its view (rule V4). */
  start(input: VisitStart & { kioskId: KioskId }): Promise<VisitView | Refusal>
  get(visitId: VisitId): Promise<Visit | undefined>
  byPickup(pickupHash: string): Promise<Visit | undefined>
  view(visitId: VisitId): Promise<VisitView | undefined>
  /** The view of a visit that was read already. */
  viewOf(visit: Visit): Promise<VisitView>
  /** Calls back with the newest view on every change, place in the queue and progress included; answers how to stop. */
  watch(visitId: VisitId, listener: (view: VisitView) => void): () => void
  /** Calls back with the id of any visit that is over, so that kiosks drop what they hold of it; answers how to stop. */
  onOver(listener: (visitId: VisitId) => void): () => void
  /** `started` or `recorded` becomes `uploading`; an upload that has begun goes on. Refused without consent. */
  beginUpload(visitId: VisitId): Promise<Visit | Refusal>
  /** An upload begins again from nothing. */
  restartUpload(visitId: VisitId): Promise<Visit | Refusal>
  /** The clip is whole and in the media store: the visit is queued. Idempotent for the same clip. */
  clipStored(visitId: VisitId, clip: NonNullable<Visit['clip']>): Promise<VisitView | Refusal>
  failUpload(visitId: VisitId, code: VisitCode): Promise<VisitView | Refusal>
  retake(visitId: VisitId): Promise<VisitView | Refusal>
  cancel(visitId: VisitId): Promise<VisitView | Refusal>
  /** Deletes every copy of everything; reaches queued and running work. Idempotent. */
  remove(visitId: VisitId): Promise<VisitView | Refusal>
  /** An operator's wish for another render. */
  retry(visitId: VisitId): Promise<VisitView | Refusal>
  /** Of the visits a kiosk holds clips of: those it must let go of now. */
  release(holding: readonly VisitId[]): Promise<VisitId[]>
}
