// From light to picture: bloom, vignette, the film's tone curve, grain, and I420 for the encoder. Works on blocks of
// eight pixels of two rows.
import { PIXEL, times } from './pixel'
import { mixRows } from './veil'

/** Room for the light of one block: two rows of eight pixels. */
const BLOCK = memory.data(128, 16)

/** Spreads two neighbours of the glow over the four pixels between them, of both rows, and lights `frame` with them. */
// @ts-ignore: decorator
@inline
function light(block: usize, frame: usize, step: usize, glow: v128): void {
  // At each pixel the glow's light is added and its alpha, the vignette, multiplied with.
  const shade = i8x16.shuffle(glow, glow, 6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15)
  const one = v128.shuffle<i64>(glow, glow, 0, 0), two = v128.shuffle<i64>(glow, glow, 1, 1)
  const shadeOne = v128.shuffle<i64>(shade, shade, 0, 0), shadeTwo = v128.shuffle<i64>(shade, shade, 1, 1)
  v128.store(block, times(i16x8.add_sat_s(v128.load(frame), one), shadeOne))
  v128.store(block, times(i16x8.add_sat_s(v128.load(frame, 16), two), shadeTwo), 16)
  v128.store(block, times(i16x8.add_sat_s(v128.load(frame + step), one), shadeOne), 64)
  v128.store(block, times(i16x8.add_sat_s(v128.load(frame + step, 16), two), shadeTwo), 80)
}

/** What `curve` shows for one channel of eight pixels. */
// @ts-ignore: decorator
@inline
function shown(curve: usize, block: usize): v128 {
  let v = v128.load16_splat(curve + ((<usize>load<u16>(block)) << 1))
  v = v128.load16_lane(curve + ((<usize>load<u16>(block, 8)) << 1), v, 1)
  v = v128.load16_lane(curve + ((<usize>load<u16>(block, 16)) << 1), v, 2)
  v = v128.load16_lane(curve + ((<usize>load<u16>(block, 24)) << 1), v, 3)
  v = v128.load16_lane(curve + ((<usize>load<u16>(block, 32)) << 1), v, 4)
  v = v128.load16_lane(curve + ((<usize>load<u16>(block, 40)) << 1), v, 5)
  v = v128.load16_lane(curve + ((<usize>load<u16>(block, 48)) << 1), v, 6)
  return v128.load16_lane(curve + ((<usize>load<u16>(block, 56)) << 1), v, 7)
}

/** Luma of eight pixels (64 = one step of 255), with grain: most of it in the middle, none in white. */
// @ts-ignore: decorator
@inline
function lumaOf(r: v128, g: v128, b: v128, noise: v128): v128 {
  const y = i16x8.add(
    i16x8.add(times(r, i16x8.splat(5983)), times(g, i16x8.splat(20127))),
    i16x8.add(times(b, i16x8.splat(2032)), i16x8.splat(1024 + 32)),
  )
  // Strongest in the shadows' upper half, gone where the film is burnt out.
  const most = i16x8.max_s(i16x8.splat(0), i16x8.min_s(i16x8.add(i16x8.shl(y, 1), i16x8.splat(6000)), i16x8.sub(i16x8.splat(15100), y)))
  return i16x8.shr_s(i16x8.add(y, times(noise, i16x8.shl(most, 1))), 6)
}

/** A quarter of the sum of 2 x 2 pixels, for four blocks of them, as 32-bit integers. */
// @ts-ignore: decorator
@inline
function meanOf(upper: v128, lower: v128): v128 {
  return i32x4.shr_s(i32x4.extadd_pairwise_i16x8_s(i16x8.add(upper, lower)), 2)
}

// @ts-ignore: decorator
@inline
function chroma(at: usize, r: v128, g: v128, b: v128, kr: i32, kg: i32, kb: i32): void {
  const sum = i32x4.add(
    i32x4.add(i32x4.mul(r, i32x4.splat(kr)), i32x4.mul(g, i32x4.splat(kg))),
    i32x4.add(i32x4.mul(b, i32x4.splat(kb)), i32x4.splat((128 << 22) + (1 << 21))),
  )
  const words = i32x4.shr_s(sum, 22)
  const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(words, words), words)
  v128.store32_lane(at, bytes, 0)
}

/**
 * Develops a frame. `glow` is a quarter of the frame in both directions: light to add, and in its alpha what all light is
 * then multiplied by. `curve` holds for red, green and blue 32768 numbers of 16 bits: what that much light (8192 = paper
 * white) is shown as, 64 a step of 255. `grain` is a tile of 256 x 264 numbers of 16 bits whose columns from the 256th on
 * are its first again, shifted by (nx, ny). `colours` points at six integers: red's, green's and blue's share in U and in V,
 * 65536ths. `row` has room for a row of the glow and two pixels. Writes 8-bit BT.709 in limited range; chroma is the mean
 * of each 2 x 2 block.
 */
export function finish(
  frame: usize, width: i32, height: i32, glow: usize, curve: usize, grain: usize, nx: i32, ny: i32, colours: usize,
  row: usize, planeY: usize, planeU: usize, planeV: usize,
): void {
  const gw = width >> 2
  const gh = height >> 2
  const pitch = (<usize>gw) << PIXEL
  const step = (<usize>width) << PIXEL
  const green = curve + 65536, blue = green + 65536
  const ur = load<i32>(colours), ug = load<i32>(colours, 4), ub = load<i32>(colours, 8)
  const vr = load<i32>(colours, 12), vg = load<i32>(colours, 16), vb = load<i32>(colours, 20)
  const first = row + 8
  // Centres of 2 x 2 blocks lie a quarter and three quarters between two pixels of the glow.
  const weights = i16x8(8192, 8192, 8192, 8192, 24576, 24576, 24576, 24576)
  for (let y = 0; y < height; y += 2) {
    const quarters = y - 1
    const above = max(0, min(gh - 1, quarters >> 2))
    const below = max(0, min(gh - 1, (quarters >> 2) + 1))
    mixRows(first, glow + <usize>above * pitch, glow + <usize>below * pitch, gw, (quarters & 3) * 8192)
    store<u64>(row, load<u64>(first))
    store<u64>(first + pitch, load<u64>(first + pitch - 8))
    const grainUpper = grain + <usize>((y + ny) & 255) * 528
    const grainLower = grain + <usize>((y + 1 + ny) & 255) * 528
    for (let x = 0; x < width; x += 8) {
      const at = frame + ((<usize>(y * width + x)) << PIXEL)
      // Of the glow: the pixel before the block's first four, theirs, that of the last four, and the one after.
      const q = row + ((<usize>(x >> 2)) << PIXEL)
      const p01 = v128.load(q), p12 = v128.load(q, 8), p23 = v128.load(q, 16)
      const w = weights
      const a = v128.shuffle<i64>(p01, p01, 0, 0)
      const b = v128.shuffle<i64>(p12, p12, 0, 0)
      const c = v128.shuffle<i64>(p23, p23, 0, 0)
      const d = v128.shuffle<i64>(p23, p23, 1, 1)
      const before = i16x8.add(a, times(i16x8.sub(b, a), w))
      const middle = i16x8.add(b, times(i16x8.sub(c, b), w))
      const after = i16x8.add(c, times(i16x8.sub(d, c), w))
      light(BLOCK, at, step, v128.shuffle<i64>(before, middle, 1, 2))
      light(BLOCK + 32, at + 32, step, v128.shuffle<i64>(middle, after, 1, 2))

      const r0 = shown(curve, BLOCK), g0 = shown(green, BLOCK + 2), b0 = shown(blue, BLOCK + 4)
      const r1 = shown(curve, BLOCK + 64), g1 = shown(green, BLOCK + 66), b1 = shown(blue, BLOCK + 68)
      const column = (<usize>((x + nx) & 255)) << 1
      const y0 = lumaOf(r0, g0, b0, v128.load(grainUpper + column))
      const y1 = lumaOf(r1, g1, b1, v128.load(grainLower + column))
      const lumas = i8x16.narrow_i16x8_u(y0, y1)
      const to = planeY + <usize>(y * width + x)
      v128.store64_lane(to, lumas, 0)
      v128.store64_lane(to + <usize>width, lumas, 1)
      const r = meanOf(r0, r1), g = meanOf(g0, g1), bl = meanOf(b0, b1)
      const half = <usize>((y >> 1) * (width >> 1) + (x >> 1))
      chroma(planeU + half, r, g, bl, ur, ug, ub)
      chroma(planeV + half, r, g, bl, vr, vg, vb)
    }
  }
}
