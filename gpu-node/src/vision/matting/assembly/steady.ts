// What the guided filter is given: the picture on the grid, how still it stands, and a mask that is steady in time.
import { mix, pixel } from './pixel'

/** The sum of a rectangle's pixels, four floats; of eight million pixels at most. */
// @ts-ignore: decorator
@inline
function sum(source: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32): v128 {
  const pairs = (x1 - x0) >> 1
  const odd = ((x1 - x0) & 1) != 0
  // Whole numbers, two pixels at a time: 32 bits hold what 16 would not.
  let total = i32x4.splat(0)
  for (let v = y0; v < y1; v++) {
    let at = source + (<usize>(v * width + x0) << 2)
    for (let k = 0; k < pairs; k++, at += 8) {
      const two = i16x8.extend_low_i8x16_u(v128.load64_zero(at))
      total = i32x4.add(total, i32x4.add(i32x4.extend_low_i16x8_u(two), i32x4.extend_high_i16x8_u(two)))
    }
    if (odd) total = i32x4.add(total, i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))))
  }
  return f32x4.convert_i32x4_s(total)
}

// @ts-ignore: decorator
@inline
function put(at: usize, plane: usize, value: v128, offset: f32): void {
  f32.store(at, f32x4.extract_lane(value, 0) + offset)
  f32.store(at + plane, f32x4.extract_lane(value, 1) + offset)
  f32.store(at + plane * 2, f32x4.extract_lane(value, 2) + offset)
}

/** Resamples a rectangle of an RGBA picture into three float planes: averages when shrinking, interpolates when enlarging. */
export function resample(
  source: usize, width: i32, height: i32,
  left: f32, top: f32, across: f32, down: f32,
  target: usize, columns: i32, rows: i32, scale: f32, offset: f32,
): void {
  const plane = <usize>(columns * rows) << 2
  const stepX = across / <f32>columns
  const stepY = down / <f32>rows
  if (stepX >= 1.5 || stepY >= 1.5) {
    for (let y = 0; y < rows; y++) {
      const y0 = max(0, min(height - 1, <i32>(top + <f32>y * stepY)))
      const y1 = max(y0 + 1, min(height, <i32>(top + <f32>(y + 1) * stepY)))
      for (let x = 0; x < columns; x++) {
        const x0 = max(0, min(width - 1, <i32>(left + <f32>x * stepX)))
        const x1 = max(x0 + 1, min(width, <i32>(left + <f32>(x + 1) * stepX)))
        const share: f32 = scale / <f32>((x1 - x0) * (y1 - y0))
        put(target + (<usize>(y * columns + x) << 2), plane, f32x4.mul(sum(source, width, x0, y0, x1, y1), f32x4.splat(share)), offset)
      }
    }
    return
  }
  for (let y = 0; y < rows; y++) {
    const v = max<f32>(0, min<f32>(<f32>height - 1.001, top + (<f32>y + 0.5) * stepY - 0.5))
    for (let x = 0; x < columns; x++) {
      const u = max<f32>(0, min<f32>(<f32>width - 1.001, left + (<f32>x + 0.5) * stepX - 0.5))
      const at = source + (<usize>(<i32>v * width + <i32>u) << 2)
      const below = at + (<usize>width << 2)
      const t = f32x4.splat(u - <f32>(<i32>u))
      const value = mix(mix(pixel(at), pixel(at + 4), t), mix(pixel(below), pixel(below + 4), t), f32x4.splat(v - <f32>(<i32>v)))
      put(target + (<usize>(y * columns + x) << 2), plane, f32x4.mul(value, f32x4.splat(scale)), offset)
    }
  }
}

/**
 * How still the picture stands, cell by cell: 1 where it is as it was the frame before, 0 from a change of `tolerance` in
 * the cell or beside it. `spare` holds a plane.
 */
export function stillness(guide: usize, guideBefore: usize, columns: i32, rows: i32, tolerance: f32, still: usize, spare: usize): void {
  const plane = <usize>(columns * rows) << 2
  const row = <usize>columns << 2
  for (let i: usize = 0; i < plane; i += 16) {
    let change = f32x4.abs(f32x4.sub(v128.load(guide + i), v128.load(guideBefore + i)))
    change = f32x4.max(change, f32x4.abs(f32x4.sub(v128.load(guide + plane + i), v128.load(guideBefore + plane + i))))
    change = f32x4.max(change, f32x4.abs(f32x4.sub(v128.load(guide + plane * 2 + i), v128.load(guideBefore + plane * 2 + i))))
    v128.store(spare + i, change)
  }
  const inverse = f32x4.splat(1 / tolerance)
  for (let y = 0; y < rows; y++) {
    const here = spare + <usize>y * row
    const above = y > 0 ? here - row : here
    const below = y < rows - 1 ? here + row : here
    for (let i: usize = 0; i < row; i += 16) {
      let change = f32x4.max(v128.load(here + i), f32x4.max(v128.load(above + i), v128.load(below + i)))
      if (i > 0) change = f32x4.max(change, v128.load(here + i - 4))
      if (i < row - 16) change = f32x4.max(change, v128.load(here + i + 4))
      v128.store(still + <usize>y * row + i, f32x4.max(f32x4.splat(0), f32x4.sub(f32x4.splat(1), f32x4.mul(change, inverse))))
    }
  }
}

/**
 * Steadies a mask in time: where the picture stood still since the frame before, most of the old value is kept; where it
 * moved, nothing. Without that second part the matte would trail behind a waving hand.
 */
export function steady(mask: usize, before: usize, still: usize, count: i32, keep: f32): void {
  const plane = <usize>count << 2
  for (let i: usize = 0; i < plane; i += 16) {
    v128.store(mask + i, mix(v128.load(mask + i), v128.load(before + i), f32x4.mul(v128.load(still + i), f32x4.splat(keep))))
  }
}
