/** The face in one picture of a reel, as numbers by which to compare it with the visitor's. */
import { findFaces } from '../vision/faces.ts'
import { embedChip, faceChip, MIN_IDENTITY_FACE_PX } from '../vision/identity.ts'
import { faceOfMesh, meshFace, patchOfFace } from '../vision/mesh.ts'
import type { Models } from '../vision/models/load-models.ts'
import type { Picture } from '../vision/picture.ts'

export type SeenFace = { embedding: Float32Array; width: number }

/** Below this the mesh does not believe that it lies on a face. */
const LEAST_CONFIDENCE = 0.5

/** The largest face of a picture, if it is wide enough to be compared by. */
export const seeFace = async (
  models: Pick<Models, 'faceDetection' | 'faceMesh' | 'faceEmbedding'>,
  picture: Picture,
): Promise<SeenFace | undefined> => {
  const [found] = (await findFaces(models, picture)).sort((a, b) => b.box.width - a.box.width)
  if (!found) return undefined
  const mesh = await meshFace(models, picture, patchOfFace(found))
  const face = faceOfMesh(mesh, found.score)
  if (mesh.confidence < LEAST_CONFIDENCE || face.box.width < MIN_IDENTITY_FACE_PX) return undefined
  return { embedding: await embedChip(models, faceChip(picture, face)), width: face.box.width }
}
