/** Marks on a raster, widened. */

/** Widens marks along rows or columns: `step` from one cell to the next, `stride` from one line to the next. */
const along = (from: Uint8Array, lines: number, stride: number, cells: number, step: number, reach: number): Uint8Array => {
  const to = new Uint8Array(from.length)
  for (let line = 0; line < lines; line++) {
    const start = line * stride
    let until = -1
    for (let cell = 0, at = start; cell < cells; cell++, at += step) {
      if (from[at]) until = cell + reach
      if (cell <= until) to[at] = 1
    }
    until = cells
    for (let cell = cells - 1, at = start + cell * step; cell >= 0; cell--, at -= step) {
      if (from[at]) until = cell - reach
      if (cell >= until) to[at] = 1
    }
  }
  return to
}

/** Marks all cells within `reach` of a marked one, across and down. */
export const widen = (marks: Uint8Array, columns: number, rows: number, reach: number): Uint8Array =>
  along(along(marks, rows, columns, columns, 1, reach), columns, 1, rows, columns, reach)
