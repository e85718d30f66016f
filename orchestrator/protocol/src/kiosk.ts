/** What a kiosk and the orchestrator say to each other, in namespace `/kiosk`. */
import { z } from 'zod'
import { Refusal } from './codes.ts'
import { AccessToken, EventId, KioskId, PackId, PackKey, PickupCode, PickupToken, Sha256, VisitId } from './ids.ts'
import { Language } from './languages.ts'
import { TitleName } from './name-rules.ts'
import { UploadChunk, UploadChunkAck, UploadCommit, UploadCommitAck, UploadOpen, UploadOpenAck } from './upload.ts'
import { ConsentPurpose, ConsentReceipt, VisitView } from './visit.ts'

/** What the attract screen needs to know about the event right now. */
export const EventStatus = z.object({
  eventId: EventId,
  /** Operators may pause an event; a kiosk then takes no new visitor. */
  open: z.boolean(),
  /** Why it is closed: an operator's pause, or no node to make a film. */
  reason: z.enum(['paused', 'no-nodes', 'overloaded']).optional(),
  /** What a visitor who starts now would wait for the film, in milliseconds; absent where nobody can know. */
  waitMs: z.number().int().nonnegative().optional(),
  nodes: z.number().int().nonnegative(),
  queued: z.number().int().nonnegative(),
})
export type EventStatus = z.infer<typeof EventStatus>

/** Why operators have closed one kiosk: for a while, or until somebody has mended it. */
export const KioskClosure = z.enum(['paused', 'out-of-order'])
export type KioskClosure = z.infer<typeof KioskClosure>

/**
 * What a kiosk finds wrong with itself: no picture, no room for clips, shut in its own settings; it takes nobody in then. Without a
 * microphone it does, and its films have music only.
 */
export const KioskTrouble = z.enum(['camera', 'disk', 'shut', 'microphone'])
export type KioskTrouble = z.infer<typeof KioskTrouble>

/** A world on offer, pinned by hash. */
export const PackOffer = z.object({ packId: PackId, packHash: Sha256 })
export type PackOffer = z.infer<typeof PackOffer>

/** A hello names at most so many of the visits whose clip the kiosk holds, the newest; the rest after the next release. */
export const MOST_HELD_NAMED = 500

export const KioskHello = z.object({
  protocol: z.number().int(),
  eventId: EventId,
  kioskId: KioskId,
  token: AccessToken,
  /** The kiosk software's version. */
  version: z.string().max(40),
  /** Visits whose clip this kiosk still holds; the answer says which to let go. */
  holding: z.array(VisitId).max(MOST_HELD_NAMED),
})
export type KioskHello = z.infer<typeof KioskHello>
export const KioskWelcome = z.object({
  ok: z.literal(true),
  protocol: z.number().int(),
  eventId: EventId,
  eventName: z.string(),
  /** The orchestrator's clock, in milliseconds since the epoch. */
  serverTime: z.number().int(),
  status: EventStatus,
  /** There when operators have closed this very kiosk. */
  closed: KioskClosure.optional(),
  packs: z.array(PackOffer),
  packKey: PackKey,
  /** Purposes a visitor is asked for. */
  purposes: z.array(ConsentPurpose),
  /** Clips the kiosk must drop now: their visits were deleted, or need the clip no longer. */
  release: z.array(VisitId),
  /** Where visitors' phones reach pickup pages: `pickupBase` + token. */
  pickupBase: z.url(),
  maxTakes: z.number().int().positive(),
  /** Days until a film is deleted. */
  keepDays: z.number().int().positive(),
})
export type KioskWelcome = z.infer<typeof KioskWelcome>

export const VisitStart = z.object({
  eventId: EventId,
  visitId: VisitId,
  pickupToken: PickupToken,
  packId: PackId,
  language: Language,
  /** What a film's title does not take is left out, whatever it was: a film without a name is better than no film (V11). */
  firstName: TitleName.optional().catch(undefined),
  consent: ConsentReceipt,
})
export type VisitStart = z.infer<typeof VisitStart>
export const VisitRef = z.object({ eventId: EventId, visitId: VisitId })
export type VisitRef = z.infer<typeof VisitRef>
export const VisitAck = z.union([z.object({ ok: z.literal(true), visit: VisitView }), Refusal])
export type VisitAck = z.infer<typeof VisitAck>

/** The short code of a visit's page, for a phone that cannot scan; until when it opens the page, in milliseconds since the epoch. */
export const VisitCodeAck = z.union([
  z.object({ ok: z.literal(true), code: PickupCode, goodUntil: z.number().int().positive() }),
  Refusal,
])
export type VisitCodeAck = z.infer<typeof VisitCodeAck>

/** Kiosk to orchestrator: every message, with its answer. `visit:start` is idempotent: the same visit again is answered with its view. */
export const kioskMessages = {
  'kiosk:hello': { request: KioskHello, answer: z.union([KioskWelcome, Refusal]) },
  /** What this kiosk finds wrong with itself; without `trouble`: nothing. Told at every change and after every hello. */
  'kiosk:report': {
    request: z.object({ eventId: EventId, trouble: KioskTrouble.optional() }),
    answer: z.union([z.object({ ok: z.literal(true) }), Refusal]),
  },
  'visit:start': { request: VisitStart, answer: VisitAck },
  /** The kiosk has a recording again after a failure: `failed` goes back to `recorded`. */
  'visit:retake': { request: VisitRef, answer: VisitAck },
  'visit:cancel': { request: VisitRef, answer: VisitAck },
  /** Answers with a snapshot and sends `visit:changed` from then on. */
  'visit:watch': { request: VisitRef, answer: VisitAck },
  'visit:unwatch': { request: VisitRef, answer: z.union([z.object({ ok: z.literal(true) }), Refusal]) },
  /** Refused with `visit-state` once the code's time, or the visit, is over. */
  'visit:code': { request: VisitRef, answer: VisitCodeAck },
  'upload:open': { request: UploadOpen, answer: UploadOpenAck },
  'upload:chunk': { request: UploadChunk, answer: UploadChunkAck },
  'upload:commit': { request: UploadCommit, answer: UploadCommitAck },
} as const

/** Orchestrator to kiosk, unanswered. */
export const kioskNews = {
  'visit:changed': VisitView,
  'event:status': EventStatus,
  /** Operators have closed this very kiosk, or, without `closed`, opened it again. */
  'kiosk:closed': z.object({ eventId: EventId, kioskId: KioskId, closed: KioskClosure.optional() }),
  /** Drop what is held for this visit: it was deleted. */
  'visit:release': VisitRef,
} as const
