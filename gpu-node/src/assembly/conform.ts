/**
 * Makes a clip from another engine a shot of this film (D7): its rate, size and crop, its light, colour and grain by the
 * studio's picture of the same moment. Its sound is left out: the film's is mixed here. What cannot be read, or is shorter than
 * was asked for, is refused; half a file is no shot.
 */
import { type FileHandle, open, rm } from 'node:fs/promises'
import type { ClipShot, DrawnShot } from '../engines/engine.ts'
import { FPS } from '../media/limits.ts'
import { probe } from '../media/probe.ts'
import { type Between, refit } from '../media/refit.ts'
import { type Look, matchLook } from './match-look.ts'
import { planesOf, type YuvPicture } from './picture.ts'

/** A clip that is no shot of this film, and why. */
export class ClipUnfit extends Error {
  readonly reason: 'unreadable' | 'too-short'
  constructor(reason: 'unreadable' | 'too-short', detail: string) {
    super(detail)
    this.name = 'ClipUnfit'
    this.reason = reason
  }
}

export type ConformOptions = {
  width: number
  height: number
  /** Pictures wanted, the transition's tail among them. */
  frames: number
  /** The studio's first picture of this shot; without it the look is left as it came. */
  like?: YuvPicture
  seed: number
  between: Between
  /** File that receives the pictures. */
  path: string
  signal: AbortSignal
}

/** A model that counts its pictures otherwise may leave out so many at the end: the last one is held for them. */
const HELD_AT_MOST = 2

const writeAll = async (file: FileHandle, clip: Parameters<typeof refit>[0], options: ConformOptions): Promise<number> => {
  const { width, height, frames, like, seed } = options
  let count = 0
  let look: Look | undefined
  let last: Uint8Array | undefined
  for await (const bytes of refit(clip, options)) {
    const picture = planesOf(bytes, width, height)
    if (count === 0 && like) look = matchLook(picture, like, seed)
    look?.(picture, count)
    await file.write(bytes)
    count++
    last = bytes
  }
  if (!last || count < frames - HELD_AT_MOST) throw new ClipUnfit('too-short', `${count} of ${frames} pictures`)
  for (; count < frames; count++) await file.write(last)
  return count
}

/** @throws ClipUnfit, the signal's reason on abort, ToolFault where this machine cannot; leaves no file of its own then */
export const conform = async (clip: ClipShot, options: ConformOptions): Promise<DrawnShot> => {
  const { path, frames, signal } = options
  const found = await probe(clip.path, signal, { leastMs: 0 })
  if (!found.ok) throw new ClipUnfit('unreadable', found.code)
  if (found.durationMs !== undefined && found.durationMs < ((frames - HELD_AT_MOST - 1) * 1000) / FPS)
    throw new ClipUnfit('too-short', `${Math.round(found.durationMs)} ms of ${Math.round((frames * 1000) / FPS)}`)
  const file = await open(path, 'w', 0o600)
  try {
    return { kind: 'pictures', path, frames: await writeAll(file, found, options), engine: clip.engine }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}
