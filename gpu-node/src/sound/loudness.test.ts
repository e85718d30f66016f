import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../director/random.ts'
import { integratedLoudness, limitPeaks, normaliseLoudness, truePeak } from './loudness.ts'
import { type Sound, writeWav } from './pcm.ts'

const run = promisify(execFile)
const SECONDS = 6

/** Pulsed noise and a tone: loud, soft and silent stretches, as in a film. */
const material = (): Sound => {
  const random = seededRandom(3)
  return [0, 1].map((channel) =>
    Float32Array.from({ length: SECONDS * 48_000 }, (_, i) => {
      const envelope = Math.floor(i / 24_000) % 3 === 0 ? 0.02 : 0.3
      return envelope * (0.5 * Math.sin((2 * Math.PI * (220 + 60 * channel) * i) / 48_000) + 0.5 * (random() - 0.5))
    }),
  )
}

const measured = async (sound: Sound) => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-loudness-'))
  try {
    const path = join(folder, 'sound.wav')
    await writeWav(path, sound)
    const { stderr } = await run('ffmpeg', [
      '-hide_banner',
      '-nostats',
      '-i',
      path,
      '-af',
      'ebur128=peak=true',
      '-f',
      'null',
      '-',
    ])
    const summary = stderr.slice(stderr.lastIndexOf('Summary'))
    return {
      loudness: Number(/I:\s+(-?[\d.]+) LUFS/.exec(summary)?.[1]),
      peak: Number(/Peak:\s+(-?[\d.]+) dBFS/.exec(summary)?.[1]),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('loudness', () => {
  it('agrees with an independent meter', async () => {
    const sound = material()
    const meter = await measured(sound)
    expect(integratedLoudness(sound)).toBeCloseTo(meter.loudness, 0)
    expect(Math.abs(integratedLoudness(sound) - meter.loudness)).toBeLessThan(0.15)
    expect(Math.abs(truePeak(sound) - meter.peak)).toBeLessThan(0.4)
  })

  it('F12: sound is brought to a loudness and its peaks stay below a ceiling', async () => {
    const sound = material()
    // One click far above the rest: what a limiter is for.
    sound[0]!.fill(0.99, 100_000, 100_020)
    normaliseLoudness(sound, -16, -1.8)
    const meter = await measured(sound)
    expect(Math.abs(meter.loudness + 16)).toBeLessThan(0.6)
    expect(meter.peak).toBeLessThanOrEqual(-1.4)
  })

  it('leaves silence silent', () => {
    const sound = [new Float32Array(48_000), new Float32Array(48_000)]
    expect(normaliseLoudness(sound, -16, -1.8)).toBe(-99)
    expect(Math.max(...sound[0]!)).toBe(0)
  })

  it('limits without touching what is below', () => {
    const sound = [Float32Array.from({ length: 20_000 }, (_, i) => (i === 10_000 ? 1 : 0.1))]
    limitPeaks(sound, -6)
    expect(sound[0]![10_000]).toBeCloseTo(0.501, 2)
    expect(sound[0]![2_000]).toBeCloseTo(0.1, 5)
  })
})
