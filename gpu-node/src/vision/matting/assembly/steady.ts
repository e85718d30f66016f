// What the guided filter is given: the picture on the grid, how still it stands, and a mask that is steady in time.
import { mix, pixel } from './pixel'

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
