// Bytes into light: pictures as layers, and the visitor's cut-outs graded for the scene.
import { alphas, fixed, PIXEL, times } from './pixel'

/** Opaque in the place of both pixels' alpha, nothing elsewhere. */
// @ts-ignore: decorator
@inline
function opaque(): v128 {
  return i16x8(0, 0, 0, 32767, 0, 0, 0, 32767)
}

/** 0..255 as 0..32767. */
// @ts-ignore: decorator
@inline
function alphaOf(byte: u32): i32 {
  return (<i32>byte * 257) >> 1
}

/**
 * Turns `count` straight-alpha RGBA pixels into a layer. `decode` has 256 numbers of 16 bits, `gains` 256 vectors' halves:
 * what all colours are multiplied by at that brightest channel, 4096 = 1, and 4096 for alpha.
 */
export function upload(out: usize, source: usize, count: i32, decode: usize, gains: usize): void {
  for (let i = 0; i < count; i++) {
    const p = source + ((<usize>i) << 2)
    const r = <u32>load<u8>(p), g = <u32>load<u8>(p, 1), b = <u32>load<u8>(p, 2), alpha = alphaOf(load<u8>(p, 3))
    const gain = load<i32>(gains + ((<usize>max(r, max(g, b))) << 2))
    const k = (gain * alpha) >> 15
    const to = out + ((<usize>i) << PIXEL)
    store<i16>(to, <i16>min(32767, (load<u16>(decode + (<usize>r << 1)) * k) >> 14))
    store<i16>(to, <i16>min(32767, (load<u16>(decode + (<usize>g << 1)) * k) >> 14), 2)
    store<i16>(to, <i16>min(32767, (load<u16>(decode + (<usize>b << 1)) * k) >> 14), 4)
    store<i16>(to, <i16>alpha, 6)
  }
}

/** Averages blocks of `factor` x `factor` straight-alpha RGBA pixels. */
export function shrinkBytes(out: usize, source: usize, width: i32, height: i32, factor: i32): void {
  const ow = width / factor
  let to = out
  for (let y = 0; y < height / factor; y++) {
    for (let x = 0; x < ow; x++) {
      let r: u32 = 0, g: u32 = 0, b: u32 = 0, alpha: u32 = 0
      for (let j = 0; j < factor; j++) {
        let p = source + ((<usize>((y * factor + j) * width + x * factor)) << 2)
        for (let i = 0; i < factor; i++) {
          const a = <u32>load<u8>(p, 3)
          r += a * load<u8>(p)
          g += a * load<u8>(p, 1)
          b += a * load<u8>(p, 2)
          alpha += a
          p += 4
        }
      }
      const whole = max<u32>(1, alpha)
      store<u32>(to, (r / whole) | ((g / whole) << 8) | ((b / whole) << 16) | ((alpha / (factor * factor)) << 24))
      to += 4
    }
  }
}

/** Room for one row of the shade: frames of up to 4096 pixels. */
const SHADES = memory.data(4096 * 8, 16)

/** A pixel's light in its three lanes, and its luma in the fourth. */
// @ts-ignore: decorator
@inline
function decoded(bytes: usize, p: usize): u64 {
  return (
    load<u64>(bytes + ((<usize>load<u8>(p)) << 3)) +
    load<u64>(bytes + ((<usize>load<u8>(p, 1)) << 3), 2048) +
    load<u64>(bytes + ((<usize>load<u8>(p, 2)) << 3), 4096)
  )
}

/** Where the tone for a pixel stands. */
// @ts-ignore: decorator
@inline
function toneOf(tone: usize, pixel: u64): usize {
  return tone + (min<usize>(1023, <usize>(pixel >> 52)) << 3)
}

/**
 * Turns straight-alpha RGBA bytes into graded pixels, rows `pitch` bytes apart. `decode` has three times 256 pixels: the
 * light of a byte of red, green and blue (32767 = 1), each in its own lane, and in the fourth what it adds to the luma
 * (8192 = 1). `tone` has 1024 times four numbers of 16 bits: what a colour of that luma (512 = 1) is multiplied by, 4096 =
 * 1. `columns` has a number of 16 bits for each column, its alpha, `rows` two for each row, light and alpha (32767 = 1):
 * these hold the soft ends of a cut body. `shade`: gains of the scene's light, `sw` x `sh` pixels (16384 = 1) of which each
 * stands for 1 / `cells` pixels of the source.
 */
export function grade(
  out: usize, pitch: usize, source: usize, width: i32, height: i32, decode: usize, tone: usize, columns: usize, rows: usize,
  shade: usize, sw: i32, sh: i32, cells: f32,
): void {
  const lastX = ((sw - 1) << 16) - 1
  const lastY = ((sh - 1) << 16) - 1
  const step = fixed(cells)
  const shadePitch = (<usize>sw) << PIXEL
  const whole = i16x8(0, 0, 0, -1, 0, 0, 0, -1)
  for (let y = 0; y < height; y++) {
    const rowLight = i16x8.splat(load<i16>(rows + ((<usize>y) << 2)))
    const rowAlpha = <i32>load<i16>(rows + ((<usize>y) << 2), 2)
    let at = out + <usize>y * pitch
    let p = source + ((<usize>(y * width)) << 2)
    const gy = max(0, min(lastY, fixed((<f32>y + <f32>0.5) * cells - <f32>0.5)))
    const upper = shade + <usize>(gy >> 16) * shadePitch
    for (let i = 0; i < sw; i += 2) {
      const a = v128.load(upper + ((<usize>i) << PIXEL))
      const b = v128.load(upper + shadePitch + ((<usize>i) << PIXEL))
      const mixed = i16x8.add(a, times(i16x8.sub(b, a), i16x8.splat(<i16>((gy >> 1) & 0x7fff))))
      v128.store(SHADES + ((<usize>i) << PIXEL), times(mixed, rowLight))
    }
    // Shade for the middle of two pixels.
    let sx = step - 32768
    for (let x = 0; x < width; x += 2, at += 16, p += 8, sx += 2 * step) {
      const a0 = load<u8>(p, 3)
      // Beyond the last column lies the border.
      const a1: u8 = x + 1 < width ? load<u8>(p, 7) : 0
      if ((a0 | a1) == 0) {
        v128.store(at, i16x8.splat(0))
        continue
      }
      const one = decoded(decode, p), two = decoded(decode, p + 4)
      const c = v128.or(i64x2.replace_lane(i64x2.splat(one), 1, two), whole)
      const gx = max(0, min(lastX, sx))
      const cell = v128.load(SHADES + ((<usize>(gx >> 16)) << PIXEL))
      const left = v128.shuffle<i64>(cell, cell, 0, 0), right = v128.shuffle<i64>(cell, cell, 1, 1)
      const gains = i16x8.add(left, times(i16x8.sub(right, left), i16x8.splat(<i16>((gx >> 1) & 0x7fff))))
      const k = times(v128.load64_lane(toneOf(tone, two), v128.load64_zero(toneOf(tone, one)), 1), gains)
      // 32767 = 1 times 2048 = 1 is to become 8192 = 1.
      const graded = i16x8.narrow_i32x4_s(
        i32x4.shr_s(i32x4.extmul_low_i16x8_s(c, k), 13),
        i32x4.shr_s(i32x4.extmul_high_i16x8_s(c, k), 13),
      )
      const column = columns + ((<usize>x) << 1)
      const alpha0 = (alphaOf(a0) * ((<i32>load<i16>(column) * rowAlpha) >> 15)) >> 15
      const alpha1 = (alphaOf(a1) * ((<i32>load<i16>(column, 2) * rowAlpha) >> 15)) >> 15
      const alpha = v128.shuffle<i64>(i16x8.splat(<i16>alpha0), i16x8.splat(<i16>alpha1), 0, 2)
      v128.store(at, times(v128.or(v128.andnot(graded, whole), opaque()), alpha))
    }
  }
}

/** out = one + (other - one) * weight (32768ths), over `count` pixels (even). */
export function blend(out: usize, one: usize, other: usize, count: i32, weight: i32): void {
  const w = i16x8.splat(<i16>weight)
  const end = (<usize>count) << PIXEL
  for (let i: usize = 0; i < end; i += 16) {
    const a = v128.load(one + i)
    v128.store(out + i, i16x8.add(a, times(i16x8.sub(v128.load(other + i), a), w)))
  }
}

/** Adds to each pixel what distinguishes it from its neighbours, times `amount` (32768ths): gives an enlarged clip its bite back. */
export function sharpen(out: usize, source: usize, width: i32, height: i32, amount: i32): void {
  const step = (<usize>width) << PIXEL
  const k = v128.andnot(i16x8.splat(<i16>amount), i16x8(0, 0, 0, -1, 0, 0, 0, -1))
  memory.copy(out, source, <usize>height * step)
  for (let y = 1; y < height - 1; y++) {
    let at = source + <usize>y * step + 8
    let to = out + <usize>y * step + 8
    for (let x = 1; x < width - 2; x += 2) {
      const c = v128.load(at)
      // Only inside: at the outline the neighbours are clear and would read as a dark line.
      const solid = i16x8.gt_s(alphas(c), i16x8.splat(32100))
      if (v128.any_true(solid)) {
        const around = i16x8.avgr_u(
          i16x8.avgr_u(v128.load(at - 8), v128.load(at, 8)),
          i16x8.avgr_u(v128.load(at - step), v128.load(at + step)),
        )
        // Bounded, so that compression noise and blown highlights are not drawn out.
        const limit = i16x8.shr_s(c, 2)
        const detail = i16x8.max_s(i16x8.neg(limit), i16x8.min_s(limit, times(i16x8.sub(c, around), k)))
        v128.store(to, i16x8.max_s(i16x8.splat(0), i16x8.add_sat_s(c, v128.and(detail, solid))))
      }
      at += 16
      to += 16
    }
  }
}

/** From a blurred, shrunk layer to what lights its outline: (alpha, its slope across, its slope down, 0), slopes halved. */
export function outline(out: usize, source: usize, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    const up = source + ((<usize>(max(0, y - 1) * width)) << PIXEL) + 6
    const row = source + ((<usize>(y * width)) << PIXEL) + 6
    const down = source + ((<usize>(min(height - 1, y + 1) * width)) << PIXEL) + 6
    for (let x = 0; x < width; x++) {
      const here = (<usize>x) << PIXEL
      const gx = <i32>load<i16>(row + ((<usize>min(width - 1, x + 1)) << PIXEL)) - <i32>load<i16>(row + ((<usize>max(0, x - 1)) << PIXEL))
      const gy = <i32>load<i16>(down + here) - <i32>load<i16>(up + here)
      const to = out + ((<usize>(y * width + x)) << PIXEL)
      store<u32>(to, <u32>load<u16>(row + here) | ((gx >> 1) << 16))
      store<u32>(to, <u32>((gy >> 1) & 0xffff), 4)
    }
  }
}
