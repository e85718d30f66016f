/** What an engine could not do, by a word that a ladder can act on, a metric can count and an operator can read. */
import type { EngineFaultReason } from '@fanreel/protocol'

/**
 * `detail` is for whoever sits before the machine: it may name a server's files and models, never anything of a visitor, and is
 * not sent anywhere.
 */
export class EngineFault extends Error {
  readonly reason: EngineFaultReason
  constructor(reason: EngineFaultReason, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause })
    this.name = 'EngineFault'
    this.reason = reason
  }
}
