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

/** Decodes a sound. Throws where ffmpeg cannot read it, or the signal's reason on abort. */
export const readSound = async (source: SoundSource, signal: AbortSignal): Promise<Sound> => {
  const child = await startFfmpeg({
    inputs: [{ file: source.file, options: [...source.input] }],
    outputs: [
      {
        stdout: true,
        options: [
          ...['-map', '0:a:0', ...(source.filters ? ['-af', source.filters] : [])],
          ...['-ac', String(source.channels), '-ar', String(SAMPLE_RATE), '-c:a', 'pcm_f32le', '-f', 'f32le'],
        ],
      },
    ],
    timeoutMs: MEDIA_LIMITS.DECODE_MS,
    signal,
  })
  child.stdin.end()
  const parts: Buffer[] = []
  for await (const part of child.stdout) parts.push(part as Buffer)
  const end = await child.ended
  signal.throwIfAborted()
  if (end.code !== 0) throw new Error(`a sound could not be read: ${end.stderr.slice(0, 300)}`)
  const bytes = Buffer.concat(parts)
  const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)))
  const length = Math.floor(samples.length / source.channels)
  return Array.from({ length: source.channels }, (_, channel) =>
    Float32Array.from({ length }, (_, i) => samples[i * source.channels + channel] ?? 0),
  )
}

/** Writes stereo sound as a 32-bit float WAV. */
export const writeWav = async (path: string, sound: Sound): Promise<void> => {
  const channels = sound.length
  const length = sound[0]?.length ?? 0
  const data = Buffer.alloc(length * channels * 4)
  for (let i = 0; i < length; i++)
    for (let c = 0; c < channels; c++) data.writeFloatLE(sound[c]?.[i] ?? 0, (i * channels + c) * 4)
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
