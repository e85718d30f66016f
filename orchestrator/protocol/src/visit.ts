/** A visit as others see it: its states, what the visitor agreed to, and the view that kiosk, pickup and operator share. */
import { z } from 'zod'
import { VisitCode } from './codes.ts'
import { EventId, KioskId, PackId, Sha256, VisitId } from './ids.ts'
import { Language } from './languages.ts'

export const VISIT_STATES = [
  'started',
  'recorded',
  'uploading',
  'queued',
  'rendering',
  'held',
  'ready',
  'failed',
  'cancelled',
  'rejected',
  'expired',
  'deleted',
] as const
export const VisitState = z.enum(VISIT_STATES)
export type VisitState = z.infer<typeof VisitState>

/** States that nothing but deletion leaves. */
export const END_STATES: ReadonlySet<VisitState> = new Set(['cancelled', 'rejected', 'expired', 'deleted'])

/** What the visitor's clip may be used for. `make-film` is always asked; `cloud` only where the event uses one. */
export const CONSENT_PURPOSES = ['make-film', 'cloud'] as const
export const ConsentPurpose = z.enum(CONSENT_PURPOSES)
export type ConsentPurpose = z.infer<typeof ConsentPurpose>

/** The visitor's recorded agreement: what they read (by hash), in which language, when, where, and to what they agreed. */
export const ConsentReceipt = z.object({
  textSha256: Sha256,
  language: Language,
  /** Milliseconds since the epoch, by the kiosk's clock. */
  agreedAt: z.number().int().positive(),
  kioskId: KioskId,
  purposes: z.array(ConsentPurpose).min(1).max(CONSENT_PURPOSES.length),
  /** "I am 16 or older, or my guardian is with me." */
  ofAgeOrGuardian: z.literal(true),
})
export type ConsentReceipt = z.infer<typeof ConsentReceipt>

/** A letter, digit or small picture that is seen: some letters (the Hangul fillers among them) are blank by definition. */
const SEEN = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u

/** Text that shows all it holds: no control or direction marks, no line breaks, nothing unassigned to anybody. */
export const PLAIN_TEXT = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+$/u

/** A first name for the title: 1-24 characters of which one at least is seen, no control or direction marks, no line breaks. */
export const FirstName = z.string().trim().min(1).max(24).regex(PLAIN_TEXT).regex(SEEN)

/** The stages a node reports while it renders, in order. */
export const RENDER_STAGES = ['fetch', 'normalise', 'cast', 'direct', 'draw', 'assemble', 'verify', 'deliver'] as const
export const RenderStage = z.enum(RENDER_STAGES)
export type RenderStage = z.infer<typeof RenderStage>

/** What may be shown of a visit: to the kiosk that made it, its pickup page and operators. Holds no name, token or path. */
export const VisitView = z.object({
  eventId: EventId,
  visitId: VisitId,
  /** Rises by one with each change: a later view replaces an earlier one. */
  seq: z.number().int().nonnegative(),
  state: VisitState,
  packId: PackId,
  language: Language,
  kioskId: KioskId,
  /** Why it failed, while `failed`. */
  code: VisitCode.optional(),
  /** How many films are before this one, while `queued`. */
  place: z.number().int().nonnegative().optional(),
  /** Expected time until the film is there, in milliseconds; absent where nobody can know. */
  waitMs: z.number().int().nonnegative().optional(),
  stage: RenderStage.optional(),
  /** How much of the film is made, 0..1. */
  fraction: z.number().min(0).max(1).optional(),
  /** Short-lived addresses of the newest frames of the film, relative to the orchestrator. */
  previews: z.array(z.string().max(400)).max(8).optional(),
  /** When the film is deleted, in milliseconds since the epoch. */
  expiresAt: z.number().int().positive().optional(),
  changedAt: z.number().int().positive(),
})
export type VisitView = z.infer<typeof VisitView>
