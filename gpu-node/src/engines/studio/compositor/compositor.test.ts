import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../director/random.ts'
import { type Affine, mapOf } from './affine.ts'
import { compositorForTests } from './compositor.fixture.ts'
import type { Layer, Rgb } from './compositor.ts'

const compositor = await compositorForTests()
type Pixel = readonly [number, number, number, number]

/** A layer whose neighbours differ, premultiplied. */
const speckled = (width: number, height: number, seed: number, brightest = 4): Layer => {
  const random = seededRandom(seed)
  return compositor.paint(
    width,
    height,
    () => {
      const alpha = random()
      return [random() * alpha, random() * alpha, random() * alpha, alpha]
    },
    brightest,
  )
}
/** The same sample in plain numbers. Clear beyond the layer. */
const sampled = (layer: Layer, x: number, y: number): Pixel => {
  const [ix, iy] = [Math.floor(x), Math.floor(y)]
  if (ix < 0 || iy < 0 || ix >= layer.width - 1 || iy >= layer.height - 1) return [0, 0, 0, 0]
  const [fx, fy] = [x - ix, y - iy]
  const [a, b] = [compositor.pixel(layer, ix, iy), compositor.pixel(layer, ix + 1, iy)]
  const [c, d] = [compositor.pixel(layer, ix, iy + 1), compositor.pixel(layer, ix + 1, iy + 1)]
  const lane = (k: 0 | 1 | 2 | 3) => (a[k] * (1 - fx) + b[k] * fx) * (1 - fy) + (c[k] * (1 - fx) + d[k] * fx) * fy
  return [lane(0), lane(1), lane(2), lane(3)]
}
const at = ([a, b, c, d, e, f]: Affine, x: number, y: number) => [a * x + b * y + c, d * x + e * y + f] as const
/** Pixels well inside or well outside a layer: on its border a hair decides. */
const clearCut = (layer: Layer, x: number, y: number) =>
  [x, layer.width - 1 - x].every((d) => Math.abs(d) > 0.1) && [y, layer.height - 1 - y].every((d) => Math.abs(d) > 0.1)

const TURNED = mapOf(
  { x: 20, y: 17, ax: 11, ay: 9, scaleX: 1.3, scaleY: 0.8, angle: 0.4 },
  { dx: 1.3, dy: -0.6, zoom: 1.1, roll: 0.02 },
  40,
  32,
)
const frameOf = (light: Rgb) => {
  const frame = compositor.frame(40, 32)
  compositor.mix(
    frame,
    compositor.paint(40, 32, () => [...light, 1]),
    0,
    [1, 1, 1],
  )
  return frame
}
/** Every pixel of the frame is what `expected` says of it, within `tolerance`. */
const compare = (frame: Layer, expected: (x: number, y: number) => readonly number[] | undefined, tolerance: number) => {
  let compared = 0
  for (let y = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++) {
      const wanted = expected(x, y)
      if (!wanted) continue
      compared++
      const found = compositor.pixel(frame, x, y)
      for (const k of [0, 1, 2] as const)
        expect(Math.abs(found[k] - (wanted[k] ?? 0)), `${x},${y} ${k}: ${found[k]} for ${wanted[k]}`).toBeLessThan(tolerance)
    }
  expect(compared).toBeGreaterThan(200)
}

describe('laying layers', () => {
  it('covers the frame through a map, and repeats the edge beyond it', () => {
    const source = speckled(44, 36, 1)
    const frame = frameOf([0, 0, 0])
    compositor.cover(frame, source, [0.99, 0.02, 1.3, -0.02, 1.01, 2.1])
    compare(
      frame,
      (x, y) => {
        const [sx, sy] = at([0.99, 0.02, 1.3, -0.02, 1.01, 2.1], x, y)
        return clearCut(source, sx, sy) && sy < 34.9 ? sampled(source, sx, sy) : undefined
      },
      0.006,
    )
    compositor.cover(frame, source, [1, 0, -10, 0, 1, 20])
    const corner = compositor.pixel(source, 0, 35)
    compositor.pixel(frame, 3, 30).forEach((value, k) => void expect(Math.abs(value - (corner[k] ?? 0))).toBeLessThan(0.004))
  })

  it('lays a turned layer over the frame', () => {
    const source = speckled(23, 19, 2)
    const frame = frameOf([0.5, 0.25, 1.5])
    compositor.over(frame, source, TURNED, 0.7, [0.5, 1, 1])
    compare(
      frame,
      (x, y) => {
        const [sx, sy] = at(TURNED, x, y)
        if (!clearCut(source, sx, sy)) return undefined
        const c = sampled(source, sx, sy)
        const under = 1 - 0.7 * c[3]
        return [0.35 * c[0] + 0.5 * under, 0.7 * c[1] + 0.25 * under, 0.7 * c[2] + 1.5 * under]
      },
      0.008,
    )
  })

  it('skips what is empty in a surveyed layer, and nothing else', () => {
    const random = seededRandom(8)
    const dots = Array.from({ length: 12 }, () => [Math.floor(random() * 90), Math.floor(random() * 70)] as const)
    const plain = compositor.paint(90, 70, (x, y) =>
      dots.some(([dx, dy]) => dx === x && dy === y) ? [1, 1, 1, 1] : [0, 0, 0, 0],
    )
    const map: Affine = [1.1, 0.03, 2.3, -0.02, 1.05, 3.6]
    const [one, other] = [frameOf([0.1, 0.1, 0.1]), frameOf([0.1, 0.1, 0.1])]
    compositor.over(one, plain, map)
    compositor.over(other, compositor.surveyed(plain), map)
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 40; x++) expect(compositor.pixel(other, x, y)).toEqual(compositor.pixel(one, x, y))
  })

  it('adds light of more than its own brightness, up to four times paper white', () => {
    const source = speckled(23, 19, 3, 1)
    const frame = frameOf([0.5, 0.25, 3.5])
    compositor.add(frame, source, TURNED, [3, 0.1, 4])
    compare(
      frame,
      (x, y) => {
        const [sx, sy] = at(TURNED, x, y)
        if (!clearCut(source, sx, sy)) return undefined
        const c = sampled(source, sx, sy)
        return [0.5 + 3 * c[0], 0.25 + 0.1 * c[1], Math.min(32_767 / 8192, 3.5 + 4 * c[2])]
      },
      0.02,
    )
  })

  it('gathers what is soft in a veil, and lays it where the next hard thing asks for it', () => {
    const fog = compositor.paint(8, 6, (x, y) => [0.05 * x, 0.1, 0.02 * y, 0.1 * y])
    const glow = compositor.paint(8, 6, (x) => [0.03 * x, 0, 0.2, 0], 1)
    const map: Affine = [0.15, 0, 0.4, 0, 0.15, 0.4]
    const frame = frameOf([0.4, 0.3, 0.2])
    compositor.over(frame, fog, map)
    compositor.add(frame, glow, map, [1, 1, 1])
    const dot = compositor.paint(4, 4, () => [0, 1, 0, 0])
    compositor.add(frame, dot, [1, 0, -20, 0, 1, -20], [1, 1, 1])
    compare(
      frame,
      (x, y) => {
        if (x < 3 || y < 3 || x > 36 || y > 28 || (x > 17 && x < 25)) return undefined
        const [f, g] = [sampled(fog, ...at(map, x, y)), sampled(glow, ...at(map, x, y))]
        return [0.4, 0.3, 0.2].map((under, k) => (f[k as 0] ?? 0) + (g[k as 0] ?? 0) + under * (1 - f[3]))
      },
      0.01,
    )
    const [, green] = compositor.pixel(frame, 21, 21)
    expect(green).toBeGreaterThan(1)
  })

  it('refuses a frame that its kernels cannot fill', () => {
    expect(() => compositor.frame(44, 40)).toThrow(RangeError)
  })
})

describe('blurs', () => {
  it('leave an even surface as it is', () => {
    const even = () => compositor.paint(31, 22, () => [0.7, 0.2, 0.01, 1])
    const sure = (layer: Layer) => {
      for (const [x, y] of [
        [0, 0],
        [layer.width >> 1, layer.height >> 1],
        [layer.width - 1, layer.height - 1],
      ] as const)
        compositor.pixel(layer, x, y).forEach((value, k) => void expect(value).toBeCloseTo([0.7, 0.2, 0.01, 1][k] ?? 0, 3))
    }
    const soft = even()
    compositor.gaussian(soft, 3)
    sure(soft)
    const smeared = even()
    compositor.smear(smeared, 5)
    sure(smeared)
    sure(compositor.defocused(even, 31, 22, 4))
    sure(compositor.quarter(even()))
    sure(compositor.half(even()))
  })

  it('turn a point of light into a round disc of the same light', () => {
    const point = () => compositor.paint(31, 31, (x, y) => (x === 15 && y === 15 ? [4, 4, 4, 1] : [0, 0, 0, 0]))
    const disc = compositor.defocused(point, 31, 31, 4)
    let sum = 0
    for (let y = 0; y < 31; y++)
      for (let x = 0; x < 31; x++) {
        const [light] = compositor.pixel(disc, x, y)
        sum += light
        const r = Math.hypot(x - 15, y - 15)
        if (r < 3.9) expect(light).toBeGreaterThan(0.05)
        if (r > 4.2) expect(light).toBe(0)
      }
    expect(sum).toBeCloseTo(4, 1)
  })

  it('spread a point as a Gaussian does', () => {
    const layer = compositor.paint(41, 41, (x, y) => (x === 20 && y === 20 ? [4, 4, 4, 1] : [0, 0, 0, 0]), 4)
    compositor.gaussian(layer, 2)
    // Three boxes of five: variance 3 * (5^2 - 1) / 12 = 6.
    for (const d of [0, 1, 2, 3, 4]) {
      const expected = (4 / (2 * Math.PI * 6)) * Math.exp(-(d * d) / 12)
      expect(Math.abs(compositor.pixel(layer, 20 + d, 20)[0] - expected)).toBeLessThan(0.016)
    }
  })
})

describe('upload', () => {
  it('turns sRGB bytes into premultiplied light, and opens up what was clipped', () => {
    const bytes = Uint8Array.of(255, 255, 255, 255, 128, 64, 0, 255, 200, 100, 50, 128, 9, 9, 9, 0)
    const layer = compositor.upload(bytes, 2, 2, 4)
    expect(compositor.pixel(layer, 0, 0)[0]).toBeCloseTo(4, 2)
    expect(compositor.pixel(layer, 1, 0)[0]).toBeCloseTo(0.2159, 3)
    expect(compositor.pixel(layer, 1, 0)[1]).toBeCloseTo(0.0513, 3)
    expect(compositor.pixel(layer, 0, 1)[3]).toBeCloseTo(0.502, 3)
    expect(compositor.pixel(compositor.upload(bytes, 2, 2), 0, 1)[0]).toBeCloseTo(0.5776 * 0.502, 3)
    expect(compositor.pixel(layer, 1, 1)).toEqual([0, 0, 0, 0])
  })
})
