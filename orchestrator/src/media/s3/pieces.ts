/**
 * A staged upload as pieces, each an object named by its place and its length. How far an upload has come is the unbroken run
 * of whole pieces from its start (S1): one that is half there, or stands alone, counts for nothing.
 */
import type { Listed } from './answers.ts'

export type Piece = { key: string; at: number; bytes: number }
export type Run = { pieces: Piece[]; bytes: number }

/** Digits enough for any clip, so that names sort as places do. */
const DIGITS = 12
const NAME = /\/(\d{12})-(\d{1,12})$/

export const pieceName = (at: number, bytes: number): string => `${String(at).padStart(DIGITS, '0')}-${bytes}`

/** The piece that an object is; undefined where it is none, or not whole. */
const pieceOf = ({ key, bytes }: Listed): Piece | undefined => {
  const [, at, named] = NAME.exec(key) ?? []
  return at !== undefined && Number(named) === bytes && bytes > 0 ? { key, at: Number(at), bytes } : undefined
}

/** The unbroken run from the start; where two pieces begin at one place, the one that reaches further. */
export const runOf = (objects: readonly Listed[]): Run => {
  const longest = new Map<number, Piece>()
  for (const object of objects) {
    const piece = pieceOf(object)
    if (piece && piece.bytes > (longest.get(piece.at)?.bytes ?? 0)) longest.set(piece.at, piece)
  }
  const pieces: Piece[] = []
  let bytes = 0
  for (let next = longest.get(0); next; next = longest.get(bytes)) {
    pieces.push(next)
    bytes += next.bytes
  }
  return { pieces, bytes }
}
