/** Sound in memory: reading any file of a pack or a visitor's voice as 48 kHz float, and writing a film's sound as WAV. */
import { writeFile } from 'node:fs/promises'
import { startFfmpeg } from '../media/ffmpeg.ts'
import { MEDIA_LIMITS, SAMPLE_RATE } from '../media/limits.ts'

/** One Float32Array a channel, -1..1, 48 kHz, all of one length. */
export type Sound = readonly Float32Array[]

export type SoundSource = {
  file: string
  /** Options that stand before the file: how to read it. */
  input: readonly string[]
  channels: 1 | 2
  /** ffmpeg audio filters to pass it through, if any. */
  filters?: string
}

/** No film, clip or piece of a pack's music is longer; what a file holds beyond is not read. */
const MOST_SECONDS = 60

/** The file is there and ffmpeg runs, but there is no sound in it that can be read. */
export class SoundUnreadable extends Error {}

/**
 * Decodes a sound, its first minute at most.
 * @throws SoundUnreadable, an Error where ffmpeg itself failed, or the signal's reason on abort
 */
export const readSound = async (source: SoundSource, signal: AbortSignal): Promise<Sound> => {
  const { channels } = source
  const child = await startFfmpeg({
    inputs: [{ file: source.file, options: [...source.input] }],
    outputs: [
      {
        stdout: true,
        options: [
          ...['-map', '0:a:0', '-t', String(MOST_SECONDS), ...(source.filters ? ['-af', source.filters] : [])],
          ...['-ac', String(channels), '-ar', String(SAMPLE_RATE), '-c:a', 'pcm_f32le', '-f', 'f32le'],
        ],
      },
    ],
    timeoutMs: MEDIA_LIMITS.DECODE_MS,
    signal,
  })
  child.stdin.end()
  const parts: Buffer[] = []
  let held = 0
  for await (const part of child.stdout) {
    held += (part as Buffer).length
    if (held > MOST_SECONDS * SAMPLE_RATE * channels * 4) child.kill()
    else parts.push(part as Buffer)
  }
  const end = await child.ended
  signal.throwIfAborted()
  const said = `a sound could not be read: ${end.stderr.slice(0, 300)}`
  // A child that was killed has no code of its own.
  if (end.code > 0 && !end.timedOut) throw new SoundUnreadable(said)
  if (end.code !== 0) throw new Error(said)
  const bytes = Buffer.concat(parts)
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  const length = Math.floor(samples.length / channels)
  const sound = Array.from({ length: channels }, () => new Float32Array(length))
  sound.forEach((channel, c) => {
    for (let i = 0; i < length; i++) channel[i] = samples[i * channels + c] ?? 0
  })
  return sound
}

/** Writes stereo sound as a 32-bit float WAV. */
export const writeWav = async (path: string, sound: Sound): Promise<void> => {
  const channels = sound.length
  const length = sound[0]?.length ?? 0
  const samples = new Float32Array(length * channels)
  sound.forEach((channel, c) => {
    for (let i = 0; i < length; i++) samples[i * channels + c] = channel[i] ?? 0
  })
  // As it lies in memory: little-endian on every processor there is a node for.
  const data = Buffer.from(samples.buffer)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  // Format 3: IEEE float.
  head.writeUInt16LE(3, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(SAMPLE_RATE, 24)
  head.writeUInt32LE(SAMPLE_RATE * channels * 4, 28)
  head.writeUInt16LE(channels * 4, 32)
  head.writeUInt16LE(32, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(data.length, 40)
  await writeFile(path, Buffer.concat([head, data]))
}
