/**
 * Follows the star's face from frame to frame: the mesh of one frame says where to look in the next; the detector is
 * asked again when that is lost, and now and then to be sure.
 */
import type { Face } from './cast.ts'
import { findFaces, overlap } from './faces.ts'
import { boxOfMesh, faceOfMesh, type Mesh, meshFace, patchOfFace, patchOfMesh } from './mesh.ts'
import type { Models } from './models/load-models.ts'
import type { Picture, Point } from './picture.ts'

/** Frames between two looks of the detector while the mesh holds. */
const CHECK_EVERY = 24
const MIN_CONFIDENCE = 0.5

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

export const createFaceTracker = (models: Pick<Models, 'faceDetection' | 'faceMesh'>): FaceTracker => {
  let mesh: Mesh | undefined
  let score = 0
  let sinceCheck = 0

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
      const held = mesh && before && mesh.confidence > MIN_CONFIDENCE && overlap(boxOfMesh(mesh), boxOfMesh(before)) > 0.3
      if (!held || ++sinceCheck >= CHECK_EVERY) {
        const found = await look(picture, expected)
        if (!held) mesh = found ? await meshFace(models, picture, patchOfFace(found)) : undefined
      }
      if (!mesh || mesh.confidence < MIN_CONFIDENCE) {
        mesh = undefined
        return undefined
      }
      return faceOfMesh(mesh, score)
    },
  }
}
