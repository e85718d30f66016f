import type { ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { findClicks } from './clicks.ts'
import { playMusic } from './music.ts'
import { STEMS, type Stem } from './pack-sounds.ts'
import type { Sound } from './pcm.ts'

const RATE = 48_000
const BEAT = RATE / 2
const SECONDS = 6
/** Stems sound at these pitches, so that each can be told from the others. */
const PITCH: Record<Stem, number> = { drums: 150, bass: 330, harmony: 730, melody: 1_610 }

const sine = (hertz: number): Sound =>
  [0, 1].map(() => Float32Array.from({ length: SECONDS * RATE }, (_, i) => 0.2 * Math.cos((2 * Math.PI * hertz * i) / RATE)))
const stems = {
  drums: sine(PITCH.drums),
  bass: sine(PITCH.bass),
  harmony: sine(PITCH.harmony),
  melody: sine(PITCH.melody),
}

/** Three shots of two seconds: a cut to the voice in the second, a flash into the third. */
const shotList: ShotList = {
  version: 1,
  packId: 'tiny',
  packHash: 'a'.repeat(64),
  seed: 1,
  fps: 24,
  width: 720,
  height: 1280,
  frames: 144,
  beatFrames: Array.from({ length: 12 }, (_, beat) => beat * 12),
  shots: [0, 1, 2].map((index) => ({
    id: `${index}`,
    slot: `${index}`,
    framing: 'medium',
    treatment: 'interview',
    plateView: 'one',
    camera: 'orbit',
    startFrame: index * 48,
    frames: 48,
    source: { startMs: 0, endMs: 2_000, speed: 1 },
    voice: index === 1,
    transition: index === 2 ? 'flash' : 'cut',
    reason: 'a test',
  })),
}
const whole = [{ film: 0, music: 0, beats: 12 }]
const play = (pieces = whole) => playMusic({ stems, shotList, pieces, beat: BEAT, firstBeat: 0 })

/** Amplitude of a stem's pitch from one second on to another, by correlation with it. */
const heard = ([channel = new Float32Array()]: Sound, stem: Stem, fromSecond: number, toSecond: number): number => {
  let [re, im] = [0, 0]
  const [from, to] = [Math.round(fromSecond * RATE), Math.round(toSecond * RATE)]
  for (let i = from; i < to; i++) {
    const angle = (2 * Math.PI * PITCH[stem] * i) / RATE
    re += (channel[i] ?? 0) * Math.cos(angle)
    im += (channel[i] ?? 0) * Math.sin(angle)
  }
  return (2 * Math.hypot(re, im)) / (to - from)
}

describe('playMusic', () => {
  it('plays all four stems, and while the visitor speaks no tune and fewer drums', () => {
    const music = play()
    for (const stem of STEMS) expect(heard(music, stem, 0.5, 1.5)).toBeGreaterThan(0.12)
    expect(heard(music, 'melody', 2.4, 3.4)).toBeLessThan(0.002)
    expect(heard(music, 'drums', 2.4, 3.4)).toBeLessThan(0.5 * heard(music, 'drums', 0.5, 1.5))
    expect(heard(music, 'harmony', 2.4, 3.4)).toBeGreaterThan(0.1)
  })
  it('is back in full on the cut from the voice', () => {
    const music = play()
    expect(heard(music, 'melody', 4.01, 4.2)).toBeCloseTo(heard(music, 'melody', 5, 5.5), 2)
  })
  it('closes before a flash and opens on it', () => {
    const music = play()
    expect(heard(music, 'harmony', 3.9, 3.99)).toBeLessThan(0.6 * heard(music, 'harmony', 2.6, 3.4))
    expect(heard(music, 'harmony', 4.01, 4.1)).toBeGreaterThan(0.12)
  })
  it.each([
    ['as it is', whole],
    [
      'joined where its waves do not meet',
      [
        { film: 0, music: 0, beats: 3 },
        { film: 3, music: 7.13, beats: 2 },
        { film: 5, music: 2.41, beats: 7 },
      ],
    ],
  ])('F21: does not click, played %s', (_, pieces) => {
    const music = play(pieces)
    expect(music.flatMap(findClicks)).toEqual([])
    expect(heard(music, 'harmony', 4.4, 5.4)).toBeGreaterThan(0.12)
  })
})
