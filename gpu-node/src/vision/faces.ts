/** Finds faces: MediaPipe's full-range detector over the whole picture. */
import { DETECTOR_SIDE, type FoundFace, facesOfAnswer } from '@fanreel/protocol'
import type { Models } from './models/load-models.ts'
import { letterbox, type Picture } from './picture.ts'

/** All faces of a picture, strongest first. `threshold`: least confidence, 0..1. */
export const findFaces = async (
  models: Pick<Models, 'faceDetection'>,
  picture: Picture,
  threshold = 0.5,
): Promise<FoundFace[]> => {
  const [boxes, scores] = await models.faceDetection.run(letterbox(picture, DETECTOR_SIDE))
  if (!boxes || !scores) throw new Error('the face detector gave no answer')
  return facesOfAnswer(boxes, scores, picture, threshold)
}
