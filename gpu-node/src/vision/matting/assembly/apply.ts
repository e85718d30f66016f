// The guided filter's second half: each pixel's alpha, by the line of the cells about it.
import { mix, pixel } from './pixel'

// @ts-ignore: decorator
@inline
function place(x: i32, stepX: f32, columns: i32): f32 {
  return max<f32>(0, min<f32>(<f32>columns - 1.001, (<f32>x + 0.5) * stepX - 0.5))
}

// @ts-ignore: decorator
@inline
function column(x: i32, stepX: f32, columns: i32): i32 {
  return <i32>place(x, stepX, columns)
}

/** Whether a cell's line says "visitor" for every colour. */
// @ts-ignore: decorator
@inline
function certain(cell: usize): bool {
  return v128.all_true<i32>(f32x4.lt(f32x4.abs(f32x4.sub(v128.load(cell), f32x4(0, 0, 0, 1))), f32x4.splat(0.004)))
}

/** The terms of alpha at one pixel: the interpolated line times (red, green, blue, 1). */
// @ts-ignore: decorator
@inline
function product(row: usize, x: i32, stepX: f32, columns: i32, at: usize): v128 {
  const u = place(x, stepX, columns)
  const k = <i32>u
  const cell = row + (<usize>k << 4)
  const line = mix(v128.load(cell), v128.load(cell + 16), f32x4.splat(u - <f32>k))
  return f32x4.mul(line, f32x4.replace_lane(f32x4.mul(pixel(at), f32x4.splat(1.0 / 255.0)), 3, 1))
}

/**
 * Writes the region's alpha plane (8 bits): the guided filter's line applied to each pixel's own colour, then levels, so
 * that a faint ghost goes to 0 and a solid body to 255; where the picture stands still, up to `keep` of the alpha before.
 * `row` holds `columns` times four floats, `classes` a byte a column and a 32-bit place a pixel.
 */
export function apply(
  source: usize, width: i32, left: i32, top: i32, across: i32, down: i32,
  coefficients: usize, columns: i32, rows: i32, row: usize, low: f32, high: f32,
  still: usize, keep: f32, before: usize, alpha: usize, classes: usize,
): void {
  const stepX = <f32>columns / <f32>across
  const stepY = <f32>rows / <f32>down
  const gain: f32 = 1 / (high - low)
  const places = classes + <usize>(columns << 2)
  for (let x = 0; x < across; x++) store<i32>(places + (<usize>x << 2), column(x, stepX, columns))
  let classified: usize = 0
  for (let y = 0; y < down; y++) {
    const v = max<f32>(0, min<f32>(<f32>rows - 1.001, (<f32>y + 0.5) * stepY - 0.5))
    const upper = coefficients + (<usize>(<i32>v * columns) << 4)
    const lower = upper + (<usize>columns << 4)
    const t = f32x4.splat(v - <f32>(<i32>v))
    if (upper != classified) {
      classified = upper
      // Far outside the visitor the line is exactly zero, deep inside it is one whatever the colour.
      for (let k = 0; k < columns - 1; k++) {
        const a = upper + (<usize>k << 4)
        const b = lower + (<usize>k << 4)
        const any = v128.or(v128.or(v128.load(a), v128.load(a + 16)), v128.or(v128.load(b), v128.load(b + 16)))
        let kind: u8 = 2
        if (!v128.any_true(any)) kind = 0
        else if (certain(a) && certain(a + 16) && certain(b) && certain(b + 16)) kind = 1
        store<u8>(classes + <usize>k, kind)
      }
    }
    const from = source + (<usize>((top + y) * width + left) << 2)
    const out = alpha + <usize>(y * across)
    const past = before + <usize>(y * across)
    const calm = still + (<usize>(<i32>v * columns) << 2)
    for (let x = 0; x < across; x += 4) {
      // Four pixels at a time; at the right border the last group begins a little earlier.
      const first = min(x, across - 4)
      const near = load<i32>(places + (<usize>first << 2))
      const far = load<i32>(places + (<usize>first << 2) + 12)
      const kind = load<u8>(classes + <usize>near)
      let alike = kind != 2
      for (let k = near + 1; k <= far; k++) alike = alike && load<u8>(classes + <usize>k) == kind
      if (alike) {
        store<u32>(out + <usize>first, kind == 0 ? 0 : 0xffffffff)
        continue
      }
      for (let k = near; k <= far + 1; k++) {
        const i = <usize>k << 4
        v128.store(row + i, mix(v128.load(upper + i), v128.load(lower + i), t))
      }
      const at = from + (<usize>first << 2)
      const a = product(row, first, stepX, columns, at)
      const b = product(row, first + 1, stepX, columns, at + 4)
      const c = product(row, first + 2, stepX, columns, at + 8)
      const d = product(row, first + 3, stepX, columns, at + 12)
      // Transposed and added: one lane a pixel.
      const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7))
      const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7))
      const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7))
      const value = f32x4.max(f32x4.splat(0), f32x4.min(f32x4.splat(1), f32x4.mul(f32x4.sub(sums, f32x4.splat(low)), f32x4.splat(gain))))
      const then = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(past + <usize>first))))
      let calmest: f32 = 1
      for (let k = near; k <= far + 1; k++) calmest = min(calmest, min(f32.load(calm + (<usize>k << 2)), f32.load(calm + (<usize>(k + columns) << 2))))
      // What is nothing or everything now is so at once: only what is partial is steadied, or bodies would leave a trail.
      const partial = v128.and(f32x4.gt(value, f32x4.splat(0.02)), f32x4.lt(value, f32x4.splat(0.98)))
      const share = v128.and(f32x4.splat(calmest * keep), partial)
      const settled = mix(f32x4.mul(value, f32x4.splat(255)), then, share)
      const whole = i32x4.trunc_sat_f32x4_s(f32x4.add(settled, f32x4.splat(0.5)))
      const narrow = i16x8.narrow_i32x4_s(whole, whole)
      v128.store32_lane(out + <usize>first, i8x16.narrow_i16x8_u(narrow, narrow), 0)
    }
  }
}
