/**
 * The studio's first picture of a shot, with the visitor truly in it: what an image-to-video model sets in motion, and what a
 * clip from elsewhere is brought to the look of. One picture costs a thread a quarter of a second.
 */
import { readFile, rm } from 'node:fs/promises'
import { createCanvas } from '@napi-rs/canvas'
import { planesOf, toRgba } from '../assembly/picture.ts'
import type { Engine, ShotRequest } from './engine.ts'

/** A small face is the first that a model loses: how many times as near a second try begins, but for close-ups, which are near. */
const NEARER = 1.3

/** Raw planar yuv420p of the film's size, from nearer where the face was lost before (D4); leaves no file. @throws what the studio throws */
export const drawKeyframe = async (studio: Pick<Engine, 'renderShot'>, request: ShotRequest): Promise<Uint8Array> => {
  const { onProgress: _, ...quietly } = request
  const shot = { ...request.shot, id: `${request.shot.id}-key-${request.attempt ?? 0}`, frames: 1 }
  const nearer = (request.attempt ?? 0) > 0 && shot.framing !== 'close' ? NEARER : 1
  const take = await studio.renderShot({ ...quietly, shot, tail: 0, urgent: true, nearer })
  try {
    return await readFile(take.path)
  } finally {
    await rm(take.path, { force: true })
  }
}

/** Such a picture as PNG, of the film's own size: a model's server cuts it to its own. */
export const pngOf = (yuv: Uint8Array, { width, height }: { width: number; height: number }): Uint8Array<ArrayBuffer> => {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const image = context.createImageData(width, height)
  image.data.set(toRgba(planesOf(yuv, width, height), width, height))
  context.putImageData(image, 0, 0)
  return new Uint8Array(canvas.toBuffer('image/png'))
}
