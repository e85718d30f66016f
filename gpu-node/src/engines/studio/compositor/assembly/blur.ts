// Blurs of float layers: box blurs, repeated by the caller into a near Gaussian, and a disc, which is what a lens does.

/** Box blur along the rows, radius in pixels, edges repeated. */
export function blurRows(out: usize, source: usize, width: i32, height: i32, radius: i32): void {
  const scale = f32x4.splat(<f32>1 / <f32>(radius * 2 + 1))
  for (let y = 0; y < height; y++) {
    const row = source + ((<usize>(y * width)) << 4)
    const last = row + ((<usize>(width - 1)) << 4)
    let sum = f32x4.mul(v128.load(row), f32x4.splat(<f32>(radius + 1)))
    for (let x = 1; x <= radius; x++) sum = f32x4.add(sum, v128.load(min(row + ((<usize>x) << 4), last)))
    let to = out + ((<usize>(y * width)) << 4)
    for (let x = 0; x < width; x++) {
      v128.store(to, f32x4.mul(sum, scale))
      to += 16
      const enter = min(row + ((<usize>(x + radius + 1)) << 4), last)
      const leave = x - radius > 0 ? row + ((<usize>(x - radius)) << 4) : row
      sum = f32x4.add(sum, f32x4.sub(v128.load(enter), v128.load(leave)))
    }
  }
}

/** Box blur along the columns, a row at a time; `sums` holds one row of pixels for the running sums. */
export function blurColumns(out: usize, source: usize, width: i32, height: i32, radius: i32, sums: usize): void {
  const scale = f32x4.splat(<f32>1 / <f32>(radius * 2 + 1))
  const step = (<usize>width) << 4
  const first = f32x4.splat(<f32>(radius + 1))
  for (let i: usize = 0; i < step; i += 16) v128.store(sums + i, f32x4.mul(v128.load(source + i), first))
  for (let k = 1; k <= radius; k++) {
    const row = source + <usize>min(k, height - 1) * step
    for (let i: usize = 0; i < step; i += 16) v128.store(sums + i, f32x4.add(v128.load(sums + i), v128.load(row + i)))
  }
  for (let y = 0; y < height; y++) {
    const to = out + <usize>y * step
    const enter = source + <usize>min(y + radius + 1, height - 1) * step
    const leave = source + <usize>max(y - radius, 0) * step
    for (let i: usize = 0; i < step; i += 16) {
      const sum = v128.load(sums + i)
      v128.store(to + i, f32x4.mul(sum, scale))
      v128.store(sums + i, f32x4.add(sum, f32x4.sub(v128.load(enter + i), v128.load(leave + i))))
    }
  }
}

/**
 * Disc blur: each pixel becomes the mean of a disc, so that lights turn into round spots as behind a fast lens. `prefix`
 * has room for (width + 1) * height pixels and is filled with sums along the rows first.
 */
export function blurDisc(out: usize, source: usize, width: i32, height: i32, radius: i32, prefix: usize): void {
  const pitch = width + 1
  for (let y = 0; y < height; y++) {
    let sum = f32x4.splat(0)
    let to = prefix + ((<usize>(y * pitch)) << 4)
    let at = source + ((<usize>(y * width)) << 4)
    v128.store(to, sum)
    for (let x = 0; x < width; x++) {
      sum = f32x4.add(sum, v128.load(at))
      to += 16
      at += 16
      v128.store(to, sum)
    }
  }
  for (let y = 0; y < height; y++) {
    const rowOut = out + ((<usize>(y * width)) << 4)
    for (let x = 0; x < width; x++) v128.store(rowOut + ((<usize>x) << 4), f32x4.splat(0))
    for (let dy = -radius; dy <= radius; dy++) {
      const half = <i32>sqrt<f32>(<f32>(radius * radius - dy * dy) + <f32>0.25)
      const row = prefix + ((<usize>(max(0, min(height - 1, y + dy)) * pitch)) << 4)
      for (let x = 0; x < width; x++) {
        const from = max(0, x - half)
        const to = min(width, x + half + 1)
        // A disc cut off by the layer's edge is filled up, so that borders do not darken.
        const fill = f32x4.splat(<f32>(half * 2 + 1) / <f32>(to - from))
        const part = f32x4.sub(v128.load(row + ((<usize>to) << 4)), v128.load(row + ((<usize>from) << 4)))
        const at = rowOut + ((<usize>x) << 4)
        v128.store(at, f32x4.add(v128.load(at), f32x4.mul(part, fill)))
      }
    }
    let area = 0
    for (let dy = -radius; dy <= radius; dy++) area += 2 * <i32>sqrt<f32>(<f32>(radius * radius - dy * dy) + <f32>0.25) + 1
    const scale = f32x4.splat(<f32>1 / <f32>area)
    for (let x = 0; x < width; x++) {
      const at = rowOut + ((<usize>x) << 4)
      v128.store(at, f32x4.mul(v128.load(at), scale))
    }
  }
}

/** Shrinks a layer by four in both directions, keeping of each pixel what shines brighter than `threshold`. 0 keeps all. */
export function shrink4(out: usize, source: usize, width: i32, height: i32, threshold: f32): void {
  const ow = width >> 2
  const oh = height >> 2
  const step = (<usize>width) << 4
  const scale = f32x4.splat(<f32>1 / 16)
  for (let y = 0; y < oh; y++) {
    for (let x = 0; x < ow; x++) {
      let at = source + ((<usize>(y * 4 * width + x * 4)) << 4)
      let sum = f32x4.splat(0)
      for (let k = 0; k < 4; k++) {
        sum = f32x4.add(sum, f32x4.add(f32x4.add(v128.load(at), v128.load(at, 16)), f32x4.add(v128.load(at, 32), v128.load(at, 48))))
        at += step
      }
      sum = f32x4.mul(sum, scale)
      if (threshold > 0) {
        const peak = max<f32>(f32x4.extract_lane(sum, 0), max<f32>(f32x4.extract_lane(sum, 1), f32x4.extract_lane(sum, 2)))
        const keep: f32 = peak > threshold ? (peak - threshold) / peak : 0
        sum = f32x4.mul(sum, f32x4.splat(keep))
      }
      v128.store(out + ((<usize>(y * ow + x)) << 4), sum)
    }
  }
}

/** out = out * keep + source * gain, over `count` pixels. */
export function mix(out: usize, source: usize, count: i32, keep: f32, r: f32, g: f32, b: f32): void {
  const k = f32x4.splat(keep)
  const gain = f32x4(r, g, b, 1)
  const end = (<usize>count) << 4
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(out + i, f32x4.add(f32x4.mul(v128.load(out + i), k), f32x4.mul(v128.load(source + i), gain)))
  }
}
