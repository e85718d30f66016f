/** The face mesh: 468 points of one face, and what they tell of its pose and expression. */
import { boxOfPoints, type FacePatch, MESH_SIDE, patchOfPoints, pointsOfAnswer, rollOf, sigmoid } from '@fanreel/protocol'
import type { Box, Face } from './cast.ts'
import type { Models } from './models/load-models.ts'
import { cutPatch, type Picture, type Point } from './picture.ts'

/** A meshed face: x, y in pixels, z in pixels too (smaller is nearer), and how sure the net is that it is a face at all. */
export type Mesh = { points: Float32Array; confidence: number; roll: number }

/** Points used, by MediaPipe's numbering. "Right" is the visitor's own. */
const AT = {
  rightEyeOuter: 33,
  rightEyeInner: 133,
  leftEyeInner: 362,
  leftEyeOuter: 263,
  noseBase: 2,
  upperLip: 13,
  lowerLip: 14,
  innerMouthRight: 78,
  innerMouthLeft: 308,
  mouthRight: 61,
  mouthLeft: 291,
  rightLidUpper: 159,
  rightLidLower: 145,
  leftLidUpper: 386,
  leftLidLower: 374,
  rightCheek: 234,
  leftCheek: 454,
  chin: 152,
  forehead: 10,
} as const
type Name = keyof typeof AT

const unit = (value: number) => Math.min(1, Math.max(0, value))

/** Where to look for it in the next frame. */
export const patchOfMesh = (mesh: Mesh): FacePatch => ({ ...patchOfPoints(mesh.points), angle: mesh.roll })

/** Runs the net on a patch. */
export const meshFace = async (models: Pick<Models, 'faceMesh'>, picture: Picture, patch: FacePatch): Promise<Mesh> => {
  const [raw, score] = await models.faceMesh.run(cutPatch(picture, patch, MESH_SIDE, { scale: 1 / 255, mean: [0, 0, 0] }))
  if (!raw) throw new Error('the face mesh gave no answer')
  const points = pointsOfAnswer(raw, patch)
  return { points, confidence: sigmoid(score?.[0] ?? -100), roll: rollOf(points) }
}

const pointOf = ({ points }: Pick<Mesh, 'points'>, name: Name): Point & { z: number } => {
  const at = AT[name] * 3
  return { x: points[at] ?? 0, y: points[at + 1] ?? 0, z: points[at + 2] ?? 0 }
}

const distance = (mesh: Mesh, a: Name, b: Name): number => {
  const [from, to] = [pointOf(mesh, a), pointOf(mesh, b)]
  return Math.hypot(to.x - from.x, to.y - from.y)
}

/** The box round all points: forehead to chin, cheek to cheek. */
export const boxOfMesh = ({ points }: Pick<Mesh, 'points'>): Box => boxOfPoints(points)

/** How far an eye is open, 0..1: lids' distance over the eye's width; .08 is shut and .3 open. */
const eyeOpen = (lids: number, width: number) => unit((lids / width - 0.1) / 0.18)

/** Reads pose and expression off a mesh. `score`: the detector's confidence or the mesh's own. */
export const faceOfMesh = (mesh: Mesh, score: number): Face => {
  const [right, left] = [pointOf(mesh, 'rightCheek'), pointOf(mesh, 'leftCheek')]
  const eyes = distance(mesh, 'rightEyeOuter', 'leftEyeOuter')
  const faceHeight = distance(mesh, 'forehead', 'chin')
  // A turned head shortens what lies across and not what lies down: the eyes' distance is set against the height instead.
  const across = Math.max(eyes, faceHeight * 0.42)
  const landmarks = (['rightEyeOuter', 'rightEyeInner', 'leftEyeInner', 'leftEyeOuter', 'noseBase'] as const).map((name) => {
    const { x, y } = pointOf(mesh, name)
    return { x, y }
  })
  return {
    box: boxOfMesh(mesh),
    mesh: mesh.points,
    score,
    landmarks,
    // The cheek on the side the head turns away from comes nearer.
    yaw: Math.atan2(left.z - right.z, left.x - right.x),
    roll: mesh.roll,
    mouthOpen: unit(
      distance(mesh, 'upperLip', 'lowerLip') / Math.max(1, distance(mesh, 'innerMouthRight', 'innerMouthLeft')) / 0.7,
    ),
    smile: unit((distance(mesh, 'mouthRight', 'mouthLeft') / across - 0.52) / 0.18),
    eyesOpen: Math.max(
      eyeOpen(distance(mesh, 'rightLidUpper', 'rightLidLower'), distance(mesh, 'rightEyeOuter', 'rightEyeInner')),
      eyeOpen(distance(mesh, 'leftLidUpper', 'leftLidLower'), distance(mesh, 'leftEyeInner', 'leftEyeOuter')),
    ),
  }
}
