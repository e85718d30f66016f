/**
 * Takes steady noise (a hall, fans, a far crowd) out of a voice. Where nobody speaks is known from the cast, so the noise is
 * learned from there and not guessed; what is left of each band follows Wiener's gain with the signal-to-noise ratio smoothed
 * by the decision-directed rule (Ephraim and Malah 1984; Scalart and Filho 1996), which is what keeps it from twittering.
 */
import { SAMPLE_RATE } from '../media/limits.ts'
import { createTransform, type Transform } from './spectrum.ts'

const SIZE = 1024
const HOP = SIZE / 2
const BINS = SIZE / 2 + 1
/** No band is lowered further, linear: a voice in a vacuum sounds false. */
const FLOOR = 10 ** (-18 / 20)
/** Noise is taken for somewhat louder than its mean, since it moves about it. */
const OVERESTIMATE = 1.8
/** Weight of the frame before in the estimate. */
const MEMORY = 0.96
/** Fewer frames without speech do not tell what the noise is like. */
const LEAST_FRAMES = 14
/** More tell no more. */
const MOST_FRAMES = 72

/** Applied before and after; squared, windows at this hop add up to one. */
const window = Float64Array.from({ length: SIZE }, (_, i) => Math.sqrt(0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE)))

export type Segment = { startMs: number; endMs: number }

/** A window's spectrum, as it is worked on. */
type Frame = { transform: Transform; real: Float64Array; imaginary: Float64Array }

const load = ({ transform, real, imaginary }: Frame, sound: Float32Array, at: number): void => {
  for (let i = 0; i < SIZE; i++) real[i] = (sound[at + i] ?? 0) * (window[i] ?? 0)
  imaginary.fill(0)
  transform.run(real, imaginary)
}

const powerOf = ({ real, imaginary }: Frame): Float64Array =>
  Float64Array.from({ length: BINS }, (_, k) => (real[k] ?? 0) ** 2 + (imaginary[k] ?? 0) ** 2)

/** Mean power of each band where nobody speaks; where that is too little, of the quietest tenth of everything. */
const learnNoise = (frame: Frame, sound: Float32Array, speech: readonly Segment[]): Float64Array => {
  const powerAt = (at: number) => {
    load(frame, sound, at)
    return powerOf(frame)
  }
  const starts = Array.from({ length: Math.max(1, Math.floor(sound.length / SIZE)) }, (_, k) => k * SIZE)
  const ms = (at: number) => (at * 1000) / SAMPLE_RATE
  const pauses = starts.filter((at) => !speech.some((one) => one.startMs < ms(at + SIZE) && one.endMs > ms(at)))
  const total = (power: Float64Array) => power.reduce((sum, value) => sum + value, 0)
  const quiet =
    pauses.length >= LEAST_FRAMES
      ? pauses.filter((_, k) => k % Math.ceil(pauses.length / MOST_FRAMES) === 0).map(powerAt)
      : starts
          .map(powerAt)
          .sort((a, b) => total(a) - total(b))
          .slice(0, Math.max(1, Math.floor(starts.length / 10)))
  const noise = new Float64Array(BINS).fill(1e-12)
  for (const power of quiet)
    for (let k = 0; k < BINS; k++) noise[k] = (noise[k] ?? 0) + ((power[k] ?? 0) / quiet.length) * OVERESTIMATE
  return noise
}

/**
 * @param sound mono, 48 kHz; noise is learned from all of it
 * @param speech where somebody speaks in it
 * @param from first sample that is wanted
 * @param length how many
 * @returns the wanted stretch, not shifted in time
 */
export const denoise = (
  sound: Float32Array,
  speech: readonly Segment[],
  from = 0,
  length = sound.length - from,
): Float32Array => {
  const frame: Frame = { transform: createTransform(SIZE), real: new Float64Array(SIZE), imaginary: new Float64Array(SIZE) }
  const { real, imaginary } = frame
  const noise = learnNoise(frame, sound, speech)
  const out = new Float32Array(length)
  const before = new Float64Array(BINS)
  // The first windows begin before what is wanted: the estimate has settled when it starts, and every sample lies in two.
  for (let at = from - 8 * HOP; at < from + length; at += HOP) {
    load(frame, sound, at)
    const power = powerOf(frame)
    for (let k = 0; k < BINS; k++) {
      const here = power[k] ?? 0
      const floor = noise[k] ?? 1e-12
      const ratio = MEMORY * ((before[k] ?? 0) / floor) + (1 - MEMORY) * Math.max(0, here / floor - 1)
      const gain = Math.max(FLOOR, ratio / (1 + ratio))
      before[k] = gain * gain * here
      real[k] = (real[k] ?? 0) * gain
      imaginary[k] = (imaginary[k] ?? 0) * gain
      if (k === 0 || k === SIZE / 2) continue
      real[SIZE - k] = (real[SIZE - k] ?? 0) * gain
      imaginary[SIZE - k] = (imaginary[SIZE - k] ?? 0) * gain
    }
    frame.transform.run(real, imaginary, true)
    const first = Math.max(0, from - at)
    for (let i = first; i < SIZE && at + i - from < length; i++)
      out[at + i - from] = (out[at + i - from] ?? 0) + (real[i] ?? 0) * (window[i] ?? 0)
  }
  return out
}
