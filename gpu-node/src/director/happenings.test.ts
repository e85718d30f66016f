import { describe, expect, it } from 'vitest'
import { jumpsOf, peaksOf, share, travel } from './happenings.ts'

const bump = (centre: number, height: number) => (i: number) => height * Math.exp(-(((i - centre) / 5) ** 2))
const curve = (...bumps: ((i: number) => number)[]) =>
  Array.from({ length: 120 }, (_, i) => 0.02 + bumps.reduce((sum, one) => sum + one(i), 0))

describe('peaks of a curve', () => {
  it('are where it is highest, each once, with its height against the highest', () => {
    const peaks = peaksOf(curve(bump(30, 0.4), bump(80, 0.2)))
    expect(peaks.map(({ frame }) => frame)).toEqual([30, 80])
    expect(peaks[0]!.height).toBeCloseTo(1)
    expect(peaks[1]!.height).toBeCloseTo(0.5, 1)
  })

  it('leave out what is small against the highest, and the trembling of a level line', () => {
    expect(peaksOf(curve(bump(30, 0.4), bump(80, 0.08))).map(({ frame }) => frame)).toEqual([30])
    const trembling = peaksOf(Array.from({ length: 120 }, (_, i) => 0.1 + (i === 60 ? 0.3 : 0) + 0.01 * (i % 2)))
    expect(trembling.map(({ frame }) => frame)).toEqual([60])
  })

  it('are none in a clip that stands still', () => {
    expect(peaksOf(Array.from({ length: 48 }, () => 0))).toEqual([])
    expect(peaksOf([])).toEqual([])
  })
})

describe('a jump', () => {
  it('is one frame that differs from all around it, as no movement does', () => {
    const motion = curve(bump(30, 0.3))
    expect(jumpsOf(motion).indexOf(1)).toBe(-1)
    motion[80] = 0.25
    expect([...jumpsOf(motion).entries()].filter(([, jump]) => jump === 1).map(([frame]) => frame)).toEqual([80])
  })
})

describe('a share of frames', () => {
  it('is the mean over those asked for, inside the clip', () => {
    const values = Float32Array.of(0, 0, 1, 1)
    expect(share(values, 0, 4)).toBe(0.5)
    expect(share(values, 2, 9)).toBe(1)
    expect(share(values, 9, 12)).toBe(1)
  })

  it('travels from its least to its most', () => {
    expect(travel(Float32Array.of(5, 1, 2, 4, 9), 1, 4)).toBe(3)
    expect(travel(Float32Array.of(5, 1), 7, 9)).toBe(0)
  })
})
