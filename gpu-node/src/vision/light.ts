/** The light on the visitor's face, and how sharp it is: read from one small, upright picture of the face. */
import type { Cast, Face } from './cast.ts'
import { cutPatch, type Picture } from './picture.ts'

/** Side of the face picture: sharpness is stated at this face width. */
const SIDE = 112

/** What one face picture tells. Luma 0..255; colour linear RGB 0..1; side -1 (lit from the picture's left) .. 1. */
export type FaceLight = { luma: number; contrast: number; colour: [number, number, number]; side: number; sharpness: number }

const linear = (value: number) => {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

/** Variance of the Laplacian: how much fine detail there is. Pech-Pacheco et al. 2000. */
const laplacianVariance = (luma: Float32Array): number => {
  let [sum, squares, count] = [0, 0, 0]
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const at = y * SIDE + x
      const value =
        4 * (luma[at] ?? 0) - (luma[at - 1] ?? 0) - (luma[at + 1] ?? 0) - (luma[at - SIDE] ?? 0) - (luma[at + SIDE] ?? 0)
      sum += value
      squares += value * value
      count++
    }
  }
  return squares / count - (sum / count) ** 2
}

/** Reads light and sharpness off a face. */
export const readFaceLight = (picture: Picture, face: Face): FaceLight => {
  const patch = {
    x: face.box.x + face.box.width / 2,
    y: face.box.y + face.box.height / 2,
    size: face.box.width,
    angle: face.roll,
  }
  const planes = cutPatch(picture, patch, SIDE, { scale: 1, mean: [0, 0, 0] })
  const count = SIDE * SIDE
  const luma = new Float32Array(count)
  const colour: [number, number, number] = [0, 0, 0]
  const halves = [0, 0] as [number, number]
  let [sum, squares, inside] = [0, 0, 0]
  for (let at = 0; at < count; at++) {
    const [r, g, b] = [planes[at] ?? 0, planes[at + count] ?? 0, planes[at + 2 * count] ?? 0]
    const value = 0.2126 * r + 0.7152 * g + 0.0722 * b
    luma[at] = value
    const [dx, dy] = [(at % SIDE) / SIDE - 0.5, Math.floor(at / SIDE) / SIDE - 0.5]
    // The middle of the face: no hair, no wall behind it.
    if (dx * dx + dy * dy > 0.14) continue
    inside++
    sum += value
    squares += value * value
    halves[dx < 0 ? 0 : 1] += value
    colour[0] += linear(r)
    colour[1] += linear(g)
    colour[2] += linear(b)
  }
  const mean = sum / inside
  return {
    luma: mean,
    contrast: Math.sqrt(Math.max(0, squares / inside - mean * mean)) / 255,
    colour: [colour[0] / inside, colour[1] / inside, colour[2] / inside],
    side: (halves[1] - halves[0]) / Math.max(1, halves[0] + halves[1]),
    sharpness: laplacianVariance(luma),
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
