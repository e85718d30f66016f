/**
 * Shots that cost money, as a node has them written down before it asks a paid engine, and after (rule M1 of the orchestrator). The
 * order of a visit's slot and try is the same whichever node names it, so that no shot is paid for twice.
 */
import { z } from 'zod'

const Cents = z.number().int().min(0).max(100_000)
/** An engine's own id of what it works on. */
const TaskId = z.string().regex(/^[\w-]{1,80}$/)

/** What has become of an order. */
export const PaidStep = z.discriminatedUnion('is', [
  /** It is about to be asked for, and will cost so much at the most, in cents. */
  z.object({ is: z.literal('intent'), cents: Cents }),
  /** It was taken, under this id. */
  z.object({ is: z.literal('placed'), taskId: TaskId }),
  /** It was drawn, and is charged. */
  z.object({ is: z.literal('paid'), cents: Cents }),
  /** It was not drawn, and is not charged. */
  z.object({ is: z.literal('free') }),
  /** The answer was lost: nobody knows. */
  z.object({ is: z.literal('unknown') }),
])
export type PaidStep = z.infer<typeof PaidStep>

/** How an order stands, for whoever wants to ask for it. */
export const PaidStanding = z.discriminatedUnion('is', [
  /** It is this node's to ask for, once. */
  z.object({ is: z.literal('go') }),
  /** Somebody has asked for it: its task is to be gone on with. */
  z.object({ is: z.literal('placed'), taskId: TaskId }),
  z.object({ is: z.literal('refused'), reason: z.enum(['orphaned', 'over-budget', 'no-consent']) }),
  /** What was told is written. */
  z.object({ is: z.literal('noted') }),
])
export type PaidStanding = z.infer<typeof PaidStanding>
