/** Motion echo: the visitor's movement leaves coloured light behind it, as in a long exposure: the moments just gone, drawn out. */

import type { Actor } from '../actor.ts'
import { createFlakes } from '../air.ts'
import { mixRgb, scaleRgb } from '../light.ts'
import { bakePlate } from '../plate-layer.ts'
import type { Scene, Stage } from '../stage.ts'
import { faceFor, fadeOf, fogAt, fogLine, lookIn, perform } from './performance.ts'

/**
 * How long ago the echoes are, in frames of the clip; how far they have spread, in widths of the visitor; how far they are drawn
 * out, in pixels of a quarter of the size at a picture 720 wide.
 */
const ECHOES = [
  { ago: 9, spread: 0.5, light: 0.5, zoom: 1.12, smear: 22 },
  { ago: 6, spread: -0.47, light: 0.5, zoom: 1.08, smear: 18 },
  { ago: 2.5, spread: 0.17, light: 0.34, zoom: 1.03, smear: 9 },
] as const
/** How many faces broad a visitor is, about. */
const BROAD = 2.5
/** The picture from which an echo is drawn out. */
const SHRINK = 4

export const echo = async (stage: Stage, actor: Actor): Promise<Scene> => {
  const { width, height, compositor } = stage
  const plate = await bakePlate(stage, { extraBlur: 5, gain: [0.6, 0.6, 0.65] })
  const hiddenFrom = fogLine(stage, 0.84)
  const wish = { faceWidth: faceFor(stage, 0.24), eyeX: width * 0.5, eyeY: height * 0.4, hiddenFrom }
  const visitor = perform(stage, actor, wish, (stand, figure) => ({ fade: fadeOf(stage, stand, figure) }))
  // As many frames as the oldest echo lies back: each is graded once.
  const room = actor.reserve(visitor.stand, { kept: 12, coarse: SHRINK })
  const fade = fadeOf(stage, visitor.stand, visitor.figure)
  const broad = BROAD * visitor.figure.faceWidth * visitor.stand.scale
  actor.setShading(room, visitor.stand, visitor.figure, { fade })
  const colours = [stage.accent2, stage.accent, mixRgb(stage.accent, stage.accent2, 0.5)] as const
  const smoke = mixRgb(stage.plate.light.ambient, stage.accent, 0.3)
  const fog = fogAt(stage, fade, { density: 0.97, colour: scaleRgb(smoke, 0.26), speed: 8, depth: 1.15, seed: stage.seed + 6 })
  const far = createFlakes(stage, false)
  const near = createFlakes(stage, true)
  const look = lookIn(stage, { wrap: 0.6, rim: 0.8, rim2: 0.5 })
  return (moment) => {
    plate.draw(moment)
    far(moment)
    const now = actor.sourceFrame(moment)
    const grow = Math.min(1, moment.t * 3.5)
    ECHOES.forEach((trail, k) => {
      const ghost = actor.pose(room, Math.max(0, now - trail.ago))
      const move = stage.camera(moment.t, moment.seconds, 0.9)
      const shift = trail.spread * broad * grow
      const map = actor.mapFor(
        room,
        visitor.stand,
        visitor.figure,
        { ...move, dx: move.dx + shift, zoom: move.zoom * (1 + (trail.zoom - 1) * grow) },
        stage.frame,
      )
      const before = compositor.mark()
      const small = compositor.copy(ghost)
      compositor.smear(small, Math.max(1, Math.round((trail.smear * width) / 720)))
      compositor.add(stage.frame, small, map, scaleRgb(colours[k] ?? stage.accent, trail.light * grow * 2.6))
      compositor.release(before)
    })
    visitor.draw(moment, plate, look)
    fog(moment)
    plate.drawBefore(moment)
    near(moment)
  }
}
