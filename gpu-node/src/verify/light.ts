/** Small pictures as light: relative luminance and redness of each cell, linear, by WCAG's own formulas. */
import { toLinear } from '../media/srgb.ts'
import { SMALL, SMALL_BYTES } from './watch.ts'

/** Columns and rows of a grid: a cell for each pixel of a small picture. */
export const GRID = SMALL
export const CELLS = GRID.width * GRID.height

export type LightGrid = {
  /** Relative luminance, 0..1. */
  luminance: Float32Array
  /** (R - G - B) x 320, nothing below 0, as WCAG 2.2 counts red flashes. */
  redness: Float32Array
  /** 1 where red is four fifths of the colour or more. */
  saturated: Uint8Array
}

// 0..255 to linear 0..1.
const LINEAR = Float32Array.from({ length: 256 }, (_, i) => toLinear(i / 255))
const linear = (value: number): number => LINEAR[value < 0 ? 0 : value > 255 ? 255 : (value + 0.5) | 0] ?? 0

/** The light of small picture `index`. */
export const lightGrid = (small: Uint8Array, index: number): LightGrid => {
  const at = index * SMALL_BYTES
  const luminance = new Float32Array(CELLS)
  const redness = new Float32Array(CELLS)
  const saturated = new Uint8Array(CELLS)
  for (let cell = 0; cell < CELLS; cell++) {
    // BT.709, limited range.
    const y = ((small[at + cell] ?? 16) - 16) * (255 / 219)
    const u = (small[at + CELLS + cell] ?? 128) - 128
    const v = (small[at + 2 * CELLS + cell] ?? 128) - 128
    const r = linear(y + 1.7927 * v)
    const g = linear(y - 0.2132 * u - 0.5329 * v)
    const b = linear(y + 2.1124 * u)
    luminance[cell] = 0.2126 * r + 0.7152 * g + 0.0722 * b
    if (r <= g + b) continue
    redness[cell] = (r - g - b) * 320
    saturated[cell] = r >= 0.8 * (r + g + b) ? 1 : 0
  }
  return { luminance, redness, saturated }
}
