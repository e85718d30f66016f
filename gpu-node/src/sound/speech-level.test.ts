import { describe, expect, it } from 'vitest'
import { seededRandom } from '../director/random.ts'
import { toDecibel } from './filters.ts'
import { levelSpeech, speechLoudness } from './speech-level.ts'

const RATE = 48_000
const WORDS = [
  { from: RATE, to: 2 * RATE },
  { from: 2.5 * RATE, to: 3.5 * RATE },
]

/** Words of a buzzing tone at `level`, the second ones half as loud, over noise at `noise`. */
const spoken = (level: number, noise: number): Float32Array => {
  const random = seededRandom(2)
  return Float32Array.from({ length: 4 * RATE }, (_, i) => {
    const word = WORDS.findIndex(({ from, to }) => i >= from && i < to)
    const syllable = 0.4 + 0.6 * Math.max(0, Math.sin((2 * Math.PI * 4.3 * i) / RATE))
    const tone = [1, 2, 3, 4, 6, 9].reduce((sum, k) => sum + Math.sin((2 * Math.PI * 150 * k * i) / RATE) / k, 0)
    return (word < 0 ? 0 : level * syllable * tone * (word === 1 ? 0.5 : 1)) + noise * (random() - 0.5)
  })
}
const between = (sound: Float32Array) => {
  const quiet = sound.subarray(0, RATE * 0.9)
  return toDecibel(quiet.reduce((sum, value) => sum + value * value, 0) / quiet.length)
}

describe('levelSpeech', () => {
  it.each([
    ['a whisper', 0.004],
    ['a quiet voice', 0.02],
    ['a voice', 0.1],
    ['a shout', 0.6],
  ])('F18: %s comes out at the level of every other', (_, level) => {
    const sound = spoken(level, 0)
    levelSpeech(sound, WORDS, -16)
    expect(Math.abs(speechLoudness(sound, WORDS) + 16)).toBeLessThan(1)
    expect(sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThanOrEqual(10 ** (-3 / 20) + 1e-6)
  })
  it('brings soft words nearer to loud ones', () => {
    const sound = spoken(0.1, 0)
    const apart = () => speechLoudness(sound, WORDS.slice(0, 1)) - speechLoudness(sound, WORDS.slice(1))
    const before = apart()
    levelSpeech(sound, WORDS, -16)
    expect(before).toBeGreaterThan(5.5)
    expect(apart()).toBeLessThan(before - 1.5)
  })
  it('F18: does not draw noise up with a whisper', () => {
    const sound = spoken(0.002, 0.002)
    levelSpeech(sound, WORDS, -16)
    expect(between(sound)).toBeLessThan(-43)
  })
  it('leaves silence silent', () => {
    const sound = new Float32Array(RATE)
    levelSpeech(sound, [{ from: 0, to: RATE }], -16)
    expect(sound.every((value) => value === 0)).toBe(true)
  })
})
