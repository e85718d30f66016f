import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasMedia, needsMedia, visitorClip } from '../../../tests/support/media.ts'
import { seededRandom } from '../director/random.ts'
import { SAMPLE_VISITOR } from '../verify/short-film.fixture.ts'
import type { Cast } from './cast.ts'
import { type Network, openNetwork } from './models/network.ts'
import { readWeights, WEIGHTS } from './models/weights.ts'
import { decimate, listen, speechSegments } from './voice.ts'

const run = promisify(execFile)
const RATE = 48_000

let folder: string
let voice: Network
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-voice-'))
  voice = await openNetwork({ onnx: await readWeights(WEIGHTS.voice), provider: 'cpu' })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const listenTo = async (sound: Float32Array): Promise<Cast['voice']> => {
  const path = join(folder, 'sound.f32')
  await writeFile(path, sound)
  return listen({ voice }, path)
}
const soundOf = async (clip: string, gainDb = 0): Promise<Cast['voice']> => {
  const path = join(folder, 'clip.f32')
  const filters = ['-vn', '-af', `volume=${gainDb}dB`]
  await run('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    '-i',
    clip,
    ...filters,
    '-ac',
    '1',
    '-ar',
    `${RATE}`,
    '-f',
    'f32le',
    '-y',
    path,
  ])
  return listen({ voice }, path)
}
const tone = (hertz: number, seconds: number, level = 0.5, rate = RATE) =>
  Float32Array.from({ length: seconds * rate }, (_, at) => level * Math.sin((2 * Math.PI * hertz * at) / rate))

describe('speech', () => {
  it('is found in what the sample visitor says, and not in the silence before it', async () => {
    const { segments, speechMs, peakDbfs } = await soundOf(SAMPLE_VISITOR)
    expect(speechMs).toBeGreaterThan(1_000)
    expect(speechMs).toBeLessThan(5_000)
    expect(speechMs).toBeCloseTo(segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0))
    expect(peakDbfs).toBeGreaterThan(-24)
    segments.reduce((before, { startMs, endMs }) => {
      expect(startMs).toBeGreaterThanOrEqual(before)
      expect(endMs).toBeLessThanOrEqual(6_000)
      return endMs
    }, 0)
  })

  it('stands above the noise of the room, and both are told', async () => {
    const { segments, noiseDbfs } = await soundOf(SAMPLE_VISITOR)
    for (const { levelDbfs } of segments) expect(levelDbfs! - noiseDbfs!).toBeGreaterThan(15)
    expect((await listenTo(tone(50, 2, 0.01))).noiseDbfs).toBeCloseTo(20 * Math.log10(0.01 / Math.SQRT2), 0)
  })

  it.skipIf(!hasMedia)(`is found in what a visitor says${needsMedia}`, async () => {
    expect((await soundOf(visitorClip('man-a-take-1.mp4'))).speechMs).toBeGreaterThan(1_000)
  })

  it('F18: is found in a whisper, from a gain of -34 dB on as in the voice itself', async () => {
    const [aloud, whispered] = [await soundOf(SAMPLE_VISITOR), await soundOf(SAMPLE_VISITOR, -34)]
    expect(whispered.peakDbfs).toBeLessThan(-40)
    expect(Math.abs(whispered.speechMs - aloud.speechMs)).toBeLessThan(400)
  })

  it('is not found in a murmur or in noise, however soft', async () => {
    const random = seededRandom(6)
    expect((await listenTo(Float32Array.from({ length: 3 * RATE }, () => 0.002 * (random() - 0.5)))).segments).toEqual([])
    const wind = fileURLToPath(new URL('../../../content-packs/alpine-descent/sounds/ambience.m4a', import.meta.url))
    expect((await soundOf(wind, -30)).segments).toEqual([])
  })

  it.each([
    ['silence', () => new Float32Array(2 * RATE)],
    ['a tone', () => tone(440, 2)],
    ['a hum', () => tone(50, 2)],
  ])('is not found in %s', async (_, sound) => {
    expect(await listenTo(sound())).toMatchObject({ segments: [], speechMs: 0, peakDbfs: Number.NEGATIVE_INFINITY })
  })

  it('is not looked for where there is no sound, nor found in less than one step of it', async () => {
    expect((await listen({ voice }, undefined)).segments).toEqual([])
    expect((await listenTo(new Float32Array(100))).segments).toEqual([])
    expect((await listenTo(new Float32Array(0))).segments).toEqual([])
  })
})

describe('segments', () => {
  const steps = (...runs: [count: number, probability: number][]) =>
    runs.flatMap(([count, probability]) => Array.from({ length: count }, () => probability))

  it('begin where speech is likely and go on while it is possible', () => {
    expect(speechSegments(steps([10, 0.4], [10, 0.9], [5, 0.4], [20, 0.1]), 1_440)).toEqual([
      { startMs: 10 * 32 - 60, endMs: 25 * 32 + 60 },
    ])
  })

  it('bridge a breath, end at a pause, and leave out a click', () => {
    expect(speechSegments(steps([10, 0.9], [5, 0], [10, 0.9], [20, 0], [3, 0.9], [20, 0]), 2_176)).toEqual([
      { startMs: 0, endMs: 25 * 32 + 60 },
    ])
  })

  it('stay inside the clip', () => {
    expect(speechSegments(steps([20, 0.9]), 645)).toEqual([{ startMs: 0, endMs: 645 }])
  })
})

it('a third of the samples keeps speech and folds nothing back into it', () => {
  const level = (sound: Float32Array) =>
    Math.sqrt(sound.slice(100, -100).reduce((sum, x) => sum + x * x, 0) / (sound.length - 200))
  expect(decimate(tone(1_000, 1)).length).toBe(16_000)
  expect(level(decimate(tone(1_000, 1)))).toBeCloseTo(0.5 / Math.SQRT2, 2)
  // 11 kHz would come back as 5 kHz.
  expect(level(decimate(tone(11_000, 1)))).toBeLessThan(0.01)
})
