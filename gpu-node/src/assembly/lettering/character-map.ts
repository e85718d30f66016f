/**
 * Which characters a WOFF2 file really has a drawing for: its `cmap` table, read by the WOFF2 and OpenType specifications.
 * What packages say of their ranges is a promise of the range, not of each letter in it.
 */
import { brotliDecompressSync } from 'node:zlib'

/** Known table tags by their number in WOFF2: only these four matter here. */
const CMAP = 0
const GLYF = 10
const LOCA = 11
const ANY_TAG = 63

const readCmap = (file: Buffer): Buffer => {
  if (file.toString('latin1', 0, 4) !== 'wOF2') throw new Error('not a WOFF2 file')
  const tables = file.readUInt16BE(12)
  let at = 48
  const base128 = (): number => {
    let value = 0
    for (let i = 0; i < 5; i++) {
      const byte = file.readUInt8(at++)
      value = value * 128 + (byte & 127)
      if (byte < 128) return value
    }
    throw new Error('a WOFF2 number is too long')
  }
  let offset = 0
  let place: { start: number; length: number } | undefined
  for (let i = 0; i < tables; i++) {
    const flags = file.readUInt8(at++)
    const tag = flags & 63
    const named = tag === ANY_TAG && file.toString('latin1', at, at + 4) === 'cmap'
    if (tag === ANY_TAG) at += 4
    const whole = base128()
    const version = flags >> 6
    // Glyphs are stored transformed at version 0, all other tables as they are.
    const length = (tag === GLYF || tag === LOCA ? version === 0 : version !== 0) ? base128() : whole
    if (tag === CMAP || named) place = { start: offset, length }
    offset += length
  }
  const data = brotliDecompressSync(file.subarray(at, at + file.readUInt32BE(20)))
  if (!place) throw new Error('a typeface without characters')
  return data.subarray(place.start, place.start + place.length)
}

/** Segments of format 4: characters of the first plane. A character's glyph is its own plus a delta, or stands in a list. */
const addSegments = (table: Buffer, into: Set<number>) => {
  const count = table.readUInt16BE(6) / 2
  const [ends, starts] = [14, 16 + count * 2]
  const [deltas, offsets] = [starts + count * 2, starts + count * 4]
  for (let i = 0; i < count; i++) {
    const end = table.readUInt16BE(ends + i * 2)
    const start = table.readUInt16BE(starts + i * 2)
    const delta = table.readUInt16BE(deltas + i * 2)
    const listAt = offsets + i * 2
    const list = table.readUInt16BE(listAt)
    for (let point = start; point <= end && point < 0xffff; point++) {
      const glyph = list === 0 ? point + delta : table.readUInt16BE(listAt + list + (point - start) * 2)
      if ((glyph & 0xffff) !== 0) into.add(point)
    }
  }
}

/** Groups of format 12: characters of all planes. */
const addGroups = (table: Buffer, into: Set<number>) => {
  const count = table.readUInt32BE(12)
  for (let i = 0; i < count; i++) {
    const at = 16 + i * 12
    const first = table.readUInt32BE(at)
    const glyph = table.readUInt32BE(at + 8)
    for (let point = first; point <= table.readUInt32BE(at + 4); point++) if (glyph + point - first !== 0) into.add(point)
  }
}

/** The code points a WOFF2 typeface draws. Throws where the file is not one, or is broken. */
export const charactersOf = (file: Buffer): ReadonlySet<number> => {
  const cmap = readCmap(file)
  const characters = new Set<number>()
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const table = cmap.subarray(cmap.readUInt32BE(4 + i * 8 + 4))
    const format = table.readUInt16BE(0)
    if (format === 4) addSegments(table, characters)
    if (format === 12) addGroups(table, characters)
  }
  return characters
}
