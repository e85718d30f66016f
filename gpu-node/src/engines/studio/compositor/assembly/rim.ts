// The scene's light at the visitor's outline: what creeps over it from behind, and what grazes it from the sides.
import { bilinear1, integers, PIXEL, times } from './pixel'

/** A slope so slight (of 1) is the rounding of an even surface. */
const EVEN: f32 = 0.006
/** Blurred alpha (32767 = 1) from which no light of the scene arrives, and over how much of it before that it fades. */
export const DEEP = 32570
const FADING: f32 = 4000
/** Bytes of a cell, as a shift: two pixels, light that lies over the visitor, and light that their own brightness takes. */
const CELL: usize = 4

/**
 * Finds the light for each pixel of an outline. `p` points at floats: 0-5 map from the outline to the blurred plate, 6 light
 * wrap, 7 rim strength, 8-10 rim colour, 11-12 direction towards the rim's light, 13 second rim strength (from the other
 * side), 14-16 its colour, 17 haze: how much of the blurred plate lies over all of the visitor, 18 what makes the outline's
 * slope 1 at its steepest. Colours: 1 = paper white. Rims are written at 16384 = 1, all else at 8192.
 */
export function rim(out: usize, edges: usize, ew: i32, eh: i32, plate: usize, pw: i32, ph: i32, p: usize): void {
  const wrap = load<f32>(p, 24)
  const one = f32x4.mul(f32x4(load<f32>(p, 32), load<f32>(p, 36), load<f32>(p, 40), 0), f32x4.splat(load<f32>(p, 28) * 16384))
  // Slopes are halved, and 32767 is 1.
  const slope: f32 = <f32>(-2.0 / 32767.0) * load<f32>(p, 72)
  const lx: f32 = load<f32>(p, 44) * slope, ly: f32 = load<f32>(p, 48) * slope
  const other = f32x4.mul(f32x4(load<f32>(p, 56), load<f32>(p, 60), load<f32>(p, 64), 0), f32x4.splat(load<f32>(p, 52) * 16384))
  const haze = load<f32>(p, 68)
  const right: f32 = <f32>(pw - 1) - <f32>0.01, bottom: f32 = <f32>(ph - 1) - <f32>0.01
  for (let y = 0; y < eh; y++) {
    for (let x = 0; x < ew; x++) {
      const index = <usize>(y * ew + x)
      const edge = f32x4.convert_i32x4_s(v128.load16x4_s(edges + (index << PIXEL)))
      const a = f32x4.extract_lane(edge, 0)
      const to = out + (index << CELL)
      const open: f32 = max<f32>(0, 1 - a * <f32>(1.0 / 32767.0))
      const share: f32 = wrap * open * open + haze
      // The outline's slope points inwards: facing the light means falling off towards it.
      const facing: f32 = f32x4.extract_lane(edge, 1) * lx + f32x4.extract_lane(edge, 2) * ly
      const fade: f32 = max<f32>(0, min<f32>(1, (<f32>DEEP - a) / FADING))
      const shine = f32x4.mul(facing > 0 ? one : other, f32x4.splat(fade * max<f32>(0, min<f32>(1, abs<f32>(facing) - EVEN))))
      if (a < 1 || (share < <f32>1e-5 && !v128.any_true(shine))) {
        v128.store(to, i16x8.splat(0))
        continue
      }
      const fx = <f32>x, fy = <f32>y
      const bx: f32 = max<f32>(0, min<f32>(right, load<f32>(p) * fx + load<f32>(p, 4) * fy + load<f32>(p, 8)))
      const by: f32 = max<f32>(0, min<f32>(bottom, load<f32>(p, 12) * fx + load<f32>(p, 16) * fy + load<f32>(p, 20)))
      const glow = bilinear1(plate, (<usize>pw) << PIXEL, <i32>(bx * 65536), <i32>(by * 65536))
      v128.store(to, v128.shuffle<i64>(integers(f32x4.mul(glow, f32x4.splat(share))), integers(shine), 0, 2))
    }
  }
}

/** Both lights of a place of the outline, beyond its border the border's: what lies over in the lower half, rims in the upper. */
// @ts-ignore: decorator
@inline
export function lightAt(lights: usize, ew: i32, eh: i32, ex: i32, ey: i32): v128 {
  const x = max(0, min(((ew - 1) << 16) - 1, ex)), y = max(0, min(((eh - 1) << 16) - 1, ey))
  const at = lights + ((<usize>((y >> 16) * ew + (x >> 16))) << CELL)
  const below = at + ((<usize>ew) << CELL)
  const down = i16x8.splat(<i16>((y >> 1) & 0x7fff)), across = i16x8.splat(<i16>((x >> 1) & 0x7fff))
  const a = v128.load(at), b = v128.load(at, 16)
  const left = i16x8.add(a, times(i16x8.sub(v128.load(below), a), down))
  const beside = i16x8.add(b, times(i16x8.sub(v128.load(below, 16), b), down))
  return i16x8.add(left, times(i16x8.sub(beside, left), across))
}
