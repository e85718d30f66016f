/** Faults carry a code from the protocol's one list. Expected outcomes are values, never errors. */
import { type Code, isRetryable, type Refusal, refuse } from '@fanreel/protocol'

export class AppError extends Error {
  readonly code: Code
  readonly retryable: boolean

  constructor(code: Code, options: { cause?: unknown; detail?: string } = {}) {
    super(options.detail ? `${code}: ${options.detail}` : code, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryable = isRetryable(code)
  }
}

/** What a peer is told of a fault: its code where it has one, `internal` otherwise. */
export const refusalOf = (error: unknown): Refusal => refuse(error instanceof AppError ? error.code : 'internal')
