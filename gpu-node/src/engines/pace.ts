/**
 * How long an engine takes for a shot, learnt as it draws: mean and mean deviation, as a network learns its round trip
 * (RFC 6298, section 2). What is promised by it is the mean and twice the deviation.
 */

const NEW = { mean: 1 / 4, deviation: 1 / 4 } as const
/** A first measure is one throw: it may be off by as much again. */
const FIRST_DEVIATION = 0.25

export type Pace = {
  /** A shot has taken so long from its start, in milliseconds. */
  measured(ms: number): void
  /** What to reckon with for the next, in milliseconds. */
  expected(): number
  /** How many were measured. */
  count(): number
}

/** @param assumedMs what to reckon with before anything was measured */
export const createPace = (assumedMs: number): Pace => {
  let mean = assumedMs
  let deviation = 0
  let count = 0
  return {
    measured: (ms) => {
      if (count === 0) [mean, deviation] = [ms, ms * FIRST_DEVIATION]
      else {
        deviation += NEW.deviation * (Math.abs(ms - mean) - deviation)
        mean += NEW.mean * (ms - mean)
      }
      count++
    },
    expected: () => mean + 2 * deviation,
    count: () => count,
  }
}
