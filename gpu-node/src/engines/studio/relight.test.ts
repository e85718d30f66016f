import { describe, expect, it } from 'vitest'
import { compositorForTests } from './compositor/compositor.fixture.ts'
import { lumaOf } from './light.ts'
import { createRelighter, type SceneLight, sceneLight } from './relight.ts'

type Cutout = { bytes: Uint8Array; box: { x: number; y: number; width: number; height: number } }
type FaceShape = { width: number; mesh?: Float32Array }
type ShadeMap = { step: number; width: number; gains: Float32Array }

const compositor = await compositorForTests()

/** Lights a cut-out with a relighter of its own. */
const shadeMap = ({ bytes, box }: Cutout, face: FaceShape, light: SceneLight): ShadeMap => {
  const before = compositor.mark()
  const { map, relight } = createRelighter(compositor, { box, faceWidth: face.width }, light)
  relight(compositor.keep(bytes), face.mesh)
  const gains = Float32Array.from(compositor.words(map.at, map.width * map.height * 4), (gain) => gain / 16_384)
  compositor.release(before)
  return { ...map, gains }
}

const SIZE = 240
const FACE = { x: 120, y: 120, radius: 60 }

/** A ball of a head, cut out, as bright as that byte. */
const ballOf = (byte: number): Cutout => ({
  bytes: Uint8Array.from({ length: SIZE * SIZE * 4 }, (_, i) => {
    const [x, y] = [(i >> 2) % SIZE, Math.floor((i >> 2) / SIZE)]
    const inside = Math.hypot(x - FACE.x, y - FACE.y) < 100
    return inside ? ((i & 3) === 3 ? 255 : byte) : 0
  }),
  box: { x: 40, y: 30, width: SIZE, height: SIZE },
})
const ball = ballOf(90)

/** The front of a ball as a mesh: nearer in the middle. */
const dome = (): Float32Array => {
  const points: number[] = []
  for (let y = -FACE.radius; y <= FACE.radius; y += 5)
    for (let x = -FACE.radius; x <= FACE.radius; x += 5)
      if (Math.hypot(x, y) < FACE.radius)
        points.push(FACE.x + x + ball.box.x, FACE.y + y + ball.box.y, -Math.sqrt(FACE.radius ** 2 - x * x - y * y))
  return Float32Array.from(points)
}
const face: FaceShape = { width: 2 * FACE.radius, mesh: dome() }

const light = (side: number) => ({
  side,
  key: [1, 0.8, 0.6] as [number, number, number],
  ambient: [0.2, 0.2, 0.3] as [number, number, number],
  rim: [0.3, 0.5, 1] as [number, number, number],
})

/** Luma of the gain at pixels of the cut-out. */
const at = ({ step, width, gains }: ShadeMap, x: number, y: number): number => {
  const cell = (Math.floor(y / step) * width + Math.floor(x / step)) * 4
  return lumaOf([gains[cell] ?? 0, gains[cell + 1] ?? 0, gains[cell + 2] ?? 0])
}

describe('new light on a filmed person', () => {
  it('falls from the side of the plate’s key, on body and on face', () => {
    for (const shape of [face, { width: face.width }]) {
      const right = shadeMap(ball, shape, sceneLight(light(0.8), 0, 0))
      const left = shadeMap(ball, shape, sceneLight(light(-0.8), 0, 0))
      expect(at(right, 155, 120)).toBeGreaterThan(1.15 * at(right, 85, 120))
      expect(at(left, 85, 120)).toBeGreaterThan(1.15 * at(left, 155, 120))
      expect(at(right, 155, 120)).toBeCloseTo(at(left, 84, 120), 1)
    }
  })

  it('keeps the brightness of what faces the camera', () => {
    expect(at(shadeMap(ball, face, sceneLight(light(0.8), 0, 0)), 120, 120)).toBeCloseTo(1, 1)
  })

  it('takes the clip’s own light back', () => {
    const lit = (clipSide: number) => shadeMap(ball, face, sceneLight(light(0.8), clipSide, 0))
    expect(at(lit(0.6), 155, 120)).toBeLessThan(0.95 * at(lit(0), 155, 120))
    expect(at(lit(-0.6), 155, 120)).toBeGreaterThan(1.05 * at(lit(0), 155, 120))
  })

  it('does not burn out what is bright already', () => {
    const lit = (byte: number) => at(shadeMap(ballOf(byte), face, sceneLight(light(0.8), 0, 0)), 165, 120) - 1
    expect(lit(90)).toBeGreaterThan(0.1)
    expect(lit(215)).toBeLessThan(0.4 * lit(90))
  })

  it('leaves a face nearly as it was filmed where the look is gentle', () => {
    const spread = (gentleness: number) => {
      const map = shadeMap(ball, face, sceneLight(light(0.8), 0, gentleness))
      return Math.abs(at(map, 155, 120) - at(map, 85, 120))
    }
    expect(spread(1)).toBeLessThan(0.35 * spread(0))
  })

  it('colours the grazing side by the light from behind', () => {
    const { gains, width, step } = shadeMap(ball, face, sceneLight(light(0.8), 0, 0))
    const cell = (Math.floor(120 / step) * width + Math.floor(24 / step)) * 4
    expect(gains[cell + 2] ?? 0).toBeGreaterThan(1.1 * (gains[cell] ?? 0))
  })
})
