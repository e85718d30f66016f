/**
 * Keeps of a person mask what belongs to the star. The net marks everybody and now and then a chair: what hangs together
 * with the star's face stays, what is nearer to another face along the bodies goes, and so does whatever hangs on nothing.
 */
import type { Box } from '../cast.ts'
import { widen } from './widen.ts'

/** Probability from which a cell can carry the connection. */
const CONNECTED = 0.35
/** Cells round the kept body that keep their soft values: hair and motion blur. */
const FRINGE = 6

const STAR = 1
const OTHER = 2

type Mask = { values: Float32Array; columns: number; rows: number }

const seed = (mask: Mask, labels: Uint8Array, queue: Int32Array, tail: number, face: Box, label: number): number => {
  let end = tail
  const [left, right] = [Math.max(0, Math.floor(face.x)), Math.min(mask.columns, Math.ceil(face.x + face.width))]
  // The face and the chest below it.
  const [top, bottom] = [Math.max(0, Math.floor(face.y)), Math.min(mask.rows, Math.ceil(face.y + face.height * 1.6))]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * mask.columns + x
      if (labels[at] !== 0 || (mask.values[at] ?? 0) < CONNECTED) continue
      labels[at] = label
      queue[end++] = at
    }
  }
  return end
}

const flood = (mask: Mask, labels: Uint8Array, queue: Int32Array, tail: number): void => {
  const { columns, rows, values } = mask
  const last = columns * (rows - 1)
  let end = tail
  for (let head = 0; head < end; head++) {
    const at = queue[head] ?? 0
    const label = labels[at] ?? 0
    const x = at % columns
    // Left, right, up, down; a step over the border goes nowhere.
    for (let side = 0; side < 4; side++) {
      let to = at
      if (side === 0 && x > 0) to = at - 1
      else if (side === 1 && x < columns - 1) to = at + 1
      else if (side === 2 && at >= columns) to = at - columns
      else if (side === 3 && at < last) to = at + columns
      if (labels[to] !== 0 || (values[to] ?? 0) < CONNECTED) continue
      labels[to] = label
      queue[end++] = to
    }
  }
}

/**
 * Clears of `mask`, in place, all that is not the star's. Faces in the grid's coordinates. Without a star's face the
 * cells kept in the frame before (`previous`) stand for it; without those nothing is cleared.
 * @returns one byte a cell, 1 where the star's body is: the next frame's `previous`
 */
export const keepStar = (
  mask: Mask,
  star: Box | undefined,
  others: readonly Box[],
  previous?: Uint8Array,
): Uint8Array | undefined => {
  const { values, columns, rows } = mask
  const labels = new Uint8Array(values.length)
  const queue = new Int32Array(values.length)
  let end = 0
  if (star) end = seed(mask, labels, queue, end, star, STAR)
  else if (previous && previous.length === values.length) {
    previous.forEach((was, at) => {
      if (!was || (values[at] ?? 0) < CONNECTED) return
      labels[at] = STAR
      queue[end++] = at
    })
  }
  if (end === 0) return undefined
  for (const face of others) end = seed(mask, labels, queue, end, face, OTHER)
  flood(mask, labels, queue, end)
  const kept = new Uint8Array(values.length)
  for (let at = 0; at < kept.length; at++) kept[at] = labels[at] === STAR ? 1 : 0
  const near = widen(kept, columns, rows, FRINGE)
  for (let at = 0; at < kept.length; at++) {
    if (kept[at] !== 0) continue
    // What could carry a connection and is not the star's is a body of its own; what is far from the star is nothing.
    if (labels[at] === OTHER || near[at] === 0 || (values[at] ?? 0) >= CONNECTED) values[at] = 0
  }
  return kept
}
