/**
 * What an object is served as. A visitor's objects have their type in their name; a pack's are told by their signature.
 * Everything comes from one short list, and with `nosniff`: nothing that is served can run as a page or a script.
 */
import { NODE_OBJECT_KINDS, NODE_OBJECTS } from '@fanreel/protocol'
import type { MediaStore } from '../media/media-store.ts'

const OPAQUE = 'application/octet-stream'

/** The media type of an object of a visit, by its key's last part, e.g. `reel-<sha256>`. */
export const visitObjectType = (key: string): string => {
  const name = key.slice(key.lastIndexOf('/') + 1)
  const kind = NODE_OBJECT_KINDS.find((known) => name.startsWith(`${known}-`))
  return kind ? NODE_OBJECTS[kind].mime : OPAQUE
}

const ascii = (head: Buffer, at: number, text: string) => head.toString('latin1', at, at + text.length) === text

/** The media type by the first bytes: the pictures, films and sounds a pack is made of. */
export const sniffAsset = (head: Buffer): string => {
  if (ascii(head, 0, '\x89PNG\r\n')) return 'image/png'
  if (ascii(head, 0, '\xff\xd8\xff')) return 'image/jpeg'
  if (ascii(head, 0, 'RIFF') && ascii(head, 8, 'WEBP')) return 'image/webp'
  if (ascii(head, 0, 'RIFF') && ascii(head, 8, 'WAVE')) return 'audio/wav'
  if (ascii(head, 4, 'ftypavif')) return 'image/avif'
  if (ascii(head, 4, 'ftypM4A')) return 'audio/mp4'
  if (ascii(head, 4, 'ftyp')) return 'video/mp4'
  if (ascii(head, 0, '\x1aE\xdf\xa3')) return 'video/webm'
  if (ascii(head, 0, 'OggS')) return 'audio/ogg'
  if (ascii(head, 0, 'fLaC')) return 'audio/flac'
  if (ascii(head, 0, 'ID3') || ascii(head, 0, '\xff\xfb')) return 'audio/mpeg'
  return OPAQUE
}

/** Answers types of pack assets, which never change: each is looked at once. */
export const createAssetTypes = (media: MediaStore): ((key: string) => Promise<string>) => {
  const known = new Map<string, string>()
  return async (key) => {
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const parts: Buffer[] = []
    for await (const part of await media.read(key, { start: 0, end: 31 })) parts.push(part)
    const type = sniffAsset(Buffer.concat(parts))
    known.set(key, type)
    return type
  }
}
