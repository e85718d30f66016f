/** A small object of the media store, or a part of any, in memory. */
import type { MediaStore } from './media-store.ts'

/** @param range first and last byte, both included. @throws AppError `object-unknown` */
export const readWhole = async (media: MediaStore, key: string, range?: { start: number; end: number }): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of await media.read(key, range)) parts.push(part)
  return Buffer.concat(parts)
}
