// The cut-out's colours: freed of the background that shines through them, and of the tint it throws.
import { EDGE, EMPTY, SOLID, TINTED } from './cells'
import { mix, pixel } from './pixel'

// @ts-ignore: decorator
@inline
function step(low: f32, high: f32, value: f32): f32 {
  const t = max<f32>(0, min<f32>(1, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

// @ts-ignore: decorator
@inline
function square3(v: v128): f32 {
  const s = f32x4.mul(v, v)
  return f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 2)
}

// @ts-ignore: decorator
@inline
function between(at: usize, columns: i32, tu: v128, tv: v128): v128 {
  const below = at + (<usize>columns << 5)
  return mix(mix(v128.load(at), v128.load(at + 32), tu), mix(v128.load(below), v128.load(below + 32), tu), tv)
}

/** What is known round a pixel of the region: the visitor's colour and the background's, and whether both are known. */
let front: v128 = f32x4.splat(0)
let back: v128 = f32x4.splat(0)
function neighbourhood(cells: usize, columns: i32, rows: i32, x: i32, y: i32): bool {
  const u = max<f32>(0, min<f32>(<f32>columns - 1.001, (<f32>x + 0.5) * 0.125 - 0.5))
  const v = max<f32>(0, min<f32>(<f32>rows - 1.001, (<f32>y + 0.5) * 0.125 - 0.5))
  const cell = cells + (<usize>(<i32>v * columns + <i32>u) << 5)
  const tu = f32x4.splat(u - <f32>(<i32>u))
  const tv = f32x4.splat(v - <f32>(<i32>v))
  front = between(cell, columns, tu, tv)
  back = between(cell + 16, columns, tu, tv)
  const frontWeight = f32x4.extract_lane(front, 3)
  const backWeight = f32x4.extract_lane(back, 3)
  if (frontWeight < 0.001 || backWeight < 0.001) return false
  front = f32x4.mul(front, f32x4.splat(1 / frontWeight))
  back = f32x4.mul(back, f32x4.splat(1 / backWeight))
  return true
}

/** A colour without its brightness. */
// @ts-ignore: decorator
@inline
function chroma(colour: v128): v128 {
  const luma = f32x4.extract_lane(colour, 0) * 0.2126 + f32x4.extract_lane(colour, 1) * 0.7152 + f32x4.extract_lane(colour, 2) * 0.0722
  return f32x4.sub(colour, f32x4.splat(luma))
}

/**
 * A colour without the part of its tint that is the background's: what its chroma has of the way from the visitor's to the
 * background's, from a tenth on. A grey wall has no tint to tell by: a gleam on dark hair or a white stripe of a jumper would
 * pass for wall. Wants `front` and `back` set.
 */
// @ts-ignore: decorator
@inline
function untinted(colour: v128): v128 {
  const from = chroma(back)
  const way = f32x4.sub(from, chroma(front))
  const apart = square3(way)
  const sure = min(step(600, 3000, apart), step(600, 3000, square3(from)))
  if (sure == 0) return colour
  const product = f32x4.mul(f32x4.sub(chroma(colour), chroma(front)), way)
  const along = (f32x4.extract_lane(product, 0) + f32x4.extract_lane(product, 1) + f32x4.extract_lane(product, 2)) / apart
  const share = max<f32>(0, min<f32>(1.2, along))
  return f32x4.sub(colour, f32x4.mul(way, f32x4.splat(sure * share * step(0.08, 0.35, share))))
}

/** Marks the edge cells in which a tint could be told and taken off; in the others a covered pixel is the visitor's own. */
export function markTinted(kinds: usize, cells: usize, columns: i32, rows: i32): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = kinds + <usize>(y * columns + x)
      if (load<u8>(at) != EDGE || !neighbourhood(cells, columns, rows, (x << 3) + 4, (y << 3) + 4)) continue
      const from = chroma(back)
      if (square3(f32x4.sub(chroma(front), from)) > 500 && square3(from) > 500) store<u8>(at, TINTED)
    }
  }
}

/**
 * Writes the cut-out: straight-alpha RGBA of the region. A pixel at the edge gets the colour the visitor has there without
 * the background shining through (blur fusion, Forte 2021): F + a * (C - a * F - (1 - a) * B). What then still has the
 * background's tint, thrown on hair and shoulders, loses it at its own brightness.
 */
export function cutOut(
  source: usize, width: i32, left: i32, top: i32, across: i32, down: i32,
  alpha: usize, kinds: usize, cells: usize, columns: i32, rows: i32, target: usize,
): void {
  const opaque = i32x4.splat(0xff000000)
  for (let y = 0; y < down; y++) {
    let at = source + (<usize>((top + y) * width + left) << 2)
    let out = target + (<usize>(y * across) << 2)
    for (let x = 0; x < across; x++, at += 4, out += 4) {
      if ((x & 7) == 0 && x + 8 <= across) {
        const whole = load<u8>(kinds + <usize>((y >> 3) * columns + (x >> 3)))
        if (whole == SOLID || whole == EMPTY) {
          const mask = i32x4.splat(whole == SOLID ? -1 : 0)
          v128.store(out, v128.and(v128.or(v128.load(at), opaque), mask))
          v128.store(out + 16, v128.and(v128.or(v128.load(at + 16), opaque), mask))
          x += 7
          at += 28
          out += 28
          continue
        }
      }
      const kind = load<u8>(kinds + <usize>((y >> 3) * columns + (x >> 3)))
      const a = load<u8>(alpha + <usize>(y * across + x))
      if (a == 0 || kind == EMPTY) store<u32>(out, 0)
      else if (kind == SOLID || (kind == EDGE && a >= 253)) store<u32>(out, (load<u32>(at) & 0x00ffffff) | (<u32>(kind == SOLID ? 255 : a) << 24))
      else {
        let clean = pixel(at)
        if (neighbourhood(cells, columns, rows, x, y)) {
          if (a < 253) {
            const share = <f32>a * <f32>(1.0 / 255.0)
            const shine = f32x4.add(f32x4.mul(front, f32x4.splat(share)), f32x4.mul(back, f32x4.splat(1 - share)))
            clean = f32x4.add(front, f32x4.mul(f32x4.sub(clean, shine), f32x4.splat(share)))
          }
          if (kind == TINTED) clean = untinted(clean)
        }
        const whole = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.max(f32x4.splat(0), clean), f32x4.splat(0.5)))
        const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(whole, whole), whole)
        store<u32>(out, (<u32>i32x4.extract_lane(bytes, 0) & 0x00ffffff) | (<u32>a << 24))
      }
    }
  }
}
