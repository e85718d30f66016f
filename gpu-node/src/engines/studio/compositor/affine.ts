/**
 * Where a layer lies in the frame: plain plane geometry between the layer's own pixels and the frame's.
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
  const [ux, uy] = [cosA / placement.scaleX, sinA / placement.scaleX]
  const [vx, vy] = [-sinA / placement.scaleY, cosA / placement.scaleY]
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

/** The smallest rectangle of whole pixels of the frame in which a layer of layerWidth x layerHeight is seen. */
export const boundsOf = (map: Affine, layerWidth: number, layerHeight: number, width: number, height: number) => {
  const [a, b, c, d, e, f] = map
  const det = a * e - b * d
  const corners = [
    [0, 0],
    [layerWidth, 0],
    [0, layerHeight],
    [layerWidth, layerHeight],
  ] as const
  const xs = corners.map(([u, v]) => (e * (u - c) - b * (v - f)) / det)
  const ys = corners.map(([u, v]) => (a * (v - f) - d * (u - c)) / det)
  const clamp = (value: number, limit: number) => Math.max(0, Math.min(limit, value))
  return {
    x0: clamp(Math.floor(Math.min(...xs)), width),
    y0: clamp(Math.floor(Math.min(...ys)), height),
    x1: clamp(Math.ceil(Math.max(...xs)) + 1, width),
    y1: clamp(Math.ceil(Math.max(...ys)) + 1, height),
  }
}

/** One map after another: first `first`, then `second`. */
export const composed = ([a, b, c, d, e, f]: Affine, [g, h, i, j, k, l]: Affine): Affine => [
  g * a + h * d,
  g * b + h * e,
  g * c + h * f + i,
  j * a + k * d,
  j * b + k * e,
  j * c + k * f + l,
]

/** The way back through a map. */
export const inverse = ([a, b, c, d, e, f]: Affine): Affine => {
  const det = a * e - b * d
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det]
}

/** The map for a layer that is the same picture at 1/factor of the size. */
export const shrunk = ([a, b, c, d, e, f]: Affine, factor: number): Affine => {
  const shift = 0.5 / factor - 0.5
  return [a / factor, b / factor, c / factor + shift, d / factor, e / factor, f / factor + shift]
}

/** The map for a frame that is the same picture at 1/factor of the size. */
export const shrunkFrame = ([a, b, c, d, e, f]: Affine, factor: number): Affine => {
  const shift = (factor - 1) / 2
  return [a * factor, b * factor, c + shift * (a + b), d * factor, e * factor, f + shift * (d + e)]
}

/** How many times a layer is enlarged at least, whatever the direction. */
export const magnified = ([a, b, , d, e]: Affine): number => {
  // The largest singular value is how fast the layer passes below the frame.
  const [sum, product] = [a * a + b * b + d * d + e * e, a * e - b * d]
  return 1 / Math.sqrt((sum + Math.sqrt(Math.max(0, sum * sum - 4 * product * product))) / 2)
}
