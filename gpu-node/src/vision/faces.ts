/** Finds faces: MediaPipe's full-range detector, its anchors decoded and overlapping answers merged. */
import type { Box } from './cast.ts'
import type { Models } from './models/load-models.ts'
import { letterbox, type Picture, type Point } from './picture.ts'

/** One found face. `eyes`: right and left eye (the visitor's own right first), in pixels. */
export type FoundFace = { box: Box; score: number; eyes: readonly [Point, Point] }

const SIDE = 192
/** Anchors lie on a raster of 48 x 48, one a cell. */
const CELLS = 48
const VALUES = 16
/** Overlap (intersection over union) from which two answers mean one face. */
const SAME_FACE = 0.3

/** A net's answer as a probability, 0..1. */
export const sigmoid = (value: number) => 1 / (1 + Math.exp(-Math.min(100, Math.max(-100, value))))

/** Intersection over union of two boxes, 0..1. */
export const overlap = (a: Box, b: Box): number => {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (across <= 0 || down <= 0) return 0
  const shared = across * down
  return shared / (a.width * a.height + b.width * b.height - shared)
}

const merge = (faces: readonly FoundFace[]): FoundFace => {
  const total = faces.reduce((sum, face) => sum + face.score, 0)
  const mean = (value: (face: FoundFace) => number) => faces.reduce((sum, face) => sum + value(face) * face.score, 0) / total
  const eye = (index: 0 | 1): Point => ({ x: mean((face) => face.eyes[index].x), y: mean((face) => face.eyes[index].y) })
  return {
    box: { x: mean((f) => f.box.x), y: mean((f) => f.box.y), width: mean((f) => f.box.width), height: mean((f) => f.box.height) },
    score: Math.max(...faces.map((face) => face.score)),
    eyes: [eye(0), eye(1)],
  }
}

/** Merges answers that mean the same face, strongest first. */
export const mergeFaces = (found: readonly FoundFace[]): FoundFace[] => {
  let rest = [...found].sort((a, b) => b.score - a.score)
  const faces: FoundFace[] = []
  while (rest[0]) {
    const strongest = rest[0]
    faces.push(merge(rest.filter((face) => face === strongest || overlap(face.box, strongest.box) > SAME_FACE)))
    rest = rest.filter((face) => face !== strongest && overlap(face.box, strongest.box) <= SAME_FACE)
  }
  return faces
}

/** All faces of a picture, strongest first. `threshold`: least confidence, 0..1. */
export const findFaces = async (
  models: Pick<Models, 'faceDetection'>,
  picture: Picture,
  threshold = 0.5,
): Promise<FoundFace[]> => {
  const [boxes, scores] = await models.faceDetection.run(letterbox(picture, SIDE))
  if (!boxes || !scores) throw new Error('the face detector gave no answer')
  const long = Math.max(picture.width, picture.height)
  const [offsetX, offsetY] = [(long - picture.width) / 2, (long - picture.height) / 2]
  const found: FoundFace[] = []
  scores.forEach((raw, anchor) => {
    const score = sigmoid(raw)
    if (score < threshold) return
    const [centreX, centreY] = [((anchor % CELLS) + 0.5) / CELLS, (Math.floor(anchor / CELLS) + 0.5) / CELLS]
    const value = (index: number) => (boxes[anchor * VALUES + index] ?? 0) / SIDE
    const point = (index: number): Point => ({
      x: (value(index) + centreX) * long - offsetX,
      y: (value(index + 1) + centreY) * long - offsetY,
    })
    const centre = point(0)
    const [width, height] = [value(2) * long, value(3) * long]
    found.push({
      box: { x: centre.x - width / 2, y: centre.y - height / 2, width, height },
      score,
      eyes: [point(4), point(6)],
    })
  })
  return mergeFaces(found)
}
