/** The seconds of a clip that a cloud's model draws the visitor from: where the face is seen best, and no sound (D13). */
import { boundedOutput, startFfmpeg, untrusted } from '../media/ffmpeg.ts'
import { MEDIA_LIMITS } from '../media/limits.ts'
import { probe } from '../media/probe.ts'
import { ToolFault } from '../media/tool-fault.ts'
import type { Cast } from './cast.ts'

/** What is charged of a reference at the most, and all that is given away, in milliseconds (r2v-engines, section 1). */
const LONGEST_MS = 5_000
/** Long side of its picture: a face of a visitor at arm's length has some 200 pixels of it. */
const LONG_SIDE = 1_280
const MOST_BYTES = 16 * 1024 * 1024

/** Where the face is found most, turned to the camera most: the start of `LONGEST_MS`, in milliseconds. */
export const bestStart = ({ clip, frames }: Pick<Cast, 'clip' | 'frames'>): number => {
  const worth = ({ face }: Cast['frames'][number]) => (face ? Math.max(0, 1 - Math.abs(face.yaw)) * face.score : 0)
  const count = Math.min(frames.length, Math.round((LONGEST_MS * clip.fps) / 1000))
  let sum = frames.slice(0, count).reduce((total, frame) => total + worth(frame), 0)
  let best = { sum, at: 0 }
  for (let at = 1; at + count <= frames.length; at++) {
    const [gone, come] = [frames[at - 1], frames[at + count - 1]]
    sum += (come ? worth(come) : 0) - (gone ? worth(gone) : 0)
    if (sum > best.sum + 1e-9) best = { sum, at }
  }
  return frames[best.at]?.timeMs ?? 0
}

/**
 * Writes them as MP4 without sound or metadata; answers their seconds. Throws the signal's reason on abort, ToolFault where this
 * machine could not.
 */
export const cutReference = async (options: {
  /** Absolute path of the visitor's clip. */
  clip: string
  cast: Pick<Cast, 'clip' | 'frames'>
  path: string
  signal: AbortSignal
}): Promise<number> => {
  const { clip, cast, path, signal } = options
  const found = await probe(clip, signal)
  if (!found.ok) throw new Error(`no reference of this clip: ${found.code}`)
  const ms = Math.min(LONGEST_MS, cast.clip.durationMs)
  const start = Math.max(0, Math.min(bestStart(cast), cast.clip.durationMs - ms))
  const cut = ['-ss', (start / 1000).toFixed(3), '-t', (ms / 1000).toFixed(3)]
  const size = `scale=w=${LONG_SIDE}:h=${LONG_SIDE}:force_original_aspect_ratio=decrease:force_divisible_by=2`
  const child = await startFfmpeg({
    inputs: [{ file: clip, options: ['-threads', '1', ...untrusted(found.container)] }],
    outputs: [
      {
        file: path,
        options: [
          ...boundedOutput(MOST_BYTES),
          ...['-map', '0:v:0', '-an', ...cut, '-vf', `${size},fps=24,format=yuv420p`],
          ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-movflags', '+faststart', '-f', 'mp4', '-y'],
        ],
      },
    ],
    timeoutMs: MEDIA_LIMITS.DECODE_MS,
    signal,
  })
  child.stdin.end()
  const end = await child.ended
  signal.throwIfAborted()
  if (end.fault) throw new ToolFault(end.fault, end.stderr)
  if (end.code !== 0) throw new Error(`no reference of this clip: ${end.stderr.slice(0, 200)}`)
  return ms / 1000
}
