/**
 * A pack's music and effects, decoded once and kept from film to film: a node makes hundreds of films of the same worlds,
 * and each decoder is a process behind walls of its own.
 */
import { stat } from 'node:fs/promises'
import { untrusted } from '../media/ffmpeg.ts'
import { sniff } from '../media/sniff.ts'
import { type LoadedPack, PackUnusable } from '../pack.ts'
import { readSound, type Sound, SoundUnreadable } from './pcm.ts'

/** Two worlds' sounds; those not played for longest go first. */
const KEPT_BYTES = 96_000_000

/** Finished sounds by file, size and time of change, the last played at the end. */
const kept = new Map<string, Sound>()

const bytesOf = (sound: Sound): number => sound.reduce((sum, channel) => sum + channel.byteLength, 0)

const keep = (key: string, sound: Sound): void => {
  kept.delete(key)
  kept.set(key, sound)
  let held = [...kept.values()].reduce((sum, one) => sum + bytesOf(one), 0)
  for (const [oldest, one] of kept) {
    if (held <= KEPT_BYTES || oldest === key) return
    kept.delete(oldest)
    held -= bytesOf(one)
  }
}

/**
 * A sound of a pack, stereo, read as warily as a clip: who made the pack is not known. Shared between films: never to be
 * written to. Throws PackUnusable where there is none in it, or the signal's reason on abort.
 */
export const packSound = async (pack: LoadedPack, file: string, signal: AbortSignal): Promise<Sound> => {
  const path = pack.resolve(file)
  const { size, mtimeMs } = await stat(path)
  const key = `${path} ${size} ${mtimeMs}`
  const known = kept.get(key)
  if (known) {
    keep(key, known)
    return known
  }
  const container = await sniff(path)
  if (!container) throw new PackUnusable(`${file} is no sound in an MP4 or WebM file`)
  try {
    const sound = await readSound({ file: path, input: untrusted(container), channels: 2 }, signal)
    keep(key, sound)
    return sound
  } catch (error) {
    throw error instanceof SoundUnreadable ? new PackUnusable(`${file} holds no sound that can be read`, error) : error
  }
}

/** The stems of music, in the order in which they are mixed. */
export const STEMS = ['drums', 'bass', 'harmony', 'melody'] as const
export type Stem = (typeof STEMS)[number]

/** The pack's music, taken apart. Throws as `packSound` does. */
export const packStems = async (pack: LoadedPack, signal: AbortSignal): Promise<Record<Stem, Sound>> => {
  const { stems } = pack.pack.music
  const [drums, bass, harmony, melody] = await Promise.all([
    packSound(pack, stems.drums, signal),
    packSound(pack, stems.bass, signal),
    packSound(pack, stems.harmony, signal),
    packSound(pack, stems.melody, signal),
  ])
  return { drums, bass, harmony, melody }
}
