// Reading one pixel. A pixel is four 32-bit floats, premultiplied, linear light: one v128. Layers are rows of pixels
// without padding; coordinates are pixel centres at whole numbers.

/** Bilinear sample. The caller keeps 0 <= ix < width - 1 and 0 <= iy < height - 1. */
// @ts-ignore: decorator
@inline
export function bilinear(source: usize, width: i32, ix: i32, iy: i32, fx: f32, fy: f32): v128 {
  const at = source + ((<usize>(iy * width + ix)) << 4)
  const below = at + ((<usize>width) << 4)
  const a = v128.load(at)
  const b = v128.load(at, 16)
  const c = v128.load(below)
  const d = v128.load(below, 16)
  const across = f32x4.splat(fx)
  const top = f32x4.add(a, f32x4.mul(f32x4.sub(b, a), across))
  const bottom = f32x4.add(c, f32x4.mul(f32x4.sub(d, c), across))
  return f32x4.add(top, f32x4.mul(f32x4.sub(bottom, top), f32x4.splat(fy)))
}

/** Weighted sum of four neighbouring pixels of a row. */
// @ts-ignore: decorator
@inline
function row4(at: usize, w0: v128, w1: v128, w2: v128, w3: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(v128.load(at), w0), f32x4.mul(v128.load(at, 16), w1)),
    f32x4.add(f32x4.mul(v128.load(at, 32), w2), f32x4.mul(v128.load(at, 48), w3)),
  )
}

/**
 * Bicubic sample with the Mitchell-Netravali weights (B = C = 1/3): smooth edges when a small clip is enlarged, no
 * stair-steps, next to no ringing. The caller keeps 1 <= ix < width - 2 and 1 <= iy < height - 2.
 */
// @ts-ignore: decorator
@inline
export function bicubic(source: usize, width: i32, ix: i32, iy: i32, fx: f32, fy: f32): v128 {
  const step = (<usize>width) << 4
  const at = source + ((<usize>((iy - 1) * width + ix - 1)) << 4)
  const x0 = f32x4.splat(outer(1 + fx))
  const x1 = f32x4.splat(inner(fx))
  const x2 = f32x4.splat(inner(1 - fx))
  const x3 = f32x4.splat(outer(2 - fx))
  return f32x4.add(
    f32x4.add(
      f32x4.mul(row4(at, x0, x1, x2, x3), f32x4.splat(outer(1 + fy))),
      f32x4.mul(row4(at + step, x0, x1, x2, x3), f32x4.splat(inner(fy))),
    ),
    f32x4.add(
      f32x4.mul(row4(at + 2 * step, x0, x1, x2, x3), f32x4.splat(inner(1 - fy))),
      f32x4.mul(row4(at + 3 * step, x0, x1, x2, x3), f32x4.splat(outer(2 - fy))),
    ),
  )
}

// @ts-ignore: decorator
@inline
function inner(t: f32): f32 {
  return (<f32>1.1666667 * t - 2) * t * t + <f32>0.8888889
}

// @ts-ignore: decorator
@inline
function outer(t: f32): f32 {
  return ((<f32>-0.3888889 * t + 2) * t - <f32>3.3333333) * t + <f32>1.7777778
}

/** Luma of linear light (BT.709). */
// @ts-ignore: decorator
@inline
export function luma(c: v128): f32 {
  return (
    <f32>0.2126 * f32x4.extract_lane(c, 0) + <f32>0.7152 * f32x4.extract_lane(c, 1) + <f32>0.0722 * f32x4.extract_lane(c, 2)
  )
}
