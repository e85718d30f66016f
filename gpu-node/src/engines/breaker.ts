/**
 * A circuit breaker: an engine that has failed several times in a row rests, then one shot may try it, and only when that comes
 * back is it asked as before (Nygard, "Release It!"). Each rest is twice as long as the last, up to a limit (D5).
 */

export type BreakerState = 'closed' | 'open' | 'half-open'

export type Breaker = {
  /** By this clock reading. Half-open: the rest is over, and nobody probes yet. */
  state(now: number): BreakerState
  /** Takes the right to ask; `false` while it rests or another probes. Whoever has it says how it ended. */
  enter(now: number): boolean
  succeeded(): void
  /** @param atOnce whether there is no point in asking twice: nobody answers, or a model is missing */
  failed(now: number, atOnce?: boolean): void
  /** It was stopped from outside: that says nothing of it. */
  released(): void
}

export type BreakerSettings = { failures: number; restMs: number; mostRestMs: number }
const SETTINGS: BreakerSettings = { failures: 3, restMs: 10_000, mostRestMs: 160_000 }

export const createBreaker = ({ failures, restMs, mostRestMs }: BreakerSettings = SETTINGS): Breaker => {
  let inRow = 0
  let opens = 0
  let restsUntil: number | undefined
  let probing = false
  const state = (now: number): BreakerState => {
    if (restsUntil === undefined) return 'closed'
    return now < restsUntil || probing ? 'open' : 'half-open'
  }
  return {
    state,
    enter: (now) => {
      const found = state(now)
      if (found === 'half-open') probing = true
      return found !== 'open'
    },
    succeeded: () => {
      inRow = 0
      opens = 0
      probing = false
      restsUntil = undefined
    },
    failed: (now, atOnce = false) => {
      inRow++
      const again = probing
      probing = false
      if (!again && !atOnce && inRow < failures) return
      // Those that were under way when it opened are no further openings.
      if (restsUntil !== undefined && now < restsUntil) return
      restsUntil = now + Math.min(mostRestMs, restMs * 2 ** opens)
      opens++
    },
    released: () => {
      probing = false
    },
  }
}
