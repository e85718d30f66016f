/**
 * Writes a film: raw pictures in, MP4 out, as every phone plays it (H.264 High, yuv420p, BT.709, AAC, index in front).
 * The encoder's pace is the writer's: `write` waits while the pipe is full.
 */
import { startFfmpeg } from './ffmpeg.ts'
import { MEDIA_LIMITS } from './limits.ts'

export type EncoderOptions = {
  /** Absolute path of the MP4 to write; an older one is replaced. */
  path: string
  /** Even numbers of pixels. */
  width: number
  height: number
  fps: number
  /** Absolute path of an MP4 with AAC that becomes the sound track as it is. */
  audio?: string
  /** x264's constant rate factor: 18 near-lossless, 23 small. */
  crf: number
  preset: 'ultrafast' | 'superfast' | 'veryfast' | 'faster' | 'medium'
  signal: AbortSignal
}

export type Encoder = {
  /** Takes one picture: planar yuv420p, BT.709 limited range, `width * height * 3 / 2` bytes. The buffer may be reused once this resolves. */
  write(frame: Uint8Array): Promise<void>
  /** Ends the film; resolves when the file is whole. Throws where ffmpeg failed. */
  finish(): Promise<void>
}

/**
 * What the file says of itself to programs: IPTC's digital source type for a composite with synthetic parts
 * (https://cv.iptc.org/newscodes/digitalsourcetype). Not signed: whoever re-encodes the film drops it.
 */
export const DIGITAL_SOURCE_TYPE = 'http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic'

const BT709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv']

/** Starts an encoder. Throws the signal's reason on abort. */
export const createEncoder = async (options: EncoderOptions): Promise<Encoder> => {
  const { width, height, fps, signal } = options
  const bytes = (width * height * 3) / 2
  const child = await startFfmpeg({
    inputs: [
      { stdin: true, options: ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', `${fps}`, ...BT709] },
      ...(options.audio ? [{ file: options.audio, options: ['-f', 'mov', '-protocol_whitelist', 'file'] }] : []),
    ],
    outputs: [
      {
        file: options.path,
        options: [
          ...['-map', '0:v:0', '-c:v', 'libx264', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
          ...['-preset', options.preset, '-crf', `${options.crf}`, '-g', `${fps * 2}`, ...BT709],
          ...(options.audio ? ['-map', '1:a:0', '-c:a', 'copy'] : []),
          ...[
            '-map_metadata',
            '-1',
            '-metadata',
            `comment=AI-generated;digitalSourceType=${DIGITAL_SOURCE_TYPE}`,
            '-movflags',
            '+faststart',
            '-f',
            'mp4',
            '-y',
          ],
        ],
      },
    ],
    timeoutMs: MEDIA_LIMITS.ENCODE_MS,
    signal,
    // As important as those that draw for it: one that falls behind has the machine to itself at the end, and x264 alone
    // cannot keep two cores at work (measured: 1.6 of them).
    niceness: 0,
  })
  child.stdout.resume()
  let gone = false
  const ended = child.ended.then((end) => {
    gone = true
    return end
  })
  const fail = async (): Promise<never> => {
    const end = await ended
    signal.throwIfAborted()
    throw new Error(`the encoder ended with ${end.timedOut ? 'a timeout' : end.code}: ${end.stderr.slice(0, 400)}`)
  }
  return {
    write: async (frame) => {
      if (frame.length !== bytes) throw new RangeError(`a frame of ${frame.length} bytes where ${bytes} were agreed`)
      if (gone) return fail()
      const taken = new Promise<void>((resolve) => child.stdin.write(frame, () => resolve()))
      await Promise.race([taken, ended])
      if (gone) return fail()
    },
    finish: async () => {
      child.stdin.end()
      const end = await ended
      if (end.code !== 0) return fail()
    },
  }
}
