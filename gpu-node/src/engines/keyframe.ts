/**
 * The studio's first picture of a shot, with the visitor truly in it: what an image-to-video model sets in motion, and what a
 * clip from elsewhere is brought to the look of. One picture costs a thread a quarter of a second.
 */
import { readFile, rm } from 'node:fs/promises'
import type { Engine, ShotRequest } from './engine.ts'

/** Raw planar yuv420p of the film's size; leaves no file. @throws what the studio throws */
export const drawKeyframe = async (studio: Pick<Engine, 'renderShot'>, request: ShotRequest): Promise<Uint8Array> => {
  const { onProgress: _, ...quietly } = request
  const shot = { ...request.shot, id: `${request.shot.id}-key-${request.attempt ?? 0}`, frames: 1 }
  const take = await studio.renderShot({ ...quietly, shot, tail: 0, urgent: true })
  try {
    return await readFile(take.path)
  } finally {
    await rm(take.path, { force: true })
  }
}
