/**
 * Where a layer lies in the frame: plain plane geometry between the layer's own pixels and the frame's. Asked hundreds of
 * times a picture, so that numbers are read by their place: taking an array apart by name makes garbage of its own.
 */

/** Takes a pixel of the frame to a pixel of the layer: sx = a x + b y + c, sy = d x + e y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** How a layer is laid: its pixel (ax, ay) at (x, y) of the frame, enlarged by `scale`, turned by `angle` radians. */
export type Placement = { x: number; y: number; ax: number; ay: number; scaleX: number; scaleY: number; angle: number }

/** A move of the whole frame about its centre: what a camera does to one plane of the scene. */
export type Move = { dx: number; dy: number; zoom: number; roll: number }

export const STILL: Move = { dx: 0, dy: 0, zoom: 1, roll: 0 }

/** The map from frame to layer for a layer at rest in `placement`, seen through `move` in a frame of width x height. */
export const mapOf = (placement: Placement, move: Move, width: number, height: number): Affine => {
  // Back through the camera: L = C + Rot(-roll) (F - C - d) / zoom.
  const cosR = Math.cos(move.roll) / move.zoom
  const sinR = Math.sin(move.roll) / move.zoom
  const cx = width / 2
  const cy = height / 2
  const ox = cx - cosR * (cx + move.dx) - sinR * (cy + move.dy)
  const oy = cy + sinR * (cx + move.dx) - cosR * (cy + move.dy)
  // Back through the placement: p = a + S^-1 Rot(-angle) (L - at).
  const cosA = Math.cos(placement.angle)
  const sinA = Math.sin(placement.angle)
  const ux = cosA / placement.scaleX
  const uy = sinA / placement.scaleX
  const vx = -sinA / placement.scaleY
  const vy = cosA / placement.scaleY
  const tx = ox - placement.x
  const ty = oy - placement.y
  return [
    ux * cosR - uy * sinR,
    ux * sinR + uy * cosR,
    ux * tx + uy * ty + placement.ax,
    vx * cosR - vy * sinR,
    vx * sinR + vy * cosR,
    vx * tx + vy * ty + placement.ay,
  ]
}

const clamp = (value: number, limit: number) => Math.max(0, Math.min(limit, value))

/** The smallest rectangle of whole pixels of the frame in which a layer of layerWidth x layerHeight is seen. */
export const boundsOf = (map: Affine, layerWidth: number, layerHeight: number, width: number, height: number) => {
  const det = map[0] * map[4] - map[1] * map[3]
  // Where the layer's first corner lies, and how far from there its other ends.
  const x = (map[1] * map[5] - map[4] * map[2]) / det
  const y = (map[3] * map[2] - map[0] * map[5]) / det
  const acrossX = (map[4] * layerWidth) / det
  const acrossY = (-map[3] * layerWidth) / det
  const downX = (-map[1] * layerHeight) / det
  const downY = (map[0] * layerHeight) / det
  return {
    x0: clamp(Math.floor(x + Math.min(0, acrossX) + Math.min(0, downX)), width),
    y0: clamp(Math.floor(y + Math.min(0, acrossY) + Math.min(0, downY)), height),
    x1: clamp(Math.ceil(x + Math.max(0, acrossX) + Math.max(0, downX)) + 1, width),
    y1: clamp(Math.ceil(y + Math.max(0, acrossY) + Math.max(0, downY)) + 1, height),
  }
}

/** One map after another: first `one`, then `next`. */
export const composed = (one: Affine, next: Affine): Affine => [
  next[0] * one[0] + next[1] * one[3],
  next[0] * one[1] + next[1] * one[4],
  next[0] * one[2] + next[1] * one[5] + next[2],
  next[3] * one[0] + next[4] * one[3],
  next[3] * one[1] + next[4] * one[4],
  next[3] * one[2] + next[4] * one[5] + next[5],
]

/** The way back through a map. */
export const inverse = (map: Affine): Affine => {
  const det = map[0] * map[4] - map[1] * map[3]
  return [
    map[4] / det,
    -map[1] / det,
    (map[1] * map[5] - map[2] * map[4]) / det,
    -map[3] / det,
    map[0] / det,
    (map[2] * map[3] - map[0] * map[5]) / det,
  ]
}

/** The map for a layer that is the same picture at 1/factor of the size. */
export const shrunk = (map: Affine, factor: number): Affine => {
  const shift = 0.5 / factor - 0.5
  return [map[0] / factor, map[1] / factor, map[2] / factor + shift, map[3] / factor, map[4] / factor, map[5] / factor + shift]
}

/** The map for a frame that is the same picture at 1/factor of the size. */
export const shrunkFrame = (map: Affine, factor: number): Affine => {
  const shift = (factor - 1) / 2
  return [
    map[0] * factor,
    map[1] * factor,
    map[2] + shift * (map[0] + map[1]),
    map[3] * factor,
    map[4] * factor,
    map[5] + shift * (map[3] + map[4]),
  ]
}

/** How many times a layer is enlarged at least, whatever the direction. */
export const magnified = (map: Affine): number => {
  // The largest singular value is how fast the layer passes below the frame.
  const sum = map[0] * map[0] + map[1] * map[1] + map[3] * map[3] + map[4] * map[4]
  const product = map[0] * map[4] - map[1] * map[3]
  return 1 / Math.sqrt((sum + Math.sqrt(Math.max(0, sum * sum - 4 * product * product))) / 2)
}
