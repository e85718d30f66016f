/**
 * Silhouette: the visitor dark before a wall of light and smoke, their outline alone lit, until a light comes up on them and
 * they are known. Where the film begins.
 */

import type { Actor } from '../actor.ts'
import { createBeams, createFlakes, createFog } from '../air.ts'
import { mixRgb, scaleRgb } from '../light.ts'
import { bakePlate } from '../plate-layer.ts'
import type { Scene, Stage } from '../stage.ts'
import { faceFor, fadeOf, fogAt, fogLine, lookIn, perform } from './performance.ts'

/** Share of the shot at which the light begins to rise, and at which it is up. */
const REVEAL = { from: 0.42, to: 0.86 }
/** What is seen of the visitor in the dark, and in the light: they are still before a bright wall. */
const DARK = [0.05, 0.055, 0.075] as const
const LIT = [0.74, 0.74, 0.76] as const

const risen = (t: number): number => {
  const up = Math.max(0, Math.min(1, (t - REVEAL.from) / (REVEAL.to - REVEAL.from)))
  return up * up * (3 - 2 * up)
}

export const silhouette = async (stage: Stage, actor: Actor): Promise<Scene> => {
  const { width, height } = stage
  const plate = await bakePlate(stage, { extraBlur: 2 })
  const hiddenFrom = fogLine(stage, 0.8)
  const visitor = perform(
    stage,
    actor,
    { faceWidth: faceFor(stage, 0.17), eyeX: width * 0.5, eyeY: height * 0.43, hiddenFrom },
    (stand, figure) => ({ fade: fadeOf(stage, stand, figure) }),
  )
  const glow = scaleRgb(stage.plate.light.rim, 1)
  // Rays from the light behind the visitor's back, all round.
  const beams = createBeams(
    stage,
    [-2.7, -2.25, -1.75, -1.2, 1.2, 1.8, 2.3, 2.75].map((angle, k) => ({
      x: width * 0.5,
      y: visitor.stand.eyeY + height * 0.06,
      angle,
      length: height * (0.62 + 0.12 * (k % 3)),
      spread: width * (0.34 + 0.1 * (k % 2)),
      light: scaleRgb(mixRgb(glow, k % 2 === 0 ? stage.accent : stage.accent2, 0.25), 0.26),
      sway: 0.05,
      depth: 0.35,
    })),
  )
  const smoke = mixRgb(stage.plate.light.rim, stage.accent, 0.3)
  const behind = createFog(stage, {
    line: height * 0.95,
    rise: height * 0.5,
    density: 0.4,
    colour: scaleRgb(smoke, 0.26),
    speed: 5,
    depth: 0.6,
    seed: stage.seed + 3,
  })
  const fade = fadeOf(stage, visitor.stand, visitor.figure)
  const before = fogAt(stage, fade, { density: 0.97, colour: scaleRgb(smoke, 0.12), speed: -9, depth: 1.2, seed: stage.seed + 4 })
  const far = createFlakes(stage, false)
  const near = createFlakes(stage, true)
  const look = lookIn(stage, {
    wrap: 0.4,
    rim: 1.5,
    rim2: 1.3,
    rim2Colour: mixRgb(stage.plate.light.rim, stage.accent, 0.4),
    towards: [0.75, -0.5],
    tint: DARK,
    haze: 0.008,
  })
  return (moment) => {
    plate.draw(moment)
    beams(moment)
    behind(moment)
    far(moment)
    visitor.draw(moment, plate, { ...look, tint: mixRgb(DARK, LIT, risen(moment.t)) })
    before(moment)
    plate.drawBefore(moment)
    near(moment)
  }
}
