/** Close-up: the face large before lights far out of focus; what a short clip cannot show below is lost in haze. */

import type { Actor } from '../actor.ts'
import { createFlakes } from '../air.ts'
import { mixRgb, scaleRgb } from '../light.ts'
import { bakePlate } from '../plate-layer.ts'
import type { Scene, Stage } from '../stage.ts'
import { fadeOf, fogAt, fogLine, lookIn, perform } from './performance.ts'

export const closeUp = async (stage: Stage, actor: Actor): Promise<Scene> => {
  const { width, height } = stage
  const plate = await bakePlate(stage, { extraBlur: 12 })
  const visitor = perform(
    stage,
    actor,
    { faceWidth: width * 0.46, eyeX: width * 0.5, eyeY: height * 0.42, hiddenFrom: fogLine(stage, 1.02) },
    (stand, figure) => ({ grounded: height * 1.05, ...(stand.endY < height * 1.02 && { fade: fadeOf(stage, stand, figure) }) }),
  )
  const haze = scaleRgb(mixRgb(stage.plate.light.ambient, stage.accent2, 0.25), 0.26)
  const fade = fadeOf(stage, visitor.stand, visitor.figure)
  const bare = visitor.stand.endY < height * 1.02
  const fog = bare ? fogAt(stage, fade, { density: 0.96, colour: haze, speed: 7, depth: 1.2, seed: stage.seed + 5 }) : undefined
  const near = createFlakes(stage, true)
  const far = createFlakes(stage, false)
  const look = lookIn(stage, { wrap: 0.45, rim: 0.6 })
  return (moment) => {
    plate.draw(moment)
    far(moment)
    visitor.draw(moment, plate, look)
    fog?.(moment)
    plate.drawBefore(moment)
    near(moment)
  }
}
