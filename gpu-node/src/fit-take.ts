/** What an engine answers, as pictures of this film: the studio's as they are, a clip from elsewhere made fit. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { conform } from './assembly/conform.ts'
import { planesOf } from './assembly/picture.ts'
import { seedFor } from './director/random.ts'
import type { DrawnShot, Engine, ShotRequest, Take } from './engines/engine.ts'
import { drawKeyframe } from './engines/keyframe.ts'
import type { Between } from './media/refit.ts'

/** @param studio draws the picture whose look a clip takes; without one it keeps its own */
export const fitTake = async (
  studio: Engine | undefined,
  take: Take,
  request: ShotRequest,
  between: Between = 'motion',
): Promise<DrawnShot> => {
  if (take.kind === 'pictures') return take
  const { shot, shotList, scratch, tail, signal } = request
  const { width, height, seed } = shotList
  try {
    const like = studio && planesOf(await drawKeyframe(studio, request), width, height)
    const frames = shot.frames + tail
    const path = join(scratch, `${shot.id}-${take.engine}-${request.attempt ?? 0}.yuv`)
    const grain = seedFor(seed, shot.slot, 'grain')
    return await conform(take, { width, height, frames, ...(like && { like }), seed: grain, between, path, signal })
  } finally {
    // Of the visitor, and of no use any more.
    await rm(take.path, { force: true })
  }
}
