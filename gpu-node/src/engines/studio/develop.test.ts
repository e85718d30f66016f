import { describe, expect, it } from 'vitest'
import { compositorForTests } from './compositor/compositor.fixture.ts'
import { channelCurve, createDeveloper, curveTable, DEVELOPMENT } from './develop.ts'

const [WIDTH, HEIGHT] = [64, 48]
const PLAIN = { ...DEVELOPMENT, bloom: 0, vignette: 0, grain: 0, saturation: 1 }
const compositor = await compositorForTests()

/** Develops a frame painted by `light`; answers its planes. */
const developed = (light: (x: number, y: number) => readonly [number, number, number], look = PLAIN, index = 0) => {
  const frame = compositor.frame(WIDTH, HEIGHT)
  const painted = compositor.paint(WIDTH, HEIGHT, (x, y) => [...light(x, y), 1])
  compositor.mix(frame, painted, 0, [1, 1, 1])
  const picture = createDeveloper(compositor, WIDTH, HEIGHT, look)(frame, index).slice()
  const size = WIDTH * HEIGHT
  return { y: picture.subarray(0, size), u: picture.subarray(size, size * 1.25), v: picture.subarray(size * 1.25) }
}
const spread = (plane: Uint8Array) => Math.max(...plane) - Math.min(...plane)

describe('the tone curve', () => {
  it('rises all the way and ends at white', () => {
    const curve = channelCurve(0.008, 0)
    for (let x = 0; x < 1.59; x += 0.01) expect(curve(x + 0.01)).toBeGreaterThan(curve(x))
    expect(curve(1.6)).toBeGreaterThan(250)
  })

  it('shows twice the light at twice the exposure', () => {
    const [plain, lifted] = [curveTable(1), curveTable(2)]
    for (const light of [100, 1000, 8000]) expect(lifted[light]).toBe(plain[light * 2])
  })
})

describe('a developed picture', () => {
  it('shows every light as the curves and BT.709 say', () => {
    const red = channelCurve(0.006, 0.012)
    const green = channelCurve(0.008, 0)
    const blue = channelCurve(0.022, -0.015)
    for (const [r, g, b] of [
      [0, 0, 0],
      [0.002, 0.004, 0.01],
      [0.3, 0.1, 0.5],
      [1, 0.9, 0.2],
      [3.9, 3.9, 3.9],
    ] as const) {
      const [sr, sg, sb] = [red(Math.sqrt(r)), green(Math.sqrt(g)), blue(Math.sqrt(b))]
      const { y, u, v } = developed(() => [r, g, b])
      expect(Math.abs((y[777] ?? 0) - (16 + 0.182586 * sr + 0.614231 * sg + 0.062007 * sb)), `${r}`).toBeLessThan(1)
      expect(Math.abs((u[77] ?? 0) - (128 - 0.100642 * sr - 0.33857 * sg + 0.439212 * sb)), `${r}`).toBeLessThan(1)
      expect(Math.abs((v[77] ?? 0) - (128 + 0.439212 * sr - 0.398934 * sg - 0.040278 * sb)), `${r}`).toBeLessThan(1)
      expect([spread(y), spread(u), spread(v)]).toEqual([0, 0, 0])
    }
  })

  it('has each pixel where the frame has it', () => {
    const { y } = developed((x, line) => [((x * 7 + line * 13) % 32) / 32, 0.2, 0.1])
    const at = (x: number, line: number) => y[line * WIDTH + x] ?? 0
    for (const [x, line] of [
      [0, 0],
      [9, 5],
      [62, 46],
      [33, 17],
    ] as const)
      expect(at(x, line)).toBe(at((x + 32) % 64, line))
    expect(new Set(Array.from({ length: 32 }, (_, x) => at(x, 3))).size).toBeGreaterThan(20)
  })

  it('blooms round a lamp, and nowhere without one', () => {
    const lamp = (brightness: number) =>
      developed((x, y) => (x > 27 && x < 36 && y > 19 && y < 28 ? [brightness, brightness, brightness] : [0, 0, 0]), {
        ...PLAIN,
        bloom: 1,
      }).y
    const [dim, bright] = [lamp(0.5), lamp(3)]
    expect(bright[24 * WIDTH + 44]).toBeGreaterThan((dim[24 * WIDTH + 44] ?? 0) + 10)
    // The light falls off evenly, without the grid it was gathered on.
    const row = Array.from(bright.subarray(24 * WIDTH + 36, 24 * WIDTH + 60))
    for (let i = 1; i < row.length; i++) expect(row[i]).toBeLessThanOrEqual((row[i - 1] ?? 0) + 1)
  })

  it('darkens towards the corners', () => {
    const { y } = developed(() => [0.4, 0.4, 0.4], { ...PLAIN, vignette: 0.5 })
    expect(y[0]).toBeLessThan((y[22 * WIDTH + 32] ?? 0) - 10)
    expect(Math.abs((y[0] ?? 0) - (y[WIDTH - 1] ?? 0))).toBeLessThanOrEqual(2)
  })

  it('has grain in grey and none in burnt-out white, another in every picture and the same in the same', () => {
    const look = { ...PLAIN, grain: 0.013 }
    const grey = () => [0.2, 0.2, 0.2] as const
    expect(spread(developed(grey, look).y)).toBeGreaterThan(6)
    expect(spread(developed(() => [3.9, 3.9, 3.9], look).y)).toBeLessThan(3)
    expect(developed(grey, look, 1).y).toEqual(developed(grey, look, 1).y)
    expect(developed(grey, look, 1).y).not.toEqual(developed(grey, look, 2).y)
    const mean = (plane: Uint8Array) => plane.reduce((sum, value) => sum + value, 0) / plane.length
    expect(Math.abs(mean(developed(grey, look).y) - mean(developed(grey).y))).toBeLessThan(1)
  })
})
