/**
 * What container a file is, by its first bytes. Names, extensions and declared types are never believed: a playlist
 * called `.mp4` must not reach a demuxer that follows it.
 */
import { open } from 'node:fs/promises'

/** The demuxer to force, as ffmpeg's `-f` takes it. */
export type Container = 'mov' | 'matroska'

const ISO_BOXES = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'styp'])

/** Names the container, or nothing where it is none that a camera or a browser writes. `head`: the first 16 bytes or more. */
export const containerOf = (head: Uint8Array): Container | undefined => {
  if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3) return 'matroska'
  const box = String.fromCharCode(...head.subarray(4, 8))
  return ISO_BOXES.has(box) ? 'mov' : undefined
}

/** Reads a file's first bytes and names its container. */
export const sniff = async (path: string): Promise<Container | undefined> => {
  const file = await open(path, 'r')
  try {
    const head = new Uint8Array(64)
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    return containerOf(head.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
