import { execFileSync } from 'node:child_process'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { decode, normalisedSize } from './decode.ts'
import { SAMPLE_VISITOR } from './media-samples.ts'
import { type ClipInfo, probe } from './probe.ts'
import { scratchFolder } from './scratch-folder.ts'

const folder = await scratchFolder()
const at = (name: string) => join(folder, name)
const make = (name: string, ...options: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...options, at(name)])
const readable = async (path: string): Promise<ClipInfo> => {
  const clip = await probe(path)
  if (!clip.ok) throw new Error(clip.code)
  return clip
}
const quiet = () => new AbortController().signal
const run = async (path: string, options: Partial<Parameters<typeof decode>[1]> = {}) => {
  const decoded = await decode(await readable(path), { signal: quiet(), ...options })
  let first: Uint8Array | undefined
  for await (const frame of decoded.frames) first ??= frame.slice()
  return { ...decoded, first: first ?? new Uint8Array(0), ...(await decoded.finished) }
}

describe('decode', () => {
  it('makes 24 frames a second of any rate, and sound exactly as long', async () => {
    make(
      'fast.mp4',
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=320x240:r=50:d=2',
      '-f',
      'lavfi',
      '-i',
      'sine=r=44100:d=1.7',
      '-c:a',
      'aac',
      '-ac',
      '2',
    )
    const { frames, sound } = await run(at('fast.mp4'), { soundPath: at('fast.f32') })
    expect({ frames, sound }).toEqual({ frames: 48, sound: true })
    expect((await stat(at('fast.f32'))).size).toBe(48 * 2000 * 4)
  })
  it('keeps sound where it was against the picture', async () => {
    make(
      'late.mkv',
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=160x120:r=24:d=2',
      '-itsoffset',
      '1',
      '-f',
      'lavfi',
      '-i',
      'sine=d=1',
      '-c:a',
      'pcm_s16le',
    )
    await run(at('late.mkv'), { soundPath: at('late.f32') })
    const bytes = await readFile(at('late.f32'))
    const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
    const begin = samples.findIndex((sample) => Math.abs(sample) > 0.02)
    expect(Math.abs(begin / 48 - 1000)).toBeLessThan(30)
  })
  it('puts a turned clip upright and squares its pixels', async () => {
    make('plain.mp4', '-f', 'lavfi', '-i', 'color=red:s=320x240:r=24:d=2', '-vf', 'drawbox=0:0:40:40:blue:fill,setsar=2/1')
    const { width, height, first } = await run(at('plain.mp4'))
    expect([width, height]).toEqual([640, 240])
    expect(first[2]).toBeGreaterThan(180)
    const turned = await run(at('plain.mp4'), { quarterTurns: 1 })
    expect([turned.width, turned.height]).toEqual([240, 640])
    const corner = (turned.width - 10) * 4
    expect(turned.first[corner + 2]).toBeGreaterThan(180)
  })
  it('yields what is left of a file that breaks off', async () => {
    const whole = await readFile(join(SAMPLE_VISITOR, 'visitor.webm'))
    await writeFile(at('cut.webm'), whole.subarray(0, whole.length / 2))
    const { frames } = await run(at('cut.webm'), { size: { width: 90, height: 160 } })
    expect(frames).toBeGreaterThan(36)
    expect(frames).toBeLessThan(140)
  })
  it('reads no more than it is asked to', async () => {
    expect((await run(join(SAMPLE_VISITOR, 'visitor.webm'), { maxMs: 500, size: { width: 90, height: 160 } })).frames).toBe(12)
  })
  it.each([
    ['cannot start', 'exit 127', 'not-started'],
    ['is killed before the first picture', 'kill -9 $$', 'killed'],
    ['is killed half way', 'head -c 400000 /dev/zero; kill -9 $$', 'killed'],
  ])('does not take it for the clip’s end when ffmpeg %s', async (_, script, kind) => {
    const clip = await readable(join(SAMPLE_VISITOR, 'visitor.webm'))
    await writeFile(at('broken'), `#!/bin/sh\n${script}\n`)
    await chmod(at('broken'), 0o755)
    vi.stubEnv('FANREEL_FFMPEG', at('broken'))
    const { frames, finished } = await decode(clip, { size: { width: 90, height: 160 }, signal: quiet() })
    vi.unstubAllEnvs()
    const read = async () => {
      for await (const _ of frames);
    }
    await expect(read()).rejects.toMatchObject({ name: 'ToolFault', kind })
    await expect(finished).rejects.toMatchObject({ kind })
  })
  it('ends with its reason when it is stopped half way', async () => {
    const stop = new AbortController()
    const decoded = await decode(await readable(join(SAMPLE_VISITOR, 'visitor.webm')), { signal: stop.signal })
    const read = async () => {
      for await (const _ of decoded.frames) stop.abort(new Error('lease lost'))
    }
    await expect(read()).rejects.toThrow('lease lost')
  })
})

describe('normalisedSize', () => {
  it('shrinks to the longest side, never enlarges, and keeps sides even', () => {
    expect(normalisedSize({ width: 3840, height: 2160 })).toEqual({ width: 1280, height: 720 })
    expect(normalisedSize({ width: 641, height: 361 })).toEqual({ width: 642, height: 362 })
  })
})
