/**
 * Puts the film together: reads each shot's pictures as soon as it is drawn, applies transitions and graphics, and feeds
 * the encoder. On the way it keeps the poster and small previews. Holds a few pictures in memory, never a shot.
 */
import { type FileHandle, open, writeFile } from 'node:fs/promises'
import type { ShotList } from '@fanreel/protocol'
import { createCanvas } from '@napi-rs/canvas'
import type { DrawnShot } from '../engines/engine.ts'
import { createEncoder } from '../media/encode.ts'
import type { Graphics } from './graphics.ts'
import { planesOf, toRgba, type YuvPicture } from './picture.ts'
import { applyTransitions } from './transitions.ts'

export type Assembly = {
  shotList: ShotList
  /** Each shot, in order, once it is drawn. */
  drawn: readonly Promise<DrawnShot>[]
  graphics: Graphics
  /** MP4 file with the film's sound, AAC. */
  sound: string
  /** Files to write. */
  reel: string
  poster: string
  signal: AbortSignal
  /** Share of the film that is encoded, and from time to time a small JPEG of it. */
  onProgress(fraction: number, preview?: Uint8Array): void
}

const PREVIEW = { width: 240, height: 426, quality: 62 }
/** Pictures between two previews. */
const PREVIEW_EVERY = 24

const jpegOf = (picture: YuvPicture, width: number, height: number, quality: number): Promise<Buffer> => {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const image = context.createImageData(width, height)
  image.data.set(toRgba(picture, width, height))
  context.putImageData(image, 0, 0)
  return canvas.encode('jpeg', quality)
}

/** The picture that stands for the film: the middle of the first medium or close shot that shows the face. */
const posterFrame = (shotList: ShotList): number => {
  const seen = shotList.shots.filter((shot) => shot.treatment !== 'silhouette' && shot.treatment !== 'screen')
  const shot = seen.find((one) => one.treatment === 'boards') ?? seen[0] ?? shotList.shots[0]
  return shot ? shot.startFrame + Math.floor(shot.frames * 0.6) : 0
}

/** Assembles and encodes the film. Throws where a shot failed, the encoder failed, or the signal's reason on abort. */
export const assembleFilm = async (assembly: Assembly): Promise<void> => {
  const { shotList, signal } = assembly
  const { width, height } = shotList
  const bytes = (width * height * 3) / 2
  const poster = posterFrame(shotList)
  const encoder = await createEncoder({
    path: assembly.reel,
    width,
    height,
    fps: shotList.fps,
    audio: assembly.sound,
    crf: 23,
    preset: 'veryfast',
    signal,
  })
  const buffer = new Uint8Array(bytes)
  const tail = new Uint8Array(bytes)
  const picture = planesOf(buffer, width, height)
  let previous: { file: FileHandle; frames: number } | undefined
  try {
    for (const [index, shot] of shotList.shots.entries()) {
      const drawn = await assembly.drawn[index]
      if (!drawn) throw new Error('a shot was not drawn')
      const file = await open(drawn.path, 'r')
      const last = previous
      const before = async (tailIndex: number): Promise<YuvPicture | undefined> => {
        const { bytesRead } = (await last?.file.read(tail, 0, bytes, (last.frames + tailIndex) * bytes)) ?? { bytesRead: 0 }
        return bytesRead === bytes ? planesOf(tail, width, height) : undefined
      }
      try {
        for (let i = 0; i < shot.frames; i++) {
          signal.throwIfAborted()
          const { bytesRead } = await file.read(buffer, 0, bytes, i * bytes)
          if (bytesRead < bytes) throw new Error(`shot ${shot.id} has only ${i} pictures`)
          await applyTransitions(picture, i, shot, shotList.shots[index + 1], before)
          const frame = shot.startFrame + i
          assembly.graphics.mark(picture)
          // A link's preview shows the poster to whoever the link is sent to: it carries no name (P12).
          if (frame === poster) await writeFile(assembly.poster, await jpegOf(picture, width, height, 88))
          assembly.graphics.titles(picture, frame)
          const preview = i === 12 || (i > 12 && (i - 12) % PREVIEW_EVERY === 0)
          assembly.onProgress(
            (frame + 1) / shotList.frames,
            preview ? await jpegOf(picture, PREVIEW.width, PREVIEW.height, PREVIEW.quality) : undefined,
          )
          await encoder.write(buffer)
        }
      } finally {
        await previous?.file.close()
        previous = { file, frames: shot.frames }
      }
    }
    await encoder.finish()
  } finally {
    await previous?.file.close()
  }
}
