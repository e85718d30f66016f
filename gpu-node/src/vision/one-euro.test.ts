import { describe, expect, it } from 'vitest'
import { createOneEuro, type OneEuroTuning } from './one-euro.ts'

const TUNING: OneEuroTuning = { rate: 24, minCutoff: 1, beta: 20, speedCutoff: 3 }
const run = (values: readonly number[], unit = 1) => {
  const filter = createOneEuro(TUNING)
  return values.map((value) => filter.next(Float32Array.of(value), unit)[0] ?? Number.NaN)
}
/** Trembles by one in a thousand, as a mesh does, always alike. */
const tremble = (index: number) => 0.001 * Math.sin(index * 2.6)
const spreadOf = (values: readonly number[]) => Math.max(...values) - Math.min(...values)

describe('the one-euro filter', () => {
  it('lets the first value and a constant through as they are', () => {
    expect(run([5, 5, 5])).toEqual([5, 5, 5])
  })

  it('steadies what only trembles, to a half at most', () => {
    const trembling = Array.from({ length: 96 }, (_, index) => tremble(index))
    expect(spreadOf(run(trembling).slice(24))).toBeLessThan(spreadOf(trembling) / 2)
  })

  it('follows what moves fast by less than a frame', () => {
    const moving = Array.from({ length: 48 }, (_, index) => index * 0.1)
    expect((moving.at(-1) ?? 0) - (run(moving).at(-1) ?? 0)).toBeLessThan(0.05)
  })

  it('is the same in any measure, as long as the unit tells it', () => {
    const walk = Array.from({ length: 48 }, (_, index) => tremble(index) + index * 0.01)
    const large = run(
      walk.map((value) => value * 200),
      200,
    )
    for (const [index, value] of run(walk).entries()) expect(large[index]).toBeCloseTo(value * 200, 3)
  })

  it('knows nothing any more after a reset', () => {
    const filter = createOneEuro(TUNING)
    filter.next(Float32Array.of(0), 1)
    filter.reset()
    expect(filter.next(Float32Array.of(9), 1)[0]).toBe(9)
  })
})
