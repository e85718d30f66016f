// Laying a layer into the frame through an affine map. `map` points at six floats that take a pixel of the frame to a
// pixel of the layer: sx = m0 x + m1 y + m2, sy = m3 x + m4 y + m5.
import { bilinear } from './pixel'

/** Fills the frame with an opaque layer; beyond its edge the edge goes on. */
export function cover(frame: usize, width: i32, height: i32, source: usize, sw: i32, sh: i32, map: usize): void {
  const m0 = load<f32>(map), m1 = load<f32>(map, 4), m2 = load<f32>(map, 8)
  const m3 = load<f32>(map, 12), m4 = load<f32>(map, 16), m5 = load<f32>(map, 20)
  const right: f32 = <f32>sw - <f32>1.01
  const bottom: f32 = <f32>sh - <f32>1.01
  let out = frame
  for (let y = 0; y < height; y++) {
    let sx: f32 = m1 * <f32>y + m2
    let sy: f32 = m4 * <f32>y + m5
    for (let x = 0; x < width; x++) {
      const px: f32 = max<f32>(0, min<f32>(sx, right))
      const py: f32 = max<f32>(0, min<f32>(sy, bottom))
      const ix = <i32>px
      const iy = <i32>py
      v128.store(out, bilinear(source, sw, ix, iy, px - <f32>ix, py - <f32>iy))
      out += 16
      sx += m0
      sy += m3
    }
  }
}

/** Lays a premultiplied layer over the rectangle x0..x1, y0..y1 of the frame, its colour times (r, g, b), all times `opacity`. */
export function over(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  source: usize, sw: i32, sh: i32, map: usize, r: f32, g: f32, b: f32, opacity: f32,
): void {
  const m0 = load<f32>(map), m1 = load<f32>(map, 4), m2 = load<f32>(map, 8)
  const m3 = load<f32>(map, 12), m4 = load<f32>(map, 16), m5 = load<f32>(map, 20)
  const tint = f32x4.mul(f32x4(r, g, b, 1), f32x4.splat(opacity))
  const one = f32x4.splat(1)
  const right: f32 = <f32>(sw - 1)
  const bottom: f32 = <f32>(sh - 1)
  for (let y = y0; y < y1; y++) {
    let sx: f32 = m0 * <f32>x0 + m1 * <f32>y + m2
    let sy: f32 = m3 * <f32>x0 + m4 * <f32>y + m5
    let at = frame + ((<usize>(y * width + x0)) << 4)
    for (let x = x0; x < x1; x++) {
      if (sx >= 0 && sy >= 0 && sx < right && sy < bottom) {
        const ix = <i32>sx
        const iy = <i32>sy
        const c = f32x4.mul(bilinear(source, sw, ix, iy, sx - <f32>ix, sy - <f32>iy), tint)
        const alpha = i8x16.shuffle(c, c, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15)
        v128.store(at, f32x4.add(c, f32x4.mul(v128.load(at), f32x4.sub(one, alpha))))
      }
      at += 16
      sx += m0
      sy += m3
    }
  }
}

/** Adds a layer's light, times (r, g, b), to the rectangle x0..x1, y0..y1 of the frame. */
export function add(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  source: usize, sw: i32, sh: i32, map: usize, r: f32, g: f32, b: f32,
): void {
  const m0 = load<f32>(map), m1 = load<f32>(map, 4), m2 = load<f32>(map, 8)
  const m3 = load<f32>(map, 12), m4 = load<f32>(map, 16), m5 = load<f32>(map, 20)
  const tint = f32x4(r, g, b, 0)
  const right: f32 = <f32>(sw - 1)
  const bottom: f32 = <f32>(sh - 1)
  for (let y = y0; y < y1; y++) {
    let sx: f32 = m0 * <f32>x0 + m1 * <f32>y + m2
    let sy: f32 = m3 * <f32>x0 + m4 * <f32>y + m5
    let at = frame + ((<usize>(y * width + x0)) << 4)
    for (let x = x0; x < x1; x++) {
      if (sx >= 0 && sy >= 0 && sx < right && sy < bottom) {
        const ix = <i32>sx
        const iy = <i32>sy
        const c = bilinear(source, sw, ix, iy, sx - <f32>ix, sy - <f32>iy)
        v128.store(at, f32x4.add(v128.load(at), f32x4.mul(c, tint)))
      }
      at += 16
      sx += m0
      sy += m3
    }
  }
}
