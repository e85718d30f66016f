/**
 * How fast each shot plays, so that a clip of a few seconds fills a film without showing a second twice. Slow motion is
 * the sport's own look; a shot that starts at life's pace and eases to rest hides how little it uses (see easing below).
 */
import type { Need } from './windows.ts'

/** The pace a need looks best at: liveliness as filmed, calm slowed. */
const BEST: Record<Need, number> = { sentence: 0.9, lively: 0.85, smile: 0.7, any: 0.65, calm: 0.5 }
/** Slower than this, frames between frames show. */
export const SLOWEST = 0.25
/** What a shot is slowed to when the clip is too short for windows of its own anyway: better shared than frozen. */
const SHORT_CLIP = 0.4
/** Seconds side by side are never used up to the last: this share of the clip can be counted on. */
const USABLE = 0.97

/**
 * A speed for each shot such that all together need no more than `availableMs` of the clip. Where even the slowest would
 * need more, the clip cannot give every shot seconds of its own: then speeds stay watchable and windows overlap (F3).
 */
export const paceShots = (shots: readonly { frames: number; need: Need }[], availableMs: number): number[] => {
  const needed = (factor: number) =>
    shots.reduce((sum, shot) => sum + (shot.frames / 24) * 1000 * Math.max(SLOWEST, BEST[shot.need] * factor), 0)
  const budget = availableMs * USABLE
  if (needed(1) <= budget) return shots.map((shot) => BEST[shot.need])
  if (needed(0) > budget) return shots.map((shot) => Math.max(SHORT_CLIP, BEST[shot.need] * 0.6))
  let low = 0
  let high = 1
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (needed(middle) > budget) high = middle
    else low = middle
  }
  return shots.map((shot) => Math.max(SLOWEST, BEST[shot.need] * low))
}

/**
 * Where in its window a shot is at time `t` of its length (both 0..1). As filmed, it is a straight line. Slowed, it starts
 * at up to twice its mean speed and eases out, so that a movement begins at nearly the pace it had and comes to rest.
 */
export const windowPosition = (t: number, speed: number): number => {
  if (speed > 0.95) return t
  const bend = Math.min(1, (0.95 - speed) / 0.5)
  return t + bend * 0.8 * (t * (1 - t))
}
