/**
 * How one shot gives way to the next. Each works in place on finished pictures, so it does not matter which engine drew
 * them. A flash is the only one that could disturb: it is short, and the story's shots lie far apart (F9).
 */
import type { Shot } from '@fanreel/protocol'
import type { YuvPicture } from './picture.ts'

/** Pictures that a dissolve needs of the shot before, after its end. */
export const DISSOLVE_FRAMES = 10
/** Light of the pictures after a flash. */
const FLASH = [0.8, 0.52, 0.3, 0.15, 0.06] as const
/** A whip pan: pictures before and after the cut. */
const WHIP_OUT = 3
const WHIP_IN = 4

const lighten = (picture: YuvPicture, amount: number) => {
  for (let i = 0; i < picture.y.length; i++) picture.y[i] = (picture.y[i] ?? 0) + (235 - (picture.y[i] ?? 0)) * amount
  const keep = 1 - amount * 0.85
  for (const plane of [picture.u, picture.v])
    for (let i = 0; i < plane.length; i++) plane[i] = 128 + ((plane[i] ?? 128) - 128) * keep
}

/** Shifts every row by `shift` pixels and smears it over `length`, as a fast pan does; what leaves comes in again mirrored. */
const smear = (plane: Uint8Array, width: number, height: number, shift: number, length: number) => {
  const row = new Float32Array(width * 2)
  const span = Math.max(1, Math.min(width, Math.round(length)))
  for (let y = 0; y < height; y++) {
    const at = y * width
    for (let x = 0; x < width; x++) {
      row[x] = plane[at + x] ?? 0
      row[2 * width - 1 - x] = row[x] ?? 0
    }
    const ring = 2 * width
    const start = (((Math.round(shift) - (span >> 1)) % ring) + ring) % ring
    let sum = 0
    for (let k = 0; k < span; k++) sum += row[(start + k) % ring] ?? 0
    for (let x = 0; x < width; x++) {
      plane[at + x] = sum / span
      sum += (row[(start + x + span) % ring] ?? 0) - (row[(start + x) % ring] ?? 0)
    }
  }
}

const whip = (picture: YuvPicture, shift: number, length: number) => {
  smear(picture.y, picture.width, picture.height, shift, length)
  smear(picture.u, picture.width >> 1, picture.height >> 1, shift / 2, length / 2)
  smear(picture.v, picture.width >> 1, picture.height >> 1, shift / 2, length / 2)
}

const blend = (picture: YuvPicture, other: YuvPicture, amount: number) => {
  const planes = [
    [picture.y, other.y],
    [picture.u, other.u],
    [picture.v, other.v],
  ] as const
  for (const [into, from] of planes)
    for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + ((from[i] ?? 0) - (into[i] ?? 0)) * amount
}

/** Pictures beyond its end that a shot must be drawn with. */
export const tailFor = (next: Shot | undefined): number => (next?.transition === 'dissolve' ? DISSOLVE_FRAMES : 0)

/**
 * Applies what the cut before and the cut after do to picture `index` of a shot. `before` reads a picture of the tail of
 * the shot before.
 */
export const applyTransitions = async (
  picture: YuvPicture,
  index: number,
  shot: Shot,
  next: Shot | undefined,
  before: (tailIndex: number) => Promise<YuvPicture | undefined>,
): Promise<void> => {
  if (shot.transition === 'flash') {
    const amount = FLASH[index]
    if (amount !== undefined) lighten(picture, amount)
  }
  if (shot.transition === 'whip' && index < WHIP_IN) {
    const left = 1 - (index + 0.5) / WHIP_IN
    whip(picture, left * left * picture.width * 0.26, left * picture.width * 0.34)
  }
  if (next?.transition === 'whip' && index >= shot.frames - WHIP_OUT) {
    const gone = (index - (shot.frames - WHIP_OUT) + 1) / WHIP_OUT
    whip(picture, -gone * gone * picture.width * 0.24, gone * picture.width * 0.3)
  }
  if (shot.transition === 'dissolve' && index < DISSOLVE_FRAMES) {
    const other = await before(index)
    const t = (index + 1) / (DISSOLVE_FRAMES + 1)
    if (other) blend(picture, other, 1 - t * t * (3 - 2 * t))
  }
}
