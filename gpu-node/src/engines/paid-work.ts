/**
 * What an engine that is paid needs of whoever keeps the event's money and the visitor's clip. Without one it does not draw: there
 * is no request that may cost something and stands in no book (D12).
 */
import type { EngineName, PaidStanding, PaidStep } from '@fanreel/protocol'
import type { Cast } from '../vision/cast.ts'

/** A shot that is about to be paid for; the same slot and try is the same order, whichever node asks. */
export type Order = { shot: string; attempt: number; engine: EngineName; cents: number }

/** A short clip of the visitor at an address that the engine's own servers can reach. */
export type Reference = { url: string; seconds: number }

export type PaidWork = {
  /**
   * A clip of the visitor for the engine to draw from, made and put once a film. Throws `missing` where the store can give no
   * address to anybody but its own.
   */
  reference(film: { cast: Cast; scratch: string }): Promise<Reference>
  /** Writes what is about to be asked for, before it is; only `go` allows to ask. */
  intend(order: Order): Promise<Exclude<PaidStanding, { is: 'noted' }>>
  /** Writes under which id it was taken. */
  placed(order: Order, taskId: string): Promise<void>
  /** Writes how it ended: paid (with what it cost, in cents), not paid, or nobody knows. */
  ended(order: Order, how: Exclude<PaidStep, { is: 'intent' | 'placed' }>): Promise<void>
  /** Whether another node may go on with what was ordered, now that this one lets go of the film: then it is not taken back. */
  goesOn(): boolean
}
