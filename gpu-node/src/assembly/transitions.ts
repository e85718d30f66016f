/**
 * How one shot gives way to the next. Each works in place on finished pictures, so it does not matter which engine drew
 * them. A flash is the only one that could disturb: it is short and soft, and the story's shots lie far apart (F9).
 */
import type { Shot } from '@fanreel/protocol'
import { type Match, matchIn, matchOut } from './match-cut.ts'
import type { YuvPicture } from './picture.ts'

/** Pictures that a dissolve needs of the shot before, after its end. */
export const DISSOLVE_FRAMES = 10
/** Share of the way to white of the pictures after a flash. */
const FLASH = [0.64, 0.42, 0.25, 0.13, 0.05] as const
/** The lightest luma. */
const WHITE = 235
/** A whip pan: pictures before and after the cut. */
const WHIP_OUT = 3
const WHIP_IN = 4

const table = new Uint8Array(256)
const throughTable = (plane: Uint8Array, change: (value: number) => number) => {
  for (let value = 0; value < 256; value++) table[value] = Math.max(0, Math.min(255, Math.round(change(value))))
  for (let i = 0; i < plane.length; i++) plane[i] = table[plane[i] ?? 0] ?? 0
}

/** How much of its light a leak has in each picture after the cut; brightest at the cut. */
const LEAK = [0.8, 0.74, 0.6, 0.44, 0.28, 0.16, 0.07] as const

/** Light of one colour, Y, U and V, that comes in with a flash. */
export type Leak = readonly [y: number, u: number, v: number]

/** For each column, leaning over with the rows, the share (of 256) of the light that lies on it. */
let beam = new Uint16Array(0)

const leakPlane = (plane: Uint8Array, width: number, lean: number, value: number) => {
  const height = plane.length / width
  for (let y = 0; y < height; y++) {
    const at = y * width
    const slide = Math.floor((y * lean) / height)
    for (let x = 0; x < width; x++) {
      const share = beam[x + slide] ?? 0
      const old = plane[at + x] ?? 0
      plane[at + x] = old + (((value - old) * share + 128) >> 8)
    }
  }
}

/** A broad beam of warm light that travels across the picture and fades. */
const leak = (picture: YuvPicture, index: number, light: Leak) => {
  const { width } = picture
  const lean = width >> 1
  if (beam.length < width + lean) beam = new Uint16Array(width + lean)
  const fill = (columns: number, tilt: number) => {
    const middle = (0.38 + index * 0.14) * (columns + tilt)
    const breadth = (0.62 - index * 0.05) * columns
    for (let x = 0; x < columns + tilt; x++)
      beam[x] = Math.round(256 * (LEAK[index] ?? 0) * (0.3 + 0.7 * Math.exp(-(((x - middle) / breadth) ** 2))))
  }
  fill(width, lean)
  leakPlane(picture.y, width, lean, light[0])
  fill(width >> 1, lean >> 1)
  leakPlane(picture.u, width >> 1, lean >> 1, light[1])
  leakPlane(picture.v, width >> 1, lean >> 1, light[2])
}

const lighten = (picture: YuvPicture, amount: number) => {
  throughTable(picture.y, (value) => value + (WHITE - value) * amount)
  // What is over-exposed loses its colour.
  for (const plane of [picture.u, picture.v]) throughTable(plane, (value) => 128 + (value - 128) * (1 - amount * 0.85))
}

/** A row, mirrored at both ends so often that a window over it never leaves it. */
let wide = new Uint8Array(0)

/** Shifts every row by `shift` pixels and smears it over `length`, as a fast pan does; what leaves comes in again mirrored. */
const smear = (plane: Uint8Array, width: number, height: number, shift: number, length: number) => {
  const span = Math.max(1, Math.min(width, Math.round(length)))
  const ring = 2 * width
  if (wide.length < 3 * ring) wide = new Uint8Array(3 * ring)
  const start = ring + Math.max(-ring, Math.min(ring >> 1, Math.round(shift) - (span >> 1)))
  const share = Math.round(65_536 / span)
  for (let y = 0; y < height; y++) {
    const at = y * width
    const row = plane.subarray(at, at + width)
    wide.set(row, 0)
    for (let x = 0; x < width; x++) wide[ring - 1 - x] = row[x] ?? 0
    wide.copyWithin(ring, 0, ring)
    wide.copyWithin(2 * ring, 0, ring)
    let sum = 0
    for (let k = 0; k < span; k++) sum += wide[start + k] ?? 0
    for (let x = 0; x < width; x++) {
      plane[at + x] = Math.min(255, (sum * share + 32_768) >>> 16)
      sum += (wide[start + x + span] ?? 0) - (wide[start + x] ?? 0)
    }
  }
}

const whip = (picture: YuvPicture, shift: number, length: number) => {
  smear(picture.y, picture.width, picture.height, shift, length)
  smear(picture.u, picture.width >> 1, picture.height >> 1, shift / 2, length / 2)
  smear(picture.v, picture.width >> 1, picture.height >> 1, shift / 2, length / 2)
}

const blendPlane = (into: Uint8Array, from: Uint8Array, amount: number) => {
  const share = Math.round(amount * 256)
  for (let i = 0; i < into.length; i++) {
    const value = into[i] ?? 0
    into[i] = value + ((((from[i] ?? 0) - value) * share + 128) >> 8)
  }
}

const blend = (picture: YuvPicture, other: YuvPicture, amount: number) => {
  blendPlane(picture.y, other.y, amount)
  blendPlane(picture.u, other.u, amount)
  blendPlane(picture.v, other.v, amount)
}

/** Pictures beyond its end that a shot must be drawn with. */
export const tailFor = (next: Shot | undefined): number => (next?.transition === 'dissolve' ? DISSOLVE_FRAMES : 0)

/** What lies round a shot's pictures. */
export type Surroundings = {
  next: Shot | undefined
  /** The colour in which light leaks in where the world flashes that way; without it a flash is white. */
  leak?: Leak | undefined
  /** Reads a picture of the tail of the shot before. */
  before(tailIndex: number): Promise<YuvPicture | undefined>
  /** Where the faces lie at the cut before and the cut after, for those that are match cuts. */
  matchBefore?: Match | undefined
  matchAfter?: Match | undefined
}

/** Applies what the cut before and the cut after do to picture `index` of a shot. */
export const applyTransitions = async (
  picture: YuvPicture,
  index: number,
  shot: Shot,
  { next, leak: warm, before, matchBefore, matchAfter }: Surroundings,
): Promise<void> => {
  if (shot.transition === 'flash') {
    const amount = FLASH[index]
    if (warm && index < LEAK.length) leak(picture, index, warm)
    else if (!warm && amount !== undefined) lighten(picture, amount)
  }
  if (shot.transition === 'whip' && index < WHIP_IN) {
    const left = 1 - (index + 0.5) / WHIP_IN
    whip(picture, left * left * picture.width * 0.26, left * picture.width * 0.34)
  }
  if (next?.transition === 'whip' && index >= shot.frames - WHIP_OUT) {
    const gone = (index - (shot.frames - WHIP_OUT) + 1) / WHIP_OUT
    whip(picture, -gone * gone * picture.width * 0.24, gone * picture.width * 0.3)
  }
  if (shot.transition === 'match' && matchBefore) matchIn(picture, index, matchBefore)
  if (next?.transition === 'match' && matchAfter) matchOut(picture, shot.frames - 1 - index, matchAfter)
  if (shot.transition === 'dissolve' && index < DISSOLVE_FRAMES) {
    const other = await before(index)
    const t = (index + 1) / (DISSOLVE_FRAMES + 1)
    if (other) blend(picture, other, 1 - t * t * (3 - 2 * t))
  }
}
