/** Time as an operator reads it at a glance. Pure. */

/** A span: `8 s`, `4 min`, `2 h 05`. @param ms milliseconds, 0 or more */
export const span = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`
}

/** How long ago, by the orchestrator's clock. */
export const ago = (at: number, now: number): string => (now - at < 2_000 ? 'now' : `${span(now - at)} ago`)
