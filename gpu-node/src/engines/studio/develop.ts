/**
 * From light to film: bloom and streaks of what is too bright, vignette, grain, and a tone curve with cool shadows and
 * warm lights. The same for every shot, so that the film is of one piece.
 */
import { seededRandom } from '../../director/random.ts'
import type { Compositor, Layer } from './compositor/compositor.ts'

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
/** The brightest light the curve tells apart, as the square root of linear light: everything above is white. */
const TOP = 1.6
/** Terms of the polynomial that stands for a curve; with nine it is within one part in 255. */
const TERMS = 9

/** sRGB's curve, which phones show BT.709 video by. */
const encode = (v: number) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055)

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
    const shown = sCurve(encode(shoulder(root * root)), 0.32)
    const lifted = shown + shadowLift * (1 - shown) ** 4
    return 255 * Math.max(0, Math.min(1, lifted * (1 + highlightGain * shown * shown)))
  }

/** The polynomial nearest to a curve over 0..TOP in the least-squares sense, lowest power first; dark values count more. */
export const fitCurve = (curve: (root: number) => number): number[] => {
  const rows = Array.from({ length: TERMS }, () => new Array<number>(TERMS + 1).fill(0))
  for (let i = 0; i <= 400; i++) {
    const x = TOP * (i / 400)
    const weight = 1 + 3 * Math.exp(-6 * x)
    const powers = Array.from({ length: TERMS }, (_, k) => x ** k)
    powers.forEach((left, r) => {
      const row = rows[r] ?? []
      powers.forEach((right, c) => {
        row[c] = (row[c] ?? 0) + weight * left * right
      })
      row[TERMS] = (row[TERMS] ?? 0) + weight * left * curve(x)
    })
  }
  // Gauss-Jordan with the largest pivot.
  for (let k = 0; k < TERMS; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k] ?? 0) > Math.abs(rows[best]?.[k] ?? 0) ? k + i : best), k)
    const [upper, lower] = [rows[k] ?? [], rows[pivot] ?? []]
    rows[k] = lower
    rows[pivot] = upper
    rows.forEach((row, r) => {
      if (r === k) return
      const factor = (row[k] ?? 0) / (lower[k] ?? 1)
      for (let c = k; c <= TERMS; c++) row[c] = (row[c] ?? 0) - factor * (lower[c] ?? 0)
    })
  }
  return rows.map((row, k) => (row[TERMS] ?? 0) / (row[k] ?? 1))
}

/** Grain as film has it: clumps of about a pixel and a half, mean 0, deviation 1. */
const grainTile = (): Float32Array => {
  const random = seededRandom(4711)
  const raw = Float32Array.from({ length: 65_536 }, () => random() + random() + random() - 1.5)
  return raw.map((value, i) => {
    const x = i & 255
    const y = i >> 8
    const at = (dx: number, dy: number) => raw[(((y + dy) & 255) << 8) + ((x + dx) & 255)] ?? 0
    return (value + 0.35 * (at(1, 0) + at(-1, 0) + at(0, 1) + at(0, -1))) * 1.65
  })
}

/** A developer turns lit frames into pictures. Belongs to one compositor; takes its memory once. */
export const createDeveloper = (compositor: Compositor, width: number, height: number) => {
  const curves = [channelCurve(0.006, 0.012), channelCurve(0.008, 0), channelCurve(0.022, -0.015)].flatMap(fitCurve)
  const curveAt = compositor.alloc(curves.length * 16)
  compositor.floats(curveAt, curves.length * 4).set(curves.flatMap((term) => [term, term, term, term]))
  const noiseAt = compositor.alloc(65_536 * 4)
  compositor.floats(noiseAt, 65_536).set(grainTile())
  const parametersAt = compositor.alloc(28)
  const bytes = (width * height * 3) / 2
  const pictureAt = compositor.alloc(bytes)
  const glow = compositor.layer(width >> 2, height >> 2)
  const wide = compositor.layer(width >> 2, height >> 2)
  const streak = compositor.layer(width >> 2, height >> 2)
  const unit = width / 720

  /** Develops `frame` as picture `index` of the film. The answer is valid until the next call. */
  return (frame: Layer, index: number, look: Development): Uint8Array => {
    compositor.quarter(frame, BLOOM_FROM, glow)
    compositor.mix(wide, glow, 0, [1, 1, 1])
    compositor.mix(streak, glow, 0, [1, 1, 1])
    compositor.gaussian(glow, Math.round(2 * unit))
    compositor.gaussian(wide, Math.round(11 * unit))
    compositor.smear(streak, Math.round(26 * unit))
    compositor.mix(glow, wide, 0.45, [0.6, 0.62, 0.66])
    compositor.mix(glow, streak, 1, [0.1, 0.16, 0.26])
    compositor
      .floats(parametersAt, 7)
      .set([look.bloom, look.vignette, look.vignetteY, look.saturation, look.grain, look.exposure, TOP])
    const shift = seededRandom(index * 7919 + 3)
    // biome-ignore format: the kernel's order
    compositor.kernels.finish(frame.at, width, height, glow.at, curveAt, noiseAt, 2 * Math.floor(shift() * 128), Math.floor(shift() * 256), parametersAt, pictureAt, pictureAt + width * height, pictureAt + (width * height * 5) / 4)
    return compositor.bytes(pictureAt, bytes)
  }
}
