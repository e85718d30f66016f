/**
 * How faces are read out of a picture, in one place: the kiosk measures by it while a visitor stands there, the node when
 * the clip has arrived, so that both mean the same by "110 px wide" and "too dark". Pure: what a network answered in, faces
 * and numbers out. The networks are MediaPipe's full-range detector and its face mesh.
 */

/** In pixels of the picture, from its upper left corner; pixel centres lie at .5. */
export type FaceBox = { x: number; y: number; width: number; height: number }
export type FacePoint = { x: number; y: number }
type Size = { width: number; height: number }

/** One found face. `eyes`: right and left eye (the visitor's own right first). */
export type FoundFace = { box: FaceBox; score: number; eyes: readonly [FacePoint, FacePoint] }

/** The detector's input: the whole picture, shrunk into the middle of a square of this side, RGB -1..1. */
export const DETECTOR_SIDE = 192
/** Anchors lie on a raster of 48 x 48, one a cell, of 16 values each. */
const CELLS = 48
const VALUES = 16
/** Overlap (intersection over union) from which two answers mean one face. */
const SAME_FACE = 0.3
/** The mesh's input: a square patch of this side, turned upright, RGB 0..1. */
export const MESH_SIDE = 192
export const MESH_POINTS = 468
/** It sees the face with this much room round it. */
const MESH_ROOM = 1.5
/** A mesh that is less sure than this says that there is no face: a printed shirt, a poster. */
export const MIN_MESH_CONFIDENCE = 0.5
/** Outer corners of the right and the left eye, by MediaPipe's numbering. */
const EYE_CORNERS = [33, 263] as const

/** A network's answer as a probability, 0..1. */
export const sigmoid = (value: number) => 1 / (1 + Math.exp(-Math.min(100, Math.max(-100, value))))

/** Intersection over union of two boxes, 0..1. */
export const overlap = (a: FaceBox, b: FaceBox): number => {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (across <= 0 || down <= 0) return 0
  const shared = across * down
  return shared / (a.width * a.height + b.width * b.height - shared)
}

const merge = (faces: readonly FoundFace[]): FoundFace => {
  const total = faces.reduce((sum, face) => sum + face.score, 0)
  const mean = (value: (face: FoundFace) => number) => faces.reduce((sum, face) => sum + value(face) * face.score, 0) / total
  const eye = (index: 0 | 1): FacePoint => ({ x: mean((face) => face.eyes[index].x), y: mean((face) => face.eyes[index].y) })
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

/**
 * The faces in the detector's answer, strongest first, in pixels of the picture that was letterboxed for it.
 * @param boxes 2304 x 16: centre, size and six points, in pixels of the net's input, from each anchor
 * @param scores 2304, before the sigmoid
 * @param threshold least confidence, 0..1
 */
export const facesOfAnswer = (boxes: Float32Array, scores: Float32Array, { width, height }: Size, threshold: number) => {
  const long = Math.max(width, height)
  const [offsetX, offsetY] = [(long - width) / 2, (long - height) / 2]
  const found: FoundFace[] = []
  scores.forEach((raw, anchor) => {
    const score = sigmoid(raw)
    if (score < threshold) return
    const [centreX, centreY] = [((anchor % CELLS) + 0.5) / CELLS, (Math.floor(anchor / CELLS) + 0.5) / CELLS]
    const value = (index: number) => (boxes[anchor * VALUES + index] ?? 0) / DETECTOR_SIDE
    const point = (index: number): FacePoint => ({
      x: (value(index) + centreX) * long - offsetX,
      y: (value(index + 1) + centreY) * long - offsetY,
    })
    const centre = point(0)
    const [across, down] = [value(2) * long, value(3) * long]
    const box = { x: centre.x - across / 2, y: centre.y - down / 2, width: across, height: down }
    found.push({ box, score, eyes: [point(4), point(6)] })
  })
  return mergeFaces(found)
}

/** A square part of a picture, turned by `angle` (radians, clockwise as seen) about its centre. `size` in pixels. */
export type FacePatch = { x: number; y: number; size: number; angle: number }

const around = ({ x, y, width, height }: FaceBox, angle: number): FacePatch => ({
  x: x + width / 2,
  y: y + height / 2,
  size: MESH_ROOM * Math.max(width, height),
  angle,
})
/** Where to look for the mesh of a face that the detector found. */
export const patchOfFace = ({ box, eyes: [right, left] }: FoundFace): FacePatch =>
  around(box, Math.atan2(left.y - right.y, left.x - right.x))
/** Where to look for it in the next picture. */
export const patchOfPoints = (points: Float32Array): FacePatch => around(boxOfPoints(points), rollOf(points))

/** Where a point of a cut patch (in its own pixels, of `side` a row) lies in the picture. */
export const fromPatch = (patch: FacePatch, side: number, x: number, y: number): FacePoint => {
  const step = patch.size / side
  const [dx, dy] = [(x - side / 2) * step, (y - side / 2) * step]
  const [cos, sin] = [Math.cos(patch.angle), Math.sin(patch.angle)]
  return { x: patch.x + dx * cos - dy * sin, y: patch.y + dx * sin + dy * cos }
}

/** The mesh's answer (468 x 3) in pixels of the picture: x, y, and z, smaller is nearer. */
export const pointsOfAnswer = (raw: Float32Array, patch: FacePatch): Float32Array => {
  const points = new Float32Array(MESH_POINTS * 3)
  const step = patch.size / MESH_SIDE
  for (let i = 0; i < MESH_POINTS; i++) {
    const { x, y } = fromPatch(patch, MESH_SIDE, raw[3 * i] ?? 0, raw[3 * i + 1] ?? 0)
    points.set([x, y, (raw[3 * i + 2] ?? 0) * step], 3 * i)
  }
  return points
}

/** Tilt of the line from the outer corner of the right eye to that of the left, radians. */
export const rollOf = (points: Float32Array): number => {
  const [right, left] = EYE_CORNERS.map((at) => ({ x: points[3 * at] ?? 0, y: points[3 * at + 1] ?? 0 }))
  return Math.atan2((left?.y ?? 0) - (right?.y ?? 0), (left?.x ?? 0) - (right?.x ?? 0))
}

/** The box round all points: forehead to chin, cheek to cheek. Its width is what the rules call the face's width. */
export const boxOfPoints = (points: Float32Array): FaceBox => {
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < points.length; i += 3) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** Whether a fifth or more of a face lies outside the picture. */
export const isCutOff = (box: FaceBox, { width, height }: Size): boolean => {
  const across = Math.min(width, box.x + box.width) - Math.max(0, box.x)
  const down = Math.min(height, box.y + box.height) - Math.max(0, box.y)
  return Math.max(0, across) * Math.max(0, down) < 0.8 * box.width * box.height
}

/** Somebody else's face counts from this share of the star's width. */
export const OTHER_FACE_SHARE = 0.35
/** What a face in which the mesh does not believe still counts: a printed shirt must not outweigh who wears it. */
const UNCERTAIN = 0.1

/** How much a face is the star's: large, central and certain. `box` as shares 0..1 of the picture. */
export const starWeight = ({ box, score, certain }: { box: FaceBox; score: number; certain: boolean }): number => {
  // 1 in the middle of the picture, .3 at its edge.
  const central = 1 - 0.7 * Math.min(1, Math.abs(box.x + box.width / 2 - 0.5) * 2)
  return box.width * box.height * central * score * (certain ? 1 : UNCERTAIN)
}

/** Largest side of the patch in which light and sharpness are read; a smaller face is read at its own size, or enlarging would pass for blur. */
const MAX_LIGHT_SIDE = 112
const MIN_LIGHT_SIDE = 24
/** Side of that patch for a face so wide, in pixels as recorded. */
export const lightSide = (faceWidthPx: number): number =>
  Math.round(Math.min(MAX_LIGHT_SIDE, Math.max(MIN_LIGHT_SIDE, faceWidthPx)))
/** Whether pixel `at` of such a patch belongs to the middle of the face: no hair, no wall behind it. */
export const isMiddle = (at: number, side: number): boolean => {
  const dx = ((at % side) + 0.5) / side - 0.5
  const dy = (Math.floor(at / side) + 0.5) / side - 0.5
  return dx * dx + dy * dy <= 0.14
}

/** Luma of RGB by ITU-R BT.709, in the values' own range. */
export const lumaOfRgb = (r: number, g: number, b: number): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

/** Variance of the Laplacian: how much fine detail a luma plane (0..255) has. Pech-Pacheco et al. 2000. */
export const laplacianVariance = (luma: Float32Array, width: number): number => {
  let sum = 0
  let squares = 0
  let count = 0
  for (let at = width + 1; at < luma.length - width - 1; at++) {
    const x = at % width
    if (x > 0 && x < width - 1) {
      const value =
        4 * (luma[at] ?? 0) - (luma[at - 1] ?? 0) - (luma[at + 1] ?? 0) - (luma[at - width] ?? 0) - (luma[at + width] ?? 0)
      sum += value
      squares += value * value
      count++
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2
}
