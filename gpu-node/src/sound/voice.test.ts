import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../media/scratch-folder.ts'
import type { Cast } from '../vision/cast.ts'
import { findClicks } from './clicks.ts'
import { heardSpan, placeVoice } from './voice.ts'

const WINDOW = { startMs: 1_000, endMs: 4_000 }

describe('heardSpan', () => {
  it('F17: is the window where its edges lie in pauses', () => {
    const heard = heardSpan(WINDOW, [{ startMs: 1_200, endMs: 3_800 }])
    expect(heard).toEqual({ ...WINDOW, opensInPause: true, endsInPause: true })
  })
  it('F17: lets a word that has begun be finished over the cut, and one that begins the sentence begin before it', () => {
    const heard = heardSpan(WINDOW, [
      { startMs: 850, endMs: 2_000 },
      { startMs: 2_300, endMs: 4_350 },
    ])
    expect(heard).toEqual({ startMs: 850, endMs: 4_350, opensInPause: true, endsInPause: true })
  })
  it('F17: leaves out a piece of a word rather than have it heard', () => {
    const heard = heardSpan(WINDOW, [
      { startMs: 200, endMs: 1_250 },
      { startMs: 1_500, endMs: 3_500 },
      { startMs: 3_800, endMs: 6_000 },
    ])
    expect(heard).toEqual({ startMs: 1_250, endMs: 3_800, opensInPause: true, endsInPause: true })
  })
  it('keeps to the window where speech goes on and on, and says that it does', () => {
    const heard = heardSpan(WINDOW, [{ startMs: 0, endMs: 9_000 }])
    expect(heard).toEqual({ ...WINDOW, opensInPause: false, endsInPause: false })
  })
})

describe('placeVoice', () => {
  it('F21: fades at both ends where speech has no pause there, without a click', async () => {
    const path = join(await scratchFolder(), 'sound.f32')
    const tone = Float32Array.from({ length: 6 * 48_000 }, (_, i) => 0.2 * Math.cos((2 * Math.PI * 310 * i) / 48_000))
    await writeFile(path, Buffer.from(tone.buffer))
    const cast = {
      sound: { path, sampleRate: 48_000 },
      voice: { segments: [{ startMs: 0, endMs: 6_000 }], speechMs: 6_000, peakDbfs: -14 },
    } as unknown as Cast
    const shot = { voice: true, startFrame: 24, frames: 72, source: { startMs: 1_000, endMs: 4_000, speed: 1 } }
    const [placed] = await placeVoice(cast, { fps: 24, shots: [shot] } as unknown as ShotList)
    expect(placed?.at).toBe(48_000)
    expect(placed?.samples).toHaveLength(3 * 48_000)
    const film = new Float32Array(6 * 48_000)
    film.set(placed?.samples ?? [], placed?.at)
    expect(findClicks(film)).toEqual([])
    expect(placed?.words).toEqual([{ from: 48_000, to: 4 * 48_000 }])
  })
})
