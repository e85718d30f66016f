/**
 * The visitor on the stage: reads their cut-outs, grades them for the plate's light, finds their outline, and sets them
 * into a frame. One actor serves one shot; `prepare` chooses the moment of the performance, `draw` shows it.
 */
import { windowPosition } from '../../director/pace.ts'
import { openCutouts } from '../../vision/cutouts.ts'
import { type Affine, boundsOf, composed, inverse, type Move, shrunk } from './compositor/affine.ts'
import { type Layer, OPAQUE, type Rgb } from './compositor/compositor.ts'
import { createGradedFrames } from './graded-frames.ts'
import { gradeFor, gradeTables } from './light.ts'
import { BORDER, type Figure, figureMap, figureOf, type Stand, sideCuts } from './placement.ts'
import type { PlateLayer } from './plate-layer.ts'
import { createRelighter, sceneLight } from './relight.ts'
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
  /** Picture height from which nothing of the body is ever seen, because something stands before it. */
  hidden?: number
  /** Picture height towards which the body darkens, as if something stood before it. */
  grounded?: number
}

type Prepared = { layer: Layer; edges: Layer; edgeShrink: number; steep: number }
/** A graded frame, and once it is asked for, its outline. */
type Graded = { layer: Layer; edges: Layer; outlined: boolean }

/** Layers wider than this lose nothing when their outline is found at a quarter of their size. */
const FINE_OUTLINE_PX = 420
/** How far below the picture a body is still drawn, as a share of its height: the camera may sink. */
const BELOW = 0.12
/** A figure is rather kept a little larger than it is shown. */
const FINER = 0.15
/** Next to a frame, it alone is shown: a trace of its neighbour would only soften it. */
const NEXT_TO = 0.06

export const createActor = (stage: Stage) => {
  const { compositor, cast, shot } = stage
  const { box } = cast.cutouts
  const bytes = box.width * box.height * 4
  const cutouts = openCutouts(cast.cutouts)
  const source = compositor.alloc(bytes)
  const grade = gradeFor(cast, stage.plate, stage.gentleness)
  const tables = gradeTables(grade)
  const decodeAt = compositor.keep(tables.decode)
  const toneAt = compositor.keep(tables.tone)
  const parametersAt = compositor.alloc(4 * 40)
  const { faceWidth } = figureOf(cast, shot.source.startMs, shot.source.endMs)
  const light = sceneLight(stage.plate.light, cast.light.side, stage.gentleness)
  const { map: shade, relight } = createRelighter(compositor, { box, faceWidth }, light)

  const read = (index: number) => cutouts.read(index, compositor.bytes(source, bytes))

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
   * many graded frames are remembered, two for a moment that moves on steadily; `coarse`: how many times smaller it is kept
   * than it is shown.
   */
  const reserve = (stand: Pick<Stand, 'scale'>, { sharpen = 0, kept = 2, coarse = 1 } = {}) => {
    const shrink = coarse * Math.max(1, Math.round(1 / stand.scale - FINER))
    const width = Math.floor(box.width / shrink)
    const height = Math.floor(box.height / shrink)
    const cleared = () => {
      const made = compositor.layer(width + 2 * BORDER, height + 2 * BORDER)
      compositor.clear(made)
      return made
    }
    const edgeShrink = width > FINE_OUTLINE_PX ? 4 : 2
    const edgesOf = (of: Layer) => compositor.layer(Math.floor(of.width / edgeShrink), Math.floor(of.height / edgeShrink))
    const mixed = cleared()
    const sharp = sharpen > 0 ? cleared() : undefined
    const shrunkBytes = shrink > 1 ? compositor.alloc(width * height * 4) : source
    const columns = compositor.alloc(width * 2)
    const rows = compositor.alloc(height * 4)
    const rooms = Array.from({ length: kept }, (): Graded => {
      const layer = cleared()
      return { layer, edges: edgesOf(layer), outlined: false }
    })
    const frames = createGradedFrames(rooms, (index, into) => {
      read(index)
      const { kernels } = compositor
      relight(source, cast.frames[index]?.face?.mesh)
      if (shrink > 1) kernels.shrinkBytes(shrunkBytes, source, box.width, box.height, shrink)
      const graded = sharp ?? into.layer
      // biome-ignore format: the kernel's order
      kernels.grade(graded.at + (BORDER * graded.width + BORDER) * 8, graded.width * 8, shrunkBytes, width, room.height, decodeAt, toneAt, columns, rows, shade.at, shade.width, shade.height, shrink / shade.step)
      if (sharp) kernels.sharpen(into.layer.at, sharp.at, sharp.width, into.layer.height, Math.round(sharpen * OPAQUE))
      into.outlined = false
    })
    const edgeRadius = Math.max(1, Math.round((faceWidth * 0.03) / (shrink * edgeShrink)))
    // A step blurred by three boxes of that radius falls off by 0.8 / sigma over two pixels.
    const steep = 1.25 * Math.sqrt(((2 * edgeRadius + 1) ** 2 - 1) / 4)
    const room = {
      shrink,
      width,
      height,
      mixed,
      edges: edgesOf(mixed),
      edgeShrink,
      edgeRadius,
      steep,
      columns,
      rows,
      rooms,
      frames,
    }
    return room
  }
  type Room = ReturnType<typeof reserve>

  /** Leaves of a room the rows that can be seen: what is below them is neither graded nor drawn. */
  const crop = (room: Room, seen: number) => {
    const shorter = (of: Layer, by: number): Layer => ({
      ...of,
      height: Math.min(of.height, Math.floor((seen + 2 * BORDER) / by)),
    })
    room.height = seen
    room.mixed = shorter(room.mixed, 1)
    room.edges = shorter(room.edges, room.edgeShrink)
    for (const graded of room.rooms) {
      graded.layer = shorter(graded.layer, 1)
      graded.edges = shorter(graded.edges, room.edgeShrink)
    }
  }

  /** Alpha along the columns, light and alpha along the rows of the layer. */
  const setShading = (room: Room, stand: Stand, fig: Figure, shape: Shape) => {
    const { shrink, width, height, columns, rows, frames } = room
    frames.forget()
    const lowest = Math.min(stage.height * (1 + BELOW), shape.hidden ?? Number.POSITIVE_INFINITY)
    let seen = 1
    const across = compositor.words(columns, width)
    const feather = Math.max(3, fig.faceWidth * 0.16) / shrink
    for (let x = 0; x < width; x++) {
      let alpha = 1
      if (fig.cutLeft !== undefined) alpha *= Math.min(1, (x + 0.5) / feather)
      if (fig.cutRight !== undefined) alpha *= Math.min(1, (width - x - 0.5) / feather)
      across[x] = OPAQUE * alpha * alpha * (3 - 2 * alpha)
    }
    const down = compositor.words(rows, height * 2)
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
      down[y * 2] = OPAQUE * light
      down[y * 2 + 1] = OPAQUE * alpha
      if (alpha > 0 && pictureY < lowest) seen = y + 1
    }
    crop(room, seen)
  }

  /** The neighbours of `frame`, a whole number or between two, and how much the second counts. */
  const neighbours = ({ frames }: Room, frame: number) => {
    const nearest = Math.round(frame)
    if (Math.abs(frame - nearest) < NEXT_TO) return { one: frames.at(nearest) }
    const first = Math.floor(frame)
    return { one: frames.at(first), other: frames.at(first + 1), weight: Math.round((frame - first) * OPAQUE) }
  }
  const mixed = (into: Layer, one: Layer, other: Layer, weight: number): Layer => {
    compositor.kernels.blend(into.at, one.at, other.at, into.width * into.height, weight)
    return into
  }
  /** The outline of a graded frame. */
  const outlined = ({ edgeShrink, edgeRadius }: Room, graded: Graded): Layer => {
    const { layer, edges } = graded
    if (graded.outlined) return edges
    graded.outlined = true
    const before = compositor.mark()
    const small = edgeShrink === 4 ? compositor.quarter(layer) : compositor.half(layer)
    compositor.gaussian(small, edgeRadius)
    compositor.kernels.outline(edges.at, small.at, small.width, small.height)
    compositor.release(before)
    return edges
  }

  /** The performance at `frame`, graded, without its outline; a fraction mixes neighbours. Valid until the next. */
  const pose = (room: Room, frame: number): Layer => {
    const { one, other, weight } = neighbours(room, frame)
    return other ? mixed(room.mixed, one.layer, other.layer, weight) : one.layer
  }

  /** Prepares the performance at `frame` to be drawn. */
  const prepare = (room: Room, frame: number): Prepared => {
    const { edgeShrink, steep } = room
    const { one, other, weight } = neighbours(room, frame)
    const edges = outlined(room, one)
    if (!other) return { layer: one.layer, edges, edgeShrink, steep }
    const layer = mixed(room.mixed, one.layer, other.layer, weight)
    return { layer, edges: mixed(room.edges, edges, outlined(room, other), weight), edgeShrink, steep }
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
    compositor.settle(frame)
    const bounds = boundsOf(map, layer.width, layer.height, frame.width, frame.height)
    if (bounds.x0 >= bounds.x1 || bounds.y0 >= bounds.y1) return
    const enlarged = 1 / Math.hypot(map[0], map[3])
    // Enlarged edges grow soft; a little of that is taken back.
    const low = Math.min(0.16, 0.02 + 0.04 * Math.max(0, enlarged - 1))
    const length = Math.hypot(look.towards[0], look.towards[1]) || 1
    const toEdges = shrunk(map, prepared.edgeShrink)
    const parameters = compositor.floats(parametersAt, 19)
    parameters.set([
      ...composed(inverse(toEdges), softMap),
      look.wrap,
      look.rim,
      ...look.rimColour,
      look.towards[0] / length,
      look.towards[1] / length,
      look.rim2,
      ...look.rim2Colour,
      look.haze,
      prepared.steep,
    ])
    const { soft } = plate
    compositor.lent(edges.width * edges.height * 16, (lights) => {
      const { kernels } = compositor
      kernels.rim(lights, edges.at, edges.width, edges.height, soft.at, soft.width, soft.height, parametersAt)
      parameters.set([...map, ...toEdges, look.opacity, ...look.tint, low, 1 - low * 0.8, look.haze])
      // biome-ignore format: the kernel's order
      kernels.person(frame.at, frame.width, bounds.x0, bounds.y0, bounds.x1, bounds.y1, layer.at, layer.width, layer.height, edges.at, edges.width, edges.height, lights, parametersAt)
    })
  }

  return { figure, sourceFrame, reserve, setShading, pose, prepare, mapFor, draw, grade, close: cutouts.close }
}
export type Actor = ReturnType<typeof createActor>
