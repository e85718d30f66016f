// Blurs of layers: box blurs, repeated by the caller into a near Gaussian, and a disc, which is what a lens does. Sums
// are whole numbers, in floats below 2^24, so they are exact however long a row is.
import { integers, PIXEL } from './pixel'

/** A pixel as four integers. */
// @ts-ignore: decorator
@inline
function whole(at: usize): v128 {
  return v128.load16x4_s(at)
}

/** A pixel as four floats. */
// @ts-ignore: decorator
@inline
function pixel(at: usize): v128 {
  return f32x4.convert_i32x4_s(v128.load16x4_s(at))
}

/** Writes a pixel that is a sum of pixels times `scale`: within what pixels hold, whatever the sum. */
// @ts-ignore: decorator
@inline
function put(at: usize, sum: v128, scale: v128): void {
  const bits = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), scale), f32x4.splat(8388608))
  v128.store64_lane(at, i8x16.shuffle(bits, bits, 0, 1, 4, 5, 8, 9, 12, 13, 0, 1, 4, 5, 8, 9, 12, 13), 0)
}

/** Box blur along the rows, radius in pixels, edges repeated. */
export function blurRows(out: usize, source: usize, width: i32, height: i32, radius: i32): void {
  const scale = f32x4.splat(<f32>1 / <f32>(radius * 2 + 1))
  for (let y = 0; y < height; y++) {
    const row = source + ((<usize>(y * width)) << PIXEL)
    const last = row + ((<usize>(width - 1)) << PIXEL)
    let sum = i32x4.mul(whole(row), i32x4.splat(radius + 1))
    for (let x = 1; x <= radius; x++) sum = i32x4.add(sum, whole(min(row + ((<usize>x) << PIXEL), last)))
    let to = out + ((<usize>(y * width)) << PIXEL)
    let enter = row + ((<usize>(radius + 1)) << PIXEL)
    let leave = row - ((<usize>radius) << PIXEL)
    for (let x = 0; x < width; x++) {
      put(to, sum, scale)
      sum = i32x4.add(sum, i32x4.sub(whole(min(enter, last)), whole(max(leave, row))))
      to += 8
      enter += 8
      leave += 8
    }
  }
}

/** Box blur along the columns, a row at a time; `sums` holds one row of four integers a pixel. */
export function blurColumns(out: usize, source: usize, width: i32, height: i32, radius: i32, sums: usize): void {
  const scale = f32x4.splat(<f32>1 / <f32>(radius * 2 + 1))
  const step = (<usize>width) << PIXEL
  const first = i32x4.splat(radius + 1)
  for (let i: usize = 0; i < step; i += 8) v128.store(sums + 2 * i, i32x4.mul(whole(source + i), first))
  for (let k = 1; k <= radius; k++) {
    const row = source + <usize>min(k, height - 1) * step
    for (let i: usize = 0; i < step; i += 8) v128.store(sums + 2 * i, i32x4.add(v128.load(sums + 2 * i), whole(row + i)))
  }
  for (let y = 0; y < height; y++) {
    const to = out + <usize>y * step
    const enter = source + <usize>min(y + radius + 1, height - 1) * step
    const leave = source + <usize>max(y - radius, 0) * step
    for (let i: usize = 0; i < step; i += 8) {
      const sum = v128.load(sums + 2 * i)
      put(to + i, sum, scale)
      v128.store(sums + 2 * i, i32x4.add(sum, i32x4.sub(whole(enter + i), whole(leave + i))))
    }
  }
}

/** Half the width of a disc's row, `dy` from its middle. */
// @ts-ignore: decorator
@inline
function halfOf(radius: i32, dy: i32): i32 {
  return <i32>sqrt<f32>(<f32>(radius * radius - dy * dy) + <f32>0.25)
}

/**
 * Disc blur: each pixel becomes the mean of a disc, so that lights turn into round spots as behind a fast lens. `prefix`
 * has room for 2 radius + 1 rows of (width + 1) pixels of four floats, kept as sums along the rows; `sums` for one row.
 */
export function blurDisc(
  out: usize, source: usize, width: i32, height: i32, radius: i32, prefix: usize, sums: usize,
): void {
  const pitch = (<usize>(width + 1)) << 4
  const rows = 2 * radius + 1
  let area = 0
  for (let dy = -radius; dy <= radius; dy++) area += 2 * halfOf(radius, dy) + 1
  const scale = f32x4.splat(<f32>1 / <f32>area)
  let summed = -1
  for (let y = 0; y < height; y++) {
    while (summed < min(height - 1, y + radius)) {
      summed++
      let sum = f32x4.splat(0)
      let to = prefix + <usize>(summed % rows) * pitch
      let at = source + ((<usize>(summed * width)) << PIXEL)
      v128.store(to, sum)
      for (let x = 0; x < width; x++) {
        sum = f32x4.add(sum, pixel(at))
        at += 8
        to += 16
        v128.store(to, sum)
      }
    }
    for (let x = 0; x < width; x++) v128.store(sums + ((<usize>x) << 4), f32x4.splat(0))
    for (let dy = -radius; dy <= radius; dy++) {
      const half = halfOf(radius, dy)
      const row = prefix + <usize>(max(0, min(height - 1, y + dy)) % rows) * pitch
      for (let x = 0; x < width; x++) {
        const from = max(0, x - half)
        const to = min(width, x + half + 1)
        let part = f32x4.sub(v128.load(row + ((<usize>to) << 4)), v128.load(row + ((<usize>from) << 4)))
        // A disc cut off by the layer's edge is filled up, so that borders do not darken.
        if (to - from < half * 2 + 1) part = f32x4.mul(part, f32x4.splat(<f32>(half * 2 + 1) / <f32>(to - from)))
        const at = sums + ((<usize>x) << 4)
        v128.store(at, f32x4.add(v128.load(at), part))
      }
    }
    const to = out + ((<usize>(y * width)) << PIXEL)
    for (let x = 0; x < width; x++) v128.store64_lane(to + ((<usize>x) << PIXEL), integers(f32x4.mul(v128.load(sums + ((<usize>x) << 4)), scale)), 0)
  }
}

/** Shrinks a layer by two in both directions; an odd last row or column is left out. */
export function halve(out: usize, source: usize, width: i32, height: i32): void {
  const ow = width >> 1
  const step = (<usize>width) << PIXEL
  for (let y = 0; y < height >> 1; y++) {
    let at = source + <usize>(2 * y) * step
    let to = out + ((<usize>(y * ow)) << PIXEL)
    for (let x = 0; x < ow; x++) {
      const two = i16x8.avgr_u(v128.load(at), v128.load(at + step))
      v128.store64_lane(to, i16x8.avgr_u(two, v128.shuffle<i64>(two, two, 1, 1)), 0)
      at += 16
      to += 8
    }
  }
}
