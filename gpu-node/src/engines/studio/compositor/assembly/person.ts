// The visitor is set into the frame so that the scene's light falls on them.
import { bicubic, bilinear1, fixed, integers, luma, PIXEL, times } from './pixel'

/** Pixels of a row that are looked at together. */
const RUN = 8
/** A slope so slight (of 1) is the rounding of an even surface. */
const EVEN: f32 = 0.006
/** Blurred alpha (32767 = 1) below which nothing of the visitor is, and above which no light of the scene arrives. */
const CLEAR = 130
const DEEP = 32570

// @ts-ignore: decorator
@inline
function alphaNear(edges: usize, ew: i32, eh: i32, ex: i32, ey: i32): i32 {
  const x = max(0, min(ew - 1, (ex + 32768) >> 16))
  const y = max(0, min(eh - 1, (ey + 32768) >> 16))
  return load<i16>(edges + ((<usize>(y * ew + x)) << PIXEL))
}

/**
 * Sets the visitor into the frame. `p` points at floats: 0-5 map to the layer, 6-11 map to the outline, 12-17 map to the
 * blurred plate, 18 light wrap, 19 rim strength, 20-22 rim colour, 23-24 direction towards the rim's light, 25 opacity,
 * 26-28 colour multiplier (0..1), 29 softest alpha, 30 hardest alpha (edge is stretched between the two), 31 second rim
 * strength (from the other side), 32-34 its colour, 35 haze: how much of the blurred plate lies over the visitor, 36 what
 * makes the outline's slope 1 at its steepest. Colours and haze: 1 = paper white.
 */
export function person(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  layer: usize, lw: i32, lh: i32, edges: usize, ew: i32, eh: i32, plate: usize, pw: i32, ph: i32, p: usize,
): void {
  const wrap = load<f32>(p, 72), rim = load<f32>(p, 76)
  const white = f32x4.splat(8192)
  const rimColour = f32x4.mul(white, f32x4(load<f32>(p, 80), load<f32>(p, 84), load<f32>(p, 88), 0))
  // Slopes are halved, and 32767 is 1.
  const slope: f32 = <f32>(-2.0 / 32767.0) * load<f32>(p, 144)
  const lx: f32 = load<f32>(p, 92) * slope, ly: f32 = load<f32>(p, 96) * slope
  const opacity = load<f32>(p, 100)
  const tint = f32x4(load<f32>(p, 104), load<f32>(p, 108), load<f32>(p, 112), 1)
  const tinted = load<f32>(p, 104) < 1 || load<f32>(p, 108) < 1 || load<f32>(p, 112) < 1
  const tints = integers(f32x4.mul(tint, f32x4.splat(32767)))
  const low: f32 = load<f32>(p, 116) * 32767
  const span: f32 = <f32>1 / (load<f32>(p, 120) * 32767 - low)
  const rim2 = load<f32>(p, 124)
  const rimColour2 = f32x4.mul(white, f32x4(load<f32>(p, 128), load<f32>(p, 132), load<f32>(p, 136), 0))
  const haze = load<f32>(p, 140)
  const deep = haze > 0 || opacity < 1 ? i32.MAX_VALUE : DEEP
  const one = f32x4.splat(1)
  const layerPitch = (<usize>lw) << PIXEL
  const edgePitch = (<usize>ew) << PIXEL
  const platePitch = (<usize>pw) << PIXEL
  const dsx = fixed(load<f32>(p)), dsy = fixed(load<f32>(p, 12))
  const dex = fixed(load<f32>(p, 24)), dey = fixed(load<f32>(p, 36))
  const dbx = fixed(load<f32>(p, 48)), dby = fixed(load<f32>(p, 60))
  const right = (lw - 2) << 16, bottom = (lh - 2) << 16
  const edgeRight = (ew - 1) << 16, edgeBottom = (eh - 1) << 16
  const plateRight = ((pw - 1) << 16) - 1, plateBottom = ((ph - 1) << 16) - 1
  for (let y = y0; y < y1; y++) {
    const fy = <f32>y
    const fx = <f32>x0
    let sx = fixed(load<f32>(p) * fx + load<f32>(p, 4) * fy + load<f32>(p, 8))
    let sy = fixed(load<f32>(p, 12) * fx + load<f32>(p, 16) * fy + load<f32>(p, 20))
    let ex = fixed(load<f32>(p, 24) * fx + load<f32>(p, 28) * fy + load<f32>(p, 32))
    let ey = fixed(load<f32>(p, 36) * fx + load<f32>(p, 40) * fy + load<f32>(p, 44))
    let bx = fixed(load<f32>(p, 48) * fx + load<f32>(p, 52) * fy + load<f32>(p, 56))
    let by = fixed(load<f32>(p, 60) * fx + load<f32>(p, 64) * fy + load<f32>(p, 68))
    let at = frame + ((<usize>(y * width + x0)) << PIXEL)
    for (let x = x0; x < x1; ) {
      const run = min(RUN, x1 - x)
      const startAlpha = alphaNear(edges, ew, eh, ex, ey)
      const endAlpha = alphaNear(edges, ew, eh, ex + dex * run, ey + dey * run)
      const last = run - 1
      const within =
        min(sx, sx + dsx * last) >= 0x10000 && max(sx, sx + dsx * last) < right &&
        min(sy, sy + dsy * last) >= 0x10000 && max(sy, sy + dsy * last) < bottom
      if (startAlpha < CLEAR && endAlpha < CLEAR) {
        // Nothing of the visitor is here.
      } else if (within && startAlpha > deep && endAlpha > deep) {
        for (let k = 0; k < run; k++) {
          let c = bicubic(layer, layerPitch, sx + dsx * k, sy + dsy * k)
          if (tinted) c = times(c, tints)
          v128.store64_lane(at + ((<usize>k) << PIXEL), c, 0)
        }
      } else {
        for (let k = 0; k < run; k++) {
          const kx = sx + dsx * k, ky = sy + dsy * k
          const kex = ex + dex * k, key = ey + dey * k
          if (kx < 0x10000 || ky < 0x10000 || kx >= right || ky >= bottom) continue
          if (kex < 0 || key < 0 || kex >= edgeRight || key >= edgeBottom) continue
          let c = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(bicubic(layer, layerPitch, kx, ky)))
          const soft = f32x4.extract_lane(c, 3)
          if (soft <= low) continue
          const t: f32 = min<f32>(1, (soft - low) * span)
          const alpha: f32 = min<f32>(1, t * t * (3 - 2 * t))
          c = f32x4.mul(f32x4.mul(c, f32x4.splat(<f32>32767 / soft)), tint)

          const edge = bilinear1(edges, edgePitch, kex, key)
          const open: f32 = max<f32>(0, 1 - f32x4.extract_lane(edge, 0) * <f32>(1.0 / 32767.0))
          const glowX = max(0, min(plateRight, bx + dbx * k)), glowY = max(0, min(plateBottom, by + dby * k))
          const glow = bilinear1(plate, platePitch, glowX, glowY)
          c = f32x4.add(c, f32x4.mul(glow, f32x4.splat(wrap * open * open + haze)))

          // The outline's slope points inwards: facing the light means falling off towards it.
          const facing: f32 = f32x4.extract_lane(edge, 1) * lx + f32x4.extract_lane(edge, 2) * ly
          const texture: f32 = <f32>0.35 + <f32>1.3 * sqrt<f32>(luma(c) * <f32>(1.0 / 8192.0))
          if (facing > EVEN) c = f32x4.add(c, f32x4.mul(rimColour, f32x4.splat(min<f32>(1, facing - EVEN) * rim * texture)))
          else if (facing < -EVEN) c = f32x4.add(c, f32x4.mul(rimColour2, f32x4.splat(min<f32>(1, -facing - EVEN) * rim2 * texture)))

          const va = f32x4.splat(alpha * opacity)
          const to = at + ((<usize>k) << PIXEL)
          const under = f32x4.convert_i32x4_s(v128.load16x4_s(to))
          const result = f32x4.add(f32x4.mul(f32x4.replace_lane(c, 3, 32767), va), f32x4.mul(under, f32x4.sub(one, va)))
          v128.store64_lane(to, integers(result), 0)
        }
      }
      x += run
      at += (<usize>run) << PIXEL
      sx += dsx * run
      sy += dsy * run
      ex += dex * run
      ey += dey * run
      bx += dbx * run
      by += dby * run
    }
  }
}
