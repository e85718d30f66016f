/** What a fake node delivers: a real but empty film of the right kind, with its poster, shot list and report. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ReelReport, ShotList } from '@fanreel/protocol'

const run = promisify(execFile)
const REEL_SECONDS = 15

const inFolder = async (work: (folder: string) => Promise<void>): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-reel-'))
  try {
    await work(folder)
    return await readFile(join(folder, 'out.mp4'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
const ffmpeg = (folder: string, args: readonly string[]) =>
  run('ffmpeg', ['-v', 'error', '-nostdin', ...args, '-y', join(folder, 'out.mp4')])

/** Makes a film of the reel's format with ffmpeg: one colour, one tone, two pictures a second. */
export const makeReel = (): Promise<Buffer> =>
  inFolder(async (folder) => {
    const picture = ['-f', 'lavfi', '-i', `color=c=navy:s=720x1280:r=2:d=${REEL_SECONDS}`]
    const sound = ['-f', 'lavfi', '-i', `sine=f=330:d=${REEL_SECONDS}`]
    const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '32k']
    await ffmpeg(folder, [...picture, ...sound, ...codecs, '-movflags', '+faststart'])
  })

/** Packs the same pictures and sounds anew, with other options and nothing encoded again. */
export const repack = (reel: Buffer, args: readonly string[]): Promise<Buffer> =>
  inFolder(async (folder) => {
    const from = join(folder, 'in.mp4')
    await writeFile(from, reel)
    await ffmpeg(folder, ['-i', from, '-c', 'copy', ...args])
  })

/** The same film with other bytes: a `free` box of chance at its end. */
export const anotherOf = (reel: Buffer): Buffer => {
  const free = Buffer.alloc(24)
  free.writeUInt32BE(24, 0)
  free.write('free', 4, 'latin1')
  randomBytes(16).copy(free, 8)
  return Buffer.concat([reel, free])
}

export const posterOf = (): Buffer => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0xff, 0xd9])

export const shotListOf = (): Buffer => {
  const shotList: ShotList = {
    version: 1,
    packId: 'figure-skating',
    packHash: 'a'.repeat(64),
    seed: 1,
    fps: 24,
    width: 720,
    height: 1280,
    frames: 360,
    beatFrames: [0, 12],
    shots: [
      {
        id: 'one',
        slot: 'one',
        framing: 'close',
        treatment: 'close-up',
        plateView: 'rink',
        camera: 'push-in',
        startFrame: 0,
        frames: 360,
        source: { startMs: 0, endMs: 5_000, speed: 1 },
        voice: true,
        transition: 'cut',
        reason: 'the only one',
      },
    ],
  }
  return Buffer.from(JSON.stringify(shotList))
}

export const reportOf = (): ReelReport => ({
  width: 720,
  height: 1280,
  durationMs: REEL_SECONDS * 1_000,
  shots: 5,
  likeness: 0.2,
  loudnessLufs: -14,
  advice: [],
  stagesMs: { fetch: 10, draw: 20 },
})
