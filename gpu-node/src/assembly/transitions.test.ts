import type { Shot } from '@fanreel/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FacePlace, MATCH_IN, MATCH_OUT, zoomTo } from './match-cut.ts'
import { planesOf, type YuvPicture } from './picture.ts'
import { applyTransitions, DISSOLVE_FRAMES, type Surroundings } from './transitions.ts'

const [width, height] = [180, 320]
const picture = (luma: number): YuvPicture =>
  planesOf(new Uint8Array((width * height * 3) / 2).fill(luma, 0, width * height).fill(90, width * height), width, height)
/** A dark picture with a light square as face. */
const withFace = ({ x, y, width: side }: FacePlace): YuvPicture => {
  const made = picture(40)
  for (let row = Math.round(y - side / 2); row < y + side / 2; row++)
    made.y.fill(220, row * width + Math.round(x - side / 2), row * width + Math.round(x + side / 2))
  return made
}
/** Middle and side of the light square. */
const faceIn = ({ y: plane }: YuvPicture) => {
  const light = Array.from(plane.keys()).filter((i) => (plane[i] ?? 0) > 130)
  const mean = (of: (i: number) => number) => light.reduce((sum, i) => sum + of(i), 0) / light.length
  return { x: mean((i) => i % width), y: mean((i) => Math.floor(i / width)), side: Math.sqrt(light.length) }
}
const shot = (transition: Shot['transition'], frames = 40): Shot => ({
  id: 'one',
  slot: 'one',
  framing: 'close',
  treatment: 'close-up',
  plateView: 'one',
  camera: 'push-in',
  startFrame: 0,
  frames,
  source: { startMs: 0, endMs: 1_000, speed: 1 },
  voice: false,
  transition,
  reason: 'a test',
})
const alone: Surroundings = { next: undefined, before: async () => undefined }
const mean = (plane: Uint8Array) => plane.reduce((sum, value) => sum + value, 0) / plane.length
const small: FacePlace = { x: 80, y: 120, width: 40, bottom: 140 }
const large: FacePlace = { x: 95, y: 140, width: 60, bottom: 170 }

describe('transitions', () => {
  it.each([
    ['moves in before the cut on the face that is small', small, large],
    ['moves out after the cut from the face that was large', large, small],
  ])('F32: a match cut %s', async (_, out, into) => {
    const match = { out, in: into }
    const last = withFace(out)
    await applyTransitions(last, 39, shot('cut'), { ...alone, next: shot('match'), matchAfter: match })
    const first = withFace(into)
    await applyTransitions(first, 0, shot('match'), { ...alone, matchBefore: match })
    const [seen, next] = [faceIn(last), faceIn(first)]
    expect(Math.hypot(seen.x - next.x, seen.y - next.y)).toBeLessThan(1.5)
    expect(Math.abs(seen.side - next.side)).toBeLessThan(2)
    // And both are left alone a little away from the cut.
    for (const [index, made, of, round] of [
      [39 - MATCH_OUT, withFace(out), shot('cut'), { ...alone, next: shot('match'), matchAfter: match }],
      [MATCH_IN, withFace(into), shot('match'), { ...alone, matchBefore: match }],
    ] as const) {
      const before = Buffer.from(made.y)
      await applyTransitions(made, index, of, round)
      expect(Buffer.from(made.y).equals(before)).toBe(true)
    }
  })

  it('F32: without a face on either side a match cut is a plain one', async () => {
    const made = withFace(small)
    const before = Buffer.from(made.y)
    await applyTransitions(made, 0, shot('match'), { ...alone, next: shot('match') })
    await applyTransitions(made, 39, shot('match'), { ...alone, next: shot('match') })
    expect(Buffer.from(made.y).equals(before)).toBe(true)
  })

  it('F32: a match cut never shows what lies beyond the picture, wherever the faces are', () => {
    const face = fc.record({
      x: fc.integer({ min: 20, max: 160 }),
      y: fc.integer({ min: 20, max: 300 }),
      width: fc.integer({ min: 10, max: 100 }),
      bottom: fc.constant(200),
    })
    fc.assert(
      fc.property(face, face, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, share) => {
        const { scale, dx, dy } = zoomTo(one, other, share, { width, height })
        expect(scale).toBeGreaterThanOrEqual(1)
        for (const [move, size] of [
          [dx, width],
          [dy, height],
        ] as const) {
          expect(move).toBeLessThanOrEqual(0)
          expect(move + size * scale).toBeGreaterThanOrEqual(size - 1e-6)
        }
      }),
    )
  })

  it('F9: a flash is soft, rises once and is over within five pictures', async () => {
    const levels: number[] = []
    for (let index = 0; index < 7; index++) {
      const made = picture(60)
      await applyTransitions(made, index, shot('flash'), alone)
      levels.push(mean(made.y))
    }
    expect(levels[0]).toBeLessThan(190)
    expect([...levels].sort((a, b) => b - a)).toEqual(levels)
    expect(levels.slice(5)).toEqual([60, 60])
  })

  it('F9: light that leaks in is over within seven pictures, never brighter than its own colour, and keeps that colour', async () => {
    const warm = [180, 80, 150] as const
    const levels: number[] = []
    for (let index = 0; index < 9; index++) {
      const made = picture(60)
      await applyTransitions(made, index, shot('flash'), { ...alone, leak: warm })
      levels.push(mean(made.y))
      expect(Math.max(...made.y)).toBeLessThanOrEqual(180)
      if (index === 0) expect(mean(made.v)).toBeGreaterThan(110)
    }
    expect([...levels].sort((a, b) => b - a)).toEqual(levels)
    expect(levels.slice(7)).toEqual([60, 60])
  })

  it('a whip smears along the row and keeps its light', async () => {
    const made = withFace(small)
    const light = mean(made.y)
    await applyTransitions(made, 0, shot('whip'), alone)
    expect(Math.abs(mean(made.y) - light)).toBeLessThan(6)
    expect(Math.max(...made.y)).toBeLessThan(215)
    // Rows without the face stay as they were.
    expect(Math.abs((made.y[2 * width + 90] ?? 0) - 40)).toBeLessThanOrEqual(1)
  })

  it('a dissolve goes from the shot before to its own', async () => {
    const levels: number[] = []
    for (let index = 0; index <= DISSOLVE_FRAMES; index++) {
      const made = picture(200)
      await applyTransitions(made, index, shot('dissolve'), { ...alone, before: async () => picture(40) })
      levels.push(mean(made.y))
    }
    expect(levels[0]).toBeLessThan(60)
    expect([...levels].sort((a, b) => a - b)).toEqual(levels)
    expect(levels.at(-1)).toBe(200)
  })
})
