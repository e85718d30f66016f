import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../director/random.ts'
import { gradeTables } from '../light.ts'
import { type Affine, composed, inverse, shrunk } from './affine.ts'
import { compositorForTests } from './compositor.fixture.ts'
import { type Layer, LINEAR, OPAQUE } from './compositor.ts'

const compositor = await compositorForTests()
const { kernels } = compositor
const SIZE = 76
/** Round it is the clear border that the kernel asks for. */
const inBody = (x: number, y: number) => x > 16 && x < 60 && y > 16 && y < 60

/** The outline of a layer at half its size. */
const edgesOf = (layer: Layer): Layer => {
  const small = compositor.half(layer)
  compositor.gaussian(small, 1)
  const edges = compositor.layer(small.width, small.height)
  kernels.outline(edges.at, small.at, small.width, small.height)
  return edges
}
type Light = { wrap: number; rim: number; haze: number; tint: number; opacity: number }
const PLAIN: Light = { wrap: 0, rim: 0, haze: 0, tint: 1, opacity: 1 }

/** Sets a layer into an even, bright frame of 96 x 96. */
const set = (layer: Layer, map: Affine, light: Partial<Light> = {}) => {
  const { wrap, rim, haze, tint, opacity } = { ...PLAIN, ...light }
  const frame = compositor.frame(96, 96)
  compositor.mix(
    frame,
    compositor.paint(96, 96, () => [3, 3, 3, 1]),
    0,
    [1, 1, 1],
  )
  const soft = compositor.paint(24, 24, () => [2, 2, 2, 1])
  const edges = edgesOf(layer)
  const toEdges = shrunk(map, 2)
  const toSoft = composed(inverse(toEdges), [0.2, 0, 0, 0, 0.2, 0])
  const lightsAt = compositor.alloc(edges.width * edges.height * 16)
  const rimAt = compositor.keep(Float32Array.from([...toSoft, wrap, rim, 1, 0, 0, 1, 0, 0, 1, 1, 1, haze, 2.5]))
  kernels.rim(lightsAt, edges.at, edges.width, edges.height, soft.at, 24, 24, rimAt)
  const at = compositor.keep(Float32Array.from([...map, ...toEdges, opacity, tint, tint, tint, 0.02, 0.98, haze]))
  // biome-ignore format: the kernel's order
  kernels.person(frame.at, 96, 0, 0, 96, 96, layer.at, layer.width, layer.height, edges.at, edges.width, edges.height, lightsAt, at)
  return frame
}
const body = (light: number) => compositor.paint(SIZE, SIZE, (x, y) => (inBody(x, y) ? [light, light, light, 1] : [0, 0, 0, 0]))
const ENLARGED: Affine = [0.63, 0.01, 8, -0.01, 0.63, 8.5]

/** Mitchell-Netravali, B = C = 1/3. */
const mitchell = (distance: number): number => {
  const t = Math.abs(distance)
  if (t < 1) return (7 * t ** 3 - 12 * t ** 2 + 16 / 3) / 6
  return t < 2 ? ((-7 / 3) * t ** 3 + 12 * t ** 2 - 20 * t + 32 / 3) / 6 : 0
}

describe('the visitor in the frame', () => {
  it('lets nothing of a bright background through, dark as they may be', () => {
    const frame = set(body(0.02), ENLARGED)
    for (let y = 30; y < 66; y++) for (let x = 30; x < 66; x += 7) expect(compositor.pixel(frame, x, y)[0]).toBeCloseTo(0.02, 3)
    const hazy = set(body(0.02), ENLARGED, { haze: 0.01, tint: 0.5 })
    for (let y = 40; y < 56; y++) expect(compositor.pixel(hazy, 48, y)[0]).toBeCloseTo(0.01 + 0.02, 3)
    expect(compositor.pixel(frame, 2, 50)[0]).toBeCloseTo(3, 3)
  })

  it('are enlarged without stair-steps or ringing, as Mitchell and Netravali have it', () => {
    const random = seededRandom(5)
    const values = Float32Array.from({ length: SIZE * SIZE }, () => 0.2 + 0.8 * random())
    const layer = compositor.paint(SIZE, SIZE, (x, y) => {
      const light = inBody(x, y) ? (values[y * SIZE + x] ?? 0) : 0
      return [light, light, light, inBody(x, y) ? 1 : 0]
    })
    const frame = set(layer, ENLARGED)
    for (let y = 40; y < 56; y += 3)
      for (let x = 36; x < 60; x += 5) {
        const [sx, sy] = [0.63 * x + 0.01 * y + 8, -0.01 * x + 0.63 * y + 8.5]
        let wanted = 0
        for (let j = Math.floor(sy) - 1; j < Math.floor(sy) + 3; j++)
          for (let i = Math.floor(sx) - 1; i < Math.floor(sx) + 3; i++)
            wanted += mitchell(sx - i) * mitchell(sy - j) * (values[j * SIZE + i] ?? 0)
        // Weights are kept for 64 places between two pixels.
        expect(Math.abs(compositor.pixel(frame, x, y)[0] - wanted)).toBeLessThan(0.02)
      }
  })

  it('are lit from behind at their outline alone, on the side of the light', () => {
    const frame = set(body(0.1), ENLARGED, { rim: 1 })
    // The light's direction is to the right.
    expect(compositor.pixel(frame, 78, 48)[0]).toBeGreaterThan(0.3)
    expect(compositor.pixel(frame, 18, 48)[0]).toBeCloseTo(0.1, 2)
    expect(compositor.pixel(frame, 48, 48)[0]).toBeCloseTo(0.1, 3)
    const wrapped = set(body(0.1), ENLARGED, { wrap: 0.5 })
    expect(compositor.pixel(wrapped, 15, 48)[0]).toBeGreaterThan(0.15)
  })

  it('are seen through as far as they are to be', () => {
    const frame = set(body(0.1), ENLARGED, { opacity: 0.5 })
    expect(compositor.pixel(frame, 48, 48)[0]).toBeCloseTo(1.55, 2)
  })
})

describe('grading', () => {
  const [WIDTH, HEIGHT] = [13, 6]
  const random = seededRandom(9)
  const bytes = Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, () => Math.floor(random() * 256))
  const GAIN = [1.4, 1.1, 0.8] as const
  const SHARES = [0.2126, 0.7152, 0.0722]
  const toneOf = (index: number) => 0.6 + 0.8 * (index / 1023)

  it('turns bytes into light, gains, tone and shade, premultiplied, within a clear border', () => {
    const source = compositor.alloc(bytes.length)
    compositor.bytes(source, bytes.length).set(bytes)
    const tone = Float32Array.from({ length: 4096 }, (_, i) => (i % 4 === 3 ? 1 : toneOf(i >> 2)))
    const tables = gradeTables({ gain: GAIN, tone })
    const [decode, tones] = [compositor.keep(tables.decode), compositor.keep(tables.tone)]
    const columns = compositor.keep(Int16Array.from({ length: WIDTH }, (_, x) => (OPAQUE * (x + 1)) / WIDTH))
    const rows = compositor.keep(Int16Array.from({ length: HEIGHT * 2 }, (_, i) => (i % 2 === 0 ? OPAQUE * 0.9 : OPAQUE)))
    // Lit from 0.9 at the left to 1.2 at the right.
    const shade = compositor.keep(Int16Array.from({ length: 32 }, (_, i) => 16_384 * (0.9 + ((i >> 2) % 4) / 10)))
    const out = compositor.layer(WIDTH + 4, HEIGHT + 4)
    compositor.clear(out)
    kernels.grade(
      out.at + (2 * out.width + 2) * 8,
      out.width * 8,
      source,
      WIDTH,
      HEIGHT,
      decode,
      tones,
      columns,
      rows,
      shade,
      4,
      2,
      4 / WIDTH,
    )
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        const at = (y * WIDTH + x) * 4
        const light = [0, 1, 2].map((k) => LINEAR[bytes[at + k] ?? 0] ?? 0)
        const luma = light.reduce((sum, value, k) => sum + value * (SHARES[k] ?? 0) * (GAIN[k] ?? 1), 0)
        const alpha = ((bytes[at + 3] ?? 0) / 255) * ((x + 1) / WIDTH)
        const cell = Math.max(0, Math.min(3, ((x + 0.5) * 4) / WIDTH - 0.5))
        const factor = toneOf(Math.min(1023, Math.floor(luma * 512))) * 0.9 * (0.9 + cell / 10)
        const found = compositor.pixel(out, x + 2, y + 2)
        light.forEach((value, k) => {
          const wanted = Math.min(OPAQUE / 8192, value * (GAIN[k] ?? 1) * factor) * alpha
          expect(Math.abs((found[k as 0] ?? 0) - wanted), `${x},${y} ${k}`).toBeLessThan(0.012)
        })
        expect(Math.abs(found[3] - alpha)).toBeLessThan(0.001)
      }
    for (const [x, y] of [
      [1, 3],
      [WIDTH + 2, 3],
      [5, 1],
      [5, HEIGHT + 2],
    ] as const)
      expect(compositor.pixel(out, x, y)).toEqual([0, 0, 0, 0])
  })

  it('averages blocks of a large clip by what is seen of each pixel', () => {
    const source = compositor.keep(Uint8Array.of(200, 0, 0, 255, 0, 100, 0, 0, 100, 0, 0, 255, 9, 9, 9, 0))
    const out = compositor.alloc(4)
    kernels.shrinkBytes(out, source, 2, 2, 2)
    expect([...compositor.bytes(out, 4)]).toEqual([150, 0, 0, 127])
  })
})

describe('sharpening', () => {
  it('lifts what stands out inside the body, and leaves its outline alone', () => {
    const layer = compositor.paint(20, 20, (x, y) =>
      x < 10 ? [0, 0, 0, 0] : x === 15 && y === 10 ? [0.6, 0.5, 0.5, 1] : [0.5, 0.5, 0.5, 1],
    )
    const out = compositor.layer(20, 20)
    kernels.sharpen(out.at, layer.at, 20, 20, Math.round(0.8 * OPAQUE))
    expect(compositor.pixel(out, 15, 10)[0]).toBeCloseTo(0.68, 2)
    expect(compositor.pixel(out, 15, 10)[1]).toBeCloseTo(0.5, 3)
    expect(compositor.pixel(out, 14, 10)[0]).toBeCloseTo(0.48, 2)
    expect(compositor.pixel(out, 9, 10)).toEqual([0, 0, 0, 0])
    expect(compositor.pixel(out, 12, 4)[0]).toBeCloseTo(0.5, 3)
  })
})
