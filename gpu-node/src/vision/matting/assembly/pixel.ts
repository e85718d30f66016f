// What every kernel reads and mixes pixels by.

/** A pixel of an RGBA picture as four floats, 0..255. */
// @ts-ignore: decorator
@inline
export function pixel(at: usize): v128 {
  const wide = i16x8.extend_low_i8x16_u(v128.load32_zero(at))
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(wide))
}

/** From `a` to `b` by `t`, 0..1, lane by lane. */
// @ts-ignore: decorator
@inline
export function mix(a: v128, b: v128, t: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), t))
}
