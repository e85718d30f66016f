// The visitor: cut-out bytes become graded light, then are set into the frame so that the scene's light falls on them.
import { bicubic, bilinear, luma } from './pixel'

/**
 * Turns straight-alpha RGBA bytes into a graded layer. `decode` has 256 floats (byte to linear light), `tone` 1024 pixels:
 * what a colour is multiplied by at that luma (luma * 512). `columns`: for each column its alpha; `rows`: for each row two
 * floats, light and alpha: these hold the soft ends of a cut body. `shrink` averages blocks of that many pixels.
 * `shade`: gains of the scene's light, `sw` x `sh` pixels, one for `step` x `step` bytes of the cut-out. The layer is for
 * `blend`: straight, not premultiplied, with a border of two clear pixels.
 */
export function grade(
  out: usize, source: usize, width: i32, height: i32, shrink: i32,
  decode: usize, tone: usize, columns: usize, rows: usize, shade: usize, sw: i32, sh: i32, step: f32, r: f32, g: f32, b: f32,
): void {
  const cells: f32 = <f32>shrink / step
  const lastX: f32 = <f32>sw - <f32>1.01
  const lastY: f32 = <f32>sh - <f32>1.01
  const ow = width / shrink
  const oh = height / shrink
  const pitch = ow + 4
  const area: f32 = <f32>1 / <f32>(shrink * shrink)
  for (let y = 0; y < oh; y++) {
    const rowLight = load<f32>(rows + ((<usize>y) << 3))
    const rowAlpha = load<f32>(rows + ((<usize>y) << 3), 4)
    let at = out + ((<usize>((y + 2) * pitch + 2)) << 4)
    const gy: f32 = max<f32>(0, min<f32>(lastY, (<f32>y + <f32>0.5) * cells - <f32>0.5))
    const igy = <i32>gy
    for (let x = 0; x < ow; x++) {
      let sum = f32x4.splat(0)
      for (let j = 0; j < shrink; j++) {
        let p = source + ((<usize>((y * shrink + j) * width + x * shrink)) << 2)
        for (let i = 0; i < shrink; i++) {
          const bytes = load<u32>(p)
          const alpha = bytes >> 24
          if (alpha) {
            const c = f32x4(
              load<f32>(decode + ((<usize>(bytes & 255)) << 2)),
              load<f32>(decode + ((<usize>((bytes >> 8) & 255)) << 2)),
              load<f32>(decode + ((<usize>((bytes >> 16) & 255)) << 2)),
              1,
            )
            sum = f32x4.add(sum, f32x4.mul(c, f32x4.splat(<f32>alpha * <f32>(1.0 / 255.0))))
          }
          p += 4
        }
      }
      const alpha: f32 = f32x4.extract_lane(sum, 3) * area
      let result = f32x4.splat(0)
      if (alpha > 0) {
        let c = f32x4.mul(f32x4.mul(sum, f32x4(r, g, b, 1)), f32x4.splat(area / alpha))
        const index = min<i32>(1023, <i32>(luma(c) * 512))
        const fade = load<f32>(columns + ((<usize>x) << 2)) * rowAlpha * alpha
        const gx: f32 = max<f32>(0, min<f32>(lastX, (<f32>x + <f32>0.5) * cells - <f32>0.5))
        const igx = <i32>gx
        const light = f32x4.mul(bilinear(shade, sw, igx, igy, gx - <f32>igx, gy - <f32>igy), f32x4.splat(rowLight))
        c = f32x4.mul(f32x4.mul(c, v128.load(tone + ((<usize>index) << 4))), light)
        result = f32x4.replace_lane(c, 3, fade)
      }
      v128.store(at, result)
      at += 16
    }
  }
}

// @ts-ignore: decorator
@inline
function weighed(at: usize, weight: f32): v128 {
  const c = v128.load(at)
  return f32x4.mul(f32x4.replace_lane(c, 3, 1), f32x4.splat(f32x4.extract_lane(c, 3) * weight))
}

/** Two graded frames, each with its weight, as one premultiplied layer of `count` pixels. */
export function blend(out: usize, one: usize, other: usize, count: i32, weight: f32, otherWeight: f32): void {
  const end = (<usize>count) << 4
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(out + i, f32x4.add(weighed(one + i, weight), weighed(other + i, otherWeight)))
  }
}

/** Adds to each pixel what distinguishes it from its neighbours, times `amount`: gives an enlarged clip its bite back. Alpha stays. */
export function sharpen(out: usize, source: usize, width: i32, height: i32, amount: f32): void {
  const step = (<usize>width) << 4
  const k = f32x4(amount, amount, amount, 0)
  const quarter = f32x4.splat(0.25)
  const zero = f32x4.splat(0)
  memory.copy(out, source, <usize>height * step)
  for (let y = 1; y < height - 1; y++) {
    let at = source + <usize>y * step + 16
    let to = out + <usize>y * step + 16
    for (let x = 1; x < width - 1; x++) {
      const c = v128.load(at)
      // Only inside: at the outline the neighbours are clear and would read as a dark line.
      if (f32x4.extract_lane(c, 3) > <f32>0.98) {
        const around = f32x4.mul(
          f32x4.add(f32x4.add(v128.load(at - 16), v128.load(at, 16)), f32x4.add(v128.load(at - step), v128.load(at + step))),
          quarter,
        )
        // Bounded, so that compression noise and blown highlights are not drawn out.
        const limit = f32x4.mul(c, f32x4.splat(0.25))
        const detail = f32x4.mul(f32x4.sub(c, around), k)
        v128.store(to, f32x4.max(zero, f32x4.add(c, f32x4.max(f32x4.neg(limit), f32x4.min(limit, detail)))))
      }
      at += 16
      to += 16
    }
  }
}

/** From a blurred, shrunk layer to what lights its outline: (blurred alpha, its slope across, its slope down, blurred luma). */
export function outline(out: usize, source: usize, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    const up = source + ((<usize>(max(0, y - 1) * width)) << 4)
    const row = source + ((<usize>(y * width)) << 4)
    const down = source + ((<usize>(min(height - 1, y + 1) * width)) << 4)
    for (let x = 0; x < width; x++) {
      const left = (<usize>max(0, x - 1)) << 4
      const here = (<usize>x) << 4
      const right = (<usize>min(width - 1, x + 1)) << 4
      const gx: f32 = load<f32>(row + right, 12) - load<f32>(row + left, 12)
      const gy: f32 = load<f32>(down + here, 12) - load<f32>(up + here, 12)
      const c = v128.load(row + here)
      v128.store(out + ((<usize>(y * width + x)) << 4), f32x4(f32x4.extract_lane(c, 3), gx, gy, luma(c)))
    }
  }
}

/**
 * Sets the visitor into the frame. `p` points at floats: 0-5 map to the layer, 6-11 map to the outline, 12-17 map to the
 * blurred plate, 18 light wrap, 19 rim strength, 20-22 rim colour, 23-24 direction towards the rim's light, 25 opacity,
 * 26-28 colour multiplier, 29 softest alpha, 30 hardest alpha (edge is stretched between the two), 31 second rim strength
 * (from the other side), 32-34 its colour, 35 haze: how much of the blurred plate lies over the visitor, 36 what makes
 * the outline's slope 1 at its steepest.
 */
export function person(
  frame: usize, width: i32, x0: i32, y0: i32, x1: i32, y1: i32,
  layer: usize, lw: i32, lh: i32, edges: usize, ew: i32, eh: i32, plate: usize, pw: i32, ph: i32, p: usize,
): void {
  const wrap = load<f32>(p, 72), rim = load<f32>(p, 76)
  const rimColour = f32x4(load<f32>(p, 80), load<f32>(p, 84), load<f32>(p, 88), 0)
  const lx = load<f32>(p, 92), ly = load<f32>(p, 96)
  const opacity = load<f32>(p, 100)
  const tint = f32x4(load<f32>(p, 104), load<f32>(p, 108), load<f32>(p, 112), 1)
  const low = load<f32>(p, 116), span: f32 = <f32>1 / (load<f32>(p, 120) - load<f32>(p, 116))
  const rim2 = load<f32>(p, 124)
  const rimColour2 = f32x4(load<f32>(p, 128), load<f32>(p, 132), load<f32>(p, 136), 0)
  const haze = load<f32>(p, 140)
  const steep = load<f32>(p, 144)
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  for (let y = y0; y < y1; y++) {
    const fy = <f32>y
    let at = frame + ((<usize>(y * width + x0)) << 4)
    for (let x = x0; x < x1; x++, at += 16) {
      const fx = <f32>x
      const ex: f32 = load<f32>(p, 24) * fx + load<f32>(p, 28) * fy + load<f32>(p, 32)
      const ey: f32 = load<f32>(p, 36) * fx + load<f32>(p, 40) * fy + load<f32>(p, 44)
      if (ex < 0 || ey < 0 || ex >= <f32>(ew - 1) || ey >= <f32>(eh - 1)) continue
      const iex = <i32>ex, iey = <i32>ey
      // The nearest value tells where nothing is to be done; only the outline needs more.
      const nearest = load<f32>(edges + ((<usize>(iey * ew + iex)) << 4))
      if (nearest < <f32>0.004) continue
      const sx: f32 = load<f32>(p) * fx + load<f32>(p, 4) * fy + load<f32>(p, 8)
      const sy: f32 = load<f32>(p, 12) * fx + load<f32>(p, 16) * fy + load<f32>(p, 20)
      if (sx < 1 || sy < 1 || sx >= <f32>(lw - 2) || sy >= <f32>(lh - 2)) continue
      const ix = <i32>sx, iy = <i32>sy
      let c = f32x4.max(zero, bicubic(layer, lw, ix, iy, sx - <f32>ix, sy - <f32>iy))
      const soft = f32x4.extract_lane(c, 3)
      if (soft <= low) continue
      const t: f32 = min<f32>(1, (soft - low) * span)
      const alpha: f32 = min<f32>(1, t * t * (3 - 2 * t))
      c = f32x4.mul(f32x4.mul(c, f32x4.splat(<f32>1 / soft)), tint)

      // Deep inside no light of the scene arrives: most pixels end here.
      if (nearest < <f32>0.994 || haze > 0) {
        const edge = bilinear(edges, ew, iex, iey, ex - <f32>iex, ey - <f32>iey)
        const open: f32 = max<f32>(0, 1 - f32x4.extract_lane(edge, 0))
        const bx: f32 = max<f32>(0, min<f32>(<f32>pw - <f32>1.01, load<f32>(p, 48) * fx + load<f32>(p, 52) * fy + load<f32>(p, 56)))
        const by: f32 = max<f32>(0, min<f32>(<f32>ph - <f32>1.01, load<f32>(p, 60) * fx + load<f32>(p, 64) * fy + load<f32>(p, 68)))
        const ibx = <i32>bx, iby = <i32>by
        const glow = bilinear(plate, pw, ibx, iby, bx - <f32>ibx, by - <f32>iby)
        c = f32x4.add(c, f32x4.mul(glow, f32x4.splat(wrap * open * open + haze)))

        // The outline's slope points inwards: facing the light means falling off towards it.
        const facing: f32 = -(f32x4.extract_lane(edge, 1) * lx + f32x4.extract_lane(edge, 2) * ly)
        const texture: f32 = <f32>0.35 + <f32>1.3 * sqrt<f32>(luma(c))
        if (facing > 0) c = f32x4.add(c, f32x4.mul(rimColour, f32x4.splat(min<f32>(1, facing * steep) * rim * texture)))
        else c = f32x4.add(c, f32x4.mul(rimColour2, f32x4.splat(min<f32>(1, -facing * steep) * rim2 * texture)))
      }

      const a = alpha * opacity
      const va = f32x4.splat(a)
      const shown = f32x4.mul(f32x4.replace_lane(c, 3, 1), va)
      v128.store(at, f32x4.add(shown, f32x4.mul(v128.load(at), f32x4.sub(one, va))))
    }
  }
}
