import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PlateLayer } from '@fanreel/content-packs/schema'
import { createCanvas } from '@napi-rs/canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Baked, createBakes } from './bakes.ts'
import type { Move } from './compositor/affine.ts'
import { STILL } from './compositor/affine.ts'
import { compositorForTests } from './compositor/compositor.fixture.ts'
import type { Compositor } from './compositor/compositor.ts'
import { bakeLayers, wayOf } from './moving-layers.ts'
import type { Stage } from './stage.ts'

const WIDTH = 80
const HEIGHT = 120
const AT_ONCE = { index: 0, t: 0, seconds: 0 }

describe('layers of a plate', () => {
  let folder: string
  let compositor: Compositor
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-layers-'))
    compositor = await compositorForTests()
    const canvas = createCanvas(20, 30)
    canvas.getContext('2d').fillStyle = '#808080'
    canvas.getContext('2d').fillRect(0, 0, 20, 30)
    await writeFile(join(folder, 'grey.png'), canvas.toBuffer('image/png'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Bakes layers that each cover the middle quarter of the plate before a black frame. */
  const baked = async (
    layers: readonly Record<string, unknown>[],
    camera: (depth: number) => Move = () => STILL,
    /** How many times larger than the picture the plate is shown, and where layers are kept. */
    { zoom = 1, bakes = createBakes(0) }: { zoom?: number; bakes?: Pick<ReturnType<typeof createBakes>, 'get' | 'set'> } = {},
  ) => {
    const frame = compositor.frame(WIDTH, HEIGHT)
    compositor.clear(frame)
    const middle = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }
    const stage = {
      compositor,
      bakes,
      frame,
      width: WIDTH,
      height: HEIGHT,
      files: { resolve: (file: string) => join(folder, file) },
      camera: (_t: number, _seconds: number, depth: number) => camera(depth),
      plate: { layers: layers.map((layer, k) => PlateLayer.parse({ id: `l${k}`, file: 'grey.png', at: middle, ...layer })) },
    } as unknown as Stage
    const place = (r: { x: number; y: number; width: number; height: number }) => ({
      x: r.x * WIDTH * zoom,
      y: r.y * HEIGHT * zoom,
      width: r.width * WIDTH * zoom,
      height: r.height * HEIGHT * zoom,
    })
    const made = await bakeLayers(stage, { place, gain: [1, 1, 1], blurPx: 0, lamps: 1, farthest: 0 })
    return { made, light: (x: number, y: number) => compositor.pixel(frame, x, y)[0] }
  }

  it('lie where the plate says, moved by the camera as their depth asks', async () => {
    const { made, light } = await baked([{ depth: 0.5, blend: 'add' }], (depth) => ({ ...STILL, dx: 20 * depth }))
    made.draw(AT_ONCE, -1, 1)
    expect([light(25, 60), light(35, 60), light(65, 60), light(75, 60)].map((v) => v > 0.1)).toEqual([false, true, true, false])
    expect([light(45, 26), light(45, 34), light(45, 86), light(45, 94)].map((v) => v > 0.1)).toEqual([false, true, true, false])
  })

  it('are baked no larger than a few pictures, however large the pack has them', async () => {
    const wide = createCanvas(2_000, 8)
    wide.getContext('2d').fillStyle = '#808080'
    wide.getContext('2d').fillRect(0, 0, 2_000, 8)
    await writeFile(join(folder, 'wide.png'), wide.toBuffer('image/png'))
    const sizes: number[] = []
    const bakes = { get: () => undefined, set: (_: string, one: Baked) => void sizes.push(one.width * one.height) }
    const at = { x: -1.5, y: -1.5, width: 4, height: 4 }
    const { made, light } = await baked([{ file: 'wide.png', depth: 0.5, blend: 'add', at }], undefined, { bakes, zoom: 10 })
    made.draw(AT_ONCE, -1, 1)
    expect(light(40, 60)).toBeGreaterThan(0.1)
    expect(sizes).toHaveLength(1)
    expect(sizes[0]).toBeLessThan(WIDTH * HEIGHT * 4.2)
  })

  it('are drawn before the visitor only from the visitor’s plane on', async () => {
    const { made, light } = await baked([
      { depth: 0.4, blend: 'over' },
      { depth: 1.3, blend: 'add' },
    ])
    made.draw(AT_ONCE, Number.NEGATIVE_INFINITY, 1)
    const behind = light(40, 60)
    made.draw(AT_ONCE, 1, Number.POSITIVE_INFINITY)
    expect(behind).toBeGreaterThan(0.1)
    expect(light(40, 60)).toBeCloseTo(2 * behind)
  })

  it('scroll without an end and never leave their rectangle bare', async () => {
    const motion = { kind: 'scroll', x: 0.3, y: 0 }
    const { made, light } = await baked([{ depth: 0, blend: 'add', motion }])
    made.draw({ index: 0, t: 0, seconds: 9.1 }, -1, 1)
    for (let x = 24; x < 56; x++) expect(light(x, 60), String(x)).toBeCloseTo(light(40, 60))
  })

  it('twinkle between their low and their full strength, and swing to both sides', () => {
    const twinkle = PlateLayer.shape.motion.parse({ kind: 'twinkle', low: 0.3, periodMs: 1000 })
    const strengths = Array.from({ length: 24 }, (_, k) => wayOf(twinkle, k / 24).strength)
    expect(Math.min(...strengths)).toBeCloseTo(0.3)
    expect(Math.max(...strengths)).toBeCloseTo(1)
    const sway = PlateLayer.shape.motion.parse({ kind: 'sway', x: 0.5, y: 0, degrees: 4, periodMs: 4000 })
    expect(wayOf(sway, 1).degrees).toBeCloseTo(4)
    expect(wayOf(sway, 3).degrees).toBeCloseTo(-4)
  })
})
