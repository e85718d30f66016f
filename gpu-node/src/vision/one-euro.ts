/**
 * The one-euro filter: a low-pass whose cutoff rises with speed, so that what keeps still does not tremble and what moves
 * does not lag. Casiez, Roussel, Vogel: "1 € Filter", CHI 2012, algorithm 1.
 */

export type OneEuroTuning = {
  /** Values a second. */
  rate: number
  /** Hertz below which nothing is smoothed away; less steadies more. */
  minCutoff: number
  /** Hertz of cutoff gained for each unit a second; more lags less. */
  beta: number
  /** Cutoff of the speed itself, hertz. */
  speedCutoff: number
}

/** Smoothing factor of a first-order low-pass, 0..1. */
const factor = (cutoff: number, rate: number): number => 1 / (1 + rate / (2 * Math.PI * cutoff))

export type OneEuro = {
  /**
   * The filtered values, a new array. Each is filtered by itself; all arrays must be of one length.
   * @param unit how large 1 is in the values' own measure (a face's width in pixels), for the speed
   */
  next(values: Float32Array, unit: number): Float32Array
  /** Forgets everything: the next values come back as they are. */
  reset(): void
}

export const createOneEuro = ({ rate, minCutoff, beta, speedCutoff }: OneEuroTuning): OneEuro => {
  let before: { values: Float32Array; raw: Float32Array; speeds: Float32Array } | undefined
  const speedFactor = factor(speedCutoff, rate)
  return {
    next: (values, unit) => {
      const filtered = Float32Array.from(values)
      const speeds = new Float32Array(values.length)
      if (before) {
        for (let at = 0; at < values.length; at++) {
          const value = values[at] ?? 0
          const last = before.speeds[at] ?? 0
          const speed = last + speedFactor * (((value - (before.raw[at] ?? 0)) * rate) / unit - last)
          const was = before.values[at] ?? 0
          filtered[at] = was + factor(minCutoff + beta * Math.abs(speed), rate) * (value - was)
          speeds[at] = speed
        }
      }
      before = { values: filtered, raw: Float32Array.from(values), speeds }
      return filtered
    },
    reset: () => {
      before = undefined
    },
  }
}
