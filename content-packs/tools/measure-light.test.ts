import { describe, expect, it } from 'vitest'
import { lightOf } from './measure-light.ts'

const WIDTH = 12
/** A picture of 12 x 18 pixels, each coloured by its column and row. */
const picture = (paint: (x: number, y: number) => [number, number, number]): Uint8Array =>
  Uint8Array.from(Array.from({ length: WIDTH * 18 }, (_, i) => paint(i % WIDTH, Math.floor(i / WIDTH))).flat())

describe('measure-light', () => {
  it('sees from which side the light comes', () => {
    expect(
      lightOf(
        picture((x) => (x > 8 ? [255, 255, 255] : [10, 10, 10])),
        WIDTH,
      ).side,
    ).toBeGreaterThan(0.8)
    expect(
      lightOf(
        picture((x) => (x < 3 ? [255, 255, 255] : [10, 10, 10])),
        WIDTH,
      ).side,
    ).toBeLessThan(-0.8)
    expect(
      lightOf(
        picture(() => [90, 90, 90]),
        WIDTH,
      ).side,
    ).toBe(0)
  })

  it('takes the key from what is bright and the rim from what is colourful', () => {
    const light = lightOf(
      picture((x, y) => (y < 4 ? [255, 240, 220] : x < 2 ? [255, 0, 160] : [0, 10, 60])),
      WIDTH,
    )
    expect(light.key[0]).toBe(1)
    expect(light.key[2]).toBeGreaterThan(0.6)
    expect(light.rim[1]).toBeLessThan(light.key[1])
    expect(Math.max(...light.ambient)).toBe(0.5)
  })
})
