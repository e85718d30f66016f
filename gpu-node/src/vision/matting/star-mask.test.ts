import { describe, expect, it } from 'vitest'
import { keepStar } from './star-mask.ts'

/** A mask drawn in letters: `#` a person for sure, `+` perhaps, `.` nobody. */
const maskOf = (...lines: string[]) => ({
  columns: lines[0]!.length,
  rows: lines.length,
  values: Float32Array.from(lines.join(''), (letter) => ({ '#': 0.95, '+': 0.2 })[letter] ?? 0),
})
const drawn = ({ values, columns }: { values: Float32Array; columns: number }) =>
  (Array.from(values, (value) => (value > 0.5 ? '#' : value > 0 ? '+' : '.'))
    .join('')
    .match(new RegExp(`.{${columns}}`, 'g')) ?? []) as string[]
const box = (x: number, y: number, width = 2, height = 1) => ({ x, y, width, height })

const TWO = () => maskOf('..##..........##..', '..##..........##..', '.####........####.', '.####........####.')

describe('of everybody in a mask', () => {
  it('the star stays and the other goes', () => {
    const mask = TWO()
    const kept = keepStar(mask, box(2, 0), [box(14, 0)])
    expect(drawn(mask)).toEqual(['..##..............', '..##..............', '.####.............', '.####.............'])
    expect(kept!.reduce((sum, cell) => sum + cell, 0)).toBe(12)
  })

  it('whoever hangs on no known face goes too', () => {
    const mask = TWO()
    keepStar(mask, box(14, 0), [])
    expect(drawn(mask)[3]).toBe('.............####.')
  })

  it('two who touch are parted between their faces', () => {
    const mask = maskOf('.##......##.', '.##......##.', '############', '############')
    keepStar(mask, box(1, 0), [box(9, 0)])
    expect(drawn(mask)[3]).toBe('######......')
  })

  it('soft hair beside the star stays, soft ghosts far away go', () => {
    const mask = maskOf('..+##+..........+...', '..+##+..........+...')
    keepStar(mask, box(3, 0), [])
    expect(drawn(mask)).toEqual(['..+##+..............', '..+##+..............'])
  })
})

describe('a frame in which the star was not found', () => {
  it('goes by where the star was before', () => {
    const kept = keepStar(TWO(), box(2, 0), [box(14, 0)])
    const mask = TWO()
    keepStar(mask, undefined, [], kept)
    expect(drawn(mask)[0]).toBe('..##..............')
  })

  it('is left alone where nothing was known before', () => {
    const mask = TWO()
    expect(keepStar(mask, undefined, [])).toBeUndefined()
    expect(drawn(mask)).toEqual(drawn(TWO()))
  })
})
