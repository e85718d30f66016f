/**
 * The cut-outs' way to disk. While the clip is read each is written as tightly as it stands in its frame; at the end all
 * are laid into the one box that holds every one of them, and the first file is gone. Never more than one is in memory.
 */
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { boxAround } from './box.ts'
import type { Box, Cast } from './cast.ts'

type Part = { box: Box; at: number } | undefined

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

/** Copies a rectangle of RGBA rows. */
const crop = (rgba: Uint8Array, width: number, box: Box): Uint8Array => {
  const part = new Uint8Array(box.width * box.height * 4)
  for (let y = 0; y < box.height; y++) {
    const from = ((box.y + y) * width + box.x) * 4
    part.set(rgba.subarray(from, from + box.width * 4), y * box.width * 4)
  }
  return part
}

/** Where the cut-outs of a clip in work lie. */
export const partsPath = (folder: string): string => join(folder, 'cutouts.parts')

/** Where they lie when all are cut out. */
export const cutoutsPath = (folder: string): string => join(folder, 'cutouts.rgba')

export class CutoutFile {
  private readonly folder: string
  private readonly region: Box
  private readonly parts: Part[] = []
  private readonly file: FileHandle
  private end = 0
  private closed = false

  private constructor(folder: string, region: Box, file: FileHandle) {
    this.folder = folder
    this.region = region
    this.file = file
  }

  /** `region`: what the pictures handed in cover of the clip. */
  static async create(folder: string, region: Box): Promise<CutoutFile> {
    return new CutoutFile(folder, region, await open(partsPath(folder), 'w+', 0o600))
  }

  /** Appends the next frame: RGBA of the region, and the box in it that is not empty. */
  async append(rgba: Uint8Array, box: Box | undefined): Promise<void> {
    if (!box) {
      this.parts.push(undefined)
      return
    }
    const part = crop(rgba, this.region.width, box)
    await this.file.write(part, 0, part.length, this.end)
    this.parts.push({ box, at: this.end })
    this.end += part.length
  }

  /**
   * Lays all frames into one box and returns where they are; absent where every frame is empty.
   * @param stopping asked before each frame; where it says so, nothing is left and nothing returned
   */
  async finish(stopping: () => boolean = () => false): Promise<Cast['cutouts'] | undefined> {
    const boxes = this.parts.flatMap((part) => (part ? [part.box] : []))
    const all = boxAround(boxes)
    const path = cutoutsPath(this.folder)
    try {
      if (all) await this.lay(all, path, stopping)
    } finally {
      await this.discard()
    }
    if (stopping()) {
      await rm(path, { force: true })
      return undefined
    }
    return all && { path, box: { ...all, x: all.x + this.region.x, y: all.y + this.region.y }, count: this.parts.length }
  }

  private async lay(all: Box, path: string, stopping: () => boolean): Promise<void> {
    const target = await open(path, 'w', 0o600)
    try {
      const frame = new Uint8Array(all.width * all.height * 4)
      for (const part of this.parts) {
        if (stopping()) return
        frame.fill(0)
        if (part) {
          const { box, at } = part
          const bytes = new Uint8Array(box.width * box.height * 4)
          await this.file.read(bytes, 0, bytes.length, at)
          for (let y = 0; y < box.height; y++) {
            const to = ((box.y - all.y + y) * all.width + box.x - all.x) * 4
            frame.set(bytes.subarray(y * box.width * 4, (y + 1) * box.width * 4), to)
          }
        }
        await target.write(frame)
      }
    } finally {
      await target.close()
    }
  }

  /** Drops what was written so far. May be called again. */
  async discard(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.file.close()
    await rm(partsPath(this.folder), { force: true })
  }
}
