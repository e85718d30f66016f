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

/** Weights of the four neighbours at 64 places between two pixels, each spread over a whole vector. */
const PHASES = 64
const WEIGHTS = memory.data(64 * 4 * 16, 16)

function inner(t: f32): f32 {
  return (<f32>1.1666667 * t - 2) * t * t + <f32>0.8888889
}

function outer(t: f32): f32 {
  return ((<f32>-0.3888889 * t + 2) * t - <f32>3.3333333) * t + <f32>1.7777778
}

/** Fills the table of weights: Mitchell-Netravali, B = C = 1/3 (SIGGRAPH 1988). To be called once. */
export function prepare(): void {
  for (let phase = 0; phase < PHASES; phase++) {
    const t: f32 = (<f32>phase + <f32>0.5) / <f32>PHASES
    const at = WEIGHTS + ((<usize>phase) << 6)
    v128.store(at, f32x4.splat(outer(1 + t)))
    v128.store(at, f32x4.splat(inner(t)), 16)
    v128.store(at, f32x4.splat(inner(1 - t)), 32)
    v128.store(at, f32x4.splat(outer(2 - t)), 48)
  }
}

/** Weighted sum of four neighbouring pixels of a row. */
// @ts-ignore: decorator
@inline
function row4(at: usize, w: usize): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(v128.load(at), v128.load(w)), f32x4.mul(v128.load(at, 16), v128.load(w, 16))),
    f32x4.add(f32x4.mul(v128.load(at, 32), v128.load(w, 32)), f32x4.mul(v128.load(at, 48), v128.load(w, 48))),
  )
}

/**
 * Bicubic sample: smooth edges when a small clip is enlarged, no stair-steps, next to no ringing. The caller keeps
 * 1 <= ix < width - 2 and 1 <= iy < height - 2.
 */
// @ts-ignore: decorator
@inline
export function bicubic(source: usize, width: i32, ix: i32, iy: i32, fx: f32, fy: f32): v128 {
  const step = (<usize>width) << 4
  const at = source + ((<usize>((iy - 1) * width + ix - 1)) << 4)
  const across = WEIGHTS + ((<usize>(<i32>(fx * <f32>PHASES))) << 6)
  const down = WEIGHTS + ((<usize>(<i32>(fy * <f32>PHASES))) << 6)
  return f32x4.add(
    f32x4.add(f32x4.mul(row4(at, across), v128.load(down)), f32x4.mul(row4(at + step, across), v128.load(down, 16))),
    f32x4.add(f32x4.mul(row4(at + 2 * step, across), v128.load(down, 32)), f32x4.mul(row4(at + 3 * step, across), v128.load(down, 48))),
  )
}

/** Luma of linear light (BT.709). */
// @ts-ignore: decorator
@inline
export function luma(c: v128): f32 {
  return (
    <f32>0.2126 * f32x4.extract_lane(c, 0) + <f32>0.7152 * f32x4.extract_lane(c, 1) + <f32>0.0722 * f32x4.extract_lane(c, 2)
  )
}
