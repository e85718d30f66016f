// Soft blur of a plane of 32-bit floats: two box blurs in each direction, which fall off as a tent does. Edges are repeated.

/** One box blur along the rows. `margin`: cells before a row's first. */
function boxRows(out: usize, source: usize, pitch: usize, margin: i32, w: i32, h: i32, radius: i32): void {
  const share: f32 = <f32>1 / <f32>(radius * 2 + 1)
  const inner = min(w, max(0, w - radius - 1))
  for (let y = 0; y < h; y++) {
    const row = source + (<usize>y) * pitch + ((<usize>margin) << 2)
    const to = out + (<usize>y) * pitch + ((<usize>margin) << 2)
    const head = load<f32>(row), tail = load<f32>(row + ((<usize>(w - 1)) << 2))
    let sum: f32 = head * <f32>(radius + 1)
    for (let k = 1; k <= radius; k++) sum += load<f32>(row + ((<usize>min(w - 1, k)) << 2))
    for (let x = 0; x < w; x++) {
      store<f32>(to + ((<usize>x) << 2), sum * share)
      const enter = x < inner ? load<f32>(row + ((<usize>(x + radius + 1)) << 2)) : tail
      const leave = x > radius ? load<f32>(row + ((<usize>(x - radius)) << 2)) : head
      sum += enter - leave
    }
  }
}

/** One box blur along the columns, four at a time. `sums`: room for a row. */
function boxColumns(out: usize, source: usize, sums: usize, pitch: usize, h: i32, radius: i32): void {
  const share = f32x4.splat(<f32>1 / <f32>(radius * 2 + 1))
  const last = source + (<usize>(h - 1)) * pitch
  for (let x: usize = 0; x < pitch; x += 16) {
    let sum = f32x4.mul(v128.load(source + x), f32x4.splat(<f32>(radius + 1)))
    for (let k = 1; k <= radius; k++) sum = f32x4.add(sum, v128.load(source + (<usize>min(h - 1, k)) * pitch + x))
    v128.store(sums + x, sum)
  }
  for (let y = 0; y < h; y++) {
    const to = out + (<usize>y) * pitch
    const enter = y + radius + 1 < h ? source + (<usize>(y + radius + 1)) * pitch : last
    const leave = y > radius ? source + (<usize>(y - radius)) * pitch : source
    for (let x: usize = 0; x < pitch; x += 16) {
      const sum = v128.load(sums + x)
      v128.store(to + x, f32x4.mul(sum, share))
      v128.store(sums + x, f32x4.add(sum, f32x4.sub(v128.load(enter + x), v128.load(leave + x))))
    }
  }
}

/** Softens `source` into `out`. `across`: a plane to work in; `sums`: a row. `pitch`: bytes of a row, a multiple of 16. */
export function soften(
  out: usize, source: usize, across: usize, sums: usize, pitch: usize, margin: i32, w: i32, h: i32, radius: i32,
): void {
  boxRows(across, source, pitch, margin, w, h, radius)
  boxColumns(out, across, sums, pitch, h, radius)
  boxRows(across, out, pitch, margin, w, h, radius)
  boxColumns(out, across, sums, pitch, h, radius)
}
