/**
 * Any accepted clip, made regular: 24 frames a second, upright, square pixels, 8-bit BT.709-range RGBA, sound as mono
 * 48 kHz float aligned with the picture. Frames stream with back-pressure: never more than a few are in memory.
 */
import { open, truncate } from 'node:fs/promises'
import { CLIP_RULES } from '@fanreel/protocol'
import { boundedOutput, type Output, startFfmpeg, untrusted } from './ffmpeg.ts'
import { startOnFramePipe } from './frame-pipe.ts'
import { FPS, MEDIA_LIMITS, SAMPLE_RATE } from './limits.ts'
import type { ClipInfo } from './probe.ts'
import { ToolFault } from './tool-fault.ts'

export type DecodeOptions = {
  /** Absolute path of the file the sound goes to: raw mono float32, little-endian, 48 kHz. Without it sound is left out. */
  soundPath?: string
  /** Size of the pictures; by default the clip's own, shrunk to the limits. */
  size?: Size
  /** Quarter turns clockwise by which to put a sideways clip upright, beyond what its own metadata asks for. */
  quarterTurns?: 0 | 1 | 2 | 3
  /** Milliseconds of the clip to read, from its start. */
  maxMs?: number
  /** Pictures a second; by default the normalised clip's 24. */
  fps?: number
  /** Pictures that no other is made from may be left out, where one a few frames off will do. */
  roughly?: boolean
  /** Memory for the next picture, `width * height * 4` bytes; by default two buffers by turns. */
  room?: () => Promise<Uint8Array>
  signal: AbortSignal
}

export type Size = { width: number; height: number }

export type Decoded = {
  width: number
  height: number
  /** RGBA pictures, one each 1/24 s. A buffer of its own is valid until the next but one is asked for. */
  frames: AsyncIterable<Uint8Array>
  /** After the last frame: how many there were, and whether sound was written. */
  finished: Promise<{ frames: number; sound: boolean }>
}

const even = (value: number) => Math.max(2, Math.round(value / 2) * 2)

/** The size at which a clip is normalised: its own, shrunk so that the long side keeps the limit; never enlarged. */
export const normalisedSize = (clip: Size, longSide: number = MEDIA_LIMITS.MAX_LONG_SIDE): Size => {
  const scale = Math.min(1, longSide / Math.max(clip.width, clip.height))
  return { width: even(clip.width * scale), height: even(clip.height * scale) }
}

// Hable's curve on linear light, as common players map HDR; 100 nits is a display's white.
const TONE_MAP =
  'zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p'
const TURNS = ['', 'transpose=clock', 'hflip,vflip', 'transpose=cclock'] as const

/** The filter chain that makes pictures regular. */
export const pictureFilters = (
  clip: Pick<ClipInfo, 'hdr' | 'interlaced'>,
  size: Size,
  { quarterTurns = 0, fps = FPS }: Pick<DecodeOptions, 'quarterTurns' | 'fps'> = {},
): string =>
  [
    clip.interlaced ? 'yadif=deint=interlaced' : '',
    `fps=${fps}:start_time=0`,
    clip.hdr ? TONE_MAP : '',
    TURNS[quarterTurns],
    `scale=${size.width}:${size.height}:flags=bicubic`,
    'setsar=1',
    'format=rgba',
  ]
    .filter(Boolean)
    .join(',')

/** Channels are averaged into one, never added up: a level measured here is the recording's own. */
const soundOutput = (path: string, seconds: number): Output => ({
  file: path,
  options: [
    ...boundedOutput((seconds + 1) * SAMPLE_RATE * 4),
    ...[
      '-map',
      '0:a:0?',
      '-t',
      seconds.toFixed(3),
      '-af',
      `aresample=${SAMPLE_RATE}:async=1000:first_pts=0:rematrix_maxval=1,aformat=channel_layouts=mono`,
    ],
    ...['-c:a', 'pcm_f32le', '-f', 'f32le', '-y'],
  ],
})

/** Makes the sound exactly as long as the picture: 2,000 samples a frame. */
const fitSound = async (path: string, frames: number): Promise<boolean> => {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return false
  const { size } = await file.stat().finally(() => file.close())
  if (size === 0) return false
  await truncate(path, frames * (SAMPLE_RATE / FPS) * 4)
  return true
}

/** One thread: beside the decoder a node has work for its other cores. */
const EXACTLY = ['-threads', '1']
/** A third of the work less; two threads, for whoever looks so quickly waits for the decoder. */
const ROUGHLY = ['-threads', '2', '-skip_frame', 'noref']

/** Two buffers by turns. */
const turns = (bytes: number): (() => Promise<Uint8Array>) => {
  const buffers = [new Uint8Array(bytes), new Uint8Array(bytes)] as const
  let count = 0
  return () => Promise.resolve(buffers[count++ % 2 === 0 ? 0 : 1])
}

/**
 * Decodes a probed clip. A file that breaks off yields what could be read: whether that is enough is the caller's to
 * judge by the number of frames. Stopping the iteration early kills the child. Throws the signal's reason on abort, and
 * ToolFault where ffmpeg could not start or was killed.
 */
export const decode = async (clip: ClipInfo, options: DecodeOptions): Promise<Decoded> => {
  const turned = (options.quarterTurns ?? 0) % 2 === 1
  const size = options.size ?? normalisedSize(turned ? { width: clip.height, height: clip.width } : clip)
  const seconds = (options.maxMs ?? CLIP_RULES.USED_DURATION_MS) / 1000
  const soundPath = clip.hasSound ? options.soundPath : undefined
  const picture: Output = {
    stdout: true,
    options: [
      ...boundedOutput((seconds + 1) * (options.fps ?? FPS) * size.width * size.height * 4),
      ...['-map', '0:v:0', '-t', seconds.toFixed(3), '-vf', pictureFilters(clip, size, options)],
      ...['-f', 'rawvideo', '-fps_mode', 'passthrough'],
    ],
  }
  const { child, frames: pictures } = await startOnFramePipe((stdout) =>
    startFfmpeg({
      inputs: [{ file: clip.path, options: [...(options.roughly ? ROUGHLY : EXACTLY), ...untrusted(clip.container)] }],
      outputs: [picture, ...(soundPath ? [soundOutput(soundPath, seconds)] : [])],
      timeoutMs: MEDIA_LIMITS.DECODE_MS,
      signal: options.signal,
      stdout,
    }),
  )
  child.stdin.end()
  type Finished = Awaited<Decoded['finished']>
  let settle: { resolve(finished: Finished): void; reject(error: unknown): void } | undefined
  const finished = new Promise<Finished>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // Whoever iterates meets the fault there; it is not unhandled because nobody asks twice.
  finished.catch(() => undefined)
  const frames = async function* () {
    let count = 0
    try {
      const bytes = size.width * size.height * 4
      for await (const frame of pictures(bytes, options.room ?? turns(bytes))) {
        count++
        yield frame
      }
      const end = await child.ended
      options.signal.throwIfAborted()
      // Half a clip because of this machine is not half a clip; what ffmpeg itself makes of a broken file is.
      if (end.fault) throw new ToolFault(end.fault, end.stderr)
      settle?.resolve({ frames: count, sound: soundPath ? await fitSound(soundPath, count) : false })
    } catch (error) {
      settle?.reject(error)
      throw error
    } finally {
      child.kill()
    }
  }
  return { ...size, frames: frames(), finished }
}
