import { describe, expect, it } from 'vitest'
import { seededRandom } from '../director/random.ts'
import { denoise } from './denoise.ts'
import { toDecibel } from './filters.ts'
import { createTransform } from './spectrum.ts'

const RATE = 48_000
const SPEECH = { startMs: 1_000, endMs: 2_000 }
const inSpeech = (i: number) => i >= SPEECH.startMs * 48 && i < SPEECH.endMs * 48

/** Three seconds: syllables of a harmonic tone in the middle one. */
const clean = Float32Array.from({ length: 3 * RATE }, (_, i) => {
  const syllable = Math.max(0, Math.sin((2 * Math.PI * 4 * i) / RATE))
  const tone = [1, 2, 3, 5, 8].reduce((sum, k) => sum + Math.sin((2 * Math.PI * 140 * k * i) / RATE) / k, 0)
  return inSpeech(i) ? 0.2 * syllable * tone : 0
})
const noisy = (level: number): Float32Array => {
  const random = seededRandom(8)
  return clean.map((value) => value + level * (random() - 0.5))
}
const power = (sound: Float32Array, wanted: (i: number) => boolean): number => {
  const kept = sound.filter((_, i) => wanted(i))
  return kept.reduce((sum, value) => sum + value * value, 0) / kept.length
}
const error = (sound: Float32Array) =>
  power(
    sound.map((value, i) => value - (clean[i] ?? 0)),
    inSpeech,
  )

describe('denoise', () => {
  it('takes 12 dB and more from steady noise between the words, and brings the words nearer to what they were', () => {
    const before = noisy(0.12)
    const after = denoise(before, [SPEECH])
    const quiet = (i: number) => i > 9_600 && i < 40_000
    expect(toDecibel(power(before, quiet)) - toDecibel(power(after, quiet))).toBeGreaterThan(12)
    expect(toDecibel(error(before)) - toDecibel(error(after))).toBeGreaterThan(3)
  })
  it('leaves a clean voice as it is', () => {
    const after = denoise(clean, [SPEECH])
    expect(toDecibel(error(after)) - toDecibel(power(clean, inSpeech))).toBeLessThan(-40)
  })
  it('F13: does not shift sound in time, and a stretch of it is the same as that stretch of the whole', () => {
    const before = noisy(0.05)
    const whole = denoise(before, [SPEECH])
    const shift = (lag: number) => clean.reduce((sum, value, i) => sum + value * (whole[i + lag] ?? 0), 0)
    const lags = Array.from({ length: 41 }, (_, k) => k - 20)
    expect(lags.reduce((best, lag) => (shift(lag) > shift(best) ? lag : best), 0)).toBe(0)
    // In whole hops of the transform, past where the estimate settles.
    const part = denoise(before, [SPEECH], 94 * 512, 24_000)
    const worst = part.reduce((most, value, i) => Math.max(most, Math.abs(value - (whole[94 * 512 + i] ?? 0))), 0)
    expect(worst).toBeLessThan(0.02)
  })
  it('answers silence for silence, and bears a clip that is all speech or nothing', () => {
    expect(Math.max(...denoise(new Float32Array(9_000), []))).toBe(0)
    expect(denoise(noisy(0.1), [{ startMs: 0, endMs: 3_000 }])).toHaveLength(3 * RATE)
    expect(denoise(new Float32Array(0), [])).toHaveLength(0)
  })
})

describe('createTransform', () => {
  it('finds a tone in its band, and gives back what it was given', () => {
    const { run, size } = createTransform(256)
    const real = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * 17 * i) / size))
    const given = real.slice()
    const imaginary = new Float64Array(size)
    run(real, imaginary)
    expect(real[17]).toBeCloseTo(size / 2, 9)
    expect(real[18]).toBeCloseTo(0, 9)
    run(real, imaginary, true)
    expect(real.every((value, i) => Math.abs(value - (given[i] ?? 0)) < 1e-12)).toBe(true)
  })
})
