import type { ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { arrange } from './arrangement.ts'

const MARKS = { thin: 8, drop: 16, finale: 28, beats: 32 }
const FRAMES_A_BEAT = 11

/** A film of shots by their beats; the voice is in shot `voice`, if any. */
const film = (beats: readonly number[], voice?: number): ShotList => {
  const total = beats.reduce((sum, count) => sum + count, 0)
  return {
    version: 1,
    packId: 'tiny',
    packHash: 'a'.repeat(64),
    seed: 1,
    fps: 24,
    width: 720,
    height: 1280,
    frames: total * FRAMES_A_BEAT,
    beatFrames: Array.from({ length: total }, (_, index) => index * FRAMES_A_BEAT),
    shots: beats.map((count, index) => ({
      id: `${index}`,
      slot: `${index}`,
      framing: 'medium',
      treatment: 'boards',
      plateView: 'one',
      camera: 'orbit',
      startFrame: beats.slice(0, index).reduce((sum, one) => sum + one, 0) * FRAMES_A_BEAT,
      frames: count * FRAMES_A_BEAT,
      source: { startMs: 0, endMs: 1_000, speed: 1 },
      voice: index === voice,
      transition: 'cut',
      reason: 'a test',
    })),
  }
}

describe('arrange', () => {
  it('plays the music as it is where nobody speaks, and where its parts are not known', () => {
    const whole = [{ film: 0, music: 0, beats: 32 }]
    expect(arrange(film([4, 4, 8, 16]), MARKS)).toEqual(whole)
    expect(arrange(film([4, 4, 8, 16], 2), undefined)).toEqual(whole)
  })
  it('plays the music as it is where the sentence fills its thin part', () => {
    const pieces = arrange(film([4, 4, 8, 12, 4], 2), MARKS)
    expect(pieces.every(({ film: at, music }) => at === music)).toBe(true)
  })
  it.each([2, 3, 5, 6, 7, 9, 10, 12])(
    'F19: a sentence of %i beats ends on the drop, and the last chord stays the last',
    (spoken) => {
      for (const before of [2, 4, 7, 8, 10, 13]) {
        const rest = 32 - before - spoken - 4
        if (rest < 2) continue
        const pieces = arrange(film([before, spoken, rest, 4], 1), MARKS)
        // In order, without a gap, and never beyond the music.
        let at = 0
        for (const piece of pieces) {
          expect(piece.film).toBe(at)
          expect(piece.beats).toBeGreaterThan(0)
          expect(piece.music).toBeGreaterThanOrEqual(0)
          expect(piece.music + piece.beats).toBeLessThanOrEqual(32)
          at += piece.beats
        }
        expect(at).toBe(32)
        const playing = (beat: number) => {
          const piece = pieces.findLast(({ film: from }) => from <= beat)
          return piece ? piece.music + beat - piece.film : -1
        }
        expect(playing(0)).toBe(0)
        expect(playing(before + spoken), `${before} beats before ${spoken}`).toBe(MARKS.drop)
        expect(playing(before + spoken - 1)).toBe(MARKS.drop - 1)
        for (let beat = before; beat < before + spoken; beat++) {
          expect(playing(beat)).toBeGreaterThanOrEqual(MARKS.thin)
          expect(playing(beat)).toBeLessThan(MARKS.drop)
        }
        expect(playing(28)).toBe(MARKS.finale)
      }
    },
  )
  it('plays the music as it is where the sentence is the end of the film', () => {
    expect(arrange(film([4, 4, 16, 8], 3), MARKS)).toEqual([{ film: 0, music: 0, beats: 32 }])
  })
})
