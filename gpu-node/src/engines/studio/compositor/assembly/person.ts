// The visitor is set into the frame so that the scene's light falls on them. Rows are worked through in runs of eight
// pixels, each either clear, at the outline, or so deep inside that no light of the scene arrives.
import { bicubic2, fixed, integers, mixRun, PIXEL, RUN_BYTES, times } from './pixel'
import { DEEP, lightAt } from './rim'

const RUN = 8
/** Most runs of a row: frames are up to 4096 pixels wide. */
const RUNS = 512
/** Room for the columns of the runs at work. */
const COLUMNS = memory.data(8 * 160, 16)
/** What is to be done with each run. Looked up once for so many rows: the outline is known no finer. */
const KINDS = memory.data(512, 16)
const ROWS = 4
const NOTHING: u8 = 0
const INSIDE: u8 = 1
const OUTLINE: u8 = 2

/** Blurred alpha (32767 = 1) below which nothing of the visitor is. */
const CLEAR = 130
/** Alpha (32767 = 1) from which a pixel hides what is behind it. */
const SOLID = 32600

// @ts-ignore: decorator
@inline
function alphaNear(edges: usize, ew: i32, eh: i32, ex: i32, ey: i32): i32 {
  const x = max(0, min(ew - 1, (ex + 32768) >> 16))
  const y = max(0, min(eh - 1, (ey + 32768) >> 16))
  return load<i16>(edges + ((<usize>(y * ew + x)) << PIXEL))
}

/** How much of the rim's light two pixels take, 16384 = 1: bright ones more than dark ones. Four numbers for each. */
// @ts-ignore: decorator
@inline
function textureOf(c: v128): v128 {
  const sums = i32x4.dot_i16x8_s(c, i16x8(6966, 23436, 2366, 0, 6966, 23436, 2366, 0))
  const lumas = i32x4.add(sums, i32x4.shuffle(sums, sums, 1, 0, 3, 2))
  // 8192 * 32768 = 1. What is above one vector's reach is as bright as film gets.
  const roots = f32x4.sqrt(f32x4.mul(f32x4.convert_i32x4_s(lumas), f32x4.splat(<f32>(1.0 / 268435456.0))))
  const words = integers(f32x4.add(f32x4.splat(0.35 * 16384), f32x4.mul(roots, f32x4.splat(1.3 * 16384))))
  return i8x16.shuffle(words, words, 0, 1, 0, 1, 0, 1, 0, 1, 4, 5, 4, 5, 4, 5, 4, 5)
}

/** A run deep inside: its colours times `tints`, below a veil of haze that grows by `step`. */
export function insideRun(to: usize, columns: usize, start: i32, dx: i32, tints: v128, veil: v128, step: v128): void {
  let sx = start
  for (let k = 0; k < RUN; k += 2) {
    v128.store(to, i16x8.add_sat_s(times(bicubic2(columns, start, sx, sx + dx), tints), veil))
    veil = i16x8.add(veil, step)
    to += 16
    sx += 2 * dx
  }
}

/**
 * A run at the outline: the light of `lights` is added, and the edge laid softly over what is there. `low` and `span`: the
 * alpha at which the edge begins and one part in how many it takes to be whole.
 */
export function outlineRun(
  to: usize, columns: usize, start: i32, dx: i32, tints: v128, lights: usize, ew: i32, eh: i32, ex: i32, ey: i32, dex: i32,
  dey: i32, low: f32, span: f32, opacity: f32,
): void {
  let sx = start
  for (let k = 0; k < RUN; k += 2, to += 16, sx += 2 * dx, ex += 2 * dex, ey += 2 * dey) {
    let c = bicubic2(columns, start, sx, sx + dx)
    const softs = i32x4(i16x8.extract_lane_s(c, 3), i16x8.extract_lane_s(c, 7), 0, 0)
    const one = i32x4.extract_lane(softs, 0), two = i32x4.extract_lane(softs, 1)
    if (max(one, two) <= <i32>low) continue
    const solid = min(one, two) >= SOLID && opacity >= 1
    // The edge's own colour, freed of what its alpha took.
    if (!solid) {
      const first = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(c)), f32x4.splat(<f32>32767 / <f32>max(1, one)))
      const second = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(c)), f32x4.splat(<f32>32767 / <f32>max(1, two)))
      c = v128.shuffle<i64>(integers(first), integers(second), 0, 2)
    }
    c = times(c, tints)
    const left = lightAt(lights, ew, eh, ex, ey), right = lightAt(lights, ew, eh, ex + dex, ey + dey)
    const wrap = v128.shuffle<i64>(left, right, 0, 2), rim = v128.shuffle<i64>(left, right, 1, 3)
    const lit = i16x8.add_sat_s(c, wrap)
    c = i16x8.add_sat_s(lit, times(rim, textureOf(lit)))
    if (!solid) {
      const ta: f32 = max<f32>(0, min<f32>(1, (<f32>one - low) * span)), tb: f32 = max<f32>(0, min<f32>(1, (<f32>two - low) * span))
      const a = <i32>(ta * ta * (3 - 2 * ta) * opacity * 32767), b = <i32>(tb * tb * (3 - 2 * tb) * opacity * 32767)
      const alpha = v128.shuffle<i64>(i16x8.splat(<i16>a), i16x8.splat(<i16>b), 0, 2)
      const under = v128.load(to)
      c = i16x8.add_sat_s(times(c, alpha), i16x8.sub(under, times(under, alpha)))
    }
    v128.store(to, c)
  }
}

/**
 * Sets the visitor into the frame. `lights`: what `rim` made of the outline `edges`. `p` points at floats: 0-5 map to the
 * layer, 6-11 map to the outline, 12 opacity, 13-15 colour multiplier (0..1), 16 softest alpha, 17 hardest alpha (the edge
 * is stretched between the two), 18 whether haze lies over the whole visitor. The map shrinks the layer by 2.2 at most; the
 * layer has a clear border of as many pixels as a run spans, and two more. The frame's width is a multiple of eight.
 */
export function person(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  layer: usize, lw: i32, lh: i32, edges: usize, ew: i32, eh: i32, lights: usize, p: usize,
): void {
  const opacity = load<f32>(p, 48)
  const tints = integers(f32x4.mul(f32x4(load<f32>(p, 52), load<f32>(p, 56), load<f32>(p, 60), 1), f32x4.splat(32767)))
  const low: f32 = load<f32>(p, 64) * 32767
  const span: f32 = <f32>1 / (load<f32>(p, 68) * 32767 - low)
  const hazy = load<f32>(p, 72) > 0
  const deep = opacity < 1 ? i32.MAX_VALUE : DEEP
  const layerPitch = (<usize>lw) << PIXEL
  const dsx = fixed(load<f32>(p)), dsy = fixed(load<f32>(p, 12))
  const dex = fixed(load<f32>(p, 24)), dey = fixed(load<f32>(p, 36))
  const right = (lw - 3) << 16, bottom = (lh - 2) << 16
  // Whole runs: what is too much of them lies in the layer's clear border.
  x0 &= ~(RUN - 1)
  const runs = min(RUNS, (x1 - x0 + RUN - 1) / RUN)
  const fx = <f32>x0
  for (let y = y0; y < y1; y++) {
    const fy = <f32>y
    const startX = fixed(load<f32>(p) * fx + load<f32>(p, 4) * fy + load<f32>(p, 8))
    const startY = fixed(load<f32>(p, 12) * fx + load<f32>(p, 16) * fy + load<f32>(p, 20))
    const edgeX = fixed(load<f32>(p, 24) * fx + load<f32>(p, 28) * fy + load<f32>(p, 32))
    const edgeY = fixed(load<f32>(p, 36) * fx + load<f32>(p, 40) * fy + load<f32>(p, 44))

    if ((y - y0) % ROWS == 0) {
      const middle = edgeY + fixed(load<f32>(p, 40) * 1.5)
      let before = alphaNear(edges, ew, eh, edgeX, middle)
      for (let run = 0; run < runs; run++) {
        const k = (run + 1) * RUN
        const after = alphaNear(edges, ew, eh, edgeX + dex * k, middle + dey * k)
        store<u8>(KINDS + <usize>run, before < CLEAR && after < CLEAR ? NOTHING : before > deep && after > deep ? INSIDE : OUTLINE)
        before = after
      }
    }

    for (let run = 0; run < runs; run++) {
      const kind = load<u8>(KINDS + <usize>run)
      if (kind == NOTHING) continue
      const k = run * RUN
      const sx = startX + dsx * k, sy = startY + dsy * (k + RUN / 2)
      if (sx < 0x10000 || sx + dsx * (RUN - 1) >= right || sy < 0x10000 || sy >= bottom) continue
      const columns = COLUMNS + (<usize>run & 7) * RUN_BYTES
      mixRun(columns, layer, layerPitch, sx, sy, dsx, RUN)
      const at = frame + ((<usize>(y * width + x0 + k)) << PIXEL)
      const ex = edgeX + dex * k, ey = edgeY + dey * k
      if (kind == OUTLINE) {
        outlineRun(at, columns, sx, dsx, tints, lights, ew, eh, ex, ey, dex, dey, low, span, opacity)
      } else {
        let veil = i16x8.splat(0), step = veil
        if (hazy) {
          const start = lightAt(lights, ew, eh, ex, ey), end = lightAt(lights, ew, eh, ex + dex * RUN, ey + dey * RUN)
          veil = v128.shuffle<i64>(start, start, 0, 0)
          step = i16x8.shr_s(i16x8.sub(v128.shuffle<i64>(end, end, 0, 0), veil), 2)
        }
        insideRun(at, columns, sx, dsx, tints, veil, step)
      }
    }
  }
}
