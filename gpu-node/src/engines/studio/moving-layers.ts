/**
 * What lies before a plate's own picture: ridges, clouds, lights, branches. Each is baked once for all films of a
 * pack, moved by the camera as its depth asks, and by its own motion.
 */
import type { LayerMotion, PlateLayer } from '@fanreel/content-packs/schema'
import { createCanvas } from '@napi-rs/canvas'
import { recall, remember } from './bakes.ts'
import { mapOf, type Placement } from './compositor/affine.ts'
import type { Layer, Rgb } from './compositor/compositor.ts'
import { packPicture } from './pack-picture.ts'
import type { Moment, Stage } from './stage.ts'

type Rectangle = { x: number; y: number; width: number; height: number }

export type LayerOptions = {
  /** From shares of the plate to pixels of the picture at rest. */
  place(rectangle: Rectangle): Rectangle
  gain: Rgb
  /** Lens blur of the far end, pixels of the picture. */
  blurPx: number
  /** How many times brighter than paper white lamps are. */
  lamps: number
  /** Depth of the plate's own picture in this shot: nothing of the plate lies farther. */
  farthest: number
}

/** Blur up to this radius, in pixels as baked, is not worth its time. */
const LEAST_BLUR = 1
/** From this blur on, in pixels of a picture 720 wide, a layer is baked so small that the compositor draws it as something soft. */
const SOFT_BLUR = 9
const SOFT_SCALE = 0.28

/** How large a layer is baked at most, in areas and in sides of the picture: those of our worlds take 1.4. Larger ones come softer. */
const MOST_PICTURES = 4
const MOST_SIDES = 4

type Way = { dx: number; dy: number; degrees: number; strength: number }
const AT_REST: Way = { dx: 0, dy: 0, degrees: 0, strength: 1 }

/** Where its motion has taken a layer after so many seconds: shares of the plate, degrees, and how bright it is. */
export const wayOf = (motion: LayerMotion | undefined, seconds: number): Way => {
  if (!motion) return AT_REST
  if (motion.kind === 'drift' || motion.kind === 'scroll') return { ...AT_REST, dx: motion.x * seconds, dy: motion.y * seconds }
  const swing = Math.sin(2 * Math.PI * ((seconds * 1000) / motion.periodMs + motion.phase))
  if (motion.kind === 'sway') return { ...AT_REST, degrees: motion.degrees * swing }
  return { ...AT_REST, strength: motion.low + (1 - motion.low) * (0.5 + 0.5 * swing) }
}

/** The scale above which a layer, of which most may never be seen, would be larger than one is baked. */
const mostScale = ({ width, height }: Stage, shown: Rectangle): number =>
  Math.min(
    MOST_SIDES / Math.max(shown.width / width, shown.height / height),
    Math.sqrt((MOST_PICTURES * width * height) / (shown.width * shown.height)),
  )

/** The picture of a layer and how many of its pixels stand for one of the frame's. */
const bake = async (
  stage: Stage,
  layer: PlateLayer,
  options: LayerOptions,
  shown: Rectangle,
): Promise<Layer & { scale: number }> => {
  const { compositor } = stage
  const key = `layer ${stage.plate.id} ${layer.id} ${shown.width.toFixed(2)} ${options.blurPx} ${options.lamps}`
  const known = recall(stage, key)
  if (known) return known
  const image = await packPicture(stage.files, layer.file)
  // Never larger than it is stored: soft pictures come small and stay so.
  const blur = options.blurPx * Math.abs(1 - layer.depth)
  const soft = blur >= SOFT_BLUR * (stage.width / 720) ? SOFT_SCALE : 1
  const scale = Math.min(1, image.width / shown.width, soft, mostScale(stage, shown))
  const w = Math.max(2, Math.round(shown.width * scale))
  const h = Math.max(2, Math.round(shown.height * scale))
  const radius = Math.round(blur * scale)
  const seam = seamOf(layer.motion)
  const pad = radius >= LEAST_BLUR && seam === 0 ? radius : 0
  const canvas = createCanvas(w + 2 * pad + seam, h + 2 * pad + seam)
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  for (const x of seam ? [0, w] : [pad]) for (const y of seam ? [0, h] : [pad]) context.drawImage(image, x, y, w, h)
  const { width, height } = canvas
  const upload = () => compositor.upload(context.getImageData(0, 0, width, height).data, width, height, options.lamps)
  return remember(stage, key, radius >= LEAST_BLUR ? compositor.defocused(upload, width, height, radius) : upload(), scale)
}

/** Pixels by which a picture that repeats begins anew at its end, so that nothing is missing between it and the next. */
const seamOf = (motion: LayerMotion | undefined): number => (motion?.kind === 'scroll' ? 1 : 0)

/** The places at which a layer lies so that, scrolling, it fills its rectangle and more without an end. */
const repeats = (motion: LayerMotion | undefined): readonly (readonly [number, number])[] => {
  if (motion?.kind !== 'scroll') return [[0, 0]]
  const across = motion.x === 0 ? [0] : [-1, 0, 1]
  const down = motion.y === 0 ? [0] : [-1, 0, 1]
  return across.flatMap((x) => down.map((y) => [x, y] as const))
}

/** Bakes one layer; the answer draws it. */
const createLayer = async (stage: Stage, layer: PlateLayer, options: LayerOptions) => {
  const { compositor, frame, width, height } = stage
  const { motion, at } = layer
  const shown = options.place(at)
  const whole = options.place({ x: 0, y: 0, width: 1, height: 1 })
  const baked = compositor.surveyed(await bake(stage, layer, options, shown))
  // Exactly as many pixels as were baked to the rectangle: repeats meet.
  const across = Math.max(2, Math.round(shown.width * baked.scale)) / shown.width
  const down = Math.max(2, Math.round(shown.height * baked.scale)) / shown.height
  const seam = seamOf(motion)
  const pivot = motion?.kind === 'sway' ? motion : { x: at.x + at.width / 2, y: at.y + at.height / 2 }
  const turn = options.place({ x: pivot.x, y: pivot.y, width: 0, height: 0 })
  const depth = Math.max(layer.depth, options.farthest)
  return (moment: Moment) => {
    const way = wayOf(motion, moment.seconds)
    const wrap = (distance: number, length: number) => (motion?.kind === 'scroll' ? distance % length : distance)
    const [dx, dy] = [wrap(way.dx, at.width), wrap(way.dy, at.height)]
    const move = stage.camera(moment.t, moment.seconds, depth)
    for (const [column, row] of repeats(motion)) {
      const placement: Placement = {
        x: turn.x + (dx + column * at.width) * whole.width,
        y: turn.y + (dy + row * at.height) * whole.height,
        ax: (turn.x - shown.x - shown.width / 2) * across + (baked.width - seam - 1) / 2,
        ay: (turn.y - shown.y - shown.height / 2) * down + (baked.height - seam - 1) / 2,
        scaleX: 1 / across,
        scaleY: 1 / down,
        angle: (way.degrees * Math.PI) / 180,
      }
      const map = mapOf(placement, move, width, height)
      const { gain } = options
      const [r, g, b] = [gain[0] * way.strength, gain[1] * way.strength, gain[2] * way.strength]
      if (layer.blend === 'add') compositor.add(frame, baked, map, [r, g, b])
      else compositor.over(frame, baked, map, way.strength, gain)
    }
  }
}

/** Bakes the layers of the shot's plate. */
export const bakeLayers = async (stage: Stage, options: LayerOptions) => {
  const layers: { depth: number; draw(moment: Moment): void }[] = []
  for (const layer of stage.plate.layers) layers.push({ depth: layer.depth, draw: await createLayer(stage, layer, options) })
  return {
    /** Draws the layers above `from` (or all from the farthest) up to `to`. */
    draw: (moment: Moment, from: number, to: number) => {
      for (const { depth, draw } of layers) if (depth > from && depth <= to) draw(moment)
    },
  }
}
