/**
 * The match cut: at the cut the face stays where it is and as large as it is, and the world changes round it. The smaller of
 * the two faces is brought to the larger: before the cut the picture moves in on it, or after the cut it begins near and moves out. Never
 * the other way, which would show what lies beyond a picture's border (F32). Done on finished pictures and not by the engines, so
 * that it needs no knowledge of who drew them, and a shot that is drawn again or elsewhere still matches.
 */
import type { YuvPicture } from './picture.ts'

/** A face in a picture: the middle between its eyes, its width and where its chin is, in pixels. */
export type FacePlace = { x: number; y: number; width: number; bottom: number }

/** A cut between a picture with this face and one with that. */
export type Match = { out: FacePlace; in: FacePlace }

/** Pictures in which the shot before moves in, and in which the shot after moves out. */
export const MATCH_OUT = 6
export const MATCH_IN = 9
/** Nearer than this a picture has not the detail for. */
const NEAREST = 1.7

/** A picture seen nearer: point (x, y) of it lies at (scale * x + dx, scale * y + dy). */
export type Zoom = { scale: number; dx: number; dy: number }

/**
 * The move by which a face comes to lie where the other is. `share` of the way, 0..1; 0 leaves the picture alone. No border
 * of the picture is ever seen: where that asks for it the eyes are brought as near as they can be.
 */
export const zoomTo = (
  face: FacePlace,
  other: FacePlace,
  share: number,
  { width, height }: { width: number; height: number },
): Zoom => {
  const cover = Math.max(
    other.x / face.x,
    (width - other.x) / (width - face.x),
    other.y / face.y,
    (height - other.y) / (height - face.y),
  )
  const wished = Math.max(other.width / face.width, cover)
  const scale = Math.min(NEAREST, Math.max(1, wished)) ** share
  const [x, y] = [face.x + (other.x - face.x) * share, face.y + (other.y - face.y) * share]
  const inside = (move: number, size: number) => Math.min(0, Math.max(size - size * scale, move))
  return { scale, dx: inside(x - scale * face.x, width), dy: inside(y - scale * face.y, height) }
}

let held = new Uint8Array(0)
/** For each column of the result: the column of the picture at its left, and the share (of 256) of the one at its right. */
let columns = new Int32Array(0)

const zoomPlane = (plane: Uint8Array, width: number, height: number, scale: number, dx: number, dy: number) => {
  if (held.length < plane.length) held = new Uint8Array(plane.length)
  if (columns.length < 2 * width) columns = new Int32Array(2 * width)
  held.set(plane)
  for (let x = 0; x < width; x++) {
    const from = Math.max(0, Math.min(width - 1.001, (x + 0.5 - dx) / scale - 0.5))
    columns[2 * x] = Math.floor(from)
    columns[2 * x + 1] = Math.round((from - Math.floor(from)) * 256)
  }
  for (let y = 0; y < height; y++) {
    const from = Math.max(0, Math.min(height - 1.001, (y + 0.5 - dy) / scale - 0.5))
    const above = Math.floor(from) * width
    const lower = Math.round((from - Math.floor(from)) * 256)
    for (let x = 0; x < width; x++) {
      const at = above + (columns[2 * x] ?? 0)
      const right = columns[2 * x + 1] ?? 0
      const top = (held[at] ?? 0) * (256 - right) + (held[at + 1] ?? 0) * right
      const bottom = (held[at + width] ?? 0) * (256 - right) + (held[at + width + 1] ?? 0) * right
      plane[y * width + x] = (top * (256 - lower) + bottom * lower + 32_768) >>> 16
    }
  }
}

const zoom = (picture: YuvPicture, { scale, dx, dy }: Zoom) => {
  const { width, height } = picture
  zoomPlane(picture.y, width, height, scale, dx, dy)
  zoomPlane(picture.u, width >> 1, height >> 1, scale, dx / 2, dy / 2)
  zoomPlane(picture.v, width >> 1, height >> 1, scale, dx / 2, dy / 2)
}

/** Moves in on the face, `left` pictures before the cut, where the face after the cut is the larger one. */
export const matchOut = (picture: YuvPicture, left: number, match: Match): void => {
  if (left >= MATCH_OUT || match.in.width <= match.out.width) return
  // At the last picture it is there.
  const share = 1 - left / MATCH_OUT
  zoom(picture, zoomTo(match.out, match.in, share * share, picture))
}

/** Moves out from the face, `index` pictures after the cut, where the face before the cut was the larger one. */
export const matchIn = (picture: YuvPicture, index: number, match: Match): void => {
  if (index >= MATCH_IN || match.in.width > match.out.width) return
  const share = (1 - index / MATCH_IN) ** 3
  zoom(picture, zoomTo(match.in, match.out, share, picture))
}
