import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Shot, ShotList } from '@fanreel/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { SAMPLE_VISITOR } from '../media/media-samples.ts'
import { scratchFolder } from '../media/scratch-folder.ts'
import { loadPack } from '../pack.ts'
import type { Cast } from '../vision/cast.ts'
import { loadModels } from '../vision/models/load-models.ts'
import { listen } from '../vision/voice.ts'
import { findClicks } from './clicks.ts'
import { phrases, voiceAbove } from './ducking.ts'
import { integratedLoudness } from './loudness.ts'
import { type Buses, mixBuses } from './mix.ts'
import { placeVoice } from './voice.ts'

const { signal } = new AbortController()
const worlds = [
  { packId: 'figure-skating', beat: 11.25, cuts: [0, 45, 90, 158, 203, 248, 304, 360] },
  { packId: 'alpine-descent', beat: 15, cuts: [0, 60, 120, 195, 240, 270, 300, 360] },
]
const LOOK = ['silhouette', 'boards', 'interview', 'screen', 'close-up', 'echo', 'ice'] as const
const INTO = ['cut', 'flash', 'cut', 'flash', 'whip', 'whip', 'flash'] as const
const VOICE = 2

/** A film like those the director makes, of the sample visitor, whose sentence begins at 0.8 s of her clip. */
const filmIn = ({ packId, beat, cuts }: (typeof worlds)[number], packHash: string): ShotList => ({
  version: 1,
  packId,
  packHash,
  seed: 1,
  fps: 24,
  width: 720,
  height: 1280,
  frames: 360,
  beatFrames: Array.from({ length: Math.round(360 / beat) }, (_, index) => Math.round(index * beat)),
  shots: LOOK.map(
    (treatment, index): Shot => ({
      id: treatment,
      slot: treatment,
      framing: 'medium',
      treatment,
      plateView: 'one',
      camera: 'orbit',
      startFrame: cuts[index] ?? 0,
      frames: (cuts[index + 1] ?? 360) - (cuts[index] ?? 0),
      source: { startMs: index === VOICE ? 583.3 : 0, endMs: 3_416, speed: 1 },
      voice: index === VOICE,
      transition: INTO[index] ?? 'cut',
      reason: 'a test',
    }),
  ),
})

describe.each(worlds)('the sound of a film of $packId in which the sample visitor speaks', (world) => {
  const { cuts } = world
  let cast: Cast
  let shotList: ShotList
  let clip: Float32Array
  let buses: Buses
  beforeAll(async () => {
    const path = join(await scratchFolder(), 'sound.f32')
    const raw = ['-ac', '1', '-ar', '48000', '-f', 'f32le', path]
    execFileSync('ffmpeg', ['-v', 'error', '-i', join(SAMPLE_VISITOR, 'visitor.webm'), ...raw])
    const voice = await listen(await loadModels(), path)
    cast = { sound: { path, sampleRate: 48_000 }, voice, moments: [] } as unknown as Cast
    const bytes = readFileSync(path)
    clip = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    const pack = await loadPack(fileURLToPath(new URL(`../../../content-packs/${world.packId}`, import.meta.url)))
    shotList = filmIn(world, pack.hash)
    buses = await mixBuses({ cast, shotList, pack, signal })
  })

  it('F13: her words lie where the pictures of them do, to the sample', () => {
    const heard = buses.voice[0] ?? new Float32Array()
    const from = 14 * 2_000
    const at = (cuts[VOICE] ?? 0) * 2_000
    const match = (lag: number) => {
      let sum = 0
      for (let i = 4_800; i < 120_000; i++) sum += (clip[from + i] ?? 0) * (heard[at + i + lag] ?? 0)
      return sum
    }
    const lags = Array.from({ length: 81 }, (_, k) => 12 * (k - 40))
    const best = lags.reduce((most, lag) => (match(lag) > match(most) ? lag : most), 0)
    expect(Math.abs(best)).toBeLessThanOrEqual(48)
  })

  it('F18: her words are at their level, and all else 12 dB under them where words are told apart', async () => {
    const spoken = phrases(await placeVoice(cast, shotList))
    expect(spoken.length).toBeGreaterThan(0)
    for (const phrase of spoken) {
      expect(voiceAbove(buses.voice, buses.rest, phrase)).toBeGreaterThan(12)
      const words = buses.voice.map((channel) => channel.subarray(phrase.from, phrase.to))
      expect(Math.abs(integratedLoudness(words) + 16)).toBeLessThan(1.5)
    }
  })

  it('F21: neither voice nor music clicks, at a cut or anywhere', () => {
    expect(buses.voice.flatMap(findClicks)).toEqual([])
    const starts = cuts.slice(0, -1).map((frame) => frame * 2_000)
    const sum = buses.rest.map((channel, c) => channel.map((value, i) => value + (buses.voice[c]?.[i] ?? 0)))
    const near = sum.flatMap(findClicks).filter(({ from }) => starts.some((cut) => Math.abs(from - cut) < 2_400))
    expect(near).toEqual([])
    // A film begins and ends in silence: a player that starts or loops it does not click.
    for (const channel of sum) expect(Math.abs(channel.at(-1) ?? 1)).toBeLessThan(0.001)
  })

  it('F12: music plays through, and no part of the film is silent', () => {
    for (let at = 0; at + 48_000 <= 14 * 48_000; at += 24_000) {
      const part = buses.rest.map((channel) => channel.subarray(at, at + 48_000))
      expect(integratedLoudness(part), `${at / 48_000} s`).toBeGreaterThan(-45)
    }
  })
})
