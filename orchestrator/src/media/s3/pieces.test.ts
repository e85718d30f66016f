import { describe, expect, it } from 'vitest'
import { pieceName, runOf } from './pieces.ts'

const object = (at: number, named: number, bytes = named) => ({ key: `s/${pieceName(at, named)}`, bytes, modifiedAt: 0 })

describe('the run of a staged upload', () => {
  it('S1: ends before the first piece that is missing or half there', () => {
    expect(runOf([]).bytes).toBe(0)
    expect(runOf([object(0, 100), object(100, 50), object(200, 10)]).bytes).toBe(150)
    expect(runOf([object(0, 100), object(100, 50, 49), object(150, 10)]).bytes).toBe(100)
    expect(runOf([object(100, 50)]).bytes).toBe(0)
    expect(runOf([object(0, 100), { key: 's/other', bytes: 5, modifiedAt: 0 }]).pieces).toHaveLength(1)
  })

  it('S1: takes the piece that reaches further where two begin at one place', () => {
    const run = runOf([object(0, 100), object(0, 300), object(100, 50), object(300, 1)])
    expect(run.bytes).toBe(301)
    expect(run.pieces.map(({ at }) => at)).toEqual([0, 300])
  })
})
