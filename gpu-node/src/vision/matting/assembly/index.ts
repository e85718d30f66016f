/**
 * The matte's arithmetic, in AssemblyScript with 128-bit SIMD. Memory is laid out by the caller (`kernel.ts`); every
 * pointer is a byte offset. "Grid" is the coarse raster on which the guided filter is solved; "region" the part of the
 * picture that holds the visitor, at full size.
 */

// @ts-ignore: decorator
@inline
function pixel(at: usize): v128 {
  const wide = i16x8.extend_low_i8x16_u(v128.load32_zero(at))
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(wide))
}

// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, t: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), t))
}

/** Resamples a rectangle of an RGBA picture into three float planes: averages when shrinking, interpolates when enlarging. */
export function resample(
  source: usize, width: i32, height: i32,
  left: f32, top: f32, across: f32, down: f32,
  target: usize, columns: i32, rows: i32, scale: f32, offset: f32,
): void {
  const plane = <usize>(columns * rows) << 2
  const stepX = across / <f32>columns
  const stepY = down / <f32>rows
  const averaging = stepX >= 1.5 || stepY >= 1.5
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let value: v128
      if (averaging) {
        const x0 = max(0, min(width - 1, <i32>(left + <f32>x * stepX)))
        const y0 = max(0, min(height - 1, <i32>(top + <f32>y * stepY)))
        const x1 = max(x0 + 1, min(width, <i32>(left + <f32>(x + 1) * stepX)))
        const y1 = max(y0 + 1, min(height, <i32>(top + <f32>(y + 1) * stepY)))
        value = f32x4.splat(0)
        for (let v = y0; v < y1; v++) {
          let at = source + (<usize>(v * width + x0) << 2)
          for (let u = x0; u < x1; u++, at += 4) value = f32x4.add(value, pixel(at))
        }
        value = f32x4.mul(value, f32x4.splat(scale / <f32>((x1 - x0) * (y1 - y0))))
      } else {
        const u = max<f32>(0, min<f32>(<f32>width - 1.001, left + (<f32>x + 0.5) * stepX - 0.5))
        const v = max<f32>(0, min<f32>(<f32>height - 1.001, top + (<f32>y + 0.5) * stepY - 0.5))
        const at = source + (<usize>(<i32>v * width + <i32>u) << 2)
        const below = at + (<usize>width << 2)
        const t = f32x4.splat(u - <f32>(<i32>u))
        value = mix(mix(pixel(at), pixel(at + 4), t), mix(pixel(below), pixel(below + 4), t), f32x4.splat(v - <f32>(<i32>v)))
        value = f32x4.mul(value, f32x4.splat(scale))
      }
      const at = target + (<usize>(y * columns + x) << 2)
      f32.store(at, f32x4.extract_lane(value, 0) + offset)
      f32.store(at + plane, f32x4.extract_lane(value, 1) + offset)
      f32.store(at + plane * 2, f32x4.extract_lane(value, 2) + offset)
    }
  }
}

/**
 * How still the picture stands, cell by cell: 1 where it is as it was the frame before, 0 from a change of `tolerance` in
 * the cell or beside it. `spare` holds a plane.
 */
export function stillness(guide: usize, guideBefore: usize, columns: i32, rows: i32, tolerance: f32, still: usize, spare: usize): void {
  const plane = <usize>(columns * rows) << 2
  const row = <usize>columns << 2
  for (let i: usize = 0; i < plane; i += 16) {
    let change = f32x4.abs(f32x4.sub(v128.load(guide + i), v128.load(guideBefore + i)))
    change = f32x4.max(change, f32x4.abs(f32x4.sub(v128.load(guide + plane + i), v128.load(guideBefore + plane + i))))
    change = f32x4.max(change, f32x4.abs(f32x4.sub(v128.load(guide + plane * 2 + i), v128.load(guideBefore + plane * 2 + i))))
    v128.store(spare + i, change)
  }
  const inverse = f32x4.splat(1 / tolerance)
  for (let y = 0; y < rows; y++) {
    const here = spare + <usize>y * row
    const above = y > 0 ? here - row : here
    const below = y < rows - 1 ? here + row : here
    for (let i: usize = 0; i < row; i += 16) {
      let change = f32x4.max(v128.load(here + i), f32x4.max(v128.load(above + i), v128.load(below + i)))
      if (i > 0) change = f32x4.max(change, v128.load(here + i - 4))
      if (i < row - 16) change = f32x4.max(change, v128.load(here + i + 4))
      v128.store(still + <usize>y * row + i, f32x4.max(f32x4.splat(0), f32x4.sub(f32x4.splat(1), f32x4.mul(change, inverse))))
    }
  }
}

/**
 * Steadies a mask in time: where the picture stood still since the frame before, most of the old value is kept; where it
 * moved, nothing. Without that second part the matte would trail behind a waving hand.
 */
export function steady(mask: usize, before: usize, still: usize, count: i32, keep: f32): void {
  const plane = <usize>count << 2
  for (let i: usize = 0; i < plane; i += 16) {
    v128.store(mask + i, mix(v128.load(mask + i), v128.load(before + i), f32x4.mul(v128.load(still + i), f32x4.splat(keep))))
  }
}

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

// @ts-ignore: decorator
@inline
function place(x: i32, stepX: f32, columns: i32): f32 {
  return max<f32>(0, min<f32>(<f32>columns - 1.001, (<f32>x + 0.5) * stepX - 0.5))
}

// @ts-ignore: decorator
@inline
function column(x: i32, stepX: f32, columns: i32): i32 {
  return <i32>place(x, stepX, columns)
}

/** Whether a cell's line says "visitor" for every colour. */
// @ts-ignore: decorator
@inline
function certain(cell: usize): bool {
  return v128.all_true<i32>(f32x4.lt(f32x4.abs(f32x4.sub(v128.load(cell), f32x4(0, 0, 0, 1))), f32x4.splat(0.004)))
}

/** The terms of alpha at one pixel: the interpolated line times (red, green, blue, 1). */
// @ts-ignore: decorator
@inline
function product(row: usize, x: i32, stepX: f32, columns: i32, at: usize): v128 {
  const u = place(x, stepX, columns)
  const k = <i32>u
  const cell = row + (<usize>k << 4)
  const line = mix(v128.load(cell), v128.load(cell + 16), f32x4.splat(u - <f32>k))
  return f32x4.mul(line, f32x4.replace_lane(f32x4.mul(pixel(at), f32x4.splat(1.0 / 255.0)), 3, 1))
}

/**
 * Writes the region's alpha plane (8 bits): the guided filter's line applied to each pixel's own colour, then levels, so
 * that a faint ghost goes to 0 and a solid body to 255; where the picture stands still, up to `keep` of the alpha before.
 * `row` holds `columns` times four floats, `classes` a byte a column and a 32-bit place a pixel.
 */
export function apply(
  source: usize, width: i32, left: i32, top: i32, across: i32, down: i32,
  coefficients: usize, columns: i32, rows: i32, row: usize, low: f32, high: f32,
  still: usize, keep: f32, before: usize, alpha: usize, classes: usize,
): void {
  const stepX = <f32>columns / <f32>across
  const stepY = <f32>rows / <f32>down
  const gain: f32 = 1 / (high - low)
  const places = classes + <usize>(columns << 2)
  for (let x = 0; x < across; x++) store<i32>(places + (<usize>x << 2), column(x, stepX, columns))
  let classified: usize = 0
  for (let y = 0; y < down; y++) {
    const v = max<f32>(0, min<f32>(<f32>rows - 1.001, (<f32>y + 0.5) * stepY - 0.5))
    const upper = coefficients + (<usize>(<i32>v * columns) << 4)
    const lower = upper + (<usize>columns << 4)
    const t = f32x4.splat(v - <f32>(<i32>v))
    if (upper != classified) {
      classified = upper
      // Far outside the visitor the line is exactly zero, deep inside it is one whatever the colour.
      for (let k = 0; k < columns - 1; k++) {
        const a = upper + (<usize>k << 4)
        const b = lower + (<usize>k << 4)
        const any = v128.or(v128.or(v128.load(a), v128.load(a + 16)), v128.or(v128.load(b), v128.load(b + 16)))
        let kind: u8 = 2
        if (!v128.any_true(any)) kind = 0
        else if (certain(a) && certain(a + 16) && certain(b) && certain(b + 16)) kind = 1
        store<u8>(classes + <usize>k, kind)
      }
    }
    const from = source + (<usize>((top + y) * width + left) << 2)
    const out = alpha + <usize>(y * across)
    const past = before + <usize>(y * across)
    const calm = still + (<usize>(<i32>v * columns) << 2)
    for (let x = 0; x < across; x += 4) {
      // Four pixels at a time; at the right border the last group begins a little earlier.
      const first = min(x, across - 4)
      const near = load<i32>(places + (<usize>first << 2))
      const far = load<i32>(places + (<usize>first << 2) + 12)
      const kind = load<u8>(classes + <usize>near)
      let alike = kind != 2
      for (let k = near + 1; k <= far; k++) alike = alike && load<u8>(classes + <usize>k) == kind
      if (alike) {
        store<u32>(out + <usize>first, kind == 0 ? 0 : 0xffffffff)
        continue
      }
      for (let k = near; k <= far + 1; k++) {
        const i = <usize>k << 4
        v128.store(row + i, mix(v128.load(upper + i), v128.load(lower + i), t))
      }
      const at = from + (<usize>first << 2)
      const a = product(row, first, stepX, columns, at)
      const b = product(row, first + 1, stepX, columns, at + 4)
      const c = product(row, first + 2, stepX, columns, at + 8)
      const d = product(row, first + 3, stepX, columns, at + 12)
      // Transposed and added: one lane a pixel.
      const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7))
      const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7))
      const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7))
      const value = f32x4.max(f32x4.splat(0), f32x4.min(f32x4.splat(1), f32x4.mul(f32x4.sub(sums, f32x4.splat(low)), f32x4.splat(gain))))
      const then = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(past + <usize>first))))
      let calmest: f32 = 1
      for (let k = near; k <= far + 1; k++) calmest = min(calmest, min(f32.load(calm + (<usize>k << 2)), f32.load(calm + (<usize>(k + columns) << 2))))
      // What is nothing or everything now is so at once: only what is partial is steadied, or bodies would leave a trail.
      const partial = v128.and(f32x4.gt(value, f32x4.splat(0.02)), f32x4.lt(value, f32x4.splat(0.98)))
      const share = v128.and(f32x4.splat(calmest * keep), partial)
      const settled = mix(f32x4.mul(value, f32x4.splat(255)), then, share)
      const whole = i32x4.trunc_sat_f32x4_s(f32x4.add(settled, f32x4.splat(0.5)))
      const narrow = i16x8.narrow_i32x4_s(whole, whole)
      v128.store32_lane(out + <usize>first, i8x16.narrow_i16x8_u(narrow, narrow), 0)
    }
  }
}

// Cells of 8 x 8 pixels carry what is known of the neighbourhood: colours of the visitor and of the background.
const SOLID: u8 = 2
const EMPTY: u8 = 1
const EDGE: u8 = 0
/** An edge whose background has a tint that may have been thrown on the visitor. */
const TINTED: u8 = 3

/** Whether each cell is wholly visitor, wholly background or an edge; then drops what lies within `depth` cells of an edge. */
export function classify(alpha: usize, across: i32, down: i32, kinds: usize, spare: usize, columns: i32, rows: i32, depth: i32): void {
  for (let cy = 0; cy < rows; cy++) {
    const last = min(down, (cy << 3) + 8)
    for (let cx = 0; cx < columns; cx++) {
      // At the right border the cell reaches back over its neighbour: eight pixels are read at once.
      const left = max(0, min(cx << 3, across - 8))
      let least = i8x16.splat(-1)
      let most = i8x16.splat(0)
      for (let y = cy << 3; y < last; y++) {
        const values = v128.load64_splat(alpha + <usize>(y * across + left))
        least = i8x16.min_u(least, values)
        most = i8x16.max_u(most, values)
      }
      const solid = i8x16.all_true(i8x16.gt_u(least, i8x16.splat(-9)))
      const empty = i8x16.all_true(i8x16.lt_u(most, i8x16.splat(8)))
      store<u8>(kinds + <usize>(cy * columns + cx), solid ? SOLID : empty ? EMPTY : EDGE)
    }
  }
  for (let pass = 0; pass < 2; pass++) {
    const from = pass == 0 ? kinds : spare
    const to = pass == 0 ? spare : kinds
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        let kind = load<u8>(from + <usize>(y * columns + x))
        for (let k = -depth; k <= depth; k++) {
          const u = pass == 0 ? max(0, min(columns - 1, x + k)) : x
          const v = pass == 0 ? y : max(0, min(rows - 1, y + k))
          if (load<u8>(from + <usize>(v * columns + u)) != kind) kind = EDGE
        }
        store<u8>(to + <usize>(y * columns + x), kind)
      }
    }
  }
}

/** Sums each sure cell's colour: eight floats a cell, red, green, blue and weight of the visitor, then of the background. */
export function gather(
  source: usize, width: i32, left: i32, top: i32, across: i32, down: i32,
  kinds: usize, cells: usize, columns: i32, rows: i32,
): void {
  for (let cy = 0; cy < rows; cy++) {
    for (let cx = 0; cx < columns; cx++) {
      const kind = load<u8>(kinds + <usize>(cy * columns + cx))
      let total = f32x4.splat(0)
      if (kind != EDGE) {
        // One pixel in four tells a cell's colour as well as all.
        for (let y = cy << 3; y < min(down, (cy << 3) + 8); y += 2) {
          let at = source + (<usize>((top + y) * width + left + (cx << 3)) << 2)
          for (let x = cx << 3; x < min(across, (cx << 3) + 8); x += 2, at += 8) total = f32x4.add(total, f32x4.replace_lane(pixel(at), 3, 1))
        }
      }
      const cell = cells + (<usize>(cy * columns + cx) << 5)
      v128.store(cell, kind == SOLID ? total : f32x4.splat(0))
      v128.store(cell + 16, kind == EMPTY ? total : f32x4.splat(0))
    }
  }
}

/** Spreads the gathered colours over a square of cells, nearer ones counting more; `spare` is as large as `cells`. */
export function spread(cells: usize, spare: usize, columns: i32, rows: i32, radius: i32): void {
  for (let pass = 0; pass < 2; pass++) {
    const from = pass == 0 ? cells : spare
    const to = pass == 0 ? spare : cells
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        let front = f32x4.splat(0)
        let back = f32x4.splat(0)
        for (let k = -radius; k <= radius; k++) {
          const u = pass == 0 ? max(0, min(columns - 1, x + k)) : x
          const v = pass == 0 ? y : max(0, min(rows - 1, y + k))
          const at = from + (<usize>(v * columns + u) << 5)
          const near = <f32>(radius + 1 - abs(k))
          const weight = f32x4.splat(near * near)
          front = f32x4.add(front, f32x4.mul(v128.load(at), weight))
          back = f32x4.add(back, f32x4.mul(v128.load(at + 16), weight))
        }
        const at = to + (<usize>(y * columns + x) << 5)
        v128.store(at, front)
        v128.store(at + 16, back)
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function step(low: f32, high: f32, value: f32): f32 {
  const t = max<f32>(0, min<f32>(1, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

// @ts-ignore: decorator
@inline
function square3(v: v128): f32 {
  const s = f32x4.mul(v, v)
  return f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 2)
}

// @ts-ignore: decorator
@inline
function between(at: usize, columns: i32, tu: v128, tv: v128): v128 {
  const below = at + (<usize>columns << 5)
  return mix(mix(v128.load(at), v128.load(at + 32), tu), mix(v128.load(below), v128.load(below + 32), tu), tv)
}

/** What is known round a pixel of the region: the visitor's colour and the background's, and whether both are known. */
let front: v128 = f32x4.splat(0)
let back: v128 = f32x4.splat(0)
function neighbourhood(cells: usize, columns: i32, rows: i32, x: i32, y: i32): bool {
  const u = max<f32>(0, min<f32>(<f32>columns - 1.001, (<f32>x + 0.5) * 0.125 - 0.5))
  const v = max<f32>(0, min<f32>(<f32>rows - 1.001, (<f32>y + 0.5) * 0.125 - 0.5))
  const cell = cells + (<usize>(<i32>v * columns + <i32>u) << 5)
  const tu = f32x4.splat(u - <f32>(<i32>u))
  const tv = f32x4.splat(v - <f32>(<i32>v))
  front = between(cell, columns, tu, tv)
  back = between(cell + 16, columns, tu, tv)
  const frontWeight = f32x4.extract_lane(front, 3)
  const backWeight = f32x4.extract_lane(back, 3)
  if (frontWeight < 0.001 || backWeight < 0.001) return false
  front = f32x4.mul(front, f32x4.splat(1 / frontWeight))
  back = f32x4.mul(back, f32x4.splat(1 / backWeight))
  return true
}

/** A colour without its brightness. */
// @ts-ignore: decorator
@inline
function chroma(colour: v128): v128 {
  const luma = f32x4.extract_lane(colour, 0) * 0.2126 + f32x4.extract_lane(colour, 1) * 0.7152 + f32x4.extract_lane(colour, 2) * 0.0722
  return f32x4.sub(colour, f32x4.splat(luma))
}

/**
 * A colour without the part of its tint that is the background's: what its chroma has of the way from the visitor's to the
 * background's, from a tenth on. A grey wall has no tint to tell by: a gleam on dark hair or a white stripe of a jumper would
 * pass for wall. Wants `front` and `back` set.
 */
// @ts-ignore: decorator
@inline
function untinted(colour: v128): v128 {
  const from = chroma(back)
  const way = f32x4.sub(from, chroma(front))
  const apart = square3(way)
  const sure = min(step(600, 3000, apart), step(600, 3000, square3(from)))
  if (sure == 0) return colour
  const product = f32x4.mul(f32x4.sub(chroma(colour), chroma(front)), way)
  const along = (f32x4.extract_lane(product, 0) + f32x4.extract_lane(product, 1) + f32x4.extract_lane(product, 2)) / apart
  const share = max<f32>(0, min<f32>(1.2, along))
  return f32x4.sub(colour, f32x4.mul(way, f32x4.splat(sure * share * step(0.08, 0.35, share))))
}

/** Marks the edge cells in which a tint could be told and taken off; in the others a covered pixel is the visitor's own. */
export function markTinted(kinds: usize, cells: usize, columns: i32, rows: i32): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = kinds + <usize>(y * columns + x)
      if (load<u8>(at) != EDGE || !neighbourhood(cells, columns, rows, (x << 3) + 4, (y << 3) + 4)) continue
      const from = chroma(back)
      if (square3(f32x4.sub(chroma(front), from)) > 500 && square3(from) > 500) store<u8>(at, TINTED)
    }
  }
}

/**
 * Writes the cut-out: straight-alpha RGBA of the region. A pixel at the edge gets the colour the visitor has there without
 * the background shining through (blur fusion, Forte 2021): F + a * (C - a * F - (1 - a) * B). What then still has the
 * background's tint, thrown on hair and shoulders, loses it at its own brightness.
 */
export function cutOut(
  source: usize, width: i32, left: i32, top: i32, across: i32, down: i32,
  alpha: usize, kinds: usize, cells: usize, columns: i32, rows: i32, target: usize,
): void {
  const opaque = i32x4.splat(0xff000000)
  for (let y = 0; y < down; y++) {
    let at = source + (<usize>((top + y) * width + left) << 2)
    let out = target + (<usize>(y * across) << 2)
    for (let x = 0; x < across; x++, at += 4, out += 4) {
      if ((x & 7) == 0 && x + 8 <= across) {
        const whole = load<u8>(kinds + <usize>((y >> 3) * columns + (x >> 3)))
        if (whole == SOLID || whole == EMPTY) {
          const mask = i32x4.splat(whole == SOLID ? -1 : 0)
          v128.store(out, v128.and(v128.or(v128.load(at), opaque), mask))
          v128.store(out + 16, v128.and(v128.or(v128.load(at + 16), opaque), mask))
          x += 7
          at += 28
          out += 28
          continue
        }
      }
      const kind = load<u8>(kinds + <usize>((y >> 3) * columns + (x >> 3)))
      const a = load<u8>(alpha + <usize>(y * across + x))
      if (a == 0 || kind == EMPTY) store<u32>(out, 0)
      else if (kind == SOLID || (kind == EDGE && a >= 253)) store<u32>(out, (load<u32>(at) & 0x00ffffff) | (<u32>(kind == SOLID ? 255 : a) << 24))
      else {
        let clean = pixel(at)
        if (neighbourhood(cells, columns, rows, x, y)) {
          if (a < 253) {
            const share = <f32>a * <f32>(1.0 / 255.0)
            const shine = f32x4.add(f32x4.mul(front, f32x4.splat(share)), f32x4.mul(back, f32x4.splat(1 - share)))
            clean = f32x4.add(front, f32x4.mul(f32x4.sub(clean, shine), f32x4.splat(share)))
          }
          if (kind == TINTED) clean = untinted(clean)
        }
        const whole = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.max(f32x4.splat(0), clean), f32x4.splat(0.5)))
        const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(whole, whole), whole)
        store<u32>(out, (<u32>i32x4.extract_lane(bytes, 0) & 0x00ffffff) | (<u32>a << 24))
      }
    }
  }
}

/** First byte of memory that is the caller's. */
export function freeMemory(): usize {
  return __heap_base
}
