// What is soft enough to be drawn at a quarter of the frame's size, and is spread over it afterwards: fog, beams, glow.
import { alphas, PIXEL, times } from './pixel'

/** Where the four pixels over a quarter's centre and the next lie between the two, in 32768ths. */
// @ts-ignore: decorator
@inline
function firstTwo(): v128 {
  return i16x8(4096, 4096, 4096, 4096, 12288, 12288, 12288, 12288)
}
// @ts-ignore: decorator
@inline
function lastTwo(): v128 {
  return i16x8(20480, 20480, 20480, 20480, 28672, 28672, 28672, 28672)
}

/** Mixes two rows of `count` pixels (even) into `out`: upper + (lower - upper) * weight. */
// @ts-ignore: decorator
@inline
export function mixRows(out: usize, upper: usize, lower: usize, count: i32, weight: i32): void {
  const w = i16x8.splat(<i16>weight)
  const end = (<usize>count) << PIXEL
  for (let i: usize = 0; i < end; i += 16) {
    const a = v128.load(upper + i)
    v128.store(out + i, i16x8.add(a, times(i16x8.sub(v128.load(lower + i), a), w)))
  }
}

// @ts-ignore: decorator
@inline
function layOne(at: usize, c: v128): void {
  const under = v128.load(at)
  v128.store(at, i16x8.add_sat_s(i16x8.sub(under, times(under, alphas(c))), c))
}

/**
 * Lays a veil, a premultiplied layer of a quarter of the frame's size, over the frame's rows y0..y1. `row` has room for
 * a row of the veil and two pixels; the frame's width is a multiple of eight.
 */
export function layVeil(frame: usize, width: i32, y0: i32, y1: i32, veil: usize, vh: i32, row: usize): void {
  const vw = width >> 2
  const pitch = (<usize>vw) << PIXEL
  // One pixel before the first, and one after the last, so that borders need no care.
  const first = row + 8
  for (let y = y0; y < y1; y++) {
    // In eighths of a quarter pixel: (y - 1.5) / 4.
    const eighths = 2 * y - 3
    const above = max(0, min(vh - 1, eighths >> 3))
    const below = max(0, min(vh - 1, (eighths >> 3) + 1))
    mixRows(first, veil + <usize>above * pitch, veil + <usize>below * pitch, vw, (eighths & 7) * 4096)
    store<u64>(row, load<u64>(first))
    store<u64>(first + pitch, load<u64>(first + pitch - 8))
    let at = frame + ((<usize>(y * width)) << PIXEL)
    for (let q = 0; q <= vw; q++) {
      const two = v128.load(row + ((<usize>q) << PIXEL))
      if (v128.any_true(two)) {
        const a = v128.shuffle<i64>(two, two, 0, 0)
        const step = i16x8.sub(v128.shuffle<i64>(two, two, 1, 1), a)
        // The first two pixels over it end at column 4 q - 2, those after begin there.
        if (q > 0) layOne(at - 16, i16x8.add(a, times(step, firstTwo())))
        if (q < vw) layOne(at, i16x8.add(a, times(step, lastTwo())))
      }
      at += 32
    }
  }
}
