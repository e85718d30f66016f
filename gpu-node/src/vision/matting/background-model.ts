/**
 * What stands behind the visitor, learnt while the clip is looked through: a kiosk's camera stands still, and whoever moves
 * uncovers the wall. Where a cell's wall is known, its colour says more about a hand or a gap between arm and body than the
 * network can; where it is not, or where it changes, nothing is claimed.
 */
import type { Box } from '../cast.ts'
import { bin, LEVELS, soften } from './colour-histogram.ts'
import { sceneColours } from './scene-colours.ts'

/** The wall on a raster over the whole picture. Colours 0..1. */
export type BackgroundModel = {
  columns: number
  rows: number
  /** Mean red, green, blue of each cell, one after another; valid where `seen` is enough. */
  mean: Float32Array
  /** Standard deviation of the channel that varies most. */
  deviation: Float32Array
  /** Pictures in which the cell was surely wall. */
  seen: Uint8Array
  /** How often each of 16 x 16 x 16 colours occurs on people, against all colours alike: 1 as often. */
  people: Float32Array
}

/** Probability of a person under which a cell is surely wall, and over which surely not. */
const WALL = 0.1
const PERSON = 0.95
/** Pictures that must have shown the wall, and how much it may vary between them. */
const NEEDED = 2
const STEADY = 0.03
/** Least deviation believed in: a camera's noise and its small movements. */
const NOISE = 0.015
/** Density of any other colour at all, on wall or person. */
const ANYTHING = 0.2
/** The most that colour may outweigh the network: a factor of the odds. */
const STRONGEST = 400
/** Probability from which a cell may become a person by its colour: below it, whatever changed, nobody is near. */
const NEAR = 0.08

export type BackgroundCollector = {
  /** Takes one picture of the clip: its colours as three planes 0..1, and the probability of a person, both on the raster. */
  add(colours: Float32Array, mask: Float32Array): void
  model(): BackgroundModel
}

/** The largest value within `reach` cells each way, or the least. */
const extreme = (mask: Float32Array, columns: number, rows: number, reach: number, least: boolean): Float32Array => {
  let from = mask
  for (const [step, length] of [
    [1, columns],
    [columns, rows],
  ] as const) {
    const to = Float32Array.from(from)
    for (let k = 1; k <= reach; k++) {
      for (let at = 0; at < to.length; at++) {
        const place = step === 1 ? at % columns : Math.floor(at / columns)
        const before = place >= k ? (from[at - k * step] ?? 0) : (from[at] ?? 0)
        const after = place + k < length ? (from[at + k * step] ?? 0) : before
        const value = to[at] ?? 0
        to[at] = least ? Math.min(value, before, after) : Math.max(value, before, after)
      }
    }
    from = to
  }
  return from
}

/** Gathers a model on a raster of so many cells. */
export const collectBackground = (columns: number, rows: number): BackgroundCollector => {
  const count = columns * rows
  const [sums, squares] = [new Float32Array(3 * count), new Float32Array(3 * count)]
  const seen = new Uint8Array(count)
  const histogram = new Float32Array(LEVELS ** 3)
  return {
    add: (colours, mask) => {
      const most = extreme(mask, columns, rows, 1, false)
      const least = extreme(mask, columns, rows, 2, true)
      for (let at = 0; at < count; at++) {
        const [r, g, b] = [colours[at] ?? 0, colours[at + count] ?? 0, colours[at + 2 * count] ?? 0]
        if ((least[at] ?? 0) > PERSON) {
          const colour = bin(r, g, b)
          histogram[colour] = (histogram[colour] ?? 0) + 1
        }
        if ((most[at] ?? 1) >= WALL || seen[at] === 255) continue
        seen[at] = (seen[at] ?? 0) + 1
        for (let k = 0; k < 3; k++) {
          const value = colours[at + k * count] ?? 0
          sums[at + k * count] = (sums[at + k * count] ?? 0) + value
          squares[at + k * count] = (squares[at + k * count] ?? 0) + value * value
        }
      }
    },
    model: () => {
      const mean = new Float32Array(3 * count)
      const deviation = new Float32Array(count)
      for (let at = 0; at < count; at++) {
        const times = Math.max(1, seen[at] ?? 0)
        for (let k = 0; k < 3; k++) {
          const value = (sums[at + k * count] ?? 0) / times
          mean[at + k * count] = value
          const variance = Math.max(0, (squares[at + k * count] ?? 0) / times - value * value)
          deviation[at] = Math.max(deviation[at] ?? 0, Math.sqrt(variance))
        }
      }
      const total = histogram.reduce((sum, value) => sum + value, 0)
      const people = soften(histogram).map((value) => (total > 0 ? (value * LEVELS ** 3) / total : 0))
      return { columns, rows, mean, deviation, seen, people }
    },
  }
}

export type Evidence = {
  /** Weighs the mask, in place, by how the cells' colours fit wall and people. `guide`: three planes 0..1. */
  weigh(mask: Float32Array, guide: Float32Array): void
}

/**
 * A model brought onto the raster of a part of the picture.
 * @param part the raster's part of the picture, as shares 0..1
 */
export const evidenceFor = (model: BackgroundModel, part: Box, columns: number, rows: number): Evidence => {
  const count = columns * rows
  const all = model.columns * model.rows
  const mean = new Float32Array(3 * count)
  /** Deviation of the wall, 0 where nothing is known of it. */
  const deviation = new Float32Array(count)
  for (let y = 0; y < rows; y++) {
    const v = Math.min(model.rows - 1.001, Math.max(0, (part.y + ((y + 0.5) * part.height) / rows) * model.rows - 0.5))
    for (let x = 0; x < columns; x++) {
      const u = Math.min(model.columns - 1.001, Math.max(0, (part.x + ((x + 0.5) * part.width) / columns) * model.columns - 0.5))
      const [left, top] = [Math.floor(u), Math.floor(v)]
      const [fx, fy] = [u - left, v - top]
      const corners = [0, 1, model.columns, model.columns + 1].map((step) => top * model.columns + left + step)
      const known = corners.every((at) => (model.seen[at] ?? 0) >= NEEDED && (model.deviation[at] ?? 1) < STEADY)
      if (!known) continue
      const weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy]
      let contrast = 0
      let varied = 0
      for (let k = 0; k < 3; k++) {
        const values = corners.map((at) => model.mean[at + k * all] ?? 0)
        mean[y * columns + x + k * count] = values.reduce((sum, value, corner) => sum + value * (weights[corner] ?? 0), 0)
        contrast = Math.max(contrast, Math.max(...values) - Math.min(...values))
      }
      for (const at of corners) varied = Math.max(varied, model.deviation[at] ?? 0)
      // Beside an edge of the wall half a cell's shift changes the colour.
      deviation[y * columns + x] = Math.hypot(varied, NOISE, contrast / 4)
    }
  }
  return {
    weigh: (mask, guide) => {
      const scene = sceneColours(mask, guide, model.people, columns, rows)
      for (let at = 0; at < count; at++) {
        const s = deviation[at] ?? 0
        const probability = mask[at] ?? 0
        if (probability < 0.02 || (s === 0 && scene.asked[at] === 0)) continue
        const [r, g, b] = [guide[at] ?? 0, guide[at + count] ?? 0, guide[at + 2 * count] ?? 0]
        let ratio: number
        if (s === 0) ratio = scene.odds(r, g, b)
        else {
          const [dr, dg, db] = [r - (mean[at] ?? 0), g - (mean[at + count] ?? 0), b - (mean[at + 2 * count] ?? 0)]
          // A Gaussian about the wall's colour; (2 pi)^1.5 = 15.75.
          const wall = Math.exp(-(dr * dr + dg * dg + db * db) / (2 * s * s)) / (15.75 * s * s * s) + ANYTHING
          ratio = Math.max(1 / STRONGEST, Math.min(STRONGEST, ((model.people[bin(r, g, b)] ?? 0) + ANYTHING) / wall))
        }
        if (probability < NEAR) ratio = Math.min(1, ratio)
        const odds = Math.min(0.98, probability) * ratio
        mask[at] = odds / (odds + 1 - Math.min(0.98, probability))
      }
    },
  }
}
