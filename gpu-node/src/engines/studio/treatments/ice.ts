/**
 * On the ice: a visitor seen to their feet stands on it and is mirrored, or on snow and throws a shadow. One seen only in
 * part stands in low mist, so that nobody floats.
 */

import type { Actor } from '../actor.ts'
import { createFlakes, createFog, createLampBeams, createSparkle } from '../air.ts'
import { mixRgb, scaleRgb } from '../light.ts'
import { bakePlate } from '../plate-layer.ts'
import type { Scene, Stage } from '../stage.ts'
import { createFootShadow } from './floor.ts'
import { faceFor, fadeOf, fogAt, fogLine, lookIn, perform } from './performance.ts'

export const ice = async (stage: Stage, actor: Actor): Promise<Scene> => {
  const { width, height, compositor } = stage
  const plate = await bakePlate(stage, { extraBlur: 3 })
  const standing = stage.cast.framingClass === 'full'
  const feetY = height * 0.9
  const visitor = perform(
    stage,
    actor,
    standing
      ? { faceWidth: width * 0.11, eyeX: width * 0.5, eyeY: height * 0.34, hiddenFrom: 0 }
      : { faceWidth: faceFor(stage, 0.26), eyeX: width * 0.5, eyeY: height * 0.42, hiddenFrom: fogLine(stage, 0.86) },
    (stand, figure) => (standing ? {} : { fade: fadeOf(stage, stand, figure) }),
  )
  if (standing) {
    // Feet on the ice: the size follows from where eyes and feet are to be.
    visitor.stand.scale = (feetY - visitor.stand.eyeY) / Math.max(1, visitor.figure.bottom - visitor.figure.eyeY)
    visitor.stand.endY = feetY
  }
  const mist = mixRgb(stage.plate.light.key, stage.plate.light.ambient, 0.6)
  const snow = stage.plate.ground === 'snow'
  // Mist over snow in the sun is nearly as bright as the snow.
  const drifting = { colour: scaleRgb(mist, snow ? 0.6 : 0.3), speed: 7, depth: 1.15, seed: stage.seed + 7 }
  const fog = standing
    ? createFog(stage, { ...drifting, line: height * 1.02, rise: height * 0.16, density: 0.4 })
    : fogAt(stage, fadeOf(stage, visitor.stand, visitor.figure), { ...drifting, density: 0.96 })
  const feet = { x: visitor.stand.eyeX, y: feetY, width: width * 0.34 }
  const shadow = standing && snow ? createFootShadow(stage, feet) : undefined
  const sparkle = createSparkle(stage, height * 0.34, height * 0.55, 5)
  const beams = createLampBeams(stage, [
    {
      x: width * 0.5,
      y: -height * 0.06,
      angle: 0,
      length: height * 1.15,
      spread: width * 0.95,
      light: scaleRgb(stage.plate.light.key, 0.22),
      sway: 0.03,
      depth: 0.5,
    },
    {
      x: width * 0.05,
      y: -height * 0.03,
      angle: -0.5,
      length: height * 0.95,
      spread: width * 0.45,
      light: scaleRgb(stage.accent, 0.3),
      sway: 0.1,
      depth: 0.2,
    },
    {
      x: width * 0.95,
      y: -height * 0.03,
      angle: 0.5,
      length: height * 0.95,
      spread: width * 0.45,
      light: scaleRgb(stage.accent2, 0.3),
      sway: 0.1,
      depth: 0.2,
    },
  ])
  const far = createFlakes(stage, false)
  const near = createFlakes(stage, true)
  const look = lookIn(stage, { rim: 0.7, rim2: 0.4 })
  return (moment) => {
    plate.draw(moment)
    beams(moment)
    sparkle(moment)
    far(moment)
    shadow?.(moment)
    const { prepared } = visitor.draw(moment, plate, look)
    if (standing && !snow) {
      const mirror = visitor.mirrored(moment, visitor.stand.endY)
      compositor.over(stage.frame, prepared.layer, mirror, 0.22, [0.7, 0.8, 1])
    }
    fog(moment)
    plate.drawBefore(moment)
    near(moment)
  }
}
