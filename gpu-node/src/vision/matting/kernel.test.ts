import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Box } from '../cast.ts'
import { compileKernel, KERNEL } from './compile-kernel.ts'
import { createKernel, gridOf, type MatteTuning } from './kernel.ts'

const TUNING: MatteTuning = { radius: 4, epsilon: 1e-3, low: 0.1, high: 0.9, keep: 0.7, tolerance: 0.1, depth: 2, spread: 6 }
const SIZE = { width: 192, height: 128 }
const WHOLE: Box = { x: 0, y: 0, ...SIZE }

type Colour = readonly [number, number, number]

/** A picture whose colour at (x, y) a function tells. */
const paint = (colourAt: (x: number, y: number) => Colour): Uint8Array => {
  const data = new Uint8Array(SIZE.width * SIZE.height * 4)
  for (let y = 0; y < SIZE.height; y++) {
    for (let x = 0; x < SIZE.width; x++) data.set([...colourAt(x, y), 255], (y * SIZE.width + x) * 4)
  }
  return data
}
/** Fine detail everywhere, which must leave no trace where the mask has none. */
const busy = paint((x, y) => [(x * 37 + y * 11) % 256, (x * 5 + y * 91) % 256, (x * y) % 256])

const refine = async (picture: Uint8Array, probabilityAt: (x: number, y: number) => number, region = WHOLE) => {
  const kernel = await createKernel(SIZE.width, SIZE.height)
  kernel.picture.set(picture)
  kernel.guide(region)
  const { columns, rows } = gridOf(region)
  const mask = kernel.mask(region)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      mask[y * columns + x] = probabilityAt(((x + 0.5) * region.width) / columns, ((y + 0.5) * region.height) / rows)
    }
  }
  return { kernel, alpha: kernel.alpha(region, TUNING) }
}

it('the compiled kernel is what its source compiles to', async () => {
  const kept = await readFile(KERNEL)
  expect(Buffer.compare(kept, Buffer.from(await compileKernel()))).toBe(0)
})

describe('the guided filter', () => {
  it.each([
    [0, 0],
    [1, 255],
    [0.08, 0],
    [0.95, 255],
  ])('leaves a mask of %d everywhere alone, whatever the picture shows', async (probability, expected) => {
    const { alpha } = await refine(busy, () => probability)
    expect(alpha.length).toBe(SIZE.width * SIZE.height)
    expect(alpha.every((value) => Math.abs(value - expected) <= 1)).toBe(true)
  })

  it('moves a coarse border onto the edge that the picture shows', async () => {
    // The mask rises over 24 pixels; the picture has its edge at 96.
    const picture = paint((x) => (x < 96 ? [30, 60, 120] : [200, 170, 140]))
    const { alpha } = await refine(picture, (x) => Math.min(1, Math.max(0, (x - 84) / 24)))
    const row = alpha.subarray(64 * SIZE.width, 65 * SIZE.width)
    expect(row[80]).toBe(0)
    expect(row[112]).toBe(255)
    // The mask itself rises by 32 over these three pixels.
    expect(row[97]! - row[94]!).toBeGreaterThan(80)
  })

  it('works on a part of the picture as on the whole', async () => {
    const picture = paint((x) => (x < 96 ? [30, 60, 120] : [200, 170, 140]))
    const region = { x: 40, y: 24, width: 100, height: 81 }
    const { alpha } = await refine(picture, (x) => (x + region.x < 96 ? 0 : 1), region)
    expect(alpha.length).toBe(region.width * region.height)
    for (const y of [0, 40, 80]) {
      expect(alpha[y * region.width + 40]).toBe(0)
      expect(alpha[y * region.width + 72]).toBe(255)
    }
  })
})

describe('the cut-out', () => {
  const BODY: Colour = [210, 90, 60]
  const inside = (x: number, y: number) => Math.hypot(x - 96, y - 64) < 40

  it('keeps the colours inside, and is empty outside', async () => {
    const picture = paint((x, y) => (inside(x, y) ? BODY : [20, 200, 40]))
    const { kernel, alpha } = await refine(picture, (x, y) => (inside(x, y) ? 1 : 0))
    const covered = alpha.slice()
    const cutOut = kernel.cutOut(WHOLE, TUNING)
    const middle = (64 * SIZE.width + 96) * 4
    expect([...cutOut.subarray(middle, middle + 4)]).toEqual([...BODY, 255])
    expect(cutOut[(8 * SIZE.width + 8) * 4 + 3]).toBe(0)
    covered.forEach((value, at) => {
      if (value === 255) expect([...cutOut.subarray(at * 4, at * 4 + 4)]).toEqual([...picture.subarray(at * 4, at * 4 + 3), 255])
    })
  })

  it('frees the border of the background behind it', async () => {
    // Half covered pixels: body and green mixed, as a camera sees an edge.
    const share = (x: number, y: number) => Math.min(1, Math.max(0, (43 - Math.hypot(x - 96, y - 64)) / 6))
    const mixed = (x: number, y: number): Colour => {
      const t = share(x, y)
      return [210 * t + 20 * (1 - t), 90 * t + 200 * (1 - t), 60 * t + 40 * (1 - t)]
    }
    const picture = paint(mixed)
    const { kernel, alpha } = await refine(picture, share)
    const partial = [...alpha.keys()].filter((at) => alpha[at]! > 80 && alpha[at]! < 200)
    const cutOut = kernel.cutOut(WHOLE, TUNING)
    const green = (pixels: Uint8Array) => partial.reduce((sum, at) => sum + pixels[at * 4 + 1]!, 0) / partial.length
    expect(partial.length).toBeGreaterThan(20)
    expect(green(cutOut) - BODY[1]).toBeLessThan((green(picture) - BODY[1]) / 2)
  })
})

it('what still shines through of a coloured wall is taken off solid pixels too', async () => {
  // A grey-brown body whose last eight pixels have the cyan wall's light on them, as hair before a coloured wall has.
  const [HAIR, WALL]: [Colour, Colour] = [
    [110, 95, 80],
    [30, 160, 190],
  ]
  const shining = (x: number, y: number): Colour => {
    const depth = 44 - Math.hypot(x - 96, y - 64)
    if (depth < 0) return WALL
    const t = depth < 8 ? 0.4 : 0
    return [0, 1, 2].map((k) => HAIR[k]! * (1 - t) + WALL[k]! * t) as never
  }
  const picture = paint(shining)
  const { kernel, alpha } = await refine(picture, (x, y) => (Math.hypot(x - 96, y - 64) < 46 ? 1 : 0))
  const ring = [...alpha.keys()].filter((at) => {
    const depth = 44 - Math.hypot((at % SIZE.width) - 96, Math.floor(at / SIZE.width) - 64)
    return depth > 2 && depth < 6 && alpha[at]! > 250
  })
  const cutOut = kernel.cutOut(WHOLE, TUNING)
  /** How much bluer than red: the wall's tint. */
  const tint = (pixels: Uint8Array) => ring.reduce((sum, at) => sum + pixels[4 * at + 2]! - pixels[4 * at]!, 0) / ring.length
  expect(ring.length).toBeGreaterThan(200)
  expect(tint(picture)).toBeGreaterThan(30)
  expect(tint(cutOut)).toBeLessThan(0)
})

it('a standing picture keeps the mask of the frame before, a changed one does not', async () => {
  const kernel = await createKernel(SIZE.width, SIZE.height)
  const frame = (picture: Uint8Array, probability: number) => {
    kernel.picture.set(picture)
    kernel.guide(WHOLE)
    return kernel.mask(WHOLE).fill(probability)
  }
  frame(busy, 1)
  const still = frame(busy, 0)
  kernel.steady(WHOLE, TUNING, false)
  expect(still[100]).toBeCloseTo(TUNING.keep)
  const changed = frame(
    busy.map((value) => 255 - value),
    0,
  )
  kernel.steady(WHOLE, TUNING, false)
  expect([...changed].filter((value) => value < 0.05).length).toBeGreaterThan(0.7 * changed.length)
})
