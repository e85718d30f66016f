/**
 * Reads what an MP4 says of itself: its brand, its length, its picture's size and codecs. Enough to check a reel that a
 * node has sent, in a few reads of boxes' heads (ISO/IEC 14496-12); the media itself is not decoded here.
 */

export type Mp4Facts = {
  durationMs: number
  width: number
  height: number
  /** Sample entry of the picture, e.g. `avc1`; of the sound, e.g. `mp4a`, where there is one. */
  videoCodec: string
  audioCodec?: string
  /** Whether playing can begin before the whole is there. */
  fastStart: boolean
}

/** Reads `length` bytes at `offset`; fewer where the file ends. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>

type Box = { type: string; start: number; end: number }

/** More than any file of ours has; a guard against boxes that go nowhere. */
const MAX_BOXES = 200
const MAX_MOOV_BYTES = 8 * 1024 * 1024

const boxAt = (head: Buffer, start: number, limit: number): (Box & { body: number }) | undefined => {
  if (head.length < 8) return undefined
  const type = head.toString('latin1', 4, 8)
  const size32 = head.readUInt32BE(0)
  if (size32 === 1 && head.length < 16) return undefined
  const size = size32 === 1 ? Number(head.readBigUInt64BE(8)) : size32 === 0 ? limit - start : size32
  const headBytes = size32 === 1 ? 16 : 8
  if (size < headBytes || start + size > limit) return undefined
  return { type, start, body: start + headBytes, end: start + size }
}

/** The boxes inside a part of a buffer, by type, in order. */
const boxesIn = (bytes: Buffer, from: number, to: number): (Box & { body: number })[] => {
  const boxes: (Box & { body: number })[] = []
  for (let at = from; at + 8 <= to && boxes.length < MAX_BOXES; ) {
    const box = boxAt(bytes.subarray(at, at + 16), at, to)
    if (!box) break
    boxes.push(box)
    at = box.end
  }
  return boxes
}

const inside = (moov: Buffer, from: { body: number; end: number } | undefined, ...path: string[]) => {
  let box = from
  for (const type of path) box = box && boxesIn(moov, box.body, box.end).find((child) => child.type === type)
  return box
}

/** Duration of a `mvhd`, in milliseconds. */
const movieDuration = (moov: Buffer, body: number): number => {
  const long = moov.readUInt8(body) === 1
  const timescale = moov.readUInt32BE(body + (long ? 20 : 12))
  const duration = long ? Number(moov.readBigUInt64BE(body + 24)) : moov.readUInt32BE(body + 16)
  return timescale === 0 ? 0 : Math.round((duration * 1_000) / timescale)
}

type Track = { handler: string; codec: string; width: number; height: number }

const trackOf = (moov: Buffer, trak: { body: number; end: number }): Track | undefined => {
  const hdlr = inside(moov, trak, 'mdia', 'hdlr')
  const stsd = inside(moov, trak, 'mdia', 'minf', 'stbl', 'stsd')
  if (!hdlr || !stsd) return undefined
  const handler = moov.toString('latin1', hdlr.body + 8, hdlr.body + 12)
  // A sample description: version and flags, a count, then the first entry as a box.
  const entry = boxesIn(moov, stsd.body + 8, stsd.end)[0]
  if (!entry) return undefined
  const picture = handler === 'vide' && entry.end - entry.body >= 28
  return {
    handler,
    codec: entry.type,
    width: picture ? moov.readUInt16BE(entry.body + 24) : 0,
    height: picture ? moov.readUInt16BE(entry.body + 26) : 0,
  }
}

const factsOf = (moov: Buffer, fastStart: boolean): Mp4Facts | undefined => {
  const whole = { body: 8, end: moov.length }
  const mvhd = inside(moov, whole, 'mvhd')
  if (!mvhd || mvhd.end - mvhd.body < 32) return undefined
  const tracks = boxesIn(moov, whole.body, whole.end)
    .filter((box) => box.type === 'trak')
    .flatMap((trak) => trackOf(moov, trak) ?? [])
  const video = tracks.find((track) => track.handler === 'vide')
  const audio = tracks.find((track) => track.handler === 'soun')
  if (!video) return undefined
  return {
    durationMs: movieDuration(moov, mvhd.body),
    width: video.width,
    height: video.height,
    videoCodec: video.codec,
    ...(audio && { audioCodec: audio.codec }),
    fastStart,
  }
}

/**
 * Reads the facts of an MP4 file of `bytes` bytes; undefined where it is none, is cut off, or has no picture.
 *
 * @throws whatever `readAt` throws
 */
export const readMp4 = async (readAt: ReadAt, bytes: number): Promise<Mp4Facts | undefined> => {
  let sawMedia = false
  let moov: { start: number; end: number } | undefined
  let fastStart = false
  for (let at = 0, seen = 0; at < bytes; seen++) {
    const box = boxAt(await readAt(at, Math.min(16, bytes - at)), at, bytes)
    // A file begins with its type, and every box must fit: a cut-off file has one that does not.
    if (!box || seen >= MAX_BOXES || (at === 0 && box.type !== 'ftyp')) return undefined
    if (box.type === 'mdat') sawMedia = true
    if (box.type === 'moov') {
      moov = box
      fastStart = !sawMedia
    }
    at = box.end
  }
  if (!moov || !sawMedia || moov.end - moov.start > MAX_MOOV_BYTES) return undefined
  const body = await readAt(moov.start, moov.end - moov.start)
  return body.length < moov.end - moov.start ? undefined : factsOf(body, fastStart)
}
