import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SAMPLE_VISITOR } from '../media/media-samples.ts'
import { probe } from '../media/probe.ts'
import { scratchFolder } from '../media/scratch-folder.ts'
import type { Cast } from './cast.ts'
import { bestStart, cutReference } from './reference-clip.ts'

/** A cast of ten seconds whose face is seen between two times, in seconds. */
const seenBetween = (from: number, to: number): Pick<Cast, 'clip' | 'frames'> => ({
  clip: { width: 540, height: 960, fps: 24, durationMs: 10_000 },
  frames: Array.from({ length: 240 }, (_, k) => ({
    timeMs: (k * 1000) / 24,
    motion: 0,
    ...(k / 24 >= from && k / 24 < to && { face: { yaw: 0.1, score: 0.9 } as Cast['frames'][number]['face'] & object }),
  })),
})

it('D13: takes the five seconds in which the face is seen most', () => {
  expect(bestStart(seenBetween(0, 10))).toBe(0)
  expect(bestStart(seenBetween(4, 10))).toBeCloseTo(4000, -2)
  expect(bestStart(seenBetween(8, 10))).toBeCloseTo(5000, -2)
  expect(bestStart({ clip: seenBetween(0, 1).clip, frames: [] })).toBe(0)
})

it('D13: gives a cloud no more than that, as MP4, and no sound', async () => {
  const path = join(await scratchFolder(), 'reference.mp4')
  const { signal } = new AbortController()
  const clip = join(SAMPLE_VISITOR, 'visitor.webm')
  const cast = seenBetween(0, 10)
  const seconds = await cutReference({ clip, cast: { ...cast, clip: { ...cast.clip, durationMs: 3_000 } }, path, signal })
  expect(seconds).toBe(3)
  const found = await probe(path, signal)
  expect(found).toMatchObject({ ok: true, container: 'mov', codec: 'h264', fps: 24, hasSound: false })
  if (found.ok) expect(found.durationMs).toBeCloseTo(3_000, -2)
  expect((await readFile(path)).subarray(4, 8).toString()).toBe('ftyp')
})
