// Laying a layer into the frame through an affine map. `map` points at six floats that take a pixel of the frame to a
// pixel of the layer: sx = m0 x + m1 y + m2, sy = m3 x + m4 y + m5. `tint` points at a vector that colours are multiplied
// by (32767 = 1) and are then doubled `doublings` times. `tiles`: what `survey` found in the layer, or 0.
import { alphas, bilinear2, fixed, lerpRun, linear2, PIXEL, times } from './pixel'

/** Room for the columns of a run of eight pixels. */
const RUN = memory.data(256, 16)
/** The pixels of a row that lie in the layer, from..to; set by `inside`. */
let from = 0
let to = 0
/** How far from the layer's border is still inside, in pixels: more than the steps along a row add up to wrongly. */
const SAFETY: f32 = 0.02

/** Leaves of from..to those x with 0 <= m x + start < size - 1. */
function inside(m: f32, start: f32, size: i32): void {
  const low = SAFETY
  const high: f32 = <f32>(size - 1) - SAFETY
  if (m > <f32>1e-6) {
    from = max(from, <i32>ceil<f32>((low - start) / m))
    to = min(to, <i32>ceil<f32>((high - start) / m))
  } else if (m < <f32>-1e-6) {
    from = max(from, <i32>floor<f32>((high - start) / m) + 1)
    to = min(to, <i32>floor<f32>((low - start) / m) + 1)
  } else if (start < low || start >= high) to = from
}

/** Side of a tile, as a shift, and what a tile knows of its neighbours, in pixels. */
const TILE = 4
const MARGIN = 4

/**
 * Says of each tile of 16 x 16 pixels whether anything is in it or near it, a byte each, so that rows can skip what is
 * empty.
 */
export function survey(tiles: usize, source: usize, width: i32, height: i32): void {
  const columns = (width + 15) >> TILE
  for (let ty = 0; ty < (height + 15) >> TILE; ty++) {
    for (let tx = 0; tx < columns; tx++) {
      const x0 = max(0, (tx << TILE) - MARGIN), x1 = min(width, ((tx + 1) << TILE) + MARGIN)
      const y0 = max(0, (ty << TILE) - MARGIN), y1 = min(height, ((ty + 1) << TILE) + MARGIN)
      let found: u64 = 0
      for (let y = y0; y < y1 && found == 0; y++) {
        const row = source + ((<usize>(y * width)) << PIXEL)
        for (let x = x0; x < x1; x++) found |= load<u64>(row + ((<usize>x) << PIXEL))
      }
      store<u8>(tiles + <usize>(ty * columns + tx), found != 0 ? 1 : 0)
    }
  }
}

/** Whether a row of the frame runs along rows of the layer, so that eight of its pixels can be taken as level. */
// @ts-ignore: decorator
@inline
function level(dx: i32, dy: i32): bool {
  return dx > 0 && dx <= 0x20000 && abs(dy) <= 1024
}

/** Fills the frame with an opaque layer; beyond its edge the edge goes on. The frame's width is a multiple of eight. */
export function cover(frame: usize, width: i32, height: i32, source: usize, sw: i32, sh: i32, map: usize): void {
  const m0 = load<f32>(map), m1 = load<f32>(map, 4), m2 = load<f32>(map, 8)
  const m3 = load<f32>(map, 12), m4 = load<f32>(map, 16), m5 = load<f32>(map, 20)
  const pitch = (<usize>sw) << PIXEL
  const right = ((sw - 1) << 16) - 1
  const bottom = ((sh - 1) << 16) - 1
  const dx = fixed(m0), dy = fixed(m3)
  let out = frame
  for (let y = 0; y < height; y++) {
    const startX: f32 = m1 * <f32>y + m2
    const startY: f32 = m4 * <f32>y + m5
    let sx = fixed(startX)
    let sy = fixed(startY)
    from = 0
    to = width
    inside(m0, startX, sw)
    inside(m3, startY, sh)
    if (from <= 0 && to >= width && level(dx, dy)) {
      for (let x = 0; x < width; x += 8) {
        lerpRun(RUN, source, pitch, sx, sy + dy * 4, dx)
        const first = sx >> 16
        v128.store(out, linear2(RUN, first, sx, sx + dx))
        v128.store(out, linear2(RUN, first, sx + dx * 2, sx + dx * 3), 16)
        v128.store(out, linear2(RUN, first, sx + dx * 4, sx + dx * 5), 32)
        v128.store(out, linear2(RUN, first, sx + dx * 6, sx + dx * 7), 48)
        out += 64
        sx += dx * 8
        sy += dy * 8
      }
    } else {
      for (let x = 0; x < width; x += 2) {
        const x0 = max(0, min(right, sx)), x1 = max(0, min(right, sx + dx))
        const y0 = max(0, min(bottom, sy)), y1 = max(0, min(bottom, sy + dy))
        v128.store(out, bilinear2(source, pitch, x0, y0, x1, y1))
        out += 16
        sx += dx * 2
        sy += dy * 2
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function tinted(c: v128, tint: v128, doublings: i32): v128 {
  c = times(c, tint)
  if (doublings > 0) c = i16x8.add_sat_s(c, c)
  if (doublings > 1) c = i16x8.add_sat_s(c, c)
  return c
}

// @ts-ignore: decorator
@inline
function laid(under: v128, c: v128, veiling: bool): v128 {
  if (veiling) under = i16x8.sub(under, times(under, alphas(c)))
  return i16x8.add_sat_s(under, c)
}

// @ts-ignore: decorator
@inline
function lay(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  source: usize, sw: i32, sh: i32, tiles: usize, map: usize, tint: usize, doublings: i32, veiling: bool,
): void {
  const m0 = load<f32>(map), m1 = load<f32>(map, 4), m2 = load<f32>(map, 8)
  const m3 = load<f32>(map, 12), m4 = load<f32>(map, 16), m5 = load<f32>(map, 20)
  const pitch = (<usize>sw) << PIXEL
  const colour = v128.load(tint)
  const dx = fixed(m0), dy = fixed(m3)
  const tileColumns = (sw + 15) >> TILE
  const flat = level(dx, dy)
  // Pixel upon pixel nothing lies between.
  const exact = m0 == 1 && m1 == 0 && m3 == 0 && m4 == 1 && floor<f32>(m2) == m2 && floor<f32>(m5) == m5
  for (let y = y0; y < y1; y++) {
    const startX: f32 = m1 * <f32>y + m2
    const startY: f32 = m4 * <f32>y + m5
    from = x0
    to = x1
    inside(m0, startX, sw)
    inside(m3, startY, sh)
    if (from >= to) continue
    let sx = fixed(startX + m0 * <f32>from)
    let sy = fixed(startY + m3 * <f32>from)
    let at = frame + ((<usize>(y * width + from)) << PIXEL)
    let left = to - from
    if (flat) {
      for (; left >= 8; left -= 8, at += 64, sx += dx * 8, sy += dy * 8) {
        if (tiles != 0) {
          const here = <usize>((sy >> 20) * tileColumns + (sx >> 20))
          const there = <usize>(((sy + 7 * dy) >> 20) * tileColumns + ((sx + 7 * dx) >> 20))
          if ((load<u8>(tiles + here) | load<u8>(tiles + there)) == 0) continue
        }
        const row = source + <usize>(sy >> 16) * pitch + ((<usize>(sx >> 16)) << PIXEL)
        if (!exact) lerpRun(RUN, source, pitch, sx, sy + dy * 4, dx)
        for (let k = 0; k < 8; k += 2) {
          const c = exact ? v128.load(row + (<usize>k << PIXEL)) : linear2(RUN, sx >> 16, sx + dx * k, sx + dx * (k + 1))
          const to = at + (<usize>k << PIXEL)
          if (v128.any_true(c)) v128.store(to, laid(v128.load(to), tinted(c, colour, doublings), veiling))
        }
      }
    }
    for (; left > 1; left -= 2) {
      const c = bilinear2(source, pitch, sx, sy, sx + dx, sy + dy)
      if (v128.any_true(c)) v128.store(at, laid(v128.load(at), tinted(c, colour, doublings), veiling))
      at += 16
      sx += dx * 2
      sy += dy * 2
    }
    if (left > 0) {
      const c = tinted(bilinear2(source, pitch, sx, sy, sx, sy), colour, doublings)
      v128.store64_lane(at, laid(v128.load64_zero(at), c, veiling), 0)
    }
  }
}

/** Lays a premultiplied layer over the rectangle x0..x1, y0..y1 of the frame. */
export function over(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  source: usize, sw: i32, sh: i32, tiles: usize, map: usize, tint: usize, doublings: i32,
): void {
  lay(frame, width, x0, y0, x1, y1, source, sw, sh, tiles, map, tint, doublings, true)
}

/** Adds a layer's light to the rectangle x0..x1, y0..y1 of the frame. */
export function add(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  source: usize, sw: i32, sh: i32, tiles: usize, map: usize, tint: usize, doublings: i32,
): void {
  lay(frame, width, x0, y0, x1, y1, source, sw, sh, tiles, map, tint, doublings, false)
}

/** out = out * keep + source * tint, over `count` pixels (an even number). */
export function mix(out: usize, source: usize, count: i32, keep: i32, tint: usize, doublings: i32): void {
  const k = i16x8.splat(<i16>keep)
  const colour = v128.load(tint)
  const end = (<usize>count) << PIXEL
  for (let i: usize = 0; i < end; i += 16) {
    const c = tinted(v128.load(source + i), colour, doublings)
    v128.store(out + i, i16x8.add_sat_s(times(v128.load(out + i), k), c))
  }
}
