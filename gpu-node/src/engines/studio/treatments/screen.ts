/** The arena's big screen: the visitor shines from it over the stands, its light falling on everything round it. */

import type { Actor } from '../actor.ts'
import { createFlakes, createLampBeams, createSparkle } from '../air.ts'
import { recall, remember } from '../bakes.ts'
import { mapOf, STILL } from '../compositor/affine.ts'
import type { Rgb } from '../compositor/compositor.ts'
import { mixRgb, scaleRgb } from '../light.ts'
import { figureOf, standOf } from '../placement.ts'
import { bakePlate } from '../plate-layer.ts'
import type { Scene, Stage } from '../stage.ts'
import { lookIn } from './performance.ts'

/** Where a plate without a screen of its own gets one: shares of the picture. */
const FALLBACK = { x: 0.14, y: 0.16, width: 0.72, height: 0.3 }
/** Distance of the screen's lamps, in pixels of a picture 720 wide: coarse enough not to beat with the picture's own. */
const LED_PX = 6
/** The screen hangs far from the visitor; what is nearer stands before it. */
const SCREEN_DEPTH = 0.15

/** Whether blue is more of `one` than of `other`. */
const bluer = (one: Rgb, other: Rgb): boolean => one[2] * (other[0] + other[1]) >= other[2] * (one[0] + one[1])

export const screen = async (stage: Stage, actor: Actor): Promise<Scene> => {
  const { width, height, compositor } = stage
  const plate = await bakePlate(stage)
  const at = stage.view.screen
    ? plate.place(stage.view.screen)
    : { x: FALLBACK.x * width, y: FALLBACK.y * height, width: FALLBACK.width * width, height: FALLBACK.height * height }
  const w = (Math.round(at.width) + 7) & ~7
  const h = (Math.round(at.height) + 3) & ~3
  const panel = compositor.layer(w, h)
  // Skin is warm: the cooler of the world's colours stands behind it.
  const [cool, warm] = bluer(stage.accent, stage.accent2) ? [stage.accent, stage.accent2] : [stage.accent2, stage.accent]
  const [deep, bright] = [scaleRgb(mixRgb(cool, stage.plate.light.ambient, 0.75), 0.14), scaleRgb(mixRgb(cool, warm, 0.3), 0.42)]
  const paintBackdrop = () =>
    compositor.paint(w, h, (x, y) => {
      const r = Math.hypot((x - w / 2) / w, (y - h * 0.45) / h)
      const ray = 0.5 + 0.5 * Math.sin(Math.atan2(y - h * 0.5, x - w / 2) * 14)
      return [...mixRgb(bright, deep, Math.min(1, r * 1.7 + 0.16 * ray)), 1]
    })
  const key = `screen ${stage.plate.id} ${w}x${h}`
  const backdrop = recall(stage, key) ?? remember(stage, key, paintBackdrop())
  const soft = compositor.quarter(backdrop)
  const led = LED_PX * (width / 720)
  const paintGrid = () =>
    compositor.paint(w, h, (x, y) => [
      ...([0, 0, 0] as const),
      0.1 - 0.05 * (Math.cos((2 * Math.PI * x) / led) + Math.cos((2 * Math.PI * y) / led)),
    ])
  const grid = recall(stage, `lamps ${w}x${h}`) ?? remember(stage, `lamps ${w}x${h}`, paintGrid())

  const figure = actor.figure()
  const measured = figureOf(stage.cast, stage.shot.source.startMs, stage.shot.source.endMs)
  const stand = standOf(
    { ...figure, ...measured },
    { faceWidth: h * 0.42, eyeX: w * 0.5, eyeY: h * 0.44, hiddenFrom: h * 1.01, width: Math.max(w, h * 1.6) },
  )
  const room = actor.reserve(stand, { sharpen: 0.3 })
  actor.setShading(room, stand, figure, {})
  const glow = compositor.layer(w >> 2, h >> 2)
  const sparkle = createSparkle(stage, height * 0.6, height * 0.95, 9)
  const far = createFlakes(stage, false)
  const near = createFlakes(stage, true)
  const beams = createLampBeams(stage, [
    {
      x: width * 0.02,
      y: height * 0.3,
      angle: -0.35,
      length: height * 0.8,
      spread: width * 0.42,
      light: scaleRgb(stage.accent2, 0.34),
      sway: 0.12,
      depth: 0.3,
    },
    {
      x: width * 0.98,
      y: height * 0.3,
      angle: 0.35,
      length: height * 0.8,
      spread: width * 0.42,
      light: scaleRgb(stage.accent, 0.34),
      sway: 0.12,
      depth: 0.3,
    },
  ])
  const look = lookIn(stage, { wrap: 0.25, rim: 0.25, rim2: 0.15, haze: 0 })
  const placement = {
    x: at.x + at.width / 2,
    y: at.y + at.height / 2,
    ax: w / 2,
    ay: h / 2,
    scaleX: at.width / w,
    scaleY: at.height / h,
    angle: 0,
  }
  return (moment) => {
    plate.draw(moment, SCREEN_DEPTH)
    compositor.mix(panel, backdrop, 0, [1, 1, 1])
    const prepared = actor.prepare(room, actor.sourceFrame(moment))
    const map = actor.mapFor(room, stand, figure, { ...STILL, zoom: 1 + 0.06 * moment.t }, { width: w, height: h })
    const softMap = [0.25, 0, 0, 0, 0.25, 0] as const
    actor.draw(panel, prepared, map, look, { soft }, softMap)
    compositor.over(panel, grid, [1, 0, 0, 0, 1, 0])
    compositor.quarter(panel, glow)
    compositor.gaussian(glow, Math.round(width / 72))
    const move = stage.camera(moment.t, moment.seconds, SCREEN_DEPTH)
    // The screen's light on haze and roof round it, and mirrored below.
    const spill = mapOf(
      { ...placement, ax: w / 8, ay: h / 8, scaleX: (at.width / w) * 4 * 1.5, scaleY: (at.height / h) * 4 * 1.7 },
      move,
      width,
      height,
    )
    compositor.add(stage.frame, glow, spill, [0.12, 0.12, 0.14])
    compositor.over(stage.frame, panel, mapOf(placement, move, width, height), 1, [1.12, 1.14, 1.2])
    beams(moment)
    sparkle(moment)
    far(moment)
    plate.drawBefore(moment, SCREEN_DEPTH)
    near(moment)
  }
}
