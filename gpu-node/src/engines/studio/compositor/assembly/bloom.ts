// What is too bright for the film spreads: the glare of a frame at an eighth of its size, and its way back.
import { fixed, integers, PIXEL, bilinear1 } from './pixel'

/** The mean of 4 x 4 pixels, as four floats. */
// @ts-ignore: decorator
@inline
function meanOf(at: usize, step: usize): v128 {
  const second = at + step
  const third = second + step
  const fourth = third + step
  const left = i16x8.avgr_u(
    i16x8.avgr_u(v128.load(at), v128.load(second)),
    i16x8.avgr_u(v128.load(third), v128.load(fourth)),
  )
  const right = i16x8.avgr_u(
    i16x8.avgr_u(v128.load(at, 16), v128.load(second, 16)),
    i16x8.avgr_u(v128.load(third, 16), v128.load(fourth, 16)),
  )
  const two = i16x8.avgr_u(left, right)
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.avgr_u(two, v128.shuffle<i64>(two, two, 1, 1))))
}

// @ts-ignore: decorator
@inline
function above(c: v128, threshold: f32): v128 {
  const peak = max<f32>(f32x4.extract_lane(c, 0), max<f32>(f32x4.extract_lane(c, 1), f32x4.extract_lane(c, 2)))
  return f32x4.mul(c, f32x4.splat(peak > threshold ? (peak - threshold) / peak : 0))
}

/**
 * A frame at an eighth of its size, of which only light brighter than `threshold` (8192 = paper white) is left. Judged at
 * a quarter, so that small lamps count.
 */
export function glare(out: usize, frame: usize, width: i32, height: i32, threshold: f32): void {
  const step = (<usize>width) << PIXEL
  let to = out
  for (let y = 0; y < height >> 3; y++) {
    let at = frame + <usize>(8 * y) * step
    for (let x = 0; x < width >> 3; x++) {
      const upper = f32x4.add(above(meanOf(at, step), threshold), above(meanOf(at + 32, step), threshold))
      const under = at + 4 * step
      const lower = f32x4.add(above(meanOf(under, step), threshold), above(meanOf(under + 32, step), threshold))
      v128.store64_lane(to, integers(f32x4.mul(f32x4.add(upper, lower), f32x4.splat(0.25))), 0)
      at += 64
      to += 8
    }
  }
}

/**
 * Doubles a layer's size into `out`, times `gain`, and puts `shade` (a number of 16 bits for each pixel of `out`) in the
 * place of alpha.
 */
export function raise(out: usize, source: usize, width: i32, height: i32, gain: f32, shade: usize): void {
  const pitch = (<usize>width) << PIXEL
  const right = ((width - 1) << 16) - 1
  const bottom = ((height - 1) << 16) - 1
  const half = fixed(0.5)
  const factor = f32x4.splat(gain)
  let to = out
  for (let y = 0; y < height * 2; y++) {
    const sy = max(0, min(bottom, y * half - (half >> 1)))
    for (let x = 0; x < width * 2; x++) {
      const sx = max(0, min(right, x * half - (half >> 1)))
      const c = integers(f32x4.mul(bilinear1(source, pitch, sx, sy), factor))
      v128.store64_lane(to, i16x8.replace_lane(c, 3, load<i16>(shade)), 0)
      to += 8
      shade += 2
    }
  }
}
