// Cells of 8 x 8 pixels carry what is known of the neighbourhood: colours of the visitor and of the background.
import { pixel } from './pixel'

export const SOLID: u8 = 2
export const EMPTY: u8 = 1
export const EDGE: u8 = 0
/** An edge whose background has a tint that may have been thrown on the visitor. */
export const TINTED: u8 = 3

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
