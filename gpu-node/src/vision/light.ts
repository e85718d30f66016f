/** The light on the visitor's face, and how sharp it is: read from one small, upright picture of the face. */
import { isMiddle, laplacianVariance, lightSide, lumaOfRgb } from '@fanreel/protocol'
import { toLinear } from '../media/srgb.ts'
import type { Cast, Face } from './cast.ts'
import { cutPatch, type Picture } from './picture.ts'

/** What one face picture tells. Luma 0..255; colour linear RGB 0..1; side -1 (lit from the picture's left) .. 1. */
export type FaceLight = { luma: number; contrast: number; colour: [number, number, number]; side: number; sharpness: number }

/** 0..255 to linear 0..1. */
const LINEAR = Float32Array.from({ length: 256 }, (_, value) => toLinear(value / 255))
const linear = (value: number): number => LINEAR[(value + 0.5) | 0] ?? 0

/** Reads light and sharpness off a face. `enlargement`: how much larger the picture is than the clip was recorded. */
export const readFaceLight = (picture: Picture, face: Face, enlargement: number): FaceLight => {
  const side = lightSide(face.box.width / enlargement)
  const patch = {
    x: face.box.x + face.box.width / 2,
    y: face.box.y + face.box.height / 2,
    size: face.box.width,
    angle: face.roll,
  }
  const planes = cutPatch(picture, patch, side, { scale: 1, mean: [0, 0, 0] })
  const count = side * side
  const luma = new Float32Array(count)
  // Single numbers: a pair or triple a pixel would be two megabytes of garbage a face.
  let [red, green, blue] = [0, 0, 0]
  let [left, right] = [0, 0]
  let [sum, squares, inside] = [0, 0, 0]
  for (let at = 0; at < count; at++) {
    const r = planes[at] ?? 0
    const g = planes[at + count] ?? 0
    const b = planes[at + 2 * count] ?? 0
    const value = lumaOfRgb(r, g, b)
    luma[at] = value
    if (!isMiddle(at, side)) continue
    const dx = ((at % side) + 0.5) / side - 0.5
    inside++
    sum += value
    squares += value * value
    // The middle column of an odd number belongs to neither half.
    if (dx < 0) left += value
    else if (dx > 0) right += value
    red += linear(r)
    green += linear(g)
    blue += linear(b)
  }
  const mean = sum / inside
  return {
    luma: mean,
    contrast: Math.sqrt(Math.max(0, squares / inside - mean * mean)) / 255,
    colour: [red / inside, green / inside, blue / inside],
    side: (right - left) / Math.max(1, left + right),
    sharpness: laplacianVariance(luma, side),
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** The clip's light: the mean over its faces, luma as a share 0..1. */
export const lightOf = (faces: readonly FaceLight[]): Cast['light'] => ({
  luma: mean(faces.map((face) => face.luma)) / 255,
  contrast: mean(faces.map((face) => face.contrast)),
  colour: [mean(faces.map((f) => f.colour[0])), mean(faces.map((f) => f.colour[1])), mean(faces.map((f) => f.colour[2]))],
  // A face lit from one side differs by a third at most between its halves.
  side: Math.max(-1, Math.min(1, mean(faces.map((face) => face.side)) * 3)),
})
