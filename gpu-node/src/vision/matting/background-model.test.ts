import { describe, expect, it } from 'vitest'
import { collectBackground, evidenceFor } from './background-model.ts'

const [COLUMNS, ROWS] = [40, 30]
const COUNT = COLUMNS * ROWS
const WHOLE = { x: 0, y: 0, width: 1, height: 1 }
type Colour = readonly [number, number, number]
const [GREEN, BLUE, RED, SKIN]: Colour[] = [
  [0.2, 0.5, 0.3],
  [0.2, 0.3, 0.7],
  [0.7, 0.1, 0.1],
  [0.85, 0.65, 0.55],
] as never

/** A picture of the raster: a body from `left` on, 14 cells wide, a hand beside it, the wall elsewhere. */
const scene = (left: number, wall: (x: number, y: number) => Colour, hand?: number) => {
  const colours = new Float32Array(3 * COUNT)
  const mask = new Float32Array(COUNT)
  for (let at = 0; at < COUNT; at++) {
    const [x, y] = [at % COLUMNS, Math.floor(at / COLUMNS)]
    const body = x >= left && x < left + 14
    const isHand = hand !== undefined && x >= hand && x < hand + 3 && y >= 8 && y < 12
    const colour = body ? (y < 12 ? SKIN! : RED!) : isHand ? SKIN! : wall(x, y)
    for (let k = 0; k < 3; k++) colours[at + k * COUNT] = colour[k]!
    mask[at] = body ? 0.99 : 0
  }
  return { colours, mask }
}
const learn = (...walls: ((x: number, y: number) => Colour)[]) => {
  const collector = collectBackground(COLUMNS, ROWS)
  for (const [index, wall] of walls.entries()) {
    const { colours, mask } = scene(index % 2 === 0 ? 10 : 20, wall)
    collector.add(colours, mask)
  }
  return evidenceFor(collector.model(), WHOLE, COLUMNS, ROWS)
}
const green = () => GREEN!
const at = (x: number, y: number) => y * COLUMNS + x

describe('what stands behind the visitor', () => {
  const still = learn(green, green, green, green, green)

  it('takes a ghost of the network away where the wall shows', () => {
    const { colours, mask } = scene(14, green)
    mask.fill(0.6, at(2, 5), at(6, 5))
    mask.fill(0.9, at(32, 9), at(36, 9))
    still.weigh(mask, colours)
    expect(mask[at(3, 5)]).toBeLessThan(0.05)
    expect(mask[at(33, 9)]).toBeLessThan(0.1)
  })

  it('gives back a hand that the network half sees', () => {
    const { colours, mask } = scene(14, green, 8)
    mask[at(9, 9)] = 0.15
    still.weigh(mask, colours)
    expect(mask[at(9, 9)]).toBeGreaterThan(0.8)
  })

  it('leaves the body alone, and knows cells that were always covered by their colour only, two to one at most', () => {
    const { colours, mask } = scene(14, green)
    mask[at(22, 20)] = 0.4
    still.weigh(mask, colours)
    for (let y = 0; y < ROWS; y++) expect(mask[at(16, y)]).toBeGreaterThan(0.9)
    expect(mask[at(22, 20)]).toBeCloseTo((2 * 0.4) / (2 * 0.4 + 0.6))
  })

  it('goes by the colours of the scene where the wall changes, ten to one at most', () => {
    const changing = learn(
      green,
      green,
      () => BLUE!,
      () => BLUE!,
      green,
      () => BLUE!,
    )
    const { colours, mask } = scene(14, green)
    mask[at(3, 5)] = 0.6
    changing.weigh(mask, colours)
    expect(mask[at(3, 5)]).toBeCloseTo(0.06 / (0.06 + 0.4))
  })

  it('is not sure of itself before a wall of the colour of her clothes', () => {
    const red = learn(
      () => RED!,
      () => RED!,
      () => RED!,
      () => RED!,
    )
    const { colours, mask } = scene(14, () => RED!, undefined)
    mask[at(3, 20)] = 0.9
    red.weigh(mask, colours)
    expect(mask[at(16, 20)]).toBeGreaterThan(0.3)
  })
})
