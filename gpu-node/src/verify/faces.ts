/**
 * The face in a reel: looked for in a few pictures of every shot that is meant to show it, known by two of them, and
 * followed closely where the voice is heard, so that its mouth can be compared with the clip's.
 */
import { patchOfFace, type Shot, type ShotList } from '@fanreel/protocol'
import { findFaces } from '../vision/faces.ts'
import { faceChip, MIN_IDENTITY_FACE_PX } from '../vision/identity.ts'
import { faceOfMesh, type Mesh, meshFace, patchOfMesh } from '../vision/mesh.ts'
import type { Models } from '../vision/models/load-models.ts'
import type { Picture } from '../vision/picture.ts'

/** Below this the mesh does not believe that it lies on a face. */
const LEAST_CONFIDENCE = 0.5
/** Pictures between two looks, and between two where the mouth is followed. */
const LOOK_EVERY = 12
const MOUTH_EVERY = 3
/** Pictures of a shot left out at its ends, where a transition may lie over it. */
const MARGIN = 4
/** Looks at a shot at least, and embeddings by which it is known. */
const LEAST_LOOKS = 3
const KNOWN_BY = 2

/** Whether a shot is meant to show who it is. */
export const showsFace = (shot: Pick<Shot, 'treatment'>): boolean => shot.treatment !== 'silhouette'

/** Pictures of the film to look at, in rising order. */
export const planLooks = (shotList: ShotList): number[] =>
  shotList.shots.filter(showsFace).flatMap(({ startFrame, frames, voice }) => {
    const margin = Math.min(MARGIN, Math.floor(frames / 4))
    const room = frames - 2 * margin
    const every = voice ? MOUTH_EVERY : LOOK_EVERY
    const count = Math.max(LEAST_LOOKS, Math.floor(room / every))
    const looks = Array.from({ length: count }, (_, k) => startFrame + margin + Math.floor(((k + 0.5) * room) / count))
    return [...new Set(looks)]
  })

/** What was seen in one shot. */
export type ShotSeen = {
  looks: number
  /** Looks in which there was a face wide enough. */
  faces: number
  embeddings: Float32Array[]
  /** How far the mouth is open, 0..1, in the pictures of the film that were looked at. */
  mouth: { frame: number; open: number }[]
}

type Nets = Pick<Models, 'faceDetection' | 'faceMesh' | 'faceEmbedding'>

/**
 * An embedding of one face or of its mirror image. The clip's identity is the mean of both; over a reel, every other face
 * mirrored comes to the same at half the price.
 */
const embedSide = async (models: Nets, chip: Float32Array, mirrored: boolean): Promise<Float32Array> => {
  const side = Math.round(Math.sqrt(chip.length / 3))
  if (mirrored) for (let row = 0; row < 3 * side; row++) chip.subarray(row * side, (row + 1) * side).reverse()
  const [embedding] = await models.faceEmbedding.run(chip)
  if (!embedding) throw new Error('the face embedding gave no answer')
  return embedding
}

/** Looks at the pictures of a plan one after another. `scale`: their size against a film 720 wide. */
export const createFaceWatch = (models: Nets, shotList: ShotList, scale: number) => {
  const seen = new Map<string, ShotSeen>()
  const plan = planLooks(shotList)
  const inShot = (shot: Shot, frame: number) => frame >= shot.startFrame && frame < shot.startFrame + shot.frames
  const planned = new Map(shotList.shots.map((shot) => [shot.id, plan.filter((frame) => inShot(shot, frame)).length]))
  let followed: { shot: string; mesh: Mesh } | undefined

  /** The mesh of the shot's face where it was, or else of the largest face there is. */
  const meshIn = async (picture: Picture, shot: string): Promise<Mesh | undefined> => {
    if (followed?.shot === shot) {
      const mesh = await meshFace(models, picture, patchOfMesh(followed.mesh))
      if (mesh.confidence >= LEAST_CONFIDENCE) return mesh
    }
    const [found] = (await findFaces(models, picture)).sort((a, b) => b.box.width - a.box.width)
    if (!found) return undefined
    const mesh = await meshFace(models, picture, patchOfFace(found))
    return mesh.confidence >= LEAST_CONFIDENCE ? mesh : undefined
  }

  const look = async (picture: Picture, frame: number): Promise<void> => {
    const shot = shotList.shots.find((one) => inShot(one, frame))
    if (!shot) return
    const at = seen.get(shot.id) ?? { looks: 0, faces: 0, embeddings: [], mouth: [] }
    seen.set(shot.id, at)
    at.looks++
    const mesh = await meshIn(picture, shot.id)
    followed = mesh && { shot: shot.id, mesh }
    if (!mesh) return
    const face = faceOfMesh(mesh, mesh.confidence)
    if (face.box.width < MIN_IDENTITY_FACE_PX * scale) return
    at.faces++
    at.mouth.push({ frame, open: face.mouthOpen })
    // Spread over the shot; where a look is missed, the next one makes up for it.
    const due = Math.ceil((KNOWN_BY * at.looks) / (planned.get(shot.id) ?? 1) - 0.5)
    if (at.embeddings.length < Math.min(KNOWN_BY, due))
      at.embeddings.push(await embedSide(models, faceChip(picture, face), at.embeddings.length % 2 === 1))
  }
  return { plan, look, seen: seen as ReadonlyMap<string, ShotSeen> }
}

/** Share of the film's time in which the face is seen, 0..1. */
export const seenShare = (seen: ReadonlyMap<string, ShotSeen>, shotList: ShotList): number =>
  shotList.shots.reduce((sum, shot) => {
    const at = seen.get(shot.id)
    return sum + (at && at.looks > 0 ? (at.faces / at.looks) * shot.frames : 0)
  }, 0) / shotList.frames
