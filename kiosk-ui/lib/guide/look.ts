/** What one look at the live picture tells. Sizes are in pixels of the picture as it is recorded. */
import type { FaceBox } from '@fanreel/protocol'

export type SeenFace = {
  box: FaceBox
  /** The detector's confidence, 0..1. */
  score: number
  /** Whether the mesh agrees that it is a face: a printed shirt is none. */
  certain: boolean
  /** Mean luma of the middle of the face, 0..255. */
  luma: number
  /** Variance of the Laplacian over its luma. */
  sharpness: number
}

export type Look = {
  width: number
  height: number
  /** Strongest first. */
  faces: SeenFace[]
  /** Of the whole picture: mean luma 0..255. */
  luma: number
}
