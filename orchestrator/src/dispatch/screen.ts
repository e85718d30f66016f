/**
 * What is done with a render that was just claimed. The queue knows the work, the visit knows whether it is still wanted;
 * a job is offered only when both say so (Q6). Pure.
 */
import type { VisitCode } from '@fanreel/protocol'
import { permitsRender } from '../privacy/consent.ts'
import { MAX_TRIES } from '../queue/lanes.ts'
import type { Claim } from '../queue/render-queue.ts'
import type { Visit } from '../visits/visit.ts'

export type Screened =
  | { act: 'offer'; visit: Visit }
  /** The work is not wanted: take it off the queue and leave the visit alone. */
  | { act: 'drop'; why: 'visit-gone' | 'not-current' | 'already-finished' | 'not-awaited' }
  /** The work must not be tried again: the visit fails. */
  | { act: 'fail'; code: VisitCode }
  /** The visitor did not agree to this: the visit ends. */
  | { act: 'cancel'; note: 'consent-missing' }

/** Decides on a claim. */
export const screenClaim = (claim: Claim, visit: Visit | undefined): Screened => {
  if (!visit || visit.state === 'deleted') return { act: 'drop', why: 'visit-gone' }
  if (visit.render && visit.render.renderId !== claim.work.renderId) return { act: 'drop', why: 'not-current' }
  if (visit.state === 'ready' || visit.state === 'held') return { act: 'drop', why: 'already-finished' }
  if (visit.state !== 'queued' && visit.state !== 'rendering') return { act: 'drop', why: 'not-awaited' }
  // The stalled check only notes that a job is past its limit and hands it out all the same (bullmq #3911).
  if (claim.deferredFailure !== undefined || claim.tries >= MAX_TRIES) return { act: 'fail', code: 'too-many-attempts' }
  if (!permitsRender(visit, claim.tier)) return { act: 'cancel', note: 'consent-missing' }
  if (visit.clip?.sha256 !== claim.work.clipSha256) return { act: 'fail', code: 'upload-gone' }
  return { act: 'offer', visit }
}
