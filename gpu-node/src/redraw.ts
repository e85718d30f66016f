/**
 * A reel whose visitor has become unlike the one in the clip is made once more with a gentler look (F16). The second try
 * may turn out worse, or not at all: the better reel of the two is kept.
 */
import type { ShotList } from '@fanreel/protocol'
import type { Verification } from './verify/verify.ts'

/** A reel in its own files, and what was found of it. */
export type JudgedReel = { reel: string; poster: string; verification: Verification }

/** Whether a gentler look may help: the likeness is above the limit, and nothing else is wrong. */
const mayHelp = (verification: Verification, limit: number): boolean => {
  const likeness = verification.findings?.likeness
  return likeness !== undefined && likeness > limit && (verification.ok || verification.code === 'reel-other-person')
}

/** Shots to draw again: those whose own face is above the limit, or all that there are where none stands out. */
export const shotsToRedraw = (verification: Verification, shotList: ShotList, limit: number): ReadonlySet<string> => {
  const measured = Object.entries(verification.findings?.shotLikeness ?? {})
  const above = measured.filter(([, distance]) => distance > limit).map(([id]) => id)
  return new Set(above.length > 0 ? above : shotList.shots.map((shot) => shot.id))
}

const better = (first: JudgedReel, second: JudgedReel): JudgedReel => {
  const [before, after] = [first.verification, second.verification]
  if (!after.ok) return before.ok ? first : second
  return before.ok && (before.findings.likeness ?? 2) <= (after.findings.likeness ?? 2) ? first : second
}

/**
 * The reel to keep. `redraw` makes the gentler one, in files of its own; it is called once at most. Where it throws, the
 * first reel stands if it may be shown; otherwise, and on abort, so does the fault.
 */
export const gentlerIfUnlike = async (
  first: JudgedReel,
  limit: number,
  redraw: () => Promise<JudgedReel>,
  signal: AbortSignal,
): Promise<JudgedReel> => {
  if (!mayHelp(first.verification, limit)) return first
  try {
    return better(first, await redraw())
  } catch (fault) {
    if (signal.aborted || !first.verification.ok) throw fault
    return first
  }
}
