/**
 * Who it is: dlib's 128-d embedding of the face, aligned by five points, averaged with its mirror image. Distances are
 * Euclidean: under .25 the same take, under .45 the same person, over .50 in doubt; means over several frames only.
 */
import type { Face } from './cast.ts'
import type { Models } from './models/load-models.ts'
import { cutPatch, type Patch, type Picture, type Point } from './picture.ts'

const SIDE = 150
/** Mean colour the net was trained with, and its scale. Source: dlib's input_rgb_image_sized. */
const SCALING = { scale: 1 / 255, mean: [122.782, 117.001, 104.298] } as const
/** Faces narrower than this say too little of who it is, in pixels. */
export const MIN_IDENTITY_FACE_PX = 64

/**
 * dlib's mean five points (eye corners right to left as in `Face.landmarks`, nose base), in the unit square, with the
 * padding of .25 it was trained with. Source: dlib, image_transforms/interpolation.h, get_face_chip_details.
 */
const MEAN_SHAPE: readonly Point[] = [
  [0.1205750620789, 0.2137274526848],
  [0.3340850613712, 0.2290642403242],
  [0.6460604764104, 0.2289674387677],
  [0.8595674595992, 0.2134981538014],
  [0.4901123135679, 0.6277975316475],
].map(([x = 0, y = 0]) => ({ x: (0.25 + x) / 1.5, y: (0.25 + y) / 1.5 }))

export type Identity = { embedding: Float32Array; spread: number; frames: number }

/** The patch that brings a face's five points onto the mean shape, by a least-squares similarity (Umeyama 1991, in the plane). */
export const alignFace = (landmarks: readonly Point[]): Patch => {
  const count = MEAN_SHAPE.length
  const mean = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, p) => sum + p.x, 0) / count,
    y: points.reduce((sum, p) => sum + p.y, 0) / count,
  })
  const [from, to] = [mean(MEAN_SHAPE), mean(landmarks)]
  let [along, cross, spread] = [0, 0, 0]
  MEAN_SHAPE.forEach((shape, index) => {
    const point = landmarks[index] ?? to
    const [x, y, u, v] = [shape.x - from.x, shape.y - from.y, point.x - to.x, point.y - to.y]
    along += x * u + y * v
    cross += x * v - y * u
    spread += x * x + y * y
  })
  const [a, b] = [along / spread, cross / spread]
  const [dx, dy] = [0.5 - from.x, 0.5 - from.y]
  return { x: to.x + a * dx - b * dy, y: to.y + b * dx + a * dy, size: Math.hypot(a, b), angle: Math.atan2(b, a) }
}

/** An aligned face, ready for the net. */
export const faceChip = (picture: Picture, face: Pick<Face, 'landmarks'>): Float32Array =>
  cutPatch(picture, alignFace(face.landmarks), SIDE, SCALING)

const mirrored = (chip: Float32Array): Float32Array => {
  const mirror = chip.slice()
  for (let row = 0; row < 3 * SIDE; row++) mirror.subarray(row * SIDE, (row + 1) * SIDE).reverse()
  return mirror
}

/** 128 values of one aligned face: the mean of it and its mirror image. */
export const embedChip = async (models: Pick<Models, 'faceEmbedding'>, chip: Float32Array): Promise<Float32Array> => {
  const [straight] = await models.faceEmbedding.run(chip)
  const [mirror] = await models.faceEmbedding.run(mirrored(chip))
  if (!straight || !mirror) throw new Error('the face embedding gave no answer')
  return straight.map((value, index) => (value + (mirror[index] ?? 0)) / 2)
}

/** Euclidean distance of two embeddings. */
export const embeddingDistance = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((value, index) => value - (b[index] ?? 0)))

/** Mean of embeddings and their mean distance to it; nothing for an empty list. */
export const meanIdentity = (embeddings: readonly Float32Array[]): Identity | undefined => {
  if (embeddings.length === 0) return undefined
  const embedding = new Float32Array(128)
  for (const one of embeddings)
    one.forEach((value, index) => {
      embedding[index] = (embedding[index] ?? 0) + value / embeddings.length
    })
  const spread = embeddings.reduce((sum, one) => sum + embeddingDistance(one, embedding), 0) / embeddings.length
  return { embedding, spread, frames: embeddings.length }
}
