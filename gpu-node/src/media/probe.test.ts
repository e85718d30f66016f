import { execFileSync } from 'node:child_process'
import { chmod, copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SAMPLE_VISITOR } from './media-samples.ts'
import { probe, ratio } from './probe.ts'
import { scratchFolder } from './scratch-folder.ts'

const folder = await scratchFolder()
const at = (name: string) => join(folder, name)
const make = (name: string, ...options: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...options, `file:${at(name)}`])
/** Writes the display matrix of a quarter turn into an MP4's track header (ISO 14496-12, 8.3.2), as phones do: no ffmpeg option for it is in every version. */
const turn = async (from: string, to: string) => {
  const bytes = await readFile(at(from))
  const matrix = bytes.indexOf('tkhd') + 4 + 40
  ;[0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000].forEach((value, k) => void bytes.writeInt32BE(value, matrix + 4 * k))
  await writeFile(at(to), bytes)
}
const colour = (size: string, seconds: number) => ['-f', 'lavfi', '-i', `color=red:s=${size}:r=24:d=${seconds}`]

describe('probe', () => {
  it('describes what a browser records, although its header does not say how long it is', async () => {
    expect(await probe(join(SAMPLE_VISITOR, 'visitor.webm'))).toMatchObject({
      ok: true,
      container: 'matroska',
      width: 720,
      height: 1280,
      codec: 'vp8',
      hasSound: true,
      hdr: false,
    })
  })
  it('says sizes of the upright picture with square pixels', async () => {
    make('plain.mp4', ...colour('320x240', 2), '-vf', 'setsar=2/1')
    expect(await probe(at('plain.mp4'))).toMatchObject({ ok: true, width: 640, height: 240 })
    await turn('plain.mp4', 'turned.mp4')
    expect(await probe(at('turned.mp4'))).toMatchObject({ ok: true, width: 240, height: 640 })
  })
  it('opens a file whose name looks like an option', async () => {
    await copyFile(join(SAMPLE_VISITOR, 'visitor.mp4'), at('-x.mp4'))
    expect(await probe(at('-x.mp4'))).toMatchObject({ ok: true, container: 'mov', durationMs: 6000 })
  })
  it.each([
    ['a playlist renamed', '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n'],
    ['a concat script renamed', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['an empty file', ''],
    ['a box that promises an MP4 and holds none', '\0\0\0\x18ftypisom\0\0\0\0garbage'],
  ])('refuses %s', async (_, text) => {
    await writeFile(at('odd.mp4'), text, 'latin1')
    expect(await probe(at('odd.mp4'))).toEqual({ ok: false, code: 'clip-unreadable' })
  })
  it('refuses a picture larger than any camera takes', async () => {
    make('vast.mp4', ...colour('8000x4500', 0.1), '-c:v', 'libx264', '-preset', 'ultrafast')
    expect(await probe(at('vast.mp4'))).toMatchObject({ ok: false })
  })
  it('refuses sound alone, too short a clip and too long a one, each by its code', async () => {
    make('sound.mp4', '-f', 'lavfi', '-i', 'sine=d=2', '-c:a', 'aac')
    make('short.mp4', ...colour('320x240', 0.5))
    make('long.mkv', ...colour('64x64', 61), '-c:v', 'libx264', '-preset', 'ultrafast')
    expect(await probe(at('sound.mp4'))).toEqual({ ok: false, code: 'clip-no-picture' })
    expect(await probe(at('short.mp4'))).toEqual({ ok: false, code: 'clip-too-short' })
    expect(await probe(at('long.mkv'))).toEqual({ ok: false, code: 'clip-too-long' })
  })
  it('refuses a file beyond the largest upload by its size alone', async () => {
    await writeFile(at('big.mp4'), '')
    await truncate(at('big.mp4'), 65 * 1024 * 1024)
    expect(await probe(at('big.mp4'))).toEqual({ ok: false, code: 'clip-too-large' })
  })
  it('stops when it is told to', async () => {
    await expect(probe(join(SAMPLE_VISITOR, 'visitor.webm'), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

describe('a machine that cannot look', () => {
  const clip = join(SAMPLE_VISITOR, 'visitor.webm')
  /** Puts a script in ffprobe's place. */
  const instead = async (name: string, script: string) => {
    await writeFile(at(name), `#!/bin/sh\n${script}\n`)
    await chmod(at(name), 0o755)
    vi.stubEnv('FANREEL_FFPROBE', at(name))
  }
  afterEach(() => void vi.unstubAllEnvs())

  it.each([
    ['has no ffprobe', 'exec no-such-program', 'not-started'],
    ['has an ffprobe that does not load', 'echo "error while loading shared libraries" >&2; exit 1', 'not-started'],
    ['runs out of memory', 'echo "{"; kill -9 $$', 'killed'],
  ])('does not call the clip unreadable when it %s', async (_, script, kind) => {
    await instead('broken', script)
    await expect(probe(clip)).rejects.toMatchObject({ name: 'ToolFault', kind })
  })
  it('nor when it is too busy to answer in time', async () => {
    await instead('slow', 'exec sleep 100')
    await expect(probe(clip, undefined, { timeoutMs: 300 })).rejects.toMatchObject({ name: 'ToolFault', kind: 'timed-out' })
  })
  it('but a file that takes all the processor time there is, is unreadable', async () => {
    await instead('endless', 'echo "{"; while :; do :; done')
    expect(await probe(clip, undefined, { cpuSeconds: 1 })).toEqual({ ok: false, code: 'clip-unreadable' })
  })
})

describe('ratio', () => {
  it.each([
    ['30000/1001', 29.97],
    ['2:1', 2],
    ['25', 25],
    ['0/0', 0],
    ['1/0', 0],
    [undefined, 0],
  ])('reads %s', (text, value) => expect(ratio(text)).toBeCloseTo(value, 2))
})
