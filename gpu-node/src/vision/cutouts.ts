/**
 * The cut-outs' way to disk and back: each is written once, as tightly as it stands in its frame, and laid into the box
 * that holds all of them by whoever reads it. Never more than one is in memory.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { boxAround } from './box.ts'
import type { Box, Cutouts } from './cast.ts'

/** The least box that holds all of `alpha` above nearly nothing; absent where that is empty. */
export const boxOfAlpha = (alpha: Uint8Array, width: number, height: number): Box | undefined => {
  let [left, right, top, bottom] = [width, -1, -1, -1]
  for (let y = 0; y < height; y++) {
    const row = y * width
    let first = 0
    while (first < width && (alpha[row + first] ?? 0) < 8) first++
    if (first === width) continue
    let last = width - 1
    while ((alpha[row + last] ?? 0) < 8) last--
    if (top < 0) top = y
    bottom = y
    left = Math.min(left, first)
    right = Math.max(right, last)
  }
  return top < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** Where the cut-outs of a clip lie. */
export const cutoutsPath = (folder: string): string => join(folder, 'cutouts.rgba')

/** Room for `bytes`: what there is already, or more. */
const roomFor = (bytes: number, room: Uint8Array): Uint8Array => (room.length < bytes ? new Uint8Array(bytes) : room)

export class CutoutFile {
  private readonly folder: string
  private readonly region: Box
  private readonly parts: Cutouts['parts'][number][] = []
  private readonly file: FileHandle
  private room: Uint8Array = new Uint8Array(0)
  private end = 0
  private closed = false

  private constructor(folder: string, region: Box, file: FileHandle) {
    this.folder = folder
    this.region = region
    this.file = file
  }

  /** `region`: what the pictures handed in cover of the clip. */
  static async create(folder: string, region: Box): Promise<CutoutFile> {
    return new CutoutFile(folder, region, await open(cutoutsPath(folder), 'w', 0o600))
  }

  /** Appends the next frame: RGBA of the region, and the box in it that is not empty. */
  async append(rgba: Uint8Array, box: Box | undefined): Promise<void> {
    if (!box) {
      this.parts.push(undefined)
      return
    }
    const row = box.width * 4
    const bytes = row * box.height
    this.room = roomFor(bytes, this.room)
    for (let y = 0; y < box.height; y++) {
      const from = ((box.y + y) * this.region.width + box.x) * 4
      this.room.set(rgba.subarray(from, from + row), y * row)
    }
    await this.file.write(this.room, 0, bytes, this.end)
    this.parts.push({ box: { ...box, x: box.x + this.region.x, y: box.y + this.region.y }, at: this.end })
    this.end += bytes
  }

  /** Ends the file and says what is in it; where every frame is empty there is nothing, and no file either. */
  async finish(): Promise<Cutouts | undefined> {
    const box = boxAround(this.parts.flatMap((part) => (part ? [part.box] : [])))
    if (!box) {
      await this.discard()
      return undefined
    }
    this.closed = true
    await this.file.close()
    return { path: cutoutsPath(this.folder), box, parts: this.parts }
  }

  /** Drops what was written so far. May be called again; not after `finish`. */
  async discard(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.file.close()
    await rm(cutoutsPath(this.folder), { force: true })
  }
}

export type CutoutReader = {
  /** Lays frame `index` (the first or last, beyond them) into `into`: RGBA of the whole box. */
  read(index: number, into: Uint8Array): void
  close(): void
}

/** Lays a part's rows into the box that holds all, and clears the rest of that. */
const lay = (rgba: Uint8Array, part: Box, into: Uint8Array, box: Box): void => {
  const [row, pitch] = [part.width * 4, box.width * 4]
  const left = (part.x - box.x) * 4
  const first = part.y - box.y
  into.fill(0, 0, first * pitch)
  for (let y = 0; y < part.height; y++) {
    const to = (first + y) * pitch
    into.fill(0, to, to + left)
    into.set(rgba.subarray(y * row, (y + 1) * row), to + left)
    into.fill(0, to + left + row, to + pitch)
  }
  into.fill(0, (first + part.height) * pitch, box.height * pitch)
}

/** Opens cut-outs to be read in any order, on the thread that calls. */
export const openCutouts = ({ path, box, parts }: Cutouts): CutoutReader => {
  const file = openSync(path, 'r')
  let room: Uint8Array = new Uint8Array(0)
  return {
    read: (index, into) => {
      const part = parts[Math.max(0, Math.min(parts.length - 1, index))]
      if (!part) {
        into.fill(0)
        return
      }
      const bytes = part.box.width * part.box.height * 4
      room = roomFor(bytes, room)
      const got = readSync(file, room, 0, bytes, part.at)
      if (got < bytes) throw new Error('the cut-outs end too early')
      lay(room, part.box, into, box)
    },
    close: () => closeSync(file),
  }
}
