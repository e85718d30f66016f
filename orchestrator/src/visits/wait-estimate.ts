/**
 * How long until a film is there: the queue played forward on the slots there are. Pure; what it needs is measured.
 * Says nothing rather than guess: without a slot, or before the first render was timed, nobody can know (V6).
 */

/** A slow render is never "done any moment now": beyond its typical time this share of it is still expected, 0..1. */
const OVERDUE_SHARE = 0.1

/** What is left of a running render, in milliseconds, from how much of it is made (0..1). */
export const remainingMs = (typicalMs: number, fraction: number): number =>
  typicalMs * Math.max(OVERDUE_SHARE, 1 - Math.min(1, Math.max(0, fraction)))

export type WaitFacts = {
  /** Renders that are taken before this one. */
  before: number
  /** What is left of each running render, in milliseconds. */
  running: readonly number[]
  /** Renders that can run at once. */
  slots: number
  typicalMs: number | undefined
}

/**
 * The expected time until a queued film is finished, in milliseconds; undefined where nobody can know.
 * Each render takes the slot that is free first and holds it for the typical time.
 */
export const estimateWait = ({ before, running, slots, typicalMs }: WaitFacts): number | undefined => {
  if (slots <= 0 || typicalMs === undefined) return undefined
  const free = [...running].sort((a, b) => a - b).slice(0, slots)
  while (free.length < slots) free.unshift(0)
  // Whole rounds keep every slot equally late, so only the rest has to be played.
  const rounds = Math.floor(before / slots)
  const rest = before % slots
  return Math.round((free[rest] ?? 0) + (rounds + 1) * typicalMs)
}
