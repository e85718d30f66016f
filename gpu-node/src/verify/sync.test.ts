import type { Shot } from '@fanreel/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../director/random.ts'
import type { Cast, Face } from '../vision/cast.ts'
import { findVoice, mouthInReel } from './sync.ts'

const RATE = 48_000

/** Noise in syllables: as much like speech as phase is concerned. */
const syllables = (seconds: number, seed: number): Float32Array => {
  const random = seededRandom(seed)
  let held = 0
  return Float32Array.from({ length: seconds * RATE }, (_, i) => {
    held += 0.2 * (random() * 2 - 1 - held)
    return held * Math.max(0, Math.sin((2 * Math.PI * 3.1 * i) / RATE))
  })
}

const mixed = (voice: Float32Array, lagMs: number, music: number, level: number): Float32Array => {
  const [other, lag] = [syllables(voice.length / RATE, music), Math.round((lagMs * RATE) / 1000)]
  return voice.map((_, i) => level * (voice[i - lag] ?? 0) + (other[i] ?? 0))
}

const face = (open: number): Face => ({
  box: { x: 0, y: 0, width: 100, height: 130 },
  score: 1,
  landmarks: [],
  yaw: 0,
  roll: 0,
  mouthOpen: open,
  smile: 0,
  eyesOpen: 1,
})

describe('F13: where the voice is', () => {
  it('is found to the millisecond under music twice as loud, whichever way it is off', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200, max: 200 }), fc.nat({ max: 1_000 }), (lagMs, seed) => {
        const voice = syllables(2, seed + 1)
        const found = findVoice(mixed(voice, lagMs, seed + 2_000, 0.5), voice)
        expect(Math.abs(found.lagMs - lagMs)).toBeLessThan(1)
        expect(found.strength).toBeGreaterThan(12)
      }),
      { numRuns: 8 },
    )
  })

  it('is nowhere in music alone', () => {
    for (const seed of [1, 2, 3, 4]) expect(findVoice(syllables(2, seed), syllables(2, seed + 50)).strength).toBeLessThan(8)
  })
})

describe('F13: where the mouth is', () => {
  const shot = { startFrame: 100, frames: 60, source: { startMs: 500, endMs: 3_000, speed: 1 } } as Shot
  const open = (frame: number) => 0.5 + 0.3 * Math.sin(frame / 3) + 0.2 * Math.sin(frame / 1.7)
  const frames = Array.from({ length: 96 }, (_, i) => ({
    timeMs: (i * 1000) / 24,
    motion: 0,
    face: face(open(i)),
  })) as Cast['frames']

  it('is told by how far it is open, to a frame or better', () => {
    for (const late of [-3, -1, 0, 1, 2.5]) {
      const mouth = Array.from({ length: 26 }, (_, k) => ({ frame: 104 + 2 * k, open: open(12 + 4 + 2 * k - late) }))
      const found = mouthInReel(mouth, shot, frames)!
      expect(Math.abs(found.lagMs - (late * 1000) / 24)).toBeLessThan(21)
      expect(found.likeness).toBeGreaterThan(0.9)
    }
  })

  it('is not taken to be late where it opens once and slowly, and is read a little differently in the reel', () => {
    const slow = (most: number) => (frame: number, peak: number) => 0.02 + most * Math.exp(-(((frame - peak) / 9) ** 2))
    const told = (opened: ReturnType<typeof slow>) => {
      const clip = frames.map((frame, i) => ({ ...frame, face: face(opened(i, 30)) })) as Cast['frames']
      const mouth = Array.from({ length: 26 }, (_, k) => ({ frame: 104 + 2 * k, open: opened(16 + 2 * k, 27) }))
      return mouthInReel(mouth, shot, clip)
    }
    expect(Math.abs(told(slow(0.4))?.lagMs ?? 999)).toBeLessThan(60)
    // One that moves less than it is misread says nothing at all.
    expect(told(slow(0.05))).toBeUndefined()
  })

  it('is not told where it does not move, or is not seen often enough', () => {
    const still = Array.from({ length: 26 }, (_, k) => ({ frame: 104 + 2 * k, open: 0.2 }))
    expect(mouthInReel(still, shot, frames)).toBeUndefined()
    expect(mouthInReel(still.slice(0, 5), shot, frames)).toBeUndefined()
  })
})
