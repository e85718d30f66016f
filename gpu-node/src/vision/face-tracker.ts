/**
 * Follows the star's face from frame to frame: the mesh of one frame says where to look in the next; the detector is
 * asked again when that is lost, and now and then to be sure.
 */
import { MIN_MESH_CONFIDENCE, overlap, patchOfFace, rollOf } from '@fanreel/protocol'
import { FPS } from '../media/limits.ts'
import type { Face } from './cast.ts'
import { findFaces } from './faces.ts'
import { boxOfMesh, faceOfMesh, type Mesh, meshFace, patchOfMesh } from './mesh.ts'
import type { Models } from './models/load-models.ts'
import { createOneEuro, type OneEuroTuning } from './one-euro.ts'
import type { Picture, Point } from './picture.ts'

/**
 * Speeds are in face widths a second. On the clips of the media folder this halves the tremble (second differences) of a
 * quiet face and never leaves a point more than a sixtieth of the face behind; blinks keep nine tenths of their depth.
 */
const STEADY: Omit<OneEuroTuning, 'rate'> = { minCutoff: 1, beta: 20, speedCutoff: 3 }

export type FaceTracker = {
  /** The star's face in the next frame; `expected`: about where it should be, by the scout. */
  next(picture: Picture, expected?: Point): Promise<Face | undefined>
}

const nearest = <T extends { box: { x: number; y: number; width: number; height: number } }>(
  faces: readonly T[],
  to: Point,
): T | undefined => {
  const away = ({ box }: T) => Math.hypot(box.x + box.width / 2 - to.x, box.y + box.height / 2 - to.y)
  // A face further off than two of its own widths is somebody else's.
  return faces.filter((face) => away(face) < 2 * face.box.width).sort((a, b) => away(a) - away(b))[0]
}

/** @param rate frames a second that are looked at; the detector is asked once a second even while the mesh holds */
export const createFaceTracker = (models: Pick<Models, 'faceDetection' | 'faceMesh'>, rate: number = FPS): FaceTracker => {
  let mesh: Mesh | undefined
  let score = 0
  let sinceCheck = 0
  const steady = createOneEuro({ ...STEADY, rate })

  const look = async (picture: Picture, expected: Point | undefined) => {
    sinceCheck = 0
    const faces = await findFaces(models, picture)
    const last = mesh ? boxOfMesh(mesh) : undefined
    const at = expected ?? (last ? { x: last.x + last.width / 2, y: last.y + last.height / 2 } : undefined)
    const found = at ? nearest(faces, at) : faces[0]
    if (found) score = found.score
    return found
  }

  return {
    next: async (picture, expected) => {
      const before = mesh
      mesh = before ? await meshFace(models, picture, patchOfMesh(before)) : undefined
      const held = mesh && before && mesh.confidence > MIN_MESH_CONFIDENCE && overlap(boxOfMesh(mesh), boxOfMesh(before)) > 0.3
      if (!held || ++sinceCheck >= rate) {
        const found = await look(picture, expected)
        if (!held) mesh = found ? await meshFace(models, picture, patchOfFace(found)) : undefined
      }
      if (!mesh || mesh.confidence < MIN_MESH_CONFIDENCE) {
        mesh = undefined
        steady.reset()
        return undefined
      }
      // Another face than before must not be drawn towards the old one.
      if (!held) steady.reset()
      const points = steady.next(mesh.points, boxOfMesh(mesh).width)
      return faceOfMesh({ ...mesh, points, roll: rollOf(points) }, score)
    },
  }
}
