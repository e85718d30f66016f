// What a pixel is and how one is read. A pixel is four 16-bit integers: red, green and blue, premultiplied, linear light,
// 8192 for paper white (light sprites: 32767 for their brightest), and alpha, 32767 for opaque. Two pixels are one vector.
// Layers are rows of pixels without padding; coordinates are pixel centres at whole numbers, in 65536ths of a pixel.

/** Bytes of a pixel, as a shift. */
export const PIXEL: usize = 3

/** The 256 fractions between two pixels, each four times as 32768ths. */
const FRACTIONS = memory.data(256 * 8, 16)
/** Weights of four neighbours at 64 places between two pixels: across (two vectors a place) and down (four vectors). */
const PHASES = 64
const ACROSS = memory.data(64 * 32, 16)
const DOWN = memory.data(64 * 64, 16)

function inner(t: f32): f32 {
  return (<f32>1.1666667 * t - 2) * t * t + <f32>0.8888889
}

function outer(t: f32): f32 {
  return ((<f32>-0.3888889 * t + 2) * t - <f32>3.3333333) * t + <f32>1.7777778
}

/** Fills the tables; the weights are Mitchell-Netravali, B = C = 1/3 (SIGGRAPH 1988). To be called once. */
export function prepare(): void {
  for (let i = 0; i < 256; i++) {
    for (let k = 0; k < 4; k++) store<i16>(FRACTIONS + ((<usize>(i * 4 + k)) << 1), <i16>(i * 128 + 64))
  }
  for (let phase = 0; phase < PHASES; phase++) {
    const t: f32 = (<f32>phase + <f32>0.5) / <f32>PHASES
    const a = <i32>nearest<f32>(outer(1 + t) * 32768)
    const b = <i32>nearest<f32>(inner(t) * 32768)
    const d = <i32>nearest<f32>(outer(2 - t) * 32768)
    // Together exactly one, so that an even surface stays even.
    const c = 32768 - a - b - d
    const across = ACROSS + ((<usize>phase) << 5)
    const down = DOWN + ((<usize>phase) << 6)
    v128.store(across, v128.shuffle<i64>(i16x8.splat(<i16>a), i16x8.splat(<i16>b), 0, 2))
    v128.store(across, v128.shuffle<i64>(i16x8.splat(<i16>c), i16x8.splat(<i16>d), 0, 2), 16)
    v128.store(down, i16x8.splat(<i16>a))
    v128.store(down, i16x8.splat(<i16>b), 16)
    v128.store(down, i16x8.splat(<i16>c), 32)
    v128.store(down, i16x8.splat(<i16>d), 48)
  }
}

// @ts-ignore: decorator
@inline
export function times(a: v128, b: v128): v128 {
  return i16x8.q15mulr_sat_s(a, b)
}

/** The alpha of each of two pixels, four times. */
// @ts-ignore: decorator
@inline
export function alphas(c: v128): v128 {
  return i8x16.shuffle(c, c, 6, 7, 6, 7, 6, 7, 6, 7, 14, 15, 14, 15, 14, 15, 14, 15)
}

/** Two neighbours of a row, mixed with the two below them. */
// @ts-ignore: decorator
@inline
function column(source: usize, pitch: usize, sx: i32, sy: i32): v128 {
  const at = source + <usize>(sy >> 16) * pitch + ((<usize>(sx >> 16)) << PIXEL)
  const upper = v128.load(at)
  return i16x8.add(upper, times(i16x8.sub(v128.load(at + pitch), upper), i16x8.splat(<i16>((sy >> 1) & 0x7fff))))
}

// @ts-ignore: decorator
@inline
function fraction(s: i32): usize {
  return FRACTIONS + <usize>((s >> 5) & 0x7f8)
}

/** Bilinear samples at two places. The caller keeps both inside: 0 <= x < width - 1, 0 <= y < height - 1. */
// @ts-ignore: decorator
@inline
export function bilinear2(source: usize, pitch: usize, sx0: i32, sy0: i32, sx1: i32, sy1: i32): v128 {
  const one = column(source, pitch, sx0, sy0)
  const two = column(source, pitch, sx1, sy1)
  const left = v128.shuffle<i64>(one, two, 0, 2)
  const right = v128.shuffle<i64>(one, two, 1, 3)
  const across = v128.load64_lane(fraction(sx1), v128.load64_zero(fraction(sx0)), 1)
  return i16x8.add(left, times(i16x8.sub(right, left), across))
}

/** Bilinear sample at one place, as four floats: colours 8192 = 1, alpha 32767 = 1. */
// @ts-ignore: decorator
@inline
export function bilinear1(source: usize, pitch: usize, sx: i32, sy: i32): v128 {
  const one = column(source, pitch, sx, sy)
  const right = v128.shuffle<i64>(one, one, 1, 1)
  const c = i16x8.add(one, times(i16x8.sub(right, one), v128.load64_zero(fraction(sx))))
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(c))
}

/** The first half of bilinear sampling of a run of eight pixels: mixes two rows of the source into one, at `out`. */
// @ts-ignore: decorator
@inline
export function lerpRun(out: usize, source: usize, pitch: usize, sx: i32, sy: i32, dx: i32): void {
  let at = source + <usize>(sy >> 16) * pitch + ((<usize>(sx >> 16)) << PIXEL)
  const weight = i16x8.splat(<i16>((sy >> 1) & 0x7fff))
  const columns = ((dx * 7 + 0xffff) >> 16) + 2
  for (let k = 0; k < columns; k += 2) {
    const upper = v128.load(at)
    v128.store(out, i16x8.add(upper, times(i16x8.sub(v128.load(at + pitch), upper), weight)))
    at += 16
    out += 16
  }
}

/** The second half: two neighbouring pixels out of a run that begins at column `first`. */
// @ts-ignore: decorator
@inline
export function linear2(run: usize, first: i32, sx0: i32, sx1: i32): v128 {
  const one = v128.load(run + ((<usize>((sx0 >> 16) - first)) << PIXEL))
  const two = v128.load(run + ((<usize>((sx1 >> 16) - first)) << PIXEL))
  const left = v128.shuffle<i64>(one, two, 0, 2)
  const right = v128.shuffle<i64>(one, two, 1, 3)
  const across = v128.load64_lane(fraction(sx1), v128.load64_zero(fraction(sx0)), 1)
  return i16x8.add(left, times(i16x8.sub(right, left), across))
}

/** Bytes for the columns of one run of eight pixels: twenty pixels, enough where a layer is shrunk by up to 2.2. */
export const RUN_BYTES: usize = 160

/**
 * The first half of bicubic sampling, for a run of at most eight pixels: mixes four rows of the source into one, at
 * `out`. `sy` is the same for the whole run: over so short a way no camera rolls far enough to be seen.
 */
export function mixRun(out: usize, source: usize, pitch: usize, sx: i32, sy: i32, dx: i32, count: i32): void {
  let at = source + <usize>((sy >> 16) - 1) * pitch + ((<usize>((sx >> 16) - 1)) << PIXEL)
  const down = DOWN + <usize>((sy >> 4) & 0xfc0)
  const w0 = v128.load(down), w1 = v128.load(down, 16), w2 = v128.load(down, 32), w3 = v128.load(down, 48)
  // From the neighbour before the first pixel to the second after the last, wherever it begins: always as many.
  const columns = ((dx * (count - 1) + 0xffff) >> 16) + 4
  for (let k = 0; k < columns; k += 2) {
    const third = at + 2 * pitch
    // An outer row, which may count less than nothing, with an inner one: so no sum on the way exceeds the end's.
    const upper = i16x8.add_sat_s(times(v128.load(at), w0), times(v128.load(at + pitch), w1))
    const lower = i16x8.add_sat_s(times(v128.load(third), w2), times(v128.load(third + pitch), w3))
    v128.store(out, i16x8.add_sat_s(upper, lower))
    at += 16
    out += 16
  }
}

// @ts-ignore: decorator
@inline
function mixColumns(run: usize, first: i32, sx: i32): v128 {
  const at = run + ((<usize>((sx >> 16) - first)) << PIXEL)
  const across = ACROSS + <usize>((sx >> 5) & 0x7e0)
  return i16x8.add_sat_s(times(v128.load(at), v128.load(across)), times(v128.load(at, 16), v128.load(across, 16)))
}

/**
 * The second half: two neighbouring pixels out of a run that begins at `start`. Together the halves keep edges smooth
 * when a small clip is enlarged, no stair-steps, next to no ringing. Never below 0.
 */
// @ts-ignore: decorator
@inline
export function bicubic2(run: usize, start: i32, sx0: i32, sx1: i32): v128 {
  const one = mixColumns(run, start >> 16, sx0)
  const two = mixColumns(run, start >> 16, sx1)
  const sums = i16x8.add_sat_s(v128.shuffle<i64>(one, two, 0, 2), v128.shuffle<i64>(one, two, 1, 3))
  return i16x8.max_s(i16x8.splat(0), sums)
}

/** Luma (BT.709) of four floats. */
// @ts-ignore: decorator
@inline
export function luma(c: v128): f32 {
  return (
    <f32>0.2126 * f32x4.extract_lane(c, 0) + <f32>0.7152 * f32x4.extract_lane(c, 1) + <f32>0.0722 * f32x4.extract_lane(c, 2)
  )
}

/** Four floats of at most 32767, none negative, to four integers in both halves of a vector. */
// @ts-ignore: decorator
@inline
export function integers(c: v128): v128 {
  // Beyond 2^23 a float's last bits count ones: adding that rounds, and no conversion is as quick.
  const bits = f32x4.add(f32x4.max(f32x4.splat(0), f32x4.min(f32x4.splat(32767), c)), f32x4.splat(8388608))
  return i8x16.shuffle(bits, bits, 0, 1, 4, 5, 8, 9, 12, 13, 0, 1, 4, 5, 8, 9, 12, 13)
}

/** A length in pixels as 65536ths. */
// @ts-ignore: decorator
@inline
export function fixed(value: f32): i32 {
  return <i32>floor<f32>(value * 65536)
}
