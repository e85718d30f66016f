/** What the ground answers to whoever stands on it from head to foot: ice mirrors them, snow takes their shadow. */
import { mapOf, type Placement } from '../compositor/affine.ts'
import type { Layer, Rgb } from '../compositor/compositor.ts'
import type { Moment, Stage } from '../stage.ts'

/** How much of the light the shadow takes at its darkest: snow is lit by the whole sky, so it is never black. */
const DARKEST = 0.5
/** A shadow on snow is as blue as the sky that still reaches it. */
const SHADE: Rgb = [0.01, 0.018, 0.05]

const SPOT = 64

/** A soft round patch of shadow. */
const spot = (stage: Stage): Layer =>
  stage.compositor.paint(SPOT, SPOT, (x, y) => {
    const r = Math.min(1, Math.hypot(x - (SPOT - 1) / 2, y - (SPOT - 1) / 2) / (SPOT / 2 - 1))
    const alpha = (1 - r * r) ** 2
    return [SHADE[0] * alpha, SHADE[1] * alpha, SHADE[2] * alpha, alpha]
  })

/**
 * The shadow of a figure whose feet are at (x, y) of the picture: dark where they stand, long and faint away from the light.
 * To be drawn before the figure.
 */
export const createFootShadow = (stage: Stage, feet: { x: number; y: number; width: number }) => {
  const sprite = spot(stage)
  const away = -Math.sign(stage.plate.light.side)
  const pools = [
    { x: feet.x, width: feet.width * 0.75, height: feet.width * 0.16, dark: DARKEST },
    { x: feet.x + away * feet.width * 0.7, width: feet.width * 2.2, height: feet.width * 0.2, dark: DARKEST * 0.6 },
  ]
  return (moment: Moment) => {
    const move = stage.camera(moment.t, moment.seconds, 1)
    for (const pool of pools) {
      const placement: Placement = {
        ...{ x: pool.x, y: feet.y, ax: (SPOT - 1) / 2, ay: (SPOT - 1) / 2, angle: 0 },
        scaleX: pool.width / SPOT,
        scaleY: pool.height / SPOT,
      }
      stage.compositor.over(stage.frame, sprite, mapOf(placement, move, stage.width, stage.height), pool.dark)
    }
  }
}
