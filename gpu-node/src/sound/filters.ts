/** Second-order filters for sound at 48 kHz. Pure: every one answers a new array. */
import { CLIP_RULES } from '@fanreel/protocol'
import { SAMPLE_RATE } from '../media/limits.ts'

/** Coefficients with a0 = 1. */
export type Biquad = readonly [b0: number, b1: number, b2: number, a1: number, a2: number]

/** One filter over one channel, from silence. */
export const filter = (samples: Float32Array, [b0, b1, b2, a1, a2]: Biquad): Float32Array => {
  const out = new Float32Array(samples.length)
  let x1 = 0
  let x2 = 0
  let y1 = 0
  let y2 = 0
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i] ?? 0
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
    x2 = x1
    x1 = x
    y2 = y1
    y1 = y
    out[i] = y
  }
  return out
}

/** Shared middle of the cookbook's formulas (R. Bristow-Johnson, Audio EQ Cookbook). */
const turn = (hertz: number, q: number) => {
  const w = (2 * Math.PI * hertz) / SAMPLE_RATE
  return { cos: Math.cos(w), alpha: Math.sin(w) / (2 * q) }
}

const FLAT = Math.SQRT1_2

/** Lets through what is above `hertz`, 12 dB an octave. */
export const highPass = (hertz: number, q = FLAT): Biquad => {
  const { cos, alpha } = turn(hertz, q)
  const a0 = 1 + alpha
  return [(1 + cos) / 2 / a0, -(1 + cos) / a0, (1 + cos) / 2 / a0, (-2 * cos) / a0, (1 - alpha) / a0]
}

/** Lets through what is below `hertz`, 12 dB an octave. */
export const lowPass = (hertz: number, q = FLAT): Biquad => {
  const { cos, alpha } = turn(hertz, q)
  const a0 = 1 + alpha
  return [(1 - cos) / 2 / a0, (1 - cos) / a0, (1 - cos) / 2 / a0, (-2 * cos) / a0, (1 - alpha) / a0]
}

/** Raises or lowers what lies round `hertz` by `gainDb`. */
export const bell = (hertz: number, gainDb: number, q: number): Biquad => {
  const { cos, alpha } = turn(hertz, q)
  const a = 10 ** (gainDb / 40)
  const a0 = 1 + alpha / a
  return [(1 + alpha * a) / a0, (-2 * cos) / a0, (1 - alpha * a) / a0, (-2 * cos) / a0, (1 - alpha / a) / a0]
}

/** What of a channel lies in the band of speech. */
export const speechBand = (samples: Float32Array): Float32Array =>
  filter(filter(samples, highPass(CLIP_RULES.SPEECH_BAND_HZ.low)), lowPass(CLIP_RULES.SPEECH_BAND_HZ.high))

export const toDecibel = (power: number): number => 10 * Math.log10(Math.max(1e-12, power))
export const toGain = (decibel: number): number => 10 ** (decibel / 20)
