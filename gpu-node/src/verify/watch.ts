/**
 * Decodes a finished reel once, for two who look at it: every picture small, with its colours, for whoever judges light;
 * and a few of them large enough to know a face. The small ones go by way of a file, for a child has one pipe.
 */
import { readFile, rm } from 'node:fs/promises'
import { startFfmpeg, untrusted } from '../media/ffmpeg.ts'
import { startOnFramePipe } from '../media/frame-pipe.ts'
import { MEDIA_LIMITS } from '../media/limits.ts'
import type { ClipInfo } from '../media/probe.ts'
import { ToolFault } from '../media/tool-fault.ts'
import type { Picture } from '../vision/picture.ts'

/** A small picture, a sixteenth of the film's width: a plane each of Y, U and V. Limited range, BT.709. */
export const SMALL = { width: 45, height: 80 } as const
export const SMALL_BYTES = SMALL.width * SMALL.height * 3
/** No reel is longer than this, seconds; what a file holds beyond is not looked at. */
const MOST_SECONDS = 60

export type Watched = { /** The small pictures, one after another. */ small: Uint8Array; count: number }

type Watching = {
  /** Size of the large pictures. */
  size: { width: number; height: number }
  /** Which pictures are wanted large, in rising order. */
  frames: readonly number[]
  /** Gets them in that order; the next one waits for it. */
  look(picture: Picture, index: number): Promise<void>
  signal: AbortSignal
}

/** Pictures that no other is made from are left unsmoothed: a tenth of the work, and nothing anybody could see here. */
const THRIFTY = ['-threads', '2', '-skip_loop_filter', 'noref'] as const

/** Watches a probed reel. Throws the signal's reason on abort, and ToolFault where ffmpeg could not start or was killed. */
export const watch = async (reel: ClipInfo, { size, frames, look, signal }: Watching): Promise<Watched> => {
  const smallFile = `${reel.path}.small.yuv`
  const picked = frames.map((frame) => `eq(n\\,${frame})`).join('+') || '0'
  const raw = ['-f', 'rawvideo', '-fps_mode', 'passthrough']
  const input = ['-map', '0:v:0', '-t', String(MOST_SECONDS)]
  const large = `select=${picked},scale=${size.width}:${size.height}:flags=bilinear,format=rgba`
  const little = `scale=${SMALL.width}:${SMALL.height}:flags=area,format=yuv444p`
  const { child, frames: pictures } = await startOnFramePipe((stdout) =>
    startFfmpeg({
      inputs: [{ file: reel.path, options: [...THRIFTY, ...untrusted(reel.container)] }],
      outputs: [
        { file: smallFile, options: [...input, '-vf', little, ...raw, '-y'] },
        { stdout: true, options: [...input, '-vf', large, ...raw] },
      ],
      timeoutMs: MEDIA_LIMITS.DECODE_MS,
      signal,
      stdout,
    }),
  )
  child.stdin.end()
  try {
    // While one is looked at, the decoder goes on with the small ones up to the next.
    let index = 0
    const memory = new Uint8Array(size.width * size.height * 4)
    for await (const data of pictures(memory.length, () => Promise.resolve(memory)))
      await look({ ...size, data }, frames[index++] ?? 0)
    const end = await child.ended
    signal.throwIfAborted()
    if (end.fault) throw new ToolFault(end.fault, end.stderr)
    const small = new Uint8Array(await readFile(smallFile).catch(() => new Uint8Array(0)))
    return { small, count: Math.floor(small.length / SMALL_BYTES) }
  } finally {
    child.kill()
    await child.ended
    await rm(smallFile, { force: true })
  }
}
