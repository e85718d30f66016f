/** What was seen in a clip, condensed into the numbers a verdict is given by. Sizes are in pixels of the clip as recorded. */
import { type ClipMeasures, isCutOff } from '@fanreel/protocol'
import type { Cast, CastFrame, FramingClass } from './cast.ts'
import type { FaceLight } from './light.ts'

/** The middle one of the values in their order, the upper of two; 0 for none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

export type Seen = {
  /** The clip as recorded, upright, and the size it was worked on at. */
  recorded: { width: number; height: number }
  worked: { width: number; height: number }
  durationMs: number
  frames: readonly CastFrame[]
  lights: readonly FaceLight[]
  /** Mean luma 0..255 and sharpness of the whole picture, for clips without a face. */
  picture: { luma: number; sharpness: number }
  movingFrames: number
  people: number
  voice: Cast['voice']
}

/** The measures of a clip. */
export const measure = (seen: Seen): ClipMeasures => {
  const { recorded, worked, frames, lights } = seen
  const faces = frames.flatMap((frame) => frame.face ?? [])
  return {
    durationMs: seen.durationMs,
    width: recorded.width,
    height: recorded.height,
    faceMs: (faces.length * 1000) / 24,
    faceWidthPx: (median(faces.map((face) => face.box.width)) * recorded.width) / worked.width,
    cutOffShare: faces.length === 0 ? 0 : faces.filter((face) => isCutOff(face.box, worked)).length / faces.length,
    luma: lights.length > 0 ? median(lights.map((light) => light.luma)) : seen.picture.luma,
    sharpness: lights.length > 0 ? median(lights.map((light) => light.sharpness)) : seen.picture.sharpness,
    movingShare: frames.length < 2 ? 0 : seen.movingFrames / (frames.length - 1),
    speechMs: seen.voice.speechMs,
    speechDbfs: seen.voice.peakDbfs,
    people: seen.people,
  }
}

/**
 * How much of the body can be seen, in heights of the face from its top to the lower end of the person: a head and
 * shoulders are 2.6 at most; a whole standing body is more than 6.5 and ends inside the picture.
 */
export const framingOf = (frames: readonly CastFrame[], height: number): FramingClass => {
  const extents = frames.flatMap(({ face, person }) =>
    face && person
      ? [{ heads: (person.y + person.height - face.box.y) / face.box.height, ends: person.y + person.height < height * 0.985 }]
      : [],
  )
  const heads = median(extents.map((extent) => extent.heads))
  const ends = extents.filter((extent) => extent.ends).length > extents.length / 2
  if (heads > 6.5 && ends) return 'full'
  return heads > 2.6 ? 'upper' : 'head'
}
