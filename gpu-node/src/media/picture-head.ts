/**
 * What kind of picture a file is, how large, and whether it is all there, by its bytes alone: asked before a decoder, which
 * runs in this process, sees any of it. JPEG (ITU-T T.81), PNG (ISO 15948) and WebP (RFC 9649).
 */

export type PictureHead = { kind: 'jpeg' | 'png' | 'webp'; width: number; height: number }

const ascii = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length))
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Frame headers: C0..CF but for DHT (C4), JPG (C8) and DAC (CC), which share their row. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

const jpegHead = (bytes: Uint8Array): PictureHead | undefined => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  if (bytes.at(-2) !== 0xff || bytes.at(-1) !== 0xd9) return undefined
  const view = viewOf(bytes)
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0
    if (isFrame(marker)) return { kind: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    // Picture data begins, and no frame was described before it.
    if (marker === 0xda) return undefined
  }
  return undefined
}

const pngHead = (bytes: Uint8Array): PictureHead | undefined => {
  if (ascii(bytes, 0, 8) !== '\x89PNG\r\n\x1a\n' || ascii(bytes, 12, 4) !== 'IHDR') return undefined
  if (ascii(bytes, bytes.length - 8, 4) !== 'IEND') return undefined
  const view = viewOf(bytes)
  return { kind: 'png', width: view.getUint32(16), height: view.getUint32(20) }
}

const webpHead = (bytes: Uint8Array): PictureHead | undefined => {
  if (bytes.length < 30 || ascii(bytes, 0, 4) !== 'RIFF' || ascii(bytes, 8, 4) !== 'WEBP') return undefined
  const view = viewOf(bytes)
  if (view.getUint32(4, true) + 8 > bytes.length) return undefined
  const chunk = ascii(bytes, 12, 4)
  const threeBytes = (at: number) => view.getUint32(at, true) & 0xff_ff_ff
  if (chunk === 'VP8X')
    return { kind: 'webp', width: threeBytes(24) + 1, height: (threeBytes(26) >>> 8) + 1 + ((bytes[29] ?? 0) << 16) }
  if (chunk === 'VP8L' && bytes[20] === 0x2f) {
    const size = view.getUint32(21, true)
    return { kind: 'webp', width: (size & 0x3fff) + 1, height: ((size >>> 14) & 0x3fff) + 1 }
  }
  if (chunk === 'VP8 ')
    return { kind: 'webp', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  return undefined
}

/** Kind and size in pixels of a whole file's picture; nothing where it is of no such kind, or its end is missing. */
export const pictureHead = (bytes: Uint8Array): PictureHead | undefined => jpegHead(bytes) ?? pngHead(bytes) ?? webpHead(bytes)
