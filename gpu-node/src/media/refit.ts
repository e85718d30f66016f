/**
 * A clip that another program has made, brought to the film's rate and size: raw yuv420p pictures, one after another. The file
 * is not trusted more than a visitor's own: same demuxers, same decoders, same walls.
 */
import { boundedOutput, startFfmpeg, untrusted } from './ffmpeg.ts'
import { startOnFramePipe } from './frame-pipe.ts'
import { FPS, MEDIA_LIMITS } from './limits.ts'
import type { ClipInfo } from './probe.ts'
import { ToolFault } from './tool-fault.ts'

/** How pictures between the clip's own are made: along the motion (2.4 s of a core for a second of film at 480x832), or by mixing (0.2 s). */
export type Between = 'motion' | 'mix'

export type RefitOptions = {
  width: number
  height: number
  /** Pictures wanted of it, at the film's rate. */
  frames: number
  between: Between
  signal: AbortSignal
}

/** Rates this near to the film's are taken for it, pictures a second. */
const SAME_RATE = 0.6
/** The last picture twice more: motion is looked for between pictures, and the last has no next (measured: 33 pictures of 16 a second become 50). */
const HELD = 2
/** Enlarged by more than this a picture has lost the edge it is seen by. */
const SOFT_ABOVE = 1.25

const rateFilter = (fps: number, between: Between): string => {
  if (Math.abs(fps - FPS) < SAME_RATE || fps > FPS) return `fps=${FPS}:start_time=0`
  const how = between === 'motion' ? 'mi_mode=mci:mc_mode=obmc:me=epzs:vsbmc=0' : 'mi_mode=blend'
  return `tpad=stop_mode=clone:stop=${HELD},minterpolate=fps=${FPS}:${how}`
}

/** The filter chain: rate first, where pictures are small; then size, what stands over being cut away on both sides alike. */
export const refitFilters = (clip: Pick<ClipInfo, 'width' | 'height' | 'fps'>, options: Omit<RefitOptions, 'signal'>): string => {
  const { width, height, frames, between } = options
  const enlarged = Math.max(width / clip.width, height / clip.height)
  return [
    rateFilter(clip.fps, between),
    `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=lanczos:out_color_matrix=bt709:out_range=tv`,
    `crop=${width}:${height}`,
    enlarged > SOFT_ABOVE ? 'unsharp=5:5:0.4:5:5:0' : '',
    'setsar=1',
    'format=yuv420p',
    `trim=end_frame=${frames}`,
  ]
    .filter(Boolean)
    .join(',')
}

/**
 * The pictures of a probed clip, at most as many as are wanted; fewer where it is shorter. Each is valid until the next is
 * asked for; stopping early kills the child. Throws the signal's reason on abort, ToolFault where this machine could not.
 */
export async function* refit(clip: ClipInfo, options: RefitOptions): AsyncGenerator<Uint8Array, void> {
  const { width, height, frames, signal } = options
  const bytes = (width * height * 3) / 2
  const { child, frames: pictures } = await startOnFramePipe((stdout) =>
    startFfmpeg({
      inputs: [{ file: clip.path, options: ['-threads', '1', ...untrusted(clip.container)] }],
      outputs: [
        {
          stdout: true,
          options: [
            ...boundedOutput((frames + FPS) * bytes),
            ...['-map', '0:v:0', '-an', '-vf', refitFilters(clip, options)],
            ...['-f', 'rawvideo', '-fps_mode', 'passthrough'],
          ],
        },
      ],
      timeoutMs: MEDIA_LIMITS.DECODE_MS,
      signal,
      stdout,
    }),
  )
  child.stdin.end()
  try {
    const room = new Uint8Array(bytes)
    yield* pictures(bytes, () => Promise.resolve(room))
    const end = await child.ended
    signal.throwIfAborted()
    if (end.fault) throw new ToolFault(end.fault, end.stderr)
  } finally {
    child.kill()
  }
}
