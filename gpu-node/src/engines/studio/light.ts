/**
 * How the scene's light changes the visitor: exposure, colour and contrast of the cut-out, so that they seem to have been
 * filmed there. Faces are moved part of the way only, so that everyone keeps the skin they have. Colours: linear RGB.
 */
import type { Plate } from '@fanreel/content-packs/schema'
import type { Cast } from '../../vision/cast.ts'
import { LINEAR, OPAQUE, type Rgb, WHITE } from './compositor/compositor.ts'

/** BT.709 luma of linear light. */
export const lumaOf = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

/** A palette colour (`#rrggbb`) as linear light. */
export const linearOf = (hex: string): Rgb => {
  const value = Number.parseInt(hex.replace('#', '').slice(0, 6), 16) || 0
  return [LINEAR[value >> 16] ?? 0, LINEAR[(value >> 8) & 255] ?? 0, LINEAR[value & 255] ?? 0]
}

export const mixRgb = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]
export const scaleRgb = ([r, g, b]: Rgb, k: number): Rgb => [r * k, g * k, b * k]

/** A colour at luma 1: what it does to hue alone. */
export const hueOf = (colour: Rgb): Rgb => scaleRgb(colour, 1 / Math.max(0.02, lumaOf(colour)))

/** Luma at which a lit face sits well in these scenes, and how far towards it a face is moved. */
const FACE_LUMA = 0.27
const EXPOSURE_SHARE = 0.5
/**
 * Skin of every tone keeps close to one hue; a clip's colour cast is how far its face is from it (measured on portraits in
 * daylight). It is taken back between red and blue only, as daylight and lamps differ: a red face is not an error.
 */
const SKIN: Rgb = [1.42, 0.92, 0.7]
const WHITE_BALANCE_SHARE = 0.4
/** Least and most of a channel's correction. */
const WHITE_BALANCE = { least: 0.86, most: 1.3 } as const

/** Luma from which bright cloth, foreheads and grey hair roll off, and how much is above. */
const KNEE = 0.36
const SHOULDER = 0.42

export type PersonGrade = {
  gain: Rgb
  /** 1024 multipliers (r, g, b, 1) by luma * 512. */
  tone: Float32Array
}

/**
 * The grade for a visitor in a plate's light.
 * @param gentleness 0 the full look, 1 hardly any change of the face
 */
export const gradeFor = (cast: Cast, plate: Plate, gentleness: number): PersonGrade => {
  const face = cast.light.colour
  const luma = Math.max(0.01, lumaOf(face))
  const exposure = Math.min(2.1, Math.max(0.7, (FACE_LUMA / luma) ** EXPOSURE_SHARE))
  const hue = hueOf(face)
  const balance = SKIN.map((skin, k) =>
    k === 1
      ? 1
      : Math.min(WHITE_BALANCE.most, Math.max(WHITE_BALANCE.least, (skin / Math.max(0.1, hue[k] ?? 1)) ** WHITE_BALANCE_SHARE)),
  )
  const scene = mixRgb([1, 1, 1], hueOf(plate.light.key), 0.22 * (1 - gentleness))
  const gain: Rgb = [
    exposure * (balance[0] ?? 1) * scene[0],
    exposure * (balance[1] ?? 1) * scene[1],
    exposure * (balance[2] ?? 1) * scene[2],
  ]

  const pivot = luma * exposure
  const contrast = 1 + Math.min(0.32, Math.max(0.04, (0.24 - cast.light.contrast) * 1.2 + 0.12)) * (1 - 0.6 * gentleness)
  const shadow = mixRgb([1, 1, 1], hueOf(plate.light.ambient), 0.12 * (1 - gentleness))
  const lit = mixRgb([1, 1, 1], hueOf(plate.light.key), 0.1 * (1 - gentleness))
  const tone = new Float32Array(1024 * 4)
  for (let i = 0; i < 1024; i++) {
    const value = Math.max(1, i) / 512
    const curve = Math.min(1.6, Math.max(0.45, (value / pivot) ** (contrast - 1)))
    // Bright cloth and foreheads roll off instead of burning out.
    const roll = value > KNEE ? (KNEE + SHOULDER * (1 - Math.exp(-(value - KNEE) / SHOULDER))) / value : 1
    const t = Math.min(1, value / (1.6 * pivot))
    const tint = mixRgb(shadow, lit, t * t * (3 - 2 * t))
    tone.set([curve * roll * tint[0], curve * roll * tint[1], curve * roll * tint[2], 1], i * 4)
  }
  return { gain, tone }
}

/** The grade as the kernel reads it: light and luma by channel and byte, multipliers by luma. */
export const gradeTables = ({ gain, tone }: PersonGrade) => ({
  decode: Int16Array.from({ length: 3 * 256 * 4 }, (_, i) => {
    const [channel, light, lane] = [i >> 10, LINEAR[(i >> 2) & 255] ?? 0, i & 3]
    const share = [0.2126, 0.7152, 0.0722][channel] ?? 0
    if (lane === 3) return Math.min(OPAQUE, Math.round(WHITE * share * (gain[channel] ?? 1) * light))
    return lane === channel ? Math.round(light * OPAQUE) : 0
  }),
  tone: Int16Array.from(tone, (factor, i) => Math.min(OPAQUE, Math.round(4096 * factor * (gain[i & 3] ?? 1)))),
})
