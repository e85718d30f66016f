/** What was measured of an engine's servers, for whoever reckons how many an event needs. */
import type { EngineName } from '@fanreel/protocol'

/** One shot: how long it took and how long a piece of film it is, or why it was not drawn. */
export type Drawn = { ok: true; ms: number; seconds: number; likeness?: number } | { ok: false; reason: string }

export type SpeedCard = {
  engine: EngineName
  servers: number
  atOnce: number
  /** Shots that were asked for after the first, and those of them that were drawn. */
  shots: number
  drawn: number
  /** How often each reason came, the first shot counted. */
  failed: Record<string, number>
  /** The first shot, for which a server may have had to load its model; missing where it was not drawn. */
  firstMs?: number
  /** Asked for until there, of the others; missing where none was drawn. */
  p50Ms?: number
  p90Ms?: number
  /** Time of one server for a second of film. */
  msPerSecond?: number
  /** All servers together, at so many at once; failed shots cost their time. */
  shotsPerHour: number
  /** Films in which they draw every shot that they can. */
  filmsPerHour: number
  /** The median over the shots in which a face was found: 0 is the very same face. */
  likeness?: number
}

/** The value that a share of all stays at or below (nearest rank). */
const rank = (values: readonly number[], share: number): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]

export const speedCard = (measured: {
  engine: EngineName
  servers: number
  atOnce: number
  first: Drawn
  drawn: readonly Drawn[]
  /** From the start of the second shot to the end of the last, in milliseconds. */
  tookMs: number
  /** Shots of one film that the engine can draw. */
  shotsOfAFilm: number
}): SpeedCard => {
  const { engine, servers, atOnce, first, drawn, tookMs, shotsOfAFilm } = measured
  const good = drawn.flatMap((one) => (one.ok ? [one] : []))
  const failed: Record<string, number> = {}
  for (const one of [first, ...drawn]) if (!one.ok) failed[one.reason] = (failed[one.reason] ?? 0) + 1
  const times = good.map(({ ms }) => ms)
  const seconds = good.reduce((sum, one) => sum + one.seconds, 0)
  const [p50, p90] = [rank(times, 0.5), rank(times, 0.9)]
  const likeness = rank(
    good.flatMap((one) => (one.likeness === undefined ? [] : [one.likeness])),
    0.5,
  )
  const shotsPerHour = (good.length * 3_600_000) / Math.max(1, tookMs)
  return {
    engine,
    servers,
    atOnce,
    shots: drawn.length,
    drawn: good.length,
    failed,
    ...(first.ok && { firstMs: Math.round(first.ms) }),
    ...(p50 !== undefined && { p50Ms: Math.round(p50) }),
    ...(p90 !== undefined && { p90Ms: Math.round(p90) }),
    ...(seconds > 0 && { msPerSecond: Math.round(times.reduce((sum, ms) => sum + ms, 0) / seconds) }),
    shotsPerHour: Math.round(shotsPerHour),
    filmsPerHour: Math.floor(shotsPerHour / Math.max(1, shotsOfAFilm)),
    ...(likeness !== undefined && { likeness: Number(likeness.toFixed(3)) }),
  }
}
