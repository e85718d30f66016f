import { describe, expect, it } from 'vitest'
import { STILL } from '../compositor/affine.ts'
import { compositorForTests } from '../compositor/compositor.fixture.ts'
import type { Stage } from '../stage.ts'
import { createFootShadow } from './floor.ts'

const compositor = await compositorForTests()

describe('the ground', () => {
  it('F5: whoever stands on snow throws a shadow, darkest at the feet and longer away from the light', () => {
    const frame = compositor.frame(160, 80)
    compositor.cover(
      frame,
      compositor.paint(8, 8, () => [0.6, 0.6, 0.6, 1]),
      [0.02, 0, 1, 0, 0.02, 1],
    )
    const plate = { light: { side: -0.8 } }
    const stage = { compositor, frame, width: 160, height: 80, plate, camera: () => STILL } as unknown as Stage
    createFootShadow(stage, { x: 80, y: 40, width: 40 })({ index: 0, t: 0, seconds: 0 })
    const light = (x: number, y: number) => compositor.pixel(frame, x, y)[0]
    expect(light(80, 40)).toBeLessThan(0.4)
    expect(light(80, 40)).toBeLessThan(light(120, 40))
    expect(light(130, 40)).toBeLessThan(light(30, 40) - 0.02)
    expect(light(80, 70)).toBeCloseTo(0.6, 1)
  })
})
