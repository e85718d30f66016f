/**
 * The visitor on the stage: reads their cut-outs, grades them for the plate's light, finds their outline, and sets them
 * into a frame. One actor serves one shot; `prepare` chooses the moment of the performance, `draw` shows it.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { windowPosition } from '../../director/pace.ts'
import { type Affine, boundsOf, type Move, shrunk } from './compositor/affine.ts'
import { type Layer, LINEAR, type Rgb } from './compositor/compositor.ts'
import { createGradedFrames } from './graded-frames.ts'
import { gradeFor } from './light.ts'
import { BORDER, type Figure, figureMap, figureOf, type Stand } from './placement.ts'
import type { PlateLayer } from './plate-layer.ts'
import { gridOf, sceneLight, shadeMap } from './relight.ts'
import type { Moment, Stage } from './stage.ts'

export type Look = {
  /** How strongly the background's light creeps over the outline. */
  wrap: number
  rim: number
  rimColour: Rgb
  /** The rim on the side away from the light. */
  rim2: number
  rim2Colour: Rgb
  /** Where the rim's light stands: towards (x, y), y downwards. */
  towards: readonly [number, number]
  tint: Rgb
  haze: number
  opacity: number
}

export type Shape = {
  /** Picture height from which the body fades away, and where it is gone; without it nothing fades. */
  fade?: { from: number; to: number }
  /** Picture height towards which the body darkens, as if something stood before it. */
  grounded?: number
}

type Prepared = { layer: Layer; edges: Layer; edgeShrink: number; edgeRadius: number; steep: number }

/** Topmost row at which the cut-outs touch the clip's left and right border: where a straight cut would show. */
const sideCuts = (bytes: Uint8Array, width: number, height: number) => {
  let left: number | undefined
  let right: number | undefined
  for (let y = 0; y < height; y++) {
    const row = y * width * 4
    if (left === undefined && (bytes[row + 7] ?? 0) > 90) left = y
    if (right === undefined && (bytes[row + width * 4 - 5] ?? 0) > 90) right = y
  }
  return { left, right }
}

export const createActor = (stage: Stage) => {
  const { compositor, cast, shot } = stage
  const { box, count, path } = cast.cutouts
  const bytes = box.width * box.height * 4
  const file = openSync(path, 'r')
  const source = compositor.alloc(bytes)
  const decodeAt = compositor.alloc(LINEAR.byteLength)
  compositor.floats(decodeAt, 256).set(LINEAR)
  const grade = gradeFor(cast, stage.plate, stage.gentleness)
  const toneAt = compositor.alloc(grade.tone.byteLength)
  compositor.floats(toneAt, grade.tone.length).set(grade.tone)
  const parametersAt = compositor.alloc(4 * 40)
  const { faceWidth } = figureOf(cast, shot.source.startMs, shot.source.endMs)
  const light = sceneLight(stage.plate.light, cast.light.side, stage.gentleness)
  const grid = gridOf(box, faceWidth)
  const shadeAt = compositor.alloc(grid.width * grid.height * 16)

  const read = (index: number) => {
    const at = Math.max(0, Math.min(count - 1, index)) * bytes
    const got = readSync(file, compositor.bytes(source, bytes), 0, bytes, at)
    if (got < bytes) compositor.bytes(source, bytes).fill(0, got)
  }

  /** The frame of the clip, with its fraction, that the shot shows at a moment. */
  const sourceFrame = (moment: Moment): number => {
    const first = (shot.source.startMs * 24) / 1000
    if (!shot.source.ramp && shot.source.speed > 0.98 && shot.source.speed < 1.02) return Math.round(first) + moment.index
    const span = ((shot.source.endMs - shot.source.startMs) * 24) / 1000 - 1
    return first + Math.max(0, span) * windowPosition(moment.t, shot.source)
  }

  /** The figure over the shot's seconds, with the clip's borders looked at in five of its frames. */
  const figure = (): Figure => {
    const measured = figureOf(cast, shot.source.startMs, shot.source.endMs)
    const touchesLeft = box.x <= 2
    const touchesRight = box.x + box.width >= cast.clip.width - 2
    let cutLeft: number | undefined
    let cutRight: number | undefined
    for (let k = 0; k < 5; k++) {
      read(Math.round(((shot.source.startMs + ((shot.source.endMs - shot.source.startMs) * k) / 4) * 24) / 1000))
      const cuts = sideCuts(compositor.bytes(source, bytes), box.width, box.height)
      if (touchesLeft && cuts.left !== undefined) cutLeft = Math.min(cutLeft ?? Number.POSITIVE_INFINITY, cuts.left + box.y)
      if (touchesRight && cuts.right !== undefined) cutRight = Math.min(cutRight ?? Number.POSITIVE_INFINITY, cuts.right + box.y)
    }
    return { ...measured, ...(cutLeft !== undefined && { cutLeft }), ...(cutRight !== undefined && { cutRight }) }
  }

  /**
   * Takes memory for one prepared moment of the performance at the size it is shown. `sharpen`: how strongly; `kept`: how
   * many graded frames are remembered, two for a moment that moves on steadily.
   */
  const reserve = (stand: Pick<Stand, 'scale'>, { sharpen = 0, kept = 2 } = {}) => {
    const shrink = Math.max(1, Math.floor(1 / (stand.scale * 1.35)))
    const width = Math.floor(box.width / shrink)
    const height = Math.floor(box.height / shrink)
    const cleared = () => {
      const made = compositor.layer(width + 2 * BORDER, height + 2 * BORDER)
      compositor.clear(made)
      return made
    }
    const layer = cleared()
    const sharp = sharpen > 0 ? cleared() : undefined
    const columns = compositor.alloc(width * 4)
    const rows = compositor.alloc(height * 8)
    const frames = createGradedFrames(Array.from({ length: kept }, cleared), (index, into) => {
      read(index)
      const mesh = cast.frames[index]?.face?.mesh
      const { gains } = shadeMap(
        { bytes: compositor.bytes(source, bytes), box },
        { width: faceWidth, ...(mesh && { mesh }) },
        light,
      )
      compositor.floats(shadeAt, gains.length).set(gains)
      // biome-ignore format: the kernel's order
      compositor.kernels.grade(into.at, source, box.width, box.height, shrink, decodeAt, toneAt, columns, rows, shadeAt, grid.width, grid.height, grid.step, grade.gain[0], grade.gain[1], grade.gain[2])
    })
    const edgeShrink = width > 420 ? 4 : 1
    const edges = compositor.layer(Math.floor(layer.width / edgeShrink), Math.floor(layer.height / edgeShrink))
    const edgeRadius = Math.max(1, Math.round((faceWidth * 0.03) / (shrink * edgeShrink)))
    // A step blurred by three boxes of that radius falls off by 0.8 / sigma over two pixels.
    const steep = 1.25 * Math.sqrt(((2 * edgeRadius + 1) ** 2 - 1) / 4)
    const prepared: Prepared = { layer, edges, edgeShrink, edgeRadius, steep }
    return { shrink, prepared, columns, rows, sharp, sharpen, frames }
  }
  type Room = ReturnType<typeof reserve>

  /** Alpha along the columns, light and alpha along the rows of the layer. */
  const setShading = (room: Room, stand: Stand, fig: Figure, shape: Shape) => {
    const { shrink, prepared, columns, rows, frames } = room
    frames.forget()
    const width = prepared.layer.width - 2 * BORDER
    const height = prepared.layer.height - 2 * BORDER
    const across = compositor.floats(columns, width)
    const feather = Math.max(3, fig.faceWidth * 0.16) / shrink
    for (let x = 0; x < width; x++) {
      let alpha = 1
      if (fig.cutLeft !== undefined) alpha *= Math.min(1, (x + 0.5) / feather)
      if (fig.cutRight !== undefined) alpha *= Math.min(1, (width - x - 0.5) / feather)
      across[x] = alpha * alpha * (3 - 2 * alpha)
    }
    const down = compositor.floats(rows, height * 2)
    for (let y = 0; y < height; y++) {
      const pictureY = stand.eyeY + (box.y + y * shrink - fig.eyeY) * stand.scale
      let light = 1
      if (shape.grounded !== undefined) {
        const t = Math.max(0, Math.min(1, (pictureY - shape.grounded + stage.height * 0.2) / (stage.height * 0.2)))
        light = 1 - 0.5 * t * t
      }
      let alpha = 1
      if (shape.fade) {
        const t = Math.max(0, Math.min(1, (shape.fade.to - pictureY) / (shape.fade.to - shape.fade.from)))
        alpha = t * t * (3 - 2 * t)
      }
      // The clip's last row is never shown hard.
      if (fig.cutBelow) alpha *= Math.min(1, (height - y - 0.5) / 3)
      down[y * 2] = light
      down[y * 2 + 1] = alpha
    }
  }

  /** The performance at `frame`, graded, without its outline; a fraction mixes neighbours. */
  const pose = ({ prepared: { layer }, sharp, sharpen, frames }: Room, frame: number): Layer => {
    const first = Math.floor(frame)
    const nearest = Math.round(frame)
    // Next to a frame, it alone: a trace of its neighbour would only soften it.
    const [one, other, weight] =
      Math.abs(frame - nearest) < 0.06 ? [nearest, nearest, 1] : [first, first + 1, 1 - (frame - first)]
    const raw = sharp ?? layer
    compositor.kernels.blend(
      raw.at,
      frames.at(one).at,
      frames.at(other).at,
      raw.width * raw.height,
      weight,
      other === one ? 0 : frame - first,
    )
    if (sharp) compositor.kernels.sharpen(layer.at, raw.at, raw.width, raw.height, sharpen)
    return layer
  }

  /** Prepares the performance at `frame` to be drawn. */
  const prepare = (room: Room, frame: number): Prepared => {
    const { prepared } = room
    pose(room, frame)
    const before = compositor.mark()
    const small = prepared.edgeShrink === 4 ? compositor.quarter(prepared.layer) : compositor.copy(prepared.layer)
    compositor.gaussian(small, prepared.edgeRadius)
    compositor.kernels.outline(prepared.edges.at, small.at, small.width, small.height)
    compositor.release(before)
    return prepared
  }

  /** From the picture to the prepared layer, upright or mirrored in a floor at `mirrorY`. */
  const mapFor = (
    room: Room,
    stand: Stand,
    fig: Figure,
    move: Move,
    frame: Pick<Layer, 'width' | 'height'>,
    mirrorY?: number,
  ): Affine => figureMap({ box, shrink: room.shrink }, stand, fig, move, frame, mirrorY)

  /** Sets the prepared performance into `frame`, lit by the plate's soft light. */
  const draw = (frame: Layer, prepared: Prepared, map: Affine, look: Look, plate: Pick<PlateLayer, 'soft'>, softMap: Affine) => {
    const { layer, edges } = prepared
    const bounds = boundsOf(map, layer.width, layer.height, frame.width, frame.height)
    if (bounds.x0 >= bounds.x1 || bounds.y0 >= bounds.y1) return
    const enlarged = 1 / Math.hypot(map[0], map[3])
    // Enlarged edges grow soft; a little of that is taken back.
    const low = Math.min(0.16, 0.02 + 0.04 * Math.max(0, enlarged - 1))
    const length = Math.hypot(look.towards[0], look.towards[1]) || 1
    compositor
      .floats(parametersAt, 37)
      .set([
        ...map,
        ...shrunk(map, prepared.edgeShrink),
        ...softMap,
        look.wrap,
        look.rim,
        ...look.rimColour,
        look.towards[0] / length,
        look.towards[1] / length,
        look.opacity,
        ...look.tint,
        low,
        1 - low * 0.8,
        look.rim2,
        ...look.rim2Colour,
        look.haze,
        prepared.steep,
      ])
    // biome-ignore format: the kernel's order
    compositor.kernels.person(frame.at, frame.width, bounds.x0, bounds.y0, bounds.x1, bounds.y1, layer.at, layer.width, layer.height, edges.at, edges.width, edges.height, plate.soft.at, plate.soft.width, plate.soft.height, parametersAt)
  }

  return { figure, sourceFrame, reserve, setShading, pose, prepare, mapFor, draw, grade, close: () => closeSync(file) }
}
export type Actor = ReturnType<typeof createActor>
