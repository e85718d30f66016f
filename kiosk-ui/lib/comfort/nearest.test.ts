/** Arrows on a screen of keys: along the row, to the row below, and nowhere at the edge. */
import { expect, it } from 'vitest'
import { type Box, nearest } from './nearest.ts'

const box = (x: number, y: number, width = 80): Box => ({ left: x, right: x + width, top: y, bottom: y + 80 })
/** Two rows of three keys, the lower one half a key to the right, and a wide button under them. */
const keys = [box(0, 0), box(90, 0), box(180, 0), box(45, 90), box(135, 90), box(225, 90), box(0, 300, 300)]
const go = (from: number, direction: Parameters<typeof nearest>[2]) => nearest(keys[from] as Box, keys, direction)

it('goes along a row, and stops at its end', () => {
  expect([go(0, 'right'), go(1, 'right'), go(2, 'left')]).toEqual([1, 2, 1])
  expect([go(0, 'left'), go(0, 'up'), go(6, 'down')]).toEqual([-1, -1, -1])
})
it('goes to the key below, and from anywhere to the button under all', () => {
  expect([go(0, 'down'), go(2, 'down')]).toEqual([3, 4])
  expect([go(3, 'down'), go(5, 'down')]).toEqual([6, 6])
  expect(keys[go(6, 'up')]?.top).toBe(90)
})
