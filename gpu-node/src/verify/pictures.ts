/** What can be seen of a reel without knowing who is in it: whether it is black, stands still or flickers (F11). */
import { CELLS, GRID, type LightGrid } from './light.ts'

/** A picture darker than this in all its cells but a few is black. */
const BLACK = 0.012
/** Two pictures that differ by less on average are the same one, encoded twice. */
const STILL = 0.0004
/** Longest time a film may stand still or be black, in pictures. */
const MOST_STILL_FRAMES = 24
const MOST_BLACK_FRAMES = 18

const mean = (grid: Float32Array) => grid.reduce((sum, value) => sum + value, 0) / CELLS
const change = (a: Float32Array, b: Float32Array) => {
  let sum = 0
  for (let i = 0; i < CELLS; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0))
  return sum / CELLS
}

/** Pictures of the longest row of them that hold, from which and how many. */
const longestRun = (values: readonly boolean[]): { from: number; length: number } => {
  let longest = { from: 0, length: 0 }
  let length = 0
  values.forEach((value, index) => {
    length = value ? length + 1 : 0
    if (length > longest.length) longest = { from: index - length + 1, length }
  })
  return longest
}

type Run = { from: number; length: number }

/** The longest black stretch, where it is too long. */
export const blackIn = (grids: readonly LightGrid[]): Run | undefined => {
  const run = longestRun(
    grids.map(({ luminance }) => mean(luminance) < BLACK && luminance.filter((value) => value > 0.05).length < CELLS * 0.01),
  )
  return run.length > MOST_BLACK_FRAMES ? run : undefined
}

/** The longest stretch that stands still, where it is too long. */
export const stillIn = (grids: readonly LightGrid[]): Run | undefined => {
  const run = longestRun(grids.slice(1).map((grid, i) => change(grid.luminance, grids[i]?.luminance ?? grid.luminance) < STILL))
  return run.length > MOST_STILL_FRAMES ? { from: run.from + 1, length: run.length } : undefined
}

/** Fields a picture is judged by for flicker: a matte that trembles is a part of it. */
const FIELD = 5
const FIELDS = { across: GRID.width / FIELD, down: GRID.height / FIELD } as const
const FIELD_COUNT = FIELDS.across * FIELDS.down

/** Mean lightness of each field, 0..1: the square root of luminance stands in for what the eye makes of it. */
const lightness = ({ luminance }: LightGrid): Float32Array => {
  const fields = new Float32Array(FIELD_COUNT)
  for (let cell = 0; cell < CELLS; cell++) {
    const [x, y] = [Math.floor((cell % GRID.width) / FIELD), Math.floor(cell / GRID.width / FIELD)]
    const field = y * FIELDS.across + x
    fields[field] = (fields[field] ?? 0) + Math.sqrt(luminance[cell] ?? 0) / FIELD ** 2
  }
  return fields
}

/**
 * Flicker of each picture: how far its fields stand out against both neighbours, the same way, on average; of 255. A cut,
 * a flash and a movement change light once and let it be; flicker takes it back in the next picture.
 */
export const flickerOf = (grids: readonly LightGrid[]): number[] => {
  const light = grids.map(lightness)
  return light.map((here, index) => {
    const [before, after] = [light[index - 1], light[index + 1]]
    if (!before || !after) return 0
    let sum = 0
    for (let field = 0; field < FIELD_COUNT; field++) {
      const value = here[field] ?? 0
      const [left, right] = [value - (before[field] ?? 0), value - (after[field] ?? 0)]
      if (left * right > 0) sum += Math.min(Math.abs(left), Math.abs(right))
    }
    return (sum * 255) / FIELD_COUNT
  })
}

/** A picture that stands out by more flickers. Measured: good films seldom reach 2, a lamp that trembles by a tenth 5. */
const FLICKER = 3
/** So many pictures of a second may: a flash on a beat is one or two. */
const MOST_FLICKERS = 6

/** The second that flickers most, by its first picture, where it is too much. */
export const flickerIn = (grids: readonly LightGrid[], fps: number): Run | undefined => {
  const flickers = flickerOf(grids).flatMap((value, index) => (value > FLICKER ? [index] : []))
  let worst: Run = { from: 0, length: 0 }
  for (const from of flickers) {
    const length = flickers.filter((index) => index >= from && index < from + fps).length
    if (length > worst.length) worst = { from, length }
  }
  return worst.length > MOST_FLICKERS ? { from: worst.from, length: fps } : undefined
}
