/** Pictures of a pack, read warily: who made the pack is not known, and they are decoded in this process. */
import { readFile, stat } from 'node:fs/promises'
import { type Image, loadImage } from '@napi-rs/canvas'
import { isMachineFault } from '../../media/machine-fault.ts'
import { pictureHead } from '../../media/picture-head.ts'
import { PackUnusable } from '../../pack-unusable.ts'

/** Far above any picture of a world, which has 1 MB at most; decoded, 64 MB. */
const MOST_BYTES = 8_000_000
const MOST_SIDE = 4_096

const unreadable = (file: string, error: unknown) =>
  isMachineFault(error) ? error : new PackUnusable(`${file} cannot be read`, error)

const read = async (path: string, file: string): Promise<Buffer> => {
  try {
    const { size } = await stat(path)
    if (size > MOST_BYTES) throw new PackUnusable(`${file} has ${size} bytes`)
    return await readFile(path)
  } catch (error) {
    throw error instanceof PackUnusable ? error : unreadable(file, error)
  }
}

/**
 * Decodes a picture of the pack: JPEG, PNG or WebP, whole, of 4096 pixels a side at most.
 * @param wanted its size, where the pack says what it is
 * @throws PackUnusable where it is no such picture; this machine's own faults as they are
 */
export const packPicture = async (
  files: { resolve(file: string): string },
  file: string,
  wanted?: { width: number; height: number },
): Promise<Image> => {
  const bytes = await read(files.resolve(file), file)
  const head = pictureHead(bytes)
  if (!head) throw new PackUnusable(`${file} is no whole JPEG, PNG or WebP picture`)
  const { width, height } = head
  if (Math.min(width, height) < 1 || Math.max(width, height) > MOST_SIDE) throw new PackUnusable(`${file} is ${width}x${height}`)
  if (wanted && (width !== wanted.width || height !== wanted.height))
    throw new PackUnusable(`${file} is ${width}x${height}, not ${wanted.width}x${wanted.height}`)
  const image = await loadImage(bytes).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  // What was decoded is what was looked at.
  if (image.width !== width || image.height !== height) throw new PackUnusable(`${file} is not as large as it says`)
  return image
}
