/** The interview: waist-up behind a desk or simply close, a calm backdrop, little snow; the sentence is spoken here. */

import type { Actor } from '../actor.ts'
import { createFlakes } from '../air.ts'
import { scaleRgb } from '../light.ts'
import { bakeOccluder } from '../occluder-layer.ts'
import { bakePlate } from '../plate-layer.ts'
import type { Scene, Stage } from '../stage.ts'
import { fadeOf, fogAt, lookIn, perform } from './performance.ts'

export const interview = async (stage: Stage, actor: Actor): Promise<Scene> => {
  const { width, height } = stage
  const plate = await bakePlate(stage, { extraBlur: 2 })
  const occluder = await bakeOccluder(stage, { blurPx: 1.6, depth: 1.15, light: 0.75 })
  const hiddenFrom = occluder ? occluder.top + height * 0.02 : height * 0.92
  const visitor = perform(
    stage,
    actor,
    { faceWidth: width * 0.34, eyeX: width * 0.5, eyeY: height * 0.4, hiddenFrom },
    (stand, figure) => ({
      grounded: hiddenFrom,
      ...(occluder && { hidden: hiddenFrom + height * 0.1 }),
      ...(stand.bare > 0 && { fade: fadeOf(stage, stand, figure) }),
    }),
  )
  const { stand, figure } = visitor
  const mist = { density: 0.9, colour: scaleRgb(stage.plate.light.ambient, 0.4), speed: 5, depth: 1.1, seed: stage.seed + 9 }
  const fog = stand.bare > 0 ? fogAt(stage, fadeOf(stage, stand, figure), mist) : undefined
  const near = createFlakes(stage, true)
  const look = lookIn(stage, { wrap: 0.4, rim: 0.45 })
  return (moment) => {
    plate.draw(moment)
    visitor.draw(moment, plate, look)
    fog?.(moment)
    occluder?.draw(moment)
    plate.drawBefore(moment)
    near(moment)
  }
}
