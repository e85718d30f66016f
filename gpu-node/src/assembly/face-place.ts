/** Where the face is in a finished picture of the film, whoever drew it: graphics keep off it, and match cuts meet on it. */
import { findFaces } from '../vision/faces.ts'
import type { Models } from '../vision/models/load-models.ts'
import type { FacePlace } from './match-cut.ts'
import { toRgba, type YuvPicture } from './picture.ts'

/** The detector looks at 192 pixels; a picture a little larger than that is enough. */
const LOOKED_AT = 4

/** Finds the largest face of a picture in about 10 ms. */
export const faceFinder =
  (models: Pick<Models, 'faceDetection'>) =>
  async (picture: YuvPicture): Promise<FacePlace | undefined> => {
    const [width, height] = [picture.width / LOOKED_AT, picture.height / LOOKED_AT]
    const seen = toRgba(picture, width, height)
    const faces = await findFaces(models, { width, height, data: new Uint8Array(seen.buffer) })
    const [face] = faces.sort((a, b) => b.box.width - a.box.width)
    if (!face) return undefined
    const { box, eyes } = face
    return {
      x: ((eyes[0].x + eyes[1].x) / 2) * LOOKED_AT,
      y: ((eyes[0].y + eyes[1].y) / 2) * LOOKED_AT,
      width: box.width * LOOKED_AT,
      bottom: (box.y + box.height) * LOOKED_AT,
    }
  }
