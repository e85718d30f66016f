import { describe, expect, it } from 'vitest'
import { flashesPerSecond } from './flashes.ts'
import { CELLS, GRID, type LightGrid } from './light.ts'
import { flickerIn } from './pictures.ts'

type Rows = { from: number; to: number }
const ALL: Rows = { from: 0, to: GRID.height }
const UPPER: Rows = { from: 0, to: GRID.height / 2 }

/** A second and a half of grids whose rows are `value(frame)` bright, the rest `rest`. */
const grids = (value: (frame: number) => number, { rows = ALL, rest = 0.2, red = false } = {}) =>
  Array.from({ length: 36 }, (_, frame): LightGrid => {
    const inside = (cell: number) => cell >= rows.from * GRID.width && cell < rows.to * GRID.width
    const light = Float32Array.from({ length: CELLS }, (_, cell) => (inside(cell) ? value(frame) : rest))
    return {
      luminance: red ? light.map((one) => 0.2126 * one) : light,
      redness: red ? light.map((one) => one * 320) : new Float32Array(CELLS),
      saturated: Uint8Array.from(light, (one) => (red && one > 0.05 ? 1 : 0)),
    }
  })
/** `count` flashes of two pictures each, six pictures apart, from `low` to `high`. */
const flashing = (count: number, low: number, high: number) => (frame: number) =>
  frame >= 3 && frame < 3 + count * 6 && (frame - 3) % 6 < 2 ? high : low

describe('F9: flashes, by the definition of WCAG 2.3.1', () => {
  it('are pairs of opposing changes, and each is counted', () => {
    for (const count of [0, 1, 2, 3, 4]) expect(flashesPerSecond(grids(flashing(count, 0.1, 0.5)), 24)).toBe(count)
  })

  it('are changes of a tenth of full luminance at least, and none where both sides are brighter than 0.8', () => {
    expect(flashesPerSecond(grids(flashing(4, 0.1, 0.19)), 24)).toBe(0)
    expect(flashesPerSecond(grids(flashing(4, 0.1, 0.21)), 24)).toBe(4)
    expect(flashesPerSecond(grids(flashing(4, 0.85, 1)), 24)).toBe(0)
    expect(flashesPerSecond(grids(flashing(4, 0.75, 1)), 24)).toBe(4)
  })

  it('cover a quarter of ten degrees of sight, which half a picture is on a phone', () => {
    const tall = (share: number) => ({ rows: { from: 0, to: Math.ceil((GRID.height / 2) * share) } })
    expect(flashesPerSecond(grids(flashing(4, 0.1, 0.6), tall(0.2)), 24)).toBe(0)
    expect(flashesPerSecond(grids(flashing(4, 0.1, 0.6), tall(0.3)), 24)).toBe(4)
    expect(flashesPerSecond(grids(flashing(4, 0.1, 0.6), { rows: { ...UPPER, from: GRID.height / 4 } }), 24)).toBe(4)
  })

  it('are red where a saturated red changes, however little its luminance does', () => {
    expect(flashesPerSecond(grids(flashing(4, 0, 0.3), { red: true, rest: 0 }), 24)).toBe(4)
    expect(
      flashesPerSecond(
        grids(flashing(4, 0, 0.3), { rest: 0 }).map((grid) => ({ ...grid, luminance: grid.luminance.map(() => 0.1) })),
        24,
      ),
    ).toBe(0)
    expect(flashesPerSecond(grids(flashing(4, 0, 0.05), { red: true, rest: 0 }), 24)).toBe(0)
  })

  it('are not made of one slow change, or of a step that stays', () => {
    expect(
      flashesPerSecond(
        grids((frame) => frame / 40),
        24,
      ),
    ).toBe(0)
    expect(
      flashesPerSecond(
        grids((frame) => (frame < 12 ? 0.1 : 0.7)),
        24,
      ),
    ).toBe(0)
  })
})

describe('F11: flicker', () => {
  it('is light that is taken back in the next picture, again and again', () => {
    expect(
      flickerIn(
        grids((frame) => 0.25 + 0.03 * (frame % 2)),
        24,
      ),
    ).toBeDefined()
    expect(
      flickerIn(
        grids((frame) => 0.25 + 0.003 * (frame % 2)),
        24,
      ),
    ).toBeUndefined()
  })

  it('is not a flash on a beat, a cut or a light that comes up', () => {
    expect(flickerIn(grids(flashing(3, 0.1, 0.9)), 24)).toBeUndefined()
    expect(
      flickerIn(
        grids((frame) => (frame < 12 ? 0.1 : 0.7)),
        24,
      ),
    ).toBeUndefined()
    expect(
      flickerIn(
        grids((frame) => frame / 40),
        24,
      ),
    ).toBeUndefined()
  })
})
