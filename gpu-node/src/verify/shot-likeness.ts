/**
 * A first look at one shot that a model has drawn, before it is taken: is the visitor's face there, and is it still theirs? The
 * finished reel is judged again as a whole (F16); this one is early enough to draw the shot another way.
 */
import { open } from 'node:fs/promises'
import type { Shot, ShotList } from '@fanreel/protocol'
import { planesOf, toRgba } from '../assembly/picture.ts'
import type { DrawnShot } from '../engines/engine.ts'
import type { Cast } from '../vision/cast.ts'
import { embeddingDistance, meanIdentity } from '../vision/identity.ts'
import type { Models } from '../vision/models/load-models.ts'
import { createFaceWatch, showsFace } from './faces.ts'

/** Width at which faces are looked for, as in the finished reel. */
const LOOK_WIDTH = 432

/** What was found: how many looks, in how many there was a face, and its distance to the clip's where it could be told. */
export type ShotLikeness = { looks: number; faces: number; likeness?: number }

/** Looks at a drawn shot; at nothing where it is not meant to show who it is. */
export const shotLikeness = async (
  drawn: DrawnShot,
  { shot, shotList, cast, models }: { shot: Shot; shotList: ShotList; cast: Pick<Cast, 'identity'>; models: Models },
): Promise<ShotLikeness> => {
  if (!showsFace(shot)) return { looks: 0, faces: 0 }
  const { width, height } = shotList
  const size = { width: LOOK_WIDTH, height: 2 * Math.round((height * LOOK_WIDTH) / width / 2) }
  const alone = { ...shotList, frames: shot.frames, shots: [{ ...shot, startFrame: 0, voice: false }] }
  const watch = createFaceWatch(models, alone, LOOK_WIDTH / 720)
  const bytes = new Uint8Array((width * height * 3) / 2)
  const file = await open(drawn.path, 'r')
  try {
    for (const frame of watch.plan) {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, frame * bytes.length)
      if (bytesRead < bytes.length) break
      const seen = toRgba(planesOf(bytes, width, height), size.width, size.height)
      await watch.look({ ...size, data: new Uint8Array(seen.buffer) }, frame)
    }
  } finally {
    await file.close()
  }
  const { looks = 0, faces = 0, embeddings = [] } = watch.seen.get(shot.id) ?? {}
  const mean = meanIdentity(embeddings)
  return { looks, faces, ...(mean && { likeness: embeddingDistance(mean.embedding, cast.identity.embedding) }) }
}
