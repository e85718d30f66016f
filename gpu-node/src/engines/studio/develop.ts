/**
 * From light to film: bloom and streaks of what is too bright, vignette, grain, and a tone curve with cool shadows and
 * warm lights. The same for every shot, so that the film is of one piece.
 */
import { seededRandom } from '../../director/random.ts'
import { toDisplay } from '../../media/srgb.ts'
import { type Compositor, type Layer, OPAQUE, WHITE } from './compositor/compositor.ts'

/** What a look adds; all 0..1 but exposure (1 = as lit). */
export type Development = {
  bloom: number
  vignette: number
  vignetteY: number
  saturation: number
  grain: number
  exposure: number
}

export const DEVELOPMENT: Development = {
  bloom: 0.55,
  vignette: 0.5,
  vignetteY: 0.46,
  saturation: 1.06,
  grain: 0.013,
  exposure: 1,
}

/** Light above this blooms, in linear light (1 = paper white). */
const BLOOM_FROM = 0.72
/** Grain in the middle tones at strength 1, where 64 is a step of 255. */
const GRAIN_GAIN = 19_500

/** Straight up to `knee`, then an exponential shoulder: highlights roll off instead of clipping. */
const shoulder = (v: number) => {
  const knee = 0.6
  return v <= knee ? v : knee + (1 - knee) * (1 - Math.exp(-(v - knee) / (1 - knee)))
}

/** A gentle S about middle grey in display values, 0..1. */
const sCurve = (v: number, strength: number) => v + strength * (v - 0.4) * v * (1 - v) * 2

/** What a channel shows, 0..255, for the square root of its light. */
export const channelCurve =
  (shadowLift: number, highlightGain: number) =>
  (root: number): number => {
    const shown = sCurve(toDisplay(shoulder(root * root)), 0.32)
    const lifted = shown + shadowLift * (1 - shown) ** 4
    return 255 * Math.max(0, Math.min(1, lifted * (1 + highlightGain * shown * shown)))
  }

const CHANNELS = [channelCurve(0.006, 0.012), channelCurve(0.008, 0), channelCurve(0.022, -0.015)] as const

/** What each channel shows for every amount of light there is, 64 for a step of 255; one after the other. */
export const curveTable = (exposure: number): Int16Array => {
  const table = new Int16Array(CHANNELS.length * 32_768)
  CHANNELS.forEach((curve, channel) => {
    for (let i = 0; i < 32_768; i++) table[channel * 32_768 + i] = Math.round(64 * curve(Math.sqrt((i * exposure) / WHITE)))
  })
  return table
}

const TILE = 256
/** Columns of a tile and its first ones once more, so that any eight neighbours lie in one piece. */
const TILE_PITCH = TILE + 8

/** Grain as film has it: clumps of about a pixel and a half, mean 0. */
const grainTile = (strength: number): Int16Array => {
  const random = seededRandom(4711)
  const raw = Float32Array.from({ length: TILE * TILE }, () => random() + random() + random() - 1.5)
  const at = (x: number, y: number) => raw[((y & 255) << 8) + (x & 255)] ?? 0
  return Int16Array.from({ length: TILE * TILE_PITCH }, (_, i) => {
    const [x, y] = [i % TILE_PITCH, Math.floor(i / TILE_PITCH)]
    const clump = at(x, y) + 0.35 * (at(x + 1, y) + at(x - 1, y) + at(x, y + 1) + at(x, y - 1))
    return Math.round(clump * 1.65 * strength * GRAIN_GAIN)
  })
}

/** Remembers the last answers: tables are the same for every shot that looks alike. */
const remembered = <T>(make: (key: number) => T): ((key: number) => T) => {
  const known = new Map<number, T>()
  return (key) => {
    const found = known.get(key) ?? make(key)
    known.delete(key)
    known.set(key, found)
    for (const oldest of known.keys()) if (known.size > 4) known.delete(oldest)
    return found
  }
}
const curveOf = remembered(curveTable)
const grainOf = remembered(grainTile)

/** BT.709 in limited range: shares of red, green and blue in U and V, 65536ths. */
const coloursOf = (saturation: number) =>
  Int32Array.from([-0.100642, -0.33857, 0.439212, 0.439212, -0.398934, -0.040278], (share) =>
    Math.round(share * saturation * 65_536),
  )

/** What the vignette leaves of the light at each pixel of a quarter of the frame. */
const vignetteOf = (width: number, height: number, { vignette, vignetteY }: Development): Int16Array => {
  const [w, h] = [width >> 2, height >> 2]
  return Int16Array.from({ length: w * h }, (_, i) => {
    const dx = (4 * (i % w) + 1.5 - width / 2) * 1.15
    const dy = 4 * Math.floor(i / w) + 1.5 - vignetteY * height
    const r2 = (dx * dx + dy * dy) / (height * height * 0.33)
    return Math.round(OPAQUE * (1 - vignette * Math.min(1, r2 * r2 * 0.6 + r2 * 0.4)))
  })
}

/** A developer turns lit frames into pictures, all with one look. Belongs to one compositor; takes its memory once. */
export const createDeveloper = (compositor: Compositor, width: number, height: number, look: Development) => {
  const { kernels } = compositor
  const curveAt = compositor.keep(curveOf(look.exposure))
  const grainAt = compositor.keep(grainOf(look.grain))
  const coloursAt = compositor.keep(coloursOf(look.saturation))
  const shadeAt = compositor.keep(vignetteOf(width, height, look))
  const rowAt = compositor.alloc(((width >> 2) + 2) * 8)
  const bytes = (width * height * 3) / 2
  const pictureAt = compositor.alloc(bytes)
  const eighth = () => compositor.layer(width >> 3, height >> 3)
  const [tight, wide, streak] = [eighth(), eighth(), eighth()]
  const glow = compositor.layer(width >> 2, height >> 2)
  const unit = width / 720

  /** Develops `frame` as picture `index` of the film. The answer is valid until the next call. */
  return (frame: Layer, index: number): Uint8Array => {
    compositor.settle(frame)
    kernels.glare(tight.at, frame.at, width, height, BLOOM_FROM * WHITE)
    compositor.mix(wide, tight, 0, [1, 1, 1])
    compositor.mix(streak, tight, 0, [1, 1, 1])
    compositor.gaussian(tight, Math.round(1.2 * unit))
    compositor.gaussian(wide, Math.round(5.4 * unit))
    compositor.smear(streak, Math.round(13 * unit))
    compositor.mix(tight, wide, 0.45, [0.6, 0.62, 0.66])
    compositor.mix(tight, streak, 1, [0.1, 0.16, 0.26])
    kernels.raise(glow.at, tight.at, tight.width, tight.height, look.bloom, shadeAt)
    const shift = seededRandom(index * 7919 + 3)
    // biome-ignore format: the kernel's order
    kernels.finish(frame.at, width, height, glow.at, curveAt, grainAt, Math.floor(shift() * TILE), Math.floor(shift() * TILE), coloursAt, rowAt, pictureAt, pictureAt + width * height, pictureAt + (width * height * 5) / 4)
    return compositor.bytes(pictureAt, bytes)
  }
}
