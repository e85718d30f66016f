// From light to picture: bloom, vignette, saturation, grain, the film's tone curve, and I420 for the encoder.
import { bilinear, luma } from './pixel'

/**
 * `p` points at floats: 0 bloom, 1 vignette strength, 2 vignette centre y (0..1), 3 saturation, 4 grain, 5 exposure.
 * `curve` holds three tables of 1024 floats, one a channel: square root of light (0..8) to display value 0..255.
 * `noise` is a tile of 256 x 256 floats, shifted by (nx, ny). `glow` is a quarter of the frame in both directions.
 * Writes 8-bit BT.709 in limited range; chroma is the mean of each 2 x 2 block.
 */
export function finish(
  frame: usize, width: i32, height: i32, glow: usize, curve: usize, noise: usize, nx: i32, ny: i32, p: usize,
  planeY: usize, planeU: usize, planeV: usize,
): void {
  const bloom = f32x4.splat(load<f32>(p))
  const vignette = load<f32>(p, 4)
  const centre: f32 = load<f32>(p, 8) * <f32>height
  const saturation = f32x4.splat(load<f32>(p, 12))
  const grain = load<f32>(p, 16)
  const exposure = load<f32>(p, 20)
  const gw = width >> 2
  const gh = height >> 2
  const zero = f32x4.splat(0)
  const top = f32x4.splat(1023)
  const toIndex = f32x4.splat(<f32>(1023.0 / 2.8284271))
  const radius: f32 = <f32>1 / (<f32>(height * height) * <f32>0.33)
  for (let y = 0; y < height; y += 2) {
    const dy: f32 = <f32>y - centre
    for (let x = 0; x < width; x += 2) {
      const dx: f32 = (<f32>x - <f32>width * <f32>0.5) * <f32>1.15
      const r2: f32 = (dx * dx + dy * dy) * radius
      const shade = f32x4.splat(exposure * (1 - vignette * min<f32>(1, r2 * r2 * <f32>0.6 + r2 * <f32>0.4)))
      const bx: f32 = max<f32>(0, min<f32>(<f32>gw - <f32>1.01, <f32>x * <f32>0.25 - <f32>0.25))
      const by: f32 = max<f32>(0, min<f32>(<f32>gh - <f32>1.01, <f32>y * <f32>0.25 - <f32>0.25))
      const ibx = <i32>bx, iby = <i32>by
      const light = f32x4.mul(bilinear(glow, gw, ibx, iby, bx - <f32>ibx, by - <f32>iby), bloom)
      let red: f32 = 0, green: f32 = 0, blue: f32 = 0
      for (let k = 0; k < 4; k++) {
        const px = x + (k & 1), py = y + (k >> 1)
        let c = f32x4.mul(f32x4.add(v128.load(frame + ((<usize>(py * width + px)) << 4)), light), shade)
        const grey = f32x4.splat(luma(c))
        c = f32x4.max(zero, f32x4.add(grey, f32x4.mul(f32x4.sub(c, grey), saturation)))
        const n = load<f32>(noise + ((<usize>((((py + ny) & 255) << 8) + ((px + nx) & 255))) << 2)) * grain
        const index = f32x4.min(top, f32x4.max(zero, f32x4.mul(f32x4.add(f32x4.sqrt(c), f32x4.splat(n)), toIndex)))
        const i = i32x4.trunc_sat_f32x4_s(index)
        const r = load<f32>(curve + ((<usize>i32x4.extract_lane(i, 0)) << 2))
        const g = load<f32>(curve + ((<usize>i32x4.extract_lane(i, 1)) << 2), 4096)
        const b = load<f32>(curve + ((<usize>i32x4.extract_lane(i, 2)) << 2), 8192)
        store<u8>(planeY + <usize>(py * width + px), <u8>(<f32>16.5 + <f32>0.182586 * r + <f32>0.614231 * g + <f32>0.062007 * b))
        red += r
        green += g
        blue += b
      }
      const at = <usize>((y >> 1) * (width >> 1) + (x >> 1))
      store<u8>(planeU + at, <u8>(<f32>128.5 - <f32>0.0251605 * red - <f32>0.0846425 * green + <f32>0.109803 * blue))
      store<u8>(planeV + at, <u8>(<f32>128.5 + <f32>0.109803 * red - <f32>0.0997335 * green - <f32>0.0100695 * blue))
    }
  }
}
