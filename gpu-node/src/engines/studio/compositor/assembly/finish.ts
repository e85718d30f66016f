// From light to picture: bloom, vignette, saturation, grain, the film's tone curve, and I420 for the encoder. Works on
// blocks of 2 x 2 pixels turned about: one vector holds one channel of all four.
import { bilinear } from './pixel'

/** Terms of the polynomial that stands for the tone curve. */
const TERMS = 9

// @ts-ignore: decorator
@inline
function curved(at: usize, x: v128): v128 {
  let y = v128.load(at, (TERMS - 1) * 16)
  for (let k = TERMS - 2; k >= 0; k--) y = f32x4.add(f32x4.mul(y, x), v128.load(at + ((<usize>k) << 4)))
  return f32x4.max(f32x4.splat(0), f32x4.min(f32x4.splat(255), y))
}

// @ts-ignore: decorator
@inline
function sum(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)
}

/**
 * `p` points at floats: 0 bloom, 1 vignette strength, 2 vignette centre y (0..1), 3 saturation, 4 grain, 5 exposure, 6 the
 * largest square root of light that the curve knows. `curve` holds three polynomials of nine terms, each term four times:
 * square root of light to display value 0..255, one a channel. `noise` is a tile of 256 x 256 floats, shifted by (nx, ny),
 * nx even. `glow` is a quarter of the frame in both directions. Writes 8-bit BT.709 in limited range; chroma is the mean
 * of each block.
 */
export function finish(
  frame: usize, width: i32, height: i32, glow: usize, curve: usize, noise: usize, nx: i32, ny: i32, p: usize,
  planeY: usize, planeU: usize, planeV: usize,
): void {
  const bloom = f32x4.splat(load<f32>(p))
  const vignette = load<f32>(p, 4)
  const centre: f32 = load<f32>(p, 8) * <f32>height
  const saturation = f32x4.splat(load<f32>(p, 12))
  const grain = f32x4.splat(load<f32>(p, 16))
  const exposure = load<f32>(p, 20)
  const top = f32x4.splat(load<f32>(p, 24))
  const gw = width >> 2
  const gh = height >> 2
  const zero = f32x4.splat(0)
  const pitch = (<usize>width) << 4
  const radius: f32 = <f32>1 / (<f32>(height * height) * <f32>0.33)
  const kr = f32x4.splat(0.2126), kg = f32x4.splat(0.7152), kb = f32x4.splat(0.0722)
  for (let y = 0; y < height; y += 2) {
    const dy: f32 = <f32>y - centre
    const by: f32 = max<f32>(0, min<f32>(<f32>gh - <f32>1.01, <f32>y * <f32>0.25 - <f32>0.25))
    const iby = <i32>by
    const grainUpper = noise + ((<usize>(((y + ny) & 255) << 8)) << 2)
    const grainLower = noise + ((<usize>(((y + 1 + ny) & 255) << 8)) << 2)
    for (let x = 0; x < width; x += 2) {
      const dx: f32 = (<f32>x - <f32>width * <f32>0.5) * <f32>1.15
      const r2: f32 = (dx * dx + dy * dy) * radius
      const shade = f32x4.splat(exposure * (1 - vignette * min<f32>(1, r2 * r2 * <f32>0.6 + r2 * <f32>0.4)))
      const bx: f32 = max<f32>(0, min<f32>(<f32>gw - <f32>1.01, <f32>x * <f32>0.25 - <f32>0.25))
      const ibx = <i32>bx
      const light = f32x4.mul(bilinear(glow, gw, ibx, iby, bx - <f32>ibx, by - <f32>iby), bloom)

      const at = frame + ((<usize>(y * width + x)) << 4)
      const a = f32x4.mul(f32x4.add(v128.load(at), light), shade)
      const b = f32x4.mul(f32x4.add(v128.load(at, 16), light), shade)
      const c = f32x4.mul(f32x4.add(v128.load(at + pitch), light), shade)
      const d = f32x4.mul(f32x4.add(v128.load(at + pitch, 16), light), shade)
      const abRG = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
      const cdRG = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
      let red = v128.shuffle<f32>(abRG, cdRG, 0, 1, 4, 5)
      let green = v128.shuffle<f32>(abRG, cdRG, 2, 3, 6, 7)
      let blue = v128.shuffle<f32>(v128.shuffle<f32>(a, b, 2, 6, 2, 6), v128.shuffle<f32>(c, d, 2, 6, 2, 6), 0, 1, 4, 5)

      const grey = f32x4.add(f32x4.add(f32x4.mul(red, kr), f32x4.mul(green, kg)), f32x4.mul(blue, kb))
      red = f32x4.max(zero, f32x4.add(grey, f32x4.mul(f32x4.sub(red, grey), saturation)))
      green = f32x4.max(zero, f32x4.add(grey, f32x4.mul(f32x4.sub(green, grey), saturation)))
      blue = f32x4.max(zero, f32x4.add(grey, f32x4.mul(f32x4.sub(blue, grey), saturation)))

      const column = (<usize>((x + nx) & 255)) << 2
      const n = f32x4.mul(v128.shuffle<f64>(v128.load64_zero(grainUpper + column), v128.load64_zero(grainLower + column), 0, 2), grain)
      red = curved(curve, f32x4.max(zero, f32x4.min(top, f32x4.add(f32x4.sqrt(red), n))))
      green = curved(curve + TERMS * 16, f32x4.max(zero, f32x4.min(top, f32x4.add(f32x4.sqrt(green), n))))
      blue = curved(curve + TERMS * 32, f32x4.max(zero, f32x4.min(top, f32x4.add(f32x4.sqrt(blue), n))))

      const luma = i32x4.trunc_sat_f32x4_s(
        f32x4.add(
          f32x4.add(f32x4.splat(16.5), f32x4.mul(red, f32x4.splat(0.182586))),
          f32x4.add(f32x4.mul(green, f32x4.splat(0.614231)), f32x4.mul(blue, f32x4.splat(0.062007))),
        ),
      )
      const upper = planeY + <usize>(y * width + x)
      store<u16>(upper, <u16>(i32x4.extract_lane(luma, 0) | (i32x4.extract_lane(luma, 1) << 8)))
      store<u16>(upper + <usize>width, <u16>(i32x4.extract_lane(luma, 2) | (i32x4.extract_lane(luma, 3) << 8)))
      const r = sum(red), g = sum(green), bl = sum(blue)
      const chroma = <usize>((y >> 1) * (width >> 1) + (x >> 1))
      store<u8>(planeU + chroma, <u8>(<f32>128.5 - <f32>0.0251605 * r - <f32>0.0846425 * g + <f32>0.109803 * bl))
      store<u8>(planeV + chroma, <u8>(<f32>128.5 + <f32>0.109803 * r - <f32>0.0997335 * g - <f32>0.0100695 * bl))
    }
  }
}
