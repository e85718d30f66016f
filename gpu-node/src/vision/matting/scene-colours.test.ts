import { expect, it } from 'vitest'
import { bin, LEVELS, soften } from './colour-histogram.ts'
import { sceneColours } from './scene-colours.ts'
import { widen } from './widen.ts'

const [COLUMNS, ROWS] = [60, 20]
const COUNT = COLUMNS * ROWS
const SKIN = [0.85, 0.65, 0.55] as const
const NIGHT = [0.1, 0.15, 0.4] as const

/** Skin from column 20 on, night to its left. */
const read = () => {
  const guide = new Float32Array(3 * COUNT)
  const mask = new Float32Array(COUNT)
  for (let at = 0; at < COUNT; at++) {
    const person = at % COLUMNS >= 20
    const colour = person ? SKIN : NIGHT
    for (let k = 0; k < 3; k++) guide[at + k * COUNT] = colour[k]!
    mask[at] = person ? 1 : 0
  }
  const people = new Float32Array(LEVELS ** 3)
  people[bin(...SKIN)] = LEVELS ** 3
  return sceneColours(mask, guide, soften(people), COLUMNS, ROWS)
}

it("the scene's colours speak much against a person, the person's own a little for one, and others not at all", () => {
  const { odds } = read()
  expect(odds(...NIGHT)).toBeCloseTo(0.1)
  expect(odds(...SKIN)).toBeCloseTo(2)
  expect(odds(0.1, 0.9, 0.1)).toBeCloseTo(1)
})

it('they are asked at the border of a person, and not deep inside', () => {
  const { asked } = read()
  expect(asked[5 * COLUMNS + 22]).toBe(1)
  expect(asked[5 * COLUMNS + 50]).toBe(0)
})

it('a scene that is wholly covered says nothing against anybody', () => {
  const mask = new Float32Array(COUNT).fill(1)
  const { odds } = sceneColours(mask, new Float32Array(3 * COUNT), new Float32Array(LEVELS ** 3), COLUMNS, ROWS)
  expect(odds(...NIGHT)).toBeCloseTo(1)
})

it('marks are widened by as many cells as told, each way and not round the border', () => {
  const marks = new Uint8Array(7 * 5)
  marks[1 * 7 + 6] = 1
  const wide = widen(marks, 7, 5, 1)
  const drawn = Array.from({ length: 5 }, (_, y) =>
    [...wide.subarray(y * 7, (y + 1) * 7)].map((cell) => (cell ? '#' : '.')).join(''),
  )
  expect(drawn).toEqual(['.....##', '.....##', '.....##', '.......', '.......'])
})
