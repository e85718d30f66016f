/** The visitor's performance in a shot: one actor, one room of memory, prepared once a picture and drawn where wanted. */
import type { Actor, Look, Shape } from '../actor.ts'
import { createFog, type Fog } from '../air.ts'
import type { Depth } from '../camera.ts'
import type { Layer, Rgb } from '../compositor/compositor.ts'
import { scaleRgb } from '../light.ts'
import { type Figure, faceWithDetail, type Stand, standOf, type Wish } from '../placement.ts'
import type { PlateLayer } from '../plate-layer.ts'
import type { Moment, Stage } from '../stage.ts'

/** How the plate's light falls on whoever stands in it. */
export const lookIn = (stage: Stage, more: Partial<Look> = {}): Look => {
  const { side, rim } = stage.plate.light
  const hard = 1 - 0.6 * stage.gentleness
  return {
    wrap: 0.26 * hard,
    rim: 0.5 * hard,
    rimColour: rim,
    rim2: 0.22 * hard,
    rim2Colour: scaleRgb(stage.accent2, 0.8),
    towards: [side === 0 ? 0.6 : side, -0.55],
    tint: [1, 1, 1] as Rgb,
    haze: 0,
    opacity: 1,
    ...more,
  }
}

/** A face wider than that share of the picture reaches down far enough by itself. */
const LARGE_FACE = 0.4
const onlyHead = (stage: Stage) => stage.cast.framingClass === 'head'
/**
 * Height of the picture down to which the eyes of a clip of head and shoulders sink, so that it ends near the border. Under
 * a title it ends in the title's own shade, and the face keeps clear of the words (F31).
 */
const lowEyes = (stage: Stage, wish: { faceWidth: number; eyeY: number }): number => {
  if (stage.titled) return stage.height * 0.34
  return Math.max(wish.eyeY, stage.height * (wish.faceWidth > LARGE_FACE * stage.width ? 0.47 : 0.55))
}

/**
 * From which share of the picture's height fog may hide a body. A clip of head and shoulders alone is shown large instead:
 * a head in a bank of fog looks buried.
 */
export const fogLine = (stage: Stage, line: number): number =>
  stage.height * (onlyHead(stage) ? (stage.titled ? 0.64 : Math.max(0.94, line)) : line)

/** A face wide enough that what little a clip of head and shoulders shows below it can be seen; still larger where more is asked. */
export const faceFor = (stage: Stage, share: number): number =>
  stage.width * (onlyHead(stage) ? (stage.titled ? 0.34 : 0.3 + share / 2) : share)

/** Where a body goes under in fog: never above the chin, gone a little before the clip's own border cuts it. */
export const fadeOf = (stage: Stage, stand: Stand, figure: Figure): { from: number; to: number } => {
  const end = Math.min(stand.endY - 4, stage.height * 1.06)
  const chin = stand.eyeY + figure.faceWidth * stand.scale * 0.85
  return { from: Math.max(end - stage.height * 0.2, Math.min(chin, end - 12)), to: end }
}

/** The fog a body goes under in; a head and shoulders go into the dark, for in bright fog they would look buried. */
export const fogAt = (stage: Stage, fade: { from: number; to: number }, fog: Omit<Fog, 'line' | 'rise'>) =>
  createFog(stage, {
    ...fog,
    ...(onlyHead(stage) && { colour: scaleRgb(stage.plate.light.ambient, 0.12) }),
    line: fade.to - (fade.to - fade.from) * 0.2,
    rise: Math.max(stage.height * 0.11, fade.to - fade.from),
  })

/** How strongly a clip is sharpened by how far it is enlarged. */
const sharpenFor = (scale: number) => Math.max(0, Math.min(0.9, (scale - 0.9) * 0.4))

/** Stands the visitor on the stage. `depth` is the plane they move on. */
export const perform = (
  stage: Stage,
  actor: Actor,
  wish: Omit<Wish, 'width'>,
  shapeFor: (stand: Stand, figure: Figure) => Shape,
  depth: Depth = 1,
) => {
  const figure = actor.figure()
  const eyeY = onlyHead(stage) ? lowEyes(stage, wish) : wish.eyeY
  const faceWidth = faceWithDetail(wish.faceWidth, stage.cast.measures.faceWidthPx, stage.width)
  const stand = standOf(figure, { ...wish, faceWidth, eyeY, width: stage.width })
  const room = actor.reserve(stand, { sharpen: sharpenFor(stand.scale) })
  actor.setShading(room, stand, figure, shapeFor(stand, figure))
  return {
    stand,
    figure,
    draw: (moment: Moment, plate: PlateLayer, look: Look, frame: Layer = stage.frame) => {
      const prepared = actor.prepare(room, actor.sourceFrame(moment))
      const map = actor.mapFor(room, stand, figure, stage.camera(moment.t, moment.seconds, depth), frame)
      actor.draw(frame, prepared, map, look, plate, plate.softMap(moment))
      return { prepared, map }
    },
    /** The map of the reflection in a floor at that height of the picture at rest. */
    mirrored: (moment: Moment, floorY: number) =>
      actor.mapFor(room, stand, figure, stage.camera(moment.t, moment.seconds, depth), stage.frame, floorY),
  }
}
