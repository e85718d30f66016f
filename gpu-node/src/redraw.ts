/**
 * A reel that is refused for some of its shots, or whose visitor has become unlike the one in the clip, is made again: the
 * shots to blame first another way (another engine, a gentler look), then, where that is refused too, in the story's plain
 * variant (F16). A later try may turn out worse, or not at all: the best reel of them is kept.
 */
import type { ShotList } from '@fanreel/protocol'
import type { Verification } from './verify/verify.ts'

/** A reel in its own files, what it was to show, and what was found of it. */
export type JudgedReel = { reel: string; poster: string; shotList: ShotList; verification: Verification }

/** Makes a reel in files of its own, with these shots drawn again. */
export type Redraw = (again: ReadonlySet<string>) => Promise<JudgedReel>

const likenessIn = (verification: Verification): number | undefined => verification.findings?.likeness

/**
 * The shots that drawing again may mend: those that verify blames; where it is likeness, those whose own face is above the
 * limit, or all where none stands out. None where nothing is wrong, or nothing that a picture could mend.
 */
export const shotsToRedraw = (verification: Verification, shotList: ShotList, limit: number): ReadonlySet<string> => {
  const blamed = verification.ok ? [] : (verification.shots ?? [])
  const unlike = (likenessIn(verification) ?? 0) > limit && (verification.ok || verification.code === 'reel-other-person')
  const measured = Object.entries(verification.findings?.shotLikeness ?? {})
  const above = unlike ? measured.filter(([, distance]) => distance > limit).map(([id]) => id) : []
  const named = new Set([...blamed, ...above])
  return named.size > 0 || !unlike ? named : new Set(shotList.shots.map((shot) => shot.id))
}

const better = (first: JudgedReel, second: JudgedReel): JudgedReel => {
  const [before, after] = [first.verification, second.verification]
  if (!after.ok) return before.ok ? first : second
  return before.ok && (before.findings.likeness ?? 2) <= (after.findings.likeness ?? 2) ? first : second
}

/**
 * The reel to keep. `anotherWay` is tried once where a shot may be mended, `plainly` once where the result is refused still.
 * Where one throws, the best reel so far stands if it may be shown; otherwise, and on abort, so does the fault.
 */
export const mend = async (
  first: JudgedReel,
  limit: number,
  { anotherWay, plainly }: { anotherWay: Redraw; plainly: Redraw },
  signal: AbortSignal,
): Promise<JudgedReel> => {
  let best = first
  let last = first
  for (const redraw of [anotherWay, plainly]) {
    if (redraw === plainly && best.verification.ok) break
    const again = shotsToRedraw(last.verification, last.shotList, limit)
    if (again.size === 0) break
    try {
      last = await redraw(again)
      best = better(best, last)
    } catch (fault) {
      if (signal.aborted || !best.verification.ok) throw fault
      break
    }
  }
  return best
}
