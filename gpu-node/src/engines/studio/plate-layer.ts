/** The background: a part of a plate, out of focus as the view asks, moving with the camera. Baked once for all films of a pack. */
import { createCanvas } from '@napi-rs/canvas'
import { recall, remember } from './bakes.ts'
import { type Affine, mapOf, type Placement, shrunk } from './compositor/affine.ts'
import type { Layer, Rgb } from './compositor/compositor.ts'
import { bakeLayers } from './moving-layers.ts'
import { packPicture } from './pack-picture.ts'
import type { Moment, Stage } from './stage.ts'

/** How much larger than the picture a plate is baked, so that the camera can move. */
const OVERSCAN = 1.18
/** How many times brighter than paper white a plate's lamps are. */
const LAMPS = 4

export type PlateLayer = {
  layer: Layer
  /** A quarter of the size, very soft: the light that comes from behind. */
  soft: Layer
  map(moment: Moment): Affine
  softMap(moment: Moment): Affine
  /** Draws the plate and its layers up to a depth: as a rule all that lie no nearer than the visitor. */
  draw(moment: Moment, depth?: number): void
  /** Draws the layers nearer than that. */
  drawBefore(moment: Moment, depth?: number): void
  /** A rectangle of the plate (shares 0..1) in pixels of the picture at rest. */
  place(rectangle: { x: number; y: number; width: number; height: number }): {
    x: number
    y: number
    width: number
    height: number
  }
}

/** The part of the plate to bake: the view's crop, widened by the overscan as far as the plate goes, at the picture's shape. */
const regionOf = (stage: Stage) => {
  const { plate, view, width, height } = stage
  const shape = width / height
  let w = view.crop.width * plate.width
  let h = view.crop.height * plate.height
  if (w / h > shape) w = h * shape
  else h = w / shape
  const cx = (view.crop.x + view.crop.width / 2) * plate.width
  const cy = (view.crop.y + view.crop.height / 2) * plate.height
  const grow = Math.min(OVERSCAN, plate.width / w, plate.height / h)
  w *= grow
  h *= grow
  return { x: Math.max(0, Math.min(plate.width - w, cx - w / 2)), y: Math.max(0, Math.min(plate.height - h, cy - h / 2)), w, h }
}

type Baking = { w: number; h: number; radius: number; gain: Rgb | undefined }

const bake = async ({ compositor, files, plate }: Stage, region: ReturnType<typeof regionOf>, { w, h, radius, gain }: Baking) => {
  const canvas = createCanvas(w, h)
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.drawImage(await packPicture(files, plate.file, plate), region.x, region.y, region.w, region.h, 0, 0, w, h)
  const upload = () => compositor.upload(context.getImageData(0, 0, w, h).data, w, h, LAMPS)
  const layer = radius > 0 ? compositor.defocused(upload, w, h, radius) : upload()
  if (gain) compositor.mix(layer, layer, 0, gain)
  return layer
}

const softened = ({ compositor, width }: Stage, layer: Layer): Layer => {
  const soft = compositor.quarter(layer)
  compositor.gaussian(soft, Math.round(width / 48))
  return soft
}

/** Depth of the plane the visitor stands on. */
const VISITOR = 1

/** Bakes the plate of a shot and its layers. `gain` dims or lifts it, `extraBlur` adds to the view's lens blur (pixels at 720 wide). */
export const bakePlate = async (
  stage: Stage,
  options: { gain?: Rgb; extraBlur?: number; depth?: number } = {},
): Promise<PlateLayer> => {
  const { compositor, plate, view, width, height } = stage
  const region = regionOf(stage)
  const w = Math.round(width * OVERSCAN)
  const h = Math.round(height * OVERSCAN)
  const radius = Math.round(((view.blurPx + (options.extraBlur ?? 0)) * width) / 720)
  const key = `plate ${view.id} ${radius} ${options.gain ?? ''}`
  const layer = recall(stage, key) ?? remember(stage, key, await bake(stage, region, { w, h, radius, gain: options.gain }))
  const soft = recall(stage, `soft ${key}`) ?? remember(stage, `soft ${key}`, softened(stage, layer))
  const placement: Placement = { x: width / 2, y: height / 2, ax: w / 2, ay: h / 2, scaleX: 1, scaleY: 1, angle: 0 }
  const map = (moment: Moment) => mapOf(placement, stage.camera(moment.t, moment.seconds, options.depth ?? 0), width, height)
  const place = (r: { x: number; y: number; width: number; height: number }) => {
    const k = w / region.w
    return {
      x: (r.x * plate.width - region.x) * k - (w - width) / 2,
      y: (r.y * plate.height - region.y) * k - (h - height) / 2,
      width: r.width * plate.width * k,
      height: r.height * plate.height * k,
    }
  }
  const layers = await bakeLayers(stage, {
    place,
    gain: options.gain ?? [1, 1, 1],
    blurPx: radius,
    lamps: LAMPS,
    farthest: options.depth ?? 0,
  })
  return {
    layer,
    soft,
    map,
    softMap: (moment) => shrunk(map(moment), 4),
    draw: (moment, depth = VISITOR) => {
      compositor.cover(stage.frame, layer, map(moment))
      layers.draw(moment, Number.NEGATIVE_INFINITY, depth)
    },
    drawBefore: (moment, depth = VISITOR) => layers.draw(moment, depth, Number.POSITIVE_INFINITY),
    place,
  }
}
