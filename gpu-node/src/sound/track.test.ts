import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../director/random.ts'
import { scratchFolder } from '../media/scratch-folder.ts'
import { integratedLoudness, truePeak } from './loudness.ts'
import { readSound, type Sound } from './pcm.ts'
import { CEILING_DBTP, CEILING_SLACK_DB, SoundUnfit, sealSound, TARGET_LUFS } from './track.ts'

const { signal } = new AbortController()
const folder = await scratchFolder()

/** Beats with hard edges over a tone, cut off at the end: what AAC overshoots on. */
const hardEdges = (): Sound => {
  const random = seededRandom(9)
  return [0, 1].map((channel) =>
    Float32Array.from({ length: 4 * 48_000 }, (_, i) => {
      const beat = i % 12_000 < 2_400 ? 0.9 * Math.sign(Math.sin((2 * Math.PI * (90 + channel) * i) / 48_000)) : 0
      return 0.2 * Math.sin((2 * Math.PI * 997 * i) / 48_000) + beat + 0.3 * (random() - 0.5)
    }),
  )
}

/** Short bursts of hard noise out of near silence: AAC rises 2.8 dB above them. */
const bursts = (): Sound => {
  const random = seededRandom(9)
  return [0, 1].map(() =>
    Float32Array.from({ length: 2 * 48_000 }, (_, i) => (i % 6_000 < 300 ? Math.sign(random() - 0.5) : 0.01 * (random() - 0.5))),
  )
}

describe('sealSound', () => {
  it('F12: a film’s track is at -14 LUFS and its true peaks, unpacked, at -1 dBTP at most', async () => {
    const path = join(folder, 'track.m4a')
    await sealSound(path, hardEdges(), signal)
    const unpacked = await readSound({ file: path, input: ['-f', 'mov'], channels: 2 }, signal)
    expect(truePeak(unpacked)).toBeLessThanOrEqual(CEILING_DBTP)
    expect(Math.abs(integratedLoudness(unpacked) - TARGET_LUFS)).toBeLessThan(1)
    const meter = execFileSync('sh', ['-c', `ffmpeg -hide_banner -nostats -i "$0" -af ebur128=peak=true -f null - 2>&1`, path])
    expect(Number(/Peak:\s+(-?[\d.]+) dBFS/.exec(meter.toString())?.[1])).toBeLessThanOrEqual(CEILING_DBTP + 0.1)
  })
  it('F12: a mix that overshoots is packed again, and said to be unfit where no try is left', async () => {
    const path = join(folder, 'bursts.m4a')
    await expect(sealSound(path, bursts(), signal, 1)).rejects.toThrow(SoundUnfit)
    await sealSound(path, bursts(), signal)
    expect(truePeak(await readSound({ file: path, input: ['-f', 'mov'], channels: 2 }, signal))).toBeLessThanOrEqual(
      CEILING_DBTP + CEILING_SLACK_DB,
    )
  })
  it('stops when it is told to', async () => {
    await expect(sealSound(join(folder, 'no.m4a'), hardEdges(), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
