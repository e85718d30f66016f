/**
 * The colours of the scene at this very moment against those of the people in the clip: what is left to tell a gap between
 * fingers from a finger where the wall behind moves or was never uncovered. It says less than the wall's own colour would,
 * and says it only near the border of the network's mask.
 */
import { bin, LEVELS, soften } from './colour-histogram.ts'
import { widen } from './widen.ts'

/** Probability of a person from which a cell, and its neighbours, tell nothing of the scene. */
const SCENE = 0.05
/** Probability from which a cell is inside, and how many cells from the outside colours are still asked. */
const INSIDE = 0.5
const BORDER = 14
/** Density of any other colour at all: as often as all colours alike. */
const ANYTHING = 1
/**
 * The most that these colours may outweigh the network, as factors of the odds. Against a person: a badge of the scene's
 * colour bores no hole. For a person: little, since a rare thing of the scene may have skin's colour too.
 */
const AGAINST = 1 / 10
const FOR = 2

export type SceneColours = {
  /** Factor of the odds that a cell of this colour (0..1) is a person's. */
  odds(red: number, green: number, blue: number): number
  /** One byte a cell, 1 where they may be asked. */
  asked: Uint8Array
}

/**
 * Reads a frame's scene.
 * @param mask probability of a person, a cell each
 * @param guide the colours of the cells: three planes 0..1
 * @param people how often each colour occurs on people, 1 as often as all colours alike
 */
export const sceneColours = (
  mask: Float32Array,
  guide: Float32Array,
  people: Float32Array,
  columns: number,
  rows: number,
): SceneColours => {
  const count = columns * rows
  const [covered, outside] = [new Uint8Array(count), new Uint8Array(count)]
  for (let at = 0; at < count; at++) {
    const probability = mask[at] ?? 0
    if (probability >= SCENE) covered[at] = 1
    if (probability < INSIDE) outside[at] = 1
  }
  const hidden = widen(covered, columns, rows, 1)
  const histogram = new Float32Array(LEVELS ** 3)
  let total = 0
  for (let at = 0; at < count; at++) {
    if (hidden[at]) continue
    const colour = bin(guide[at] ?? 0, guide[at + count] ?? 0, guide[at + 2 * count] ?? 0)
    histogram[colour] = (histogram[colour] ?? 0) + 1
    total++
  }
  const scene = soften(histogram)
  const scale = total > 0 ? LEVELS ** 3 / total : 0
  return {
    asked: widen(outside, columns, rows, BORDER),
    odds: (red, green, blue) => {
      const colour = bin(red, green, blue)
      const ratio = ((people[colour] ?? 0) + ANYTHING) / ((scene[colour] ?? 0) * scale + ANYTHING)
      return Math.min(FOR, Math.max(AGAINST, ratio))
    },
  }
}
