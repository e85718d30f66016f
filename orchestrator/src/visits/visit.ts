/** A visit as the orchestrator keeps it. Whatever names or opens something of the visitor is sealed or hashed. */
import type {
  ConsentReceipt,
  EventId,
  KioskId,
  Language,
  NodeId,
  PackId,
  ReelReport,
  RenderId,
  RenderTier,
  VisitCode,
  VisitId,
  VisitState,
} from '@fanreel/protocol'
import type { ErasedPart } from './erased-parts.ts'

/** An object in the media store. */
export type StoredMedia = { key: string; sha256: string; bytes: number }

export type VisitRender = {
  renderId: RenderId
  number: number
  tier: RenderTier
  queuedAt: number
  /** The wait that was told when it was queued, in milliseconds; missing where nobody could know. */
  promisedMs?: number
  /** When the lease that holds it now was taken. */
  startedAt?: number
  /** The node that holds it now. */
  nodeId?: NodeId
  /** When it has failed whatever the node does. */
  deadlineAt?: number
  /** Where each lease that was ever given on it writes: folders below the visit's own. */
  folders: string[]
}

/** A render as it is queued. */
export type NewRender = Pick<VisitRender, 'renderId' | 'number' | 'tier' | 'promisedMs'>

export type Visit = {
  eventId: EventId
  visitId: VisitId
  /** Rises by one with each change. */
  seq: number
  state: VisitState
  kioskId: KioskId
  language: Language
  packId: PackId
  packHash: string
  /** SHA-256 of the pickup token: how the page finds its visit. */
  pickupHash: string
  /** The token itself, sealed with the event's key; opened only to show a QR code again. */
  sealedToken?: string
  /** Like the token, gone once the visit is over. */
  sealedName?: string
  consent: ConsentReceipt
  /** Present until the clip is deleted. */
  clip?: StoredMedia & { mime: string }
  /** The visit's current render. A lower number's results are refused. */
  render?: VisitRender
  reel?: StoredMedia & { poster: StoredMedia; shotList: StoredMedia; report: ReelReport }
  /** Why it failed, while `failed`. */
  code?: VisitCode
  createdAt: number
  changedAt: number
  /** When everything of it is deleted. */
  expiresAt: number
  /** Of a visit that is over: what went with it. */
  erased?: ErasedPart[]
  history: { at: number; state: VisitState; note?: string }[]
}
