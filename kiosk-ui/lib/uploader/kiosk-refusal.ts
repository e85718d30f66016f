/** A refusal by the orchestrator that the kiosk cannot wait out, as a named error. */
import type { Code, Refusal } from '@fanreel/protocol'

export class KioskRefusal extends Error {
  readonly code: Code
  /** Whether the same message may succeed later, unchanged. */
  readonly retryable: boolean
  /** With `protocol-version`: the version the orchestrator speaks. */
  readonly protocol: number | undefined

  constructor(refusal: Refusal) {
    super(refusal.code)
    this.name = 'KioskRefusal'
    this.code = refusal.code
    this.retryable = refusal.retryable
    this.protocol = refusal.protocol
  }
}
