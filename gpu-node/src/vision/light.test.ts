import { laplacianVariance } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import type { Face } from './cast.ts'
import { lightOf, readFaceLight } from './light.ts'
import type { Picture } from './picture.ts'

const SIDE = 256
const picture = (valueAt: (x: number, y: number) => number | readonly [number, number, number]): Picture => {
  const data = new Uint8Array(SIDE * SIDE * 4)
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const value = valueAt(x, y)
      data.set([...(typeof value === 'number' ? [value, value, value] : value), 255], (y * SIDE + x) * 4)
    }
  }
  return { width: SIDE, height: SIDE, data }
}
const face = (roll = 0, width = 160): Face => ({
  box: { x: (SIDE - width) / 2, y: (SIDE - width) / 2, width, height: width },
  score: 1,
  landmarks: [],
  yaw: 0,
  roll,
  mouthOpen: 0,
  smile: 0,
  eyesOpen: 1,
})
const sideOf = (valueAt: (x: number, y: number) => number, roll = 0) =>
  lightOf([readFaceLight(picture(valueAt), face(roll), 1)]).side

describe('the light on a face', () => {
  it('comes from the side that is brighter, and from none where both are alike', () => {
    expect(sideOf((x) => 200 - x / 2)).toBeLessThan(-0.15)
    expect(sideOf((x) => 72 + x / 2)).toBeGreaterThan(0.15)
    for (const width of [160, 81, 82])
      expect(
        readFaceLight(
          picture(() => 128),
          face(0, width),
          1,
        ).side,
        `${width}`,
      ).toBeCloseTo(0, 5)
    expect(Math.abs(sideOf((_, y) => 200 - y / 2))).toBeLessThan(0.001)
  })

  it('is full from one side where the other lies in the dark', () => {
    expect(sideOf((x) => (x < SIDE / 2 ? 220 : 20))).toBe(-1)
    expect(sideOf((x) => (x < SIDE / 2 ? 20 : 220))).toBe(1)
  })

  it('is read along the face: a head that lies on its side has its own left and right', () => {
    // Turned clockwise by a quarter, the face's right half lies below.
    expect(sideOf((_, y) => (y < SIDE / 2 ? 20 : 220), Math.PI / 2)).toBe(1)
  })

  it('has the luma, contrast and linear colour of what it falls on', () => {
    const read = readFaceLight(
      picture(() => [188, 128, 64]),
      face(),
      1,
    )
    expect(read.luma).toBeCloseTo(0.2126 * 188 + 0.7152 * 128 + 0.0722 * 64, 1)
    expect(read.contrast).toBeCloseTo(0)
    // sRGB 188 is half of full light.
    expect(read.colour[0]).toBeCloseTo(0.5, 1)
    expect(read.colour[0]).toBeGreaterThan(read.colour[1])
    expect(lightOf([read]).luma).toBeCloseTo(read.luma / 255)
    expect(lightOf([])).toEqual({ luma: 0, contrast: 0, colour: [0, 0, 0], side: 0 })
  })
})

describe('sharpness', () => {
  const stripes = (period: number) => picture((x) => 128 + 60 * Math.sin((2 * Math.PI * x) / period))

  it('is nothing on a plain face and grows with detail', () => {
    const sharpness = (of: Picture) => readFaceLight(of, face(), 1).sharpness
    expect(sharpness(picture(() => 128))).toBeCloseTo(0)
    expect(sharpness(stripes(40))).toBeGreaterThan(0)
    expect(sharpness(stripes(8))).toBeGreaterThan(4 * sharpness(stripes(40)))
  })

  it('does not take an enlarged face for a blurred one', () => {
    // The same stripes recorded small and enlarged twice: read at the size they were recorded at.
    const recorded = readFaceLight(stripes(8), face(0, 80), 1).sharpness
    const enlarged = readFaceLight(stripes(16), face(0, 160), 2).sharpness
    expect(enlarged / recorded).toBeGreaterThan(0.6)
    expect(enlarged / recorded).toBeLessThan(1.6)
  })

  it('of pictures too small to have any is nothing', () => {
    expect(laplacianVariance(new Float32Array(4), 2)).toBe(0)
    expect(laplacianVariance(new Float32Array(0), 0)).toBe(0)
  })
})
