/** At the boards: the visitor stands behind the rink's boards, the arena out of focus behind them, snow before and behind. */

import type { Actor } from '../actor.ts'
import { createFlakes, createLampBeams, createSparkle } from '../air.ts'
import { scaleRgb } from '../light.ts'
import { bakeOccluder } from '../occluder-layer.ts'
import { bakePlate } from '../plate-layer.ts'
import type { Scene, Stage } from '../stage.ts'
import { lookIn, perform } from './performance.ts'

export const boards = async (stage: Stage, actor: Actor): Promise<Scene> => {
  const { width, height } = stage
  const plate = await bakePlate(stage, { extraBlur: 3 })
  const occluder = await bakeOccluder(stage, { blurPx: 1.4, depth: 1.25, light: 0.8 })
  const hiddenFrom = Math.min(height, (occluder?.top ?? height) + height * 0.02)
  const visitor = perform(stage, actor, { faceWidth: width * 0.27, eyeX: width * 0.5, eyeY: height * 0.4, hiddenFrom }, () => ({
    grounded: hiddenFrom,
    ...(occluder && { hidden: hiddenFrom + height * 0.1 }),
  }))
  const far = createFlakes(stage, false)
  const near = createFlakes(stage, true)
  const sparkle = createSparkle(stage, height * 0.3, height * 0.55, 4)
  const beams = createLampBeams(stage, [
    {
      x: width * 0.12,
      y: -height * 0.04,
      angle: -0.42,
      length: height * 0.85,
      spread: width * 0.5,
      light: scaleRgb(stage.accent2, 0.34),
      sway: 0.09,
      depth: 0.2,
    },
    {
      x: width * 0.9,
      y: -height * 0.04,
      angle: 0.46,
      length: height * 0.8,
      spread: width * 0.45,
      light: scaleRgb(stage.accent, 0.3),
      sway: 0.07,
      depth: 0.2,
    },
  ])
  const look = lookIn(stage)
  return (moment) => {
    plate.draw(moment)
    beams(moment)
    sparkle(moment)
    far(moment)
    visitor.draw(moment, plate, look)
    occluder?.draw(moment)
    plate.drawBefore(moment)
    near(moment)
  }
}
