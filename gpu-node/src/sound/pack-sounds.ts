/**
 * A pack's music and effects, decoded once and kept from film to film: a node makes hundreds of films of the same worlds,
 * and each decoder is a process behind walls of its own.
 */
import { stat } from 'node:fs/promises'
import { untrusted } from '../media/ffmpeg.ts'
import { sniff } from '../media/sniff.ts'
import type { LoadedPack } from '../pack.ts'
import { PackUnusable } from '../pack-unusable.ts'
import { readSound, type Sound, SoundUnreadable } from './pcm.ts'

/** Two worlds' sounds; those not played for longest go first. */
const KEPT_BYTES = 96_000_000

/** Decoders at work at once: a world has a dozen sounds, and a node draws pictures meanwhile. */
const AT_ONCE = 3

/** Does `work` for each of `items`, in their order, a few at a time. */
const fewAtOnce = async <Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> => {
  const results: Result[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
  return results
}

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
  const play = (stem: Stem) => packSound(pack, stems[stem], signal)
  const [drums, bass] = await Promise.all([play('drums'), play('bass')])
  const [harmony, melody] = await Promise.all([play('harmony'), play('melody')])
  return { drums, bass, harmony, melody }
}

/** Those of the named effects that the pack has. Throws as `packSound` does. */
export const packEffects = async (
  pack: LoadedPack,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Sound>> => {
  const named = [...new Set(names)].flatMap((name) => {
    const file = pack.pack.sounds[name]
    return file === undefined ? [] : [{ name, file }]
  })
  return new Map(await fewAtOnce(named, async ({ name, file }) => [name, await packSound(pack, file, signal)] as const))
}
