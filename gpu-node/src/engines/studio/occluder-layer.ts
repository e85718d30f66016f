/** What stands before the visitor: boards, a desk. Hides where the body ends and gives the picture a near plane. */
import { createCanvas } from '@napi-rs/canvas'
import { recall, remember } from './bakes.ts'
import { mapOf, type Placement } from './compositor/affine.ts'
import type { Layer } from './compositor/compositor.ts'
import { packPicture } from './pack-picture.ts'
import type { Moment, Stage } from './stage.ts'

/** How much wider than the picture it is drawn, so that the camera can move. */
const OVERSCAN = 1.16
/** Heights of the picture that one may have. */
const MOST_HEIGHTS = 2

export type OccluderLayer = {
  /** Height of its upper edge in the picture at rest. */
  top: number
  draw(moment: Moment): void
}

type Options = { blurPx: number; depth: number; light: number }

const bake = async (
  { compositor, files, width, height }: Stage,
  occluder: { file: string },
  options: Options,
  { w, pad, top }: { w: number; pad: number; top: number },
): Promise<Layer> => {
  const image = await packPicture(files, occluder.file)
  const scale = w / image.width
  const drawnHeight = Math.round(image.height * scale)
  // Down to well below the picture: the camera may rise. What hangs lower still is never seen.
  const h = Math.min(Math.max(drawnHeight, Math.round((height - top) * 1.25)), MOST_HEIGHTS * height) + pad
  const canvas = createCanvas(w, h)
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.drawImage(image, 0, 0, image.width, image.height, 0, pad, w, drawnHeight)
  const drawn = pad + drawnHeight
  if (drawn < h) context.drawImage(canvas, 0, drawn - 2, w, 1, 0, drawn - 1, w, h - drawn + 1)
  const sharp = compositor.upload(context.getImageData(0, 0, w, h).data, w, h, 2)
  compositor.mix(sharp, sharp, 0, [options.light, options.light, options.light])
  compositor.gaussian(sharp, Math.round((options.blurPx * width) / 720))
  return sharp
}

/** Bakes the view's occluder, `blurPx` out of focus (it is nearer than the visitor). Nothing where the view has none. */
export const bakeOccluder = async (stage: Stage, options: Options): Promise<OccluderLayer | undefined> => {
  const { compositor, view, width, height } = stage
  if (!view.occluder) return undefined
  const top = view.occluder.top * height
  const pad = Math.ceil(options.blurPx * 2)
  const w = Math.round(width * OVERSCAN)
  const key = `occluder ${view.id} ${options.blurPx} ${options.light}`
  const layer = recall(stage, key) ?? remember(stage, key, await bake(stage, view.occluder, options, { w, pad, top }))
  const placement: Placement = { x: width / 2, y: top - pad, ax: w / 2, ay: 0, scaleX: 1, scaleY: 1, angle: 0 }
  return {
    top,
    draw: (moment) =>
      compositor.over(stage.frame, layer, mapOf(placement, stage.camera(moment.t, moment.seconds, options.depth), width, height)),
  }
}
