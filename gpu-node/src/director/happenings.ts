/**
 * What happens when in a clip: the peaks of movements and smiles, to be put on a beat; where the visitor can be seen, is
 * cut by the clip's border, or speaks. Frames of the clip throughout, 24 a second.
 */
import type { Box, Cast, CastFrame } from '../vision/cast.ts'
import { median } from '../vision/measures.ts'

export type Peak = { frame: number /** 0..1, of the clip's largest. */; height: number }

/** Per frame, 0..1 each. */
export type Happenings = {
  count: number
  movements: readonly Peak[]
  smiles: readonly Peak[]
  faceless: Float32Array
  shutEyes: Float32Array
  cutOff: Float32Array
  speaking: Float32Array
  /** Motion, of the clip's largest. */
  motion: Float32Array
  /** Where the face is, across and down, in widths of a face; where it is not seen, where it was last. */
  faceX: Float32Array
  faceY: Float32Array
  /** 1 on the first frame after frames were lost: the picture jumps there. */
  jumps: Float32Array
}

/** Peaks lie at least this far apart, in frames; the curve is smoothed over about as much. */
const APART = 8
const KERNEL = [0.06, 0.12, 0.2, 0.24, 0.2, 0.12, 0.06] as const
/** Eyes open by less count as shut. */
const OPEN = 0.6
/** A frame that differs by so much, and by so many times more than its neighbours do, is a jump and no movement. */
const JUMP = { least: 0.05, times: 3 } as const
/** Pixels from the side border within which a body counts as cut by it. */
const TOUCH_PX = 3

const smooth = (values: readonly number[]): number[] =>
  values.map((_, i) =>
    KERNEL.reduce((sum, weight, k) => sum + weight * (values[Math.min(values.length - 1, Math.max(0, i + k - 3))] ?? 0), 0),
  )

/** Local maxima of a curve, those above `least` of the largest, with the height over the curve's median counted. */
export const peaksOf = (values: readonly number[], least = 0.35): Peak[] => {
  const curve = smooth(values)
  const middle = [...curve].sort((a, b) => a - b)[curve.length >> 1] ?? 0
  const rise = (index: number) => Math.max(0, (curve[index] ?? 0) - middle)
  const top = Math.max(1e-6, ...curve.map((_, index) => rise(index)))
  return curve.flatMap((value, frame) => {
    const height = rise(frame) / top
    if (height < least) return []
    for (let i = Math.max(0, frame - APART); i <= Math.min(curve.length - 1, frame + APART); i++) {
      const other = curve[i] ?? 0
      if (other > value || (other === value && i < frame)) return []
    }
    return [{ frame, height }]
  })
}

const curve = (frames: readonly CastFrame[], value: (frame: CastFrame) => number) => Float32Array.from(frames, value)

/** Where frames were lost, by the motion of each frame. */
export const jumpsOf = (motion: readonly number[]): Float32Array =>
  Float32Array.from(motion, (value, i) => {
    const around = Math.max(motion[i - 1] ?? 0, motion[i + 1] ?? 0)
    return i > 0 && value > JUMP.least && value > JUMP.times * around ? 1 : 0
  })

/** A place of each frame's face in widths of the face, carried on where there is none. A face that comes nearer has not moved. */
const carried = (frames: readonly CastFrame[], place: (box: Box) => number): Float32Array => {
  const width = Math.max(1, median(frames.flatMap(({ face }) => face?.box.width ?? [])))
  let last: number | undefined
  const places = frames.map(({ face }) => {
    if (face) last = place(face.box) / width
    return last
  })
  const first = places.find((one) => one !== undefined) ?? 0
  return Float32Array.from(places, (one) => one ?? first)
}

export const happeningsOf = (cast: Cast): Happenings => {
  const { frames, clip, voice } = cast
  const jumps = jumpsOf(frames.map(({ motion }) => motion))
  const moved = frames.map(({ motion }, i) => (jumps[i] ? (frames[i - 1]?.motion ?? 0) : motion))
  const most = Math.max(1e-6, ...moved)
  const speaks = ({ timeMs }: CastFrame) => voice.segments.some(({ startMs, endMs }) => timeMs >= startMs && timeMs < endMs)
  return {
    count: frames.length,
    movements: peaksOf(moved),
    smiles: peaksOf(frames.map(({ face }) => (face && face.eyesOpen > OPEN ? face.smile : 0))),
    faceless: curve(frames, ({ face }) => (face ? 0 : 1)),
    shutEyes: curve(frames, ({ face }) => (face && face.eyesOpen < OPEN ? 1 : 0)),
    cutOff: curve(frames, ({ person }) =>
      person && (person.x <= TOUCH_PX || person.x + person.width >= clip.width - TOUCH_PX) ? 1 : 0,
    ),
    speaking: curve(frames, (frame) => (speaks(frame) ? 1 : 0)),
    motion: Float32Array.from(moved, (motion) => motion / most),
    jumps,
    faceX: carried(frames, ({ x, width }) => x + width / 2),
    faceY: carried(frames, ({ y, height }) => y + height / 2),
  }
}

/** Mean of a curve over some of its frames. */
export const share = (values: Float32Array, from: number, to: number): number => {
  const first = Math.max(0, Math.min(values.length - 1, Math.floor(from)))
  const last = Math.max(first + 1, Math.min(values.length, Math.round(to)))
  let sum = 0
  for (let i = first; i < last; i++) sum += values[i] ?? 0
  return sum / (last - first)
}

/** How far a curve goes between its least and its most over some of its frames. */
export const travel = (values: Float32Array, from: number, to: number): number => {
  const part = values.subarray(Math.max(0, Math.floor(from)), Math.max(1, Math.round(to)))
  return part.length === 0 ? 0 : Math.max(...part) - Math.min(...part)
}
