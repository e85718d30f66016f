/**
 * A graphic of the film: drawn picture by picture while it comes and goes, and once for all the pictures between.
 */
import type { SKRSContext2D } from '@napi-rs/canvas'
import { bakeOverlay, layOverlay, layShade, type Overlay, type Shade } from '../overlay.ts'
import type { YuvPicture } from '../picture.ts'
import { come, stay } from './motion.ts'

export type Graphic = {
  /** Its box in the film, pixels. */
  x: number
  y: number
  width: number
  height: number
  /** Where in the film its words begin, where that is not its box's upper edge. */
  top?: number
  /** Pictures in which it moves at its beginning and at its end. */
  coming: number
  going: number
  /** The ground its words stand on, which comes and goes with them. */
  shade?: Shade
  /** Draws it `age` pictures after it began, `left` (1 or more) before it is gone. */
  draw(context: SKRSContext2D, age: number, left: number): void
}

/** Pictures in which a ground darkens. */
const SHADE_FRAMES = 12

/** Lays a graphic that is there from frame `from` until `to`. */
export type Layer = (picture: YuvPicture, frame: number, from: number, to: number) => void

/** @param opacity of the whole graphic, by age and by what is left; 1 without */
export const layerOf = (graphic: Graphic, opacity: (age: number, left: number) => number = () => 1): Layer => {
  const { x, y, width, height, coming, going } = graphic
  let held: { key: string; overlay: Overlay } | undefined
  return (picture, frame, from, to) => {
    const age = frame - from
    const left = to - frame
    if (graphic.shade) layShade(picture, graphic.shade, come(age, 0, SHADE_FRAMES) * stay(left, going))
    const key = age < coming ? `coming ${age}` : left <= going ? `going ${left}` : 'rest'
    if (held?.key !== key) held = { key, overlay: bakeOverlay(width, height, (context) => graphic.draw(context, age, left)) }
    layOverlay(picture, held.overlay, { x, y, opacity: opacity(age, left) })
  }
}
