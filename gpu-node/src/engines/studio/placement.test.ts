import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Affine, mapOf, STILL } from './compositor/affine.ts'
import { type Figure, faceWithDetail, figureMap, standOf } from './placement.ts'

const figures = fc.record({
  eyeX: fc.double({ min: 200, max: 520, noNaN: true }),
  eyeY: fc.double({ min: 120, max: 400, noNaN: true }),
  faceWidth: fc.double({ min: 60, max: 270, noNaN: true }),
  top: fc.constant(60),
  bottom: fc.double({ min: 620, max: 1_280, noNaN: true }),
  left: fc.constant(40),
  right: fc.constant(690),
  cutBelow: fc.boolean(),
})

describe('where the visitor stands', () => {
  it('shows whoever stood far away with more of their body, and never as a dot', () => {
    expect(faceWithDetail(330, 180, 720)).toBe(330)
    expect(faceWithDetail(330, 55, 720)).toBeCloseTo(231)
    expect(faceWithDetail(330, 10, 720)).toBeCloseTo(122.4)
    // A wide shot stays as wide as it was wished.
    expect(faceWithDetail(79, 10, 720)).toBe(79)
  })

  it('F5: what the clip cuts off below is hidden, or what still shows is owned up to', () => {
    fc.assert(
      fc.property(figures, fc.double({ min: 0.6, max: 1.05, noNaN: true }), (figure: Figure, line) => {
        const hiddenFrom = line * 1_280
        const stand = standOf(figure, { faceWidth: 200, eyeX: 360, eyeY: 500, hiddenFrom, width: 720 })
        const end = stand.eyeY + (figure.bottom - figure.eyeY) * stand.scale
        expect(stand.endY).toBeCloseTo(end)
        if (figure.cutBelow) expect(end + stand.bare).toBeGreaterThanOrEqual(hiddenFrom - 0.001)
        expect(stand.scale * figure.faceWidth).toBeLessThanOrEqual(0.57 * 720)
        expect(stand.eyeY).toBeLessThanOrEqual(500 * 1.4 + 0.001)
      }),
    )
  })

  it('F5: a shoulder that the clip cuts at its side leaves the picture where it can', () => {
    const figure: Figure = {
      eyeX: 360,
      eyeY: 300,
      faceWidth: 150,
      top: 80,
      bottom: 720,
      left: 0,
      right: 700,
      cutBelow: true,
      cutLeft: 420,
    }
    const stand = standOf(figure, { faceWidth: 150, eyeX: 360, eyeY: 480, hiddenFrom: 1_000, width: 720 })
    expect(stand.eyeX - (figure.eyeX - figure.left) * stand.scale).toBeLessThanOrEqual(0)
  })

  it('the map from picture to layer undoes placement and camera', () => {
    const map = mapOf(
      { x: 300, y: 500, ax: 40, ay: 60, scaleX: 2, scaleY: 2, angle: 0 },
      { dx: 7, dy: -3, zoom: 1.1, roll: 0.02 },
      720,
      1_280,
    )
    // The layer's pixel (50, 80) lies at (320, 540) of the scene; through the camera it is seen here:
    const [x, y] = [320 - 360, 540 - 640]
    const seen = [
      360 + 7 + 1.1 * (Math.cos(0.02) * x - Math.sin(0.02) * y),
      640 - 3 + 1.1 * (Math.sin(0.02) * x + Math.cos(0.02) * y),
    ] as const
    expect(map[0] * seen[0] + map[1] * seen[1] + map[2]).toBeCloseTo(50)
    expect(map[3] * seen[0] + map[4] * seen[1] + map[5]).toBeCloseTo(80)
  })

  it('a reflection lies below the floor where the body stands above it, wherever the body’s box lies', () => {
    fc.assert(
      fc.property(
        fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 100 }) }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 720 }),
        fc.integer({ min: 100, max: 1_150 }),
        (box, shrink, x, y) => {
          const layer = { box, shrink }
          const stand = { scale: 0.4, eyeX: 360, eyeY: 435 }
          const figure = { eyeX: 310, eyeY: 190 }
          const frame = { width: 720, height: 1_280 }
          const at = (map: Affine, px: number, py: number) => [
            map[0] * px + map[1] * py + map[2],
            map[3] * px + map[4] * py + map[5],
          ]
          const body = at(figureMap(layer, stand, figure, STILL, frame), x, y)
          const mirrored = at(figureMap(layer, stand, figure, STILL, frame, 1_150), x, 2 * 1_150 - y)
          expect(mirrored[0]).toBeCloseTo(body[0] ?? Number.NaN)
          expect(mirrored[1]).toBeCloseTo(body[1] ?? Number.NaN)
        },
      ),
    )
  })
})
