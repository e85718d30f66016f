/**
 * When a visit that goes on has something to lose: its clip once the film is there or no attempt may use it, the clip of
 * an earlier take. Pure; the store keeps the answer in an index, in the same step as the change it follows from (E4).
 */
import { CLIP_CODES } from '@fanreel/protocol'
import type { Visit } from './visit.ts'

const CLIP_FAULTS: ReadonlySet<string> = new Set(CLIP_CODES)

/**
 * Until when a visit's clip is of use to another attempt, in milliseconds since the epoch; in the past where it is of none.
 *
 * @param failedClipMs how long an operator may still retry a failed visit
 */
const clipUsefulUntil = (visit: Visit, failedClipMs: number): number => {
  const mayRetry = visit.state === 'failed' && visit.code !== undefined && !CLIP_FAULTS.has(visit.code)
  return mayRetry ? visit.changedAt + failedClipMs : visit.changedAt
}

/** When the visit is to be tidied because of this change; undefined where the change gives no reason. */
export const tidyDueAt = (before: Visit, after: Visit, failedClipMs: number): number | undefined => {
  switch (after.state) {
    case 'ready':
    case 'held':
      return after.clip && after.changedAt
    case 'failed':
      if (after.clip) return clipUsefulUntil(after, failedClipMs)
      return before.state === 'failed' ? undefined : after.changedAt
    case 'recorded':
      return before.state === 'failed' ? after.changedAt : undefined
    default:
      return undefined
  }
}

/** Whether the visit's clip is still wanted by somebody at `now`. */
export const wantsClip = (visit: Visit, now: number, failedClipMs: number): boolean => {
  if (visit.state === 'ready' || visit.state === 'held') return false
  return visit.state !== 'failed' || clipUsefulUntil(visit, failedClipMs) > now
}
