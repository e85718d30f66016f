import { describe, expect, it } from 'vitest'
import { seededRandom } from '../director/random.ts'
import { findClicks } from './clicks.ts'
import { duck, phrases, voiceAbove } from './ducking.ts'
import type { Sound } from './pcm.ts'

const RATE = 48_000
const LENGTH = 6 * RATE
const SPAN = { from: 2 * RATE, to: 4 * RATE }

const noise = (level: number): Sound => {
  const random = seededRandom(4)
  return [0, 1].map(() => Float32Array.from({ length: LENGTH }, () => level * (random() - 0.5)))
}
const tone = (level: number): Sound =>
  [0, 1].map(() =>
    Float32Array.from({ length: LENGTH }, (_, i) =>
      i >= SPAN.from && i < SPAN.to ? level * Math.sin((2 * Math.PI * 700 * i) / RATE) : 0,
    ),
  )
const rms = ([channel = new Float32Array()]: Sound, from: number, to: number) =>
  Math.sqrt(channel.slice(from, to).reduce((sum, value) => sum + value * value, 0) / (to - from))

describe('duck', () => {
  it.each([0.1, 0.3, 0.6])('F18: brings what sounds at %d to 12 dB under the words between 300 and 4000 Hz', (level) => {
    const rest = noise(level)
    duck(rest, tone(0.15), [SPAN])
    expect(voiceAbove(tone(0.15), rest, SPAN)).toBeGreaterThan(12)
  })
  it('begins before the first word, and leaves alone what is far from any', () => {
    const rest = noise(0.4)
    const before = noise(0.4)
    duck(rest, tone(0.1), [SPAN])
    expect(rest[0]?.subarray(0, RATE)).toEqual(before[0]?.subarray(0, RATE))
    expect(rest[0]?.subarray(5 * RATE)).toEqual(before[0]?.subarray(5 * RATE))
    expect(rms(rest, SPAN.from - 960, SPAN.from)).toBeLessThan(0.5 * rms(before, SPAN.from - 960, SPAN.from))
  })
  it('neither clicks nor steps, even where words begin with the film or end with it', () => {
    const steady = (): Sound =>
      [0, 1].map(() => Float32Array.from({ length: LENGTH }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 110 * i) / RATE)))
    const spans = [
      { from: 0, to: RATE },
      { from: 2 * RATE, to: 3 * RATE },
      { from: 5 * RATE, to: LENGTH },
    ]
    const rest = steady()
    duck(rest, noise(0.05), spans)
    expect(rest.flatMap(findClicks)).toEqual([])
  })
})

describe('phrases', () => {
  const placed = (...words: { from: number; to: number }[]) => [{ samples: new Float32Array(0), at: 0, words }]
  it('holds through a short pause and lets the music up in a long one', () => {
    expect(phrases(placed({ from: 0, to: RATE }, { from: 1.4 * RATE, to: 2 * RATE }, { from: 4 * RATE, to: 5 * RATE }))).toEqual([
      { from: 0, to: 2 * RATE },
      { from: 4 * RATE, to: 5 * RATE },
    ])
  })
})
