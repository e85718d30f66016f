// The guided filter's first half: the line from colour to alpha, solved for every cell of the grid.

/** Mean over a square of side 2 * radius + 1, borders repeated. `columns` is a multiple of 4; `line` holds a padded row. */
function box(source: usize, target: usize, columns: i32, rows: i32, radius: i32, across: usize, line: usize): void {
  const side: i32 = radius + radius + 1
  const weight = f32x4.splat(<f32>1 / <f32>(side * side))
  const bytes = <usize>columns << 2
  const margin = <usize>radius << 2
  for (let y = 0; y < rows; y++) {
    const from = source + <usize>y * bytes
    memory.copy(line + margin, from, bytes)
    const first = f32.load(from)
    const last = f32.load(from + bytes - 4)
    for (let i = 0; i < radius; i++) {
      f32.store(line + (<usize>i << 2), first)
      f32.store(line + margin + bytes + (<usize>i << 2), last)
    }
    const to = across + <usize>y * bytes
    for (let x: usize = 0; x < bytes; x += 16) {
      let total = v128.load(line + x)
      for (let k: usize = 4; k <= margin * 2; k += 4) total = f32x4.add(total, v128.load(line + x + k))
      v128.store(to + x, total)
    }
  }
  for (let x: usize = 0; x < bytes; x += 16) {
    let total = f32x4.splat(0)
    for (let k = -radius; k <= radius; k++) total = f32x4.add(total, v128.load(across + x + <usize>max(0, min(rows - 1, k)) * bytes))
    for (let y = 0; y < rows; y++) {
      v128.store(target + x + <usize>y * bytes, f32x4.mul(total, weight))
      const enter = <usize>min(rows - 1, y + radius + 1) * bytes
      const leave = <usize>max(0, y - radius) * bytes
      total = f32x4.add(total, f32x4.sub(v128.load(across + x + enter), v128.load(across + x + leave)))
    }
  }
}

function multiply(a: usize, b: usize, target: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(target + i, f32x4.mul(v128.load(a + i), v128.load(b + i)))
}

/**
 * Solves the colour guided filter (He, Sun, Tang 2013, eq. 14) on the grid: `coefficients` gets, for each cell, the four
 * floats a_r, a_g, a_b, b of alpha = a . colour + b, already averaged. `work` holds 16 planes.
 */
export function solve(guide: usize, mask: usize, columns: i32, rows: i32, radius: i32, epsilon: f32, work: usize, line: usize, coefficients: usize): void {
  const bytes = <usize>(columns * rows) << 2
  const across = work
  const product = work + bytes
  const means = work + bytes * 2 // r, g, b, mask
  const mixed = work + bytes * 6 // r*mask, g*mask, b*mask
  const square = work + bytes * 9 // rr, rg, rb, gg, gb, bb
  for (let k: usize = 0; k < 3; k++) box(guide + bytes * k, means + bytes * k, columns, rows, radius, across, line)
  box(mask, means + bytes * 3, columns, rows, radius, across, line)
  let pair: usize = 0
  for (let k: usize = 0; k < 3; k++) {
    multiply(guide + bytes * k, mask, product, bytes)
    box(product, mixed + bytes * k, columns, rows, radius, across, line)
    for (let l = k; l < 3; l++, pair++) {
      multiply(guide + bytes * k, guide + bytes * l, product, bytes)
      box(product, square + bytes * pair, columns, rows, radius, across, line)
    }
  }
  const eps = f32x4.splat(epsilon)
  for (let i: usize = 0; i < bytes; i += 16) {
    const r = v128.load(means + i), g = v128.load(means + bytes + i), b = v128.load(means + bytes * 2 + i), p = v128.load(means + bytes * 3 + i)
    const rr = f32x4.add(f32x4.sub(v128.load(square + i), f32x4.mul(r, r)), eps)
    const rg = f32x4.sub(v128.load(square + bytes + i), f32x4.mul(r, g))
    const rb = f32x4.sub(v128.load(square + bytes * 2 + i), f32x4.mul(r, b))
    const gg = f32x4.add(f32x4.sub(v128.load(square + bytes * 3 + i), f32x4.mul(g, g)), eps)
    const gb = f32x4.sub(v128.load(square + bytes * 4 + i), f32x4.mul(g, b))
    const bb = f32x4.add(f32x4.sub(v128.load(square + bytes * 5 + i), f32x4.mul(b, b)), eps)
    const cr = f32x4.sub(v128.load(mixed + i), f32x4.mul(r, p))
    const cg = f32x4.sub(v128.load(mixed + bytes + i), f32x4.mul(g, p))
    const cb = f32x4.sub(v128.load(mixed + bytes * 2 + i), f32x4.mul(b, p))
    const i00 = f32x4.sub(f32x4.mul(gg, bb), f32x4.mul(gb, gb))
    const i01 = f32x4.sub(f32x4.mul(rb, gb), f32x4.mul(rg, bb))
    const i02 = f32x4.sub(f32x4.mul(rg, gb), f32x4.mul(rb, gg))
    const i11 = f32x4.sub(f32x4.mul(rr, bb), f32x4.mul(rb, rb))
    const i12 = f32x4.sub(f32x4.mul(rb, rg), f32x4.mul(rr, gb))
    const i22 = f32x4.sub(f32x4.mul(rr, gg), f32x4.mul(rg, rg))
    const determinant = f32x4.add(f32x4.add(f32x4.mul(rr, i00), f32x4.mul(rg, i01)), f32x4.mul(rb, i02))
    const inverse = f32x4.div(f32x4.splat(1), determinant)
    const ar = f32x4.mul(f32x4.add(f32x4.add(f32x4.mul(i00, cr), f32x4.mul(i01, cg)), f32x4.mul(i02, cb)), inverse)
    const ag = f32x4.mul(f32x4.add(f32x4.add(f32x4.mul(i01, cr), f32x4.mul(i11, cg)), f32x4.mul(i12, cb)), inverse)
    const ab = f32x4.mul(f32x4.add(f32x4.add(f32x4.mul(i02, cr), f32x4.mul(i12, cg)), f32x4.mul(i22, cb)), inverse)
    v128.store(mixed + i, ar)
    v128.store(mixed + bytes + i, ag)
    v128.store(mixed + bytes * 2 + i, ab)
    v128.store(mixed + bytes * 3 + i, f32x4.sub(p, f32x4.add(f32x4.add(f32x4.mul(ar, r), f32x4.mul(ag, g)), f32x4.mul(ab, b))))
  }
  // `mixed` + 3 planes reaches into the first of `square`, which is no longer needed there.
  for (let k: usize = 0; k < 4; k++) {
    box(mixed + bytes * k, product, columns, rows, radius, across, line)
    for (let i: usize = 0; i < bytes; i += 4) f32.store(coefficients + i * 4 + k * 4, f32.load(product + i))
  }
}
