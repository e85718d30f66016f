import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../media/scratch-folder.ts'
import { type LoadedPack, loadPack } from '../pack.ts'
import { PackUnusable } from '../pack-unusable.ts'
import type { Cast } from '../vision/cast.ts'
import { mixSound } from './mix.ts'
import { readSound, type Sound } from './pcm.ts'

const { signal } = new AbortController()
const folder = await scratchFolder()
const shipped = await loadPack(fileURLToPath(new URL('../../../content-packs/figure-skating', import.meta.url)))
const FRAMES = 48
const CUT = 24

execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo:d=2', join(folder, 'silence.m4a')])

/** The shipped pack with some of its sounds over `music`. */
const packWith = (music: string, sounds: readonly string[]): LoadedPack => ({
  ...shipped,
  pack: {
    ...shipped.pack,
    music: { ...shipped.pack.music, stems: { drums: music, bass: music, harmony: music, melody: music } },
    sounds: Object.fromEntries(Object.entries(shipped.pack.sounds).filter(([name]) => sounds.includes(name))),
  },
  resolve: (file) => (file === music ? join(folder, music) : shipped.resolve(file)),
})

const shot = (startFrame: number, transition: ShotList['shots'][number]['transition']): ShotList['shots'][number] => ({
  id: `at-${startFrame}`,
  slot: 'one',
  framing: 'close',
  treatment: 'boards',
  plateView: 'boards',
  camera: 'push-in',
  startFrame,
  frames: FRAMES / 2,
  source: { startMs: 0, endMs: 1_000, speed: 1 },
  voice: false,
  transition,
  reason: 'a test',
})

const filmOf = (pack: LoadedPack, transition: ShotList['shots'][number]['transition']): ShotList => ({
  version: 1,
  packId: pack.pack.packId,
  packHash: 'a'.repeat(64),
  seed: 1,
  fps: 24,
  width: 720,
  height: 1280,
  frames: FRAMES,
  beatFrames: [],
  shots: [shot(0, 'cut'), shot(CUT, transition)],
})

const mixed = async (pack: LoadedPack, transition: ShotList['shots'][number]['transition']): Promise<Sound> => {
  const path = join(folder, `${transition}.m4a`)
  const shotList = filmOf(pack, transition)
  // Without sound of its own a cast gives the mix nothing.
  await mixSound({ cast: {} as Cast, shotList, pack, path, signal })
  return readSound({ file: path, input: ['-f', 'mov'], channels: 2 }, signal)
}

/** Middle of the loudest 60 ms, in milliseconds. */
const loudestAt = ([channel = new Float32Array()]: Sound): number => {
  const block = 2_880
  let [best, at, sum] = [0, 0, 0]
  for (let i = 0; i < channel.length; i++) {
    sum += (channel[i] ?? 0) ** 2 - (channel[i - block] ?? 0) ** 2
    if (sum > best) [best, at] = [sum, i - block / 2]
  }
  return (at * 1000) / 48_000
}

describe('mixSound', () => {
  it('F20: a whoosh is loudest on the cut', async () => {
    const sound = await mixed(packWith('silence.m4a', ['whoosh']), 'whip')
    expect(Math.abs(loudestAt(sound) - (CUT * 1000) / 24)).toBeLessThan(50)
  })
  it('F20: a hit begins on the cut', async () => {
    const sound = await mixed(packWith('silence.m4a', ['hit']), 'flash')
    const first = sound[0]?.findIndex((value) => Math.abs(value) > 0.1) ?? -1
    expect(Math.abs(first / 48 - (CUT * 1000) / 24)).toBeLessThan(20)
  })
  it('stops when it is told to', async () => {
    const task = { cast: {} as Cast, shotList: filmOf(shipped, 'cut'), pack: shipped, path: join(folder, 'no.m4a') }
    await expect(mixSound({ ...task, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
  it.each([
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n'],
    ['a concat script', "ffconcat version 1.0\nfile '/etc/hostname'\n"],
    ['an MP4 that holds nothing', '\0\0\0\x18ftypisom\0\0\0\0garbage'],
  ])('refuses music that is %s, by the pack', async (_, text) => {
    await writeFile(join(folder, 'odd.m4a'), text, 'latin1')
    const refused = mixed(packWith('odd.m4a', []), 'cut')
    await expect(refused).rejects.toThrow(PackUnusable)
    await expect(refused).rejects.toMatchObject({ code: 'pack-broken' })
  })
})

describe('readSound', () => {
  it('reads a minute and no more', async () => {
    const file = join(folder, 'long.m4a')
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=d=63', '-c:a', 'aac', file])
    const [channel] = await readSound({ file, input: ['-f', 'mov'], channels: 1 }, signal)
    expect(channel?.length).toBe(60 * 48_000)
  })
})
