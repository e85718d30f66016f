// The visitor is set into the frame so that the scene's light falls on them. Rows are worked through in runs of eight
// pixels, each either clear, at the outline, or so deep inside that no light of the scene arrives.
import { bicubic2, bilinear1, fixed, integers, luma, mixRun, PIXEL, RUN_BYTES, times } from './pixel'

const RUN = 8
/** Most runs of a row: frames are up to 4096 pixels wide. */
const RUNS = 512
const COLUMNS = memory.data(512 * 160, 16)
/** What is to be done with each run of the row. */
const KINDS = memory.data(512, 16)
const NOTHING: u8 = 0
const INSIDE: u8 = 1
const OUTLINE: u8 = 2

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

/** The blurred plate's light at a place, times `share`, for both pixels of a vector. */
// @ts-ignore: decorator
@inline
function hazeAt(plate: usize, pw: i32, ph: i32, bx: i32, by: i32, share: f32): v128 {
  const x = max(0, min(((pw - 1) << 16) - 1, bx)), y = max(0, min(((ph - 1) << 16) - 1, by))
  const glow = bilinear1(plate, (<usize>pw) << PIXEL, x, y)
  return integers(f32x4.mul(glow, f32x4.splat(share)))
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
 * Sets the visitor into the frame. `p` points at floats: 0-5 map to the layer, 6-11 map to the outline, 12-17 map to the
 * blurred plate, 18 light wrap, 19 rim strength, 20-22 rim colour, 23-24 direction towards the rim's light, 25 opacity,
 * 26-28 colour multiplier (0..1), 29 softest alpha, 30 hardest alpha (edge is stretched between the two), 31 second rim
 * strength (from the other side), 32-34 its colour, 35 haze: how much of the blurred plate lies over the visitor, 36 what
 * makes the outline's slope 1 at its steepest. Colours and haze: 1 = paper white. The map
 * shrinks the layer by 2.2 at most; the layer has a clear border of as many pixels as a run spans, and two more. The
 * frame's width is a multiple of eight.
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
  const tints = integers(f32x4.mul(tint, f32x4.splat(32767)))
  const low: f32 = load<f32>(p, 116) * 32767
  const span: f32 = <f32>1 / (load<f32>(p, 120) * 32767 - low)
  const rim2 = load<f32>(p, 124)
  const rimColour2 = f32x4.mul(white, f32x4(load<f32>(p, 128), load<f32>(p, 132), load<f32>(p, 136), 0))
  const haze = load<f32>(p, 140)
  const deep = opacity < 1 ? i32.MAX_VALUE : DEEP
  const one = f32x4.splat(1)
  const layerPitch = (<usize>lw) << PIXEL
  const edgePitch = (<usize>ew) << PIXEL
  const platePitch = (<usize>pw) << PIXEL
  const dsx = fixed(load<f32>(p)), dsy = fixed(load<f32>(p, 12))
  const dex = fixed(load<f32>(p, 24)), dey = fixed(load<f32>(p, 36))
  const dbx = fixed(load<f32>(p, 48)), dby = fixed(load<f32>(p, 60))
  const right = (lw - 3) << 16, bottom = (lh - 2) << 16
  const edgeRight = ((ew - 1) << 16) - 1, edgeBottom = ((eh - 1) << 16) - 1
  const plateRight = ((pw - 1) << 16) - 1, plateBottom = ((ph - 1) << 16) - 1
  // Whole runs: what is too much of them lies in the layer's clear border.
  x0 &= ~(RUN - 1)
  const runs = min(RUNS, (x1 - x0 + RUN - 1) / RUN)
  for (let y = y0; y < y1; y++) {
    const fy = <f32>y
    const fx = <f32>x0
    const startX = fixed(load<f32>(p) * fx + load<f32>(p, 4) * fy + load<f32>(p, 8))
    const startY = fixed(load<f32>(p, 12) * fx + load<f32>(p, 16) * fy + load<f32>(p, 20))
    const edgeX = fixed(load<f32>(p, 24) * fx + load<f32>(p, 28) * fy + load<f32>(p, 32))
    const edgeY = fixed(load<f32>(p, 36) * fx + load<f32>(p, 40) * fy + load<f32>(p, 44))
    const backX = fixed(load<f32>(p, 48) * fx + load<f32>(p, 52) * fy + load<f32>(p, 56))
    const backY = fixed(load<f32>(p, 60) * fx + load<f32>(p, 64) * fy + load<f32>(p, 68))

    let before = alphaNear(edges, ew, eh, edgeX, edgeY)
    for (let run = 0; run < runs; run++) {
      const k = run * RUN
      const after = alphaNear(edges, ew, eh, edgeX + dex * (k + RUN), edgeY + dey * (k + RUN))
      const sx = startX + dsx * k, sy = startY + dsy * (k + RUN / 2)
      const last = sx + dsx * (RUN - 1)
      let kind = NOTHING
      if ((before >= CLEAR || after >= CLEAR) && sx >= 0x10000 && last < right && sy >= 0x10000 && sy < bottom) {
        kind = before > deep && after > deep ? INSIDE : OUTLINE
        mixRun(COLUMNS + <usize>run * RUN_BYTES, layer, layerPitch, sx, sy, dsx, RUN)
      }
      store<u8>(KINDS + <usize>run, kind)
      before = after
    }

    for (let run = 0; run < runs; run++) {
      const kind = load<u8>(KINDS + <usize>run)
      if (kind == NOTHING) continue
      const first = run * RUN
      const columns = COLUMNS + <usize>run * RUN_BYTES
      const start = startX + dsx * first
      const at0 = frame + ((<usize>(y * width + x0 + first)) << PIXEL)
      if (kind == INSIDE) {
        const bx = backX + dbx * first, by = backY + dby * first
        let veil = i16x8.splat(0), step = veil
        if (haze > 0) {
          veil = hazeAt(plate, pw, ph, bx, by, haze)
          step = i16x8.shr_s(i16x8.sub(hazeAt(plate, pw, ph, bx + dbx * RUN, by + dby * RUN, haze), veil), 2)
        }
        insideRun(at0, columns, start, dsx, tints, veil, step)
        continue
      }
      let at = at0
      let sx = start
      for (let k = first; k < first + RUN; k++, at += 8, sx += dsx) {
        let c = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(bicubic2(columns, start, sx, sx)))
        const soft = f32x4.extract_lane(c, 3)
        if (soft <= low) continue
        const t: f32 = min<f32>(1, (soft - low) * span)
        const alpha: f32 = min<f32>(1, t * t * (3 - 2 * t))
        c = f32x4.mul(f32x4.mul(c, f32x4.splat(<f32>32767 / soft)), tint)

        const ex = max(0, min(edgeRight, edgeX + dex * k)), ey = max(0, min(edgeBottom, edgeY + dey * k))
        const edge = bilinear1(edges, edgePitch, ex, ey)
        const open: f32 = max<f32>(0, 1 - f32x4.extract_lane(edge, 0) * <f32>(1.0 / 32767.0))
        const glowX = max(0, min(plateRight, backX + dbx * k)), glowY = max(0, min(plateBottom, backY + dby * k))
        const glow = bilinear1(plate, platePitch, glowX, glowY)
        c = f32x4.add(c, f32x4.mul(glow, f32x4.splat(wrap * open * open + haze)))

        // The outline's slope points inwards: facing the light means falling off towards it.
        const facing: f32 = f32x4.extract_lane(edge, 1) * lx + f32x4.extract_lane(edge, 2) * ly
        const texture: f32 = <f32>0.35 + <f32>1.3 * sqrt<f32>(luma(c) * <f32>(1.0 / 8192.0))
        if (facing > EVEN) c = f32x4.add(c, f32x4.mul(rimColour, f32x4.splat(min<f32>(1, facing - EVEN) * rim * texture)))
        else if (facing < -EVEN) c = f32x4.add(c, f32x4.mul(rimColour2, f32x4.splat(min<f32>(1, -facing - EVEN) * rim2 * texture)))

        const va = f32x4.splat(alpha * opacity)
        const under = f32x4.convert_i32x4_s(v128.load16x4_s(at))
        const result = f32x4.add(f32x4.mul(f32x4.replace_lane(c, 3, 32767), va), f32x4.mul(under, f32x4.sub(one, va)))
        v128.store64_lane(at, integers(result), 0)
      }
    }
  }
}
