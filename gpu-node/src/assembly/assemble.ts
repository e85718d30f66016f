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
import type { FacePlace, Match } from './match-cut.ts'
import { planesOf, toRgba, type YuvPicture } from './picture.ts'
import { applyTransitions } from './transitions.ts'

export type Assembly = {
  shotList: ShotList
  /** Each shot, in order, once it is drawn. */
  drawn: readonly Promise<DrawnShot>[]
  graphics: Graphics
  /** Finds the largest face in a picture of the film; without it graphics lie where they lie and match cuts are plain ones. */
  faceIn?: (picture: YuvPicture) => Promise<FacePlace | undefined>
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
/** Where in a shot its face is looked for before graphics are laid over it. */
const LOOKS = [0.2, 0.9] as const

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

/** The face in one picture of a drawn shot. */
const faceAt = async ({ shotList, faceIn }: Assembly, file: FileHandle, index: number): Promise<FacePlace | undefined> => {
  if (!faceIn) return undefined
  const { width, height } = shotList
  const bytes = new Uint8Array((width * height * 3) / 2)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, index * bytes.length)
  return bytesRead === bytes.length ? faceIn(planesOf(bytes, width, height)) : undefined
}

/** Where the faces lie on both sides of a cut; undefined where either has none: then it is a plain cut. */
const matchAt = async (
  assembly: Assembly,
  file: FileHandle,
  last: number,
  next: DrawnShot | undefined,
): Promise<Match | undefined> => {
  if (!next) return undefined
  const other = await open(next.path, 'r')
  try {
    const [before, after] = [await faceAt(assembly, file, last), await faceAt(assembly, other, 0)]
    return before && after && { out: before, in: after }
  } finally {
    await other.close()
  }
}

/** How far down the face comes in a shot, as its graphics need to know; 0 where none is seen. */
const lowestFace = async (assembly: Assembly, file: FileHandle, frames: number): Promise<number> => {
  let lowest = 0
  for (const share of LOOKS) lowest = Math.max(lowest, (await faceAt(assembly, file, Math.floor(frames * share)))?.bottom ?? 0)
  return lowest
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
  let matchBefore: Match | undefined
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
        const next = shotList.shots[index + 1]
        const matchAfter =
          next?.transition === 'match'
            ? await matchAt(assembly, file, shot.frames - 1, await assembly.drawn[index + 1])
            : undefined
        await assembly.graphics.begin(index, () => lowestFace(assembly, file, shot.frames))
        for (let i = 0; i < shot.frames; i++) {
          signal.throwIfAborted()
          const { bytesRead } = await file.read(buffer, 0, bytes, i * bytes)
          if (bytesRead < bytes) throw new Error(`shot ${shot.id} has only ${i} pictures`)
          await applyTransitions(picture, i, shot, { next, leak: assembly.graphics.leak, before, matchBefore, matchAfter })
          const frame = shot.startFrame + i
          assembly.graphics.mark(picture)
          // A link's preview shows the poster to whoever the link is sent to, and operators see small previews as they come:
          // neither carries a name (P12).
          if (frame === poster) await writeFile(assembly.poster, await jpegOf(picture, width, height, 88))
          const preview =
            i >= 12 && (i - 12) % PREVIEW_EVERY === 0
              ? await jpegOf(picture, PREVIEW.width, PREVIEW.height, PREVIEW.quality)
              : undefined
          assembly.graphics.titles(picture, frame)
          assembly.onProgress((frame + 1) / shotList.frames, preview)
          await encoder.write(buffer)
        }
        matchBefore = matchAfter
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
