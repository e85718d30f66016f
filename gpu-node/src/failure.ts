/**
 * What a failed attempt means for the next one (N13). A visit ends for good, and its clip is deleted, only where the clip
 * itself is at fault: whatever the wire, the pack or this machine did, somebody tries again.
 */
import type { Code, FailureClass, Refusal, RenderStage } from '@fanreel/protocol'
import { isMachineFault } from './media/machine-fault.ts'
import { ToolFault } from './media/tool-fault.ts'
import { PackBroken } from './pack-cache.ts'
import { PackUnusable } from './pack-unusable.ts'
import { SoundUnfit } from './sound/track.ts'
import { TransferFailed, TransferRefused } from './transfer.ts'

export type Failure = { code: Code; class: FailureClass }

/** The orchestrator has refused a message for good. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.code)
    this.name = 'Refused'
    this.refusal = refusal
  }
}

/** The clip or the reel was refused by our own judgement. */
export class FilmRefused extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.code)
    this.name = 'FilmRefused'
    this.failure = failure
  }
}

/** `retry` strikes no node: used where the next node would fare no better, or nobody can tell. */
export const failureOf = (error: unknown, stage: RenderStage): Failure => {
  if (error instanceof FilmRefused) return error.failure
  if (error instanceof PackBroken || error instanceof PackUnusable) return { code: 'pack-broken', class: 'retry' }
  if (error instanceof Refused) return { code: error.refusal.code, class: 'retry' }
  if (error instanceof TransferRefused || error instanceof TransferFailed) return { code: 'node-fault', class: 'retry' }
  if (error instanceof SoundUnfit) return { code: 'reel-wrong-format', class: 'retry' }
  // A clip may have brought it about, so that it counts against no node; a program that is missing does.
  if (error instanceof ToolFault) return { code: 'node-fault', class: error.kind === 'not-started' ? 'node-fault' : 'retry' }
  // Between the cast and the first picture everything is read from the pack.
  if (stage === 'direct' && !isMachineFault(error)) return { code: 'pack-broken', class: 'retry' }
  return { code: 'node-fault', class: 'node-fault' }
}
