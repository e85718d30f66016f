/** Faces of frames in which none was looked for: what lies half way between those before and after. */
import type { Face } from './cast.ts'

const mixArrays = (a: Float32Array | undefined, b: Float32Array | undefined, t: number): Float32Array | undefined =>
  a && b ? a.map((value, at) => value + ((b[at] ?? value) - value) * t) : undefined

/** A face between two of the same person, `t` of the way from one to the other (0..1). */
export const faceBetween = (from: Face, to: Face, t: number): Face => {
  const mix = (value: (face: Face) => number) => value(from) + (value(to) - value(from)) * t
  const mesh = mixArrays(from.mesh, to.mesh, t)
  return {
    box: { x: mix((f) => f.box.x), y: mix((f) => f.box.y), width: mix((f) => f.box.width), height: mix((f) => f.box.height) },
    score: Math.min(from.score, to.score),
    landmarks: from.landmarks.map(({ x, y }, at) => {
      const other = to.landmarks[at] ?? { x, y }
      return { x: x + (other.x - x) * t, y: y + (other.y - y) * t }
    }),
    yaw: mix((f) => f.yaw),
    roll: mix((f) => f.roll),
    mouthOpen: mix((f) => f.mouthOpen),
    smile: mix((f) => f.smile),
    eyesOpen: mix((f) => f.eyesOpen),
    ...(mesh && { mesh }),
  }
}

/**
 * Fills the faces of a clip of `count` frames, of which one in `step` was looked at, from the first on. Between a found face
 * and a missing one there is none; the frames after the last look have its face.
 */
export const facesBetween = (looked: readonly (Face | undefined)[], step: number, count: number): (Face | undefined)[] =>
  Array.from({ length: count }, (_, index) => {
    const before = Math.floor(index / step) * step
    const [from, to] = [looked[before], looked[before + step]]
    if (index === before || before + step >= count) return from
    return from && to && faceBetween(from, to, (index - before) / step)
  })
