/** Colours in 16 x 16 x 16 bins. */

/** Bins of a channel. */
export const LEVELS = 16

const level = (value: number) => Math.min(LEVELS - 1, Math.max(0, Math.floor(value * LEVELS)))

/** The bin of a colour, channels 0..1. */
export const bin = (red: number, green: number, blue: number): number =>
  (level(red) * LEVELS + level(green)) * LEVELS + level(blue)

/** Spreads a histogram a little over neighbouring colours: a quarter of each goes to the next on either side. */
export const soften = (histogram: Float32Array): Float32Array => {
  let from = histogram
  for (const step of [1, LEVELS, LEVELS * LEVELS]) {
    const to = new Float32Array(from.length)
    for (let at = 0; at < from.length; at++) {
      const place = Math.floor(at / step) % LEVELS
      const [before, after] = [place > 0 ? at - step : at, place < LEVELS - 1 ? at + step : at]
      to[at] = 0.5 * (from[at] ?? 0) + 0.25 * ((from[before] ?? 0) + (from[after] ?? 0))
    }
    from = to
  }
  return from
}
