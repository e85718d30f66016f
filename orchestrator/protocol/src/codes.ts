/**
 * Every code that may stand in a refusal, a failure or a log line, in one list. A code is for programs; the sentence a
 * visitor reads is made from it where it is shown (see clip-words.ts for those about the clip).
 */
import { z } from 'zod'

/** Why a clip cannot become a film. The visitor may record again. */
export const CLIP_CODES = [
  'clip-unreadable',
  'clip-no-picture',
  'clip-too-short',
  'clip-too-long',
  'clip-too-large',
  'clip-too-dark',
  'clip-no-person',
  'clip-face-small',
  'clip-face-cut-off',
  'clip-out-of-focus',
  'clip-frozen',
] as const

/** Why a finished reel was not let out. */
export const REEL_CODES = [
  'reel-black',
  'reel-frozen',
  'reel-silent',
  'reel-flickers',
  'reel-out-of-sync',
  'reel-wrong-length',
  'reel-wrong-format',
  'reel-other-person',
  'reel-face-unseen',
  'reel-too-large',
] as const

/** Why a render came to nothing, the clip and the reel apart. */
export const RENDER_CODES = ['engine-failed', 'node-fault', 'pack-broken', 'deadline-passed', 'too-many-attempts'] as const

/** Why a message was refused. */
export const WIRE_CODES = [
  'hello-first',
  'protocol-version',
  'unauthorised',
  'event-unknown',
  'bad-message',
  'unknown-message',
  'rate-limited',
  'overloaded',
  'unavailable',
  'draining',
  'internal',
  'visit-unknown',
  'visit-state',
  'visit-exists',
  'consent-missing',
  'pack-unknown',
  'upload-gone',
  'offset-mismatch',
  'checksum-mismatch',
  'hash-mismatch',
  'length-mismatch',
  'disk-full',
  'taken-over',
  'lease-lost',
  'render-cancelled',
  'object-unknown',
] as const

export const CODES = [...WIRE_CODES, ...CLIP_CODES, ...REEL_CODES, ...RENDER_CODES] as const
export const Code = z.enum(CODES)
export type Code = z.infer<typeof Code>
export const ClipCode = z.enum(CLIP_CODES)
export type ClipCode = z.infer<typeof ClipCode>
export const ReelCode = z.enum(REEL_CODES)
export type ReelCode = z.infer<typeof ReelCode>
/** What a visit may fail with: seen on the pickup page and by operators. */
export const VisitCode = z.enum([...CLIP_CODES, ...REEL_CODES, ...RENDER_CODES, 'upload-gone', 'hash-mismatch'])
export type VisitCode = z.infer<typeof VisitCode>

/** The codes after which the same message may succeed later, unchanged. */
const RETRYABLE: ReadonlySet<Code> = new Set([
  'rate-limited',
  'overloaded',
  'unavailable',
  'draining',
  'internal',
  'disk-full',
  'checksum-mismatch',
  'engine-failed',
  'node-fault',
  'deadline-passed',
])
export const isRetryable = (code: Code): boolean => RETRYABLE.has(code)

/** A refusal as it travels. `offset` and `protocol` say what to do next where that is known. */
export const Refusal = z.object({
  ok: z.literal(false),
  code: Code,
  retryable: z.boolean(),
  /** With `offset-mismatch`: the durable offset, in bytes. */
  offset: z.number().int().nonnegative().optional(),
  /** With `protocol-version`: the version this side speaks. */
  protocol: z.number().int().optional(),
})
export type Refusal = z.infer<typeof Refusal>

/** Builds a refusal; `retryable` follows from the code. */
export const refuse = (code: Code, more: Pick<Refusal, 'offset' | 'protocol'> = {}): Refusal => ({
  ok: false,
  code,
  retryable: isRetryable(code),
  ...more,
})
