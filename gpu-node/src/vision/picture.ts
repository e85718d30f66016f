/** A picture in memory, and how parts of it become a network's input. Coordinates: pixel centres lie at .5. */

/** RGBA, 8 bits a channel, rows from the top. */
export type Picture = { width: number; height: number; data: Uint8Array }

/** A square part of a picture, turned by `angle` (radians, clockwise as seen) about its centre. `size` in pixels. */
export type Patch = { x: number; y: number; size: number; angle: number }

export type Point = { x: number; y: number }

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** How pixel values 0..255 become a network's: (value - mean) * scale. */
export type Scaling = { scale: number; mean: readonly [number, number, number] }

/** Cuts a patch out, upright, as three float planes of `side` x `side`; beyond the border the border's colour goes on. */
export const cutPatch = (picture: Picture, patch: Patch, side: number, { scale, mean }: Scaling): Float32Array => {
  const { width, height, data } = picture
  const planes = new Float32Array(3 * side * side)
  const step = patch.size / side
  const [alongX, alongY] = [Math.cos(patch.angle) * step, Math.sin(patch.angle) * step]
  const count = side * side
  const [mean0, mean1, mean2] = mean
  const right = width - 1.001
  const bottom = height - 1.001
  for (let row = 0, to = 0; row < side; row++) {
    const dy = row + 0.5 - side / 2
    for (let column = 0; column < side; column++, to++) {
      const dx = column + 0.5 - side / 2
      const u = clamp(patch.x + dx * alongX - dy * alongY - 0.5, 0, right)
      const v = clamp(patch.y + dx * alongY + dy * alongX - 0.5, 0, bottom)
      const left = Math.floor(u)
      const top = Math.floor(v)
      const fx = u - left
      const fy = v - top
      const w11 = fx * fy
      const w10 = fx - w11
      const w01 = fy - w11
      const w00 = 1 - fx - w01
      const at = (top * width + left) * 4
      const below = at + width * 4
      planes[to] =
        (w00 * (data[at] ?? 0) + w10 * (data[at + 4] ?? 0) + w01 * (data[below] ?? 0) + w11 * (data[below + 4] ?? 0) - mean0) *
        scale
      planes[to + count] =
        (w00 * (data[at + 1] ?? 0) +
          w10 * (data[at + 5] ?? 0) +
          w01 * (data[below + 1] ?? 0) +
          w11 * (data[below + 5] ?? 0) -
          mean1) *
        scale
      planes[to + 2 * count] =
        (w00 * (data[at + 2] ?? 0) +
          w10 * (data[at + 6] ?? 0) +
          w01 * (data[below + 2] ?? 0) +
          w11 * (data[below + 6] ?? 0) -
          mean2) *
        scale
    }
  }
  return planes
}

/** The whole picture shrunk into the middle of a square, the rest black, as three float planes -1..1. Cells are averaged. */
export const letterbox = (picture: Picture, side: number): Float32Array => {
  const { width, height, data } = picture
  const long = Math.max(width, height)
  const planes = new Float32Array(3 * side * side).fill(-1)
  const count = side * side
  const [offsetX, offsetY] = [(long - width) / 2, (long - height) / 2]
  const step = long / side
  const edge = (index: number, offset: number, limit: number) => clamp(Math.round(index * step - offset), 0, limit)
  for (let row = 0; row < side; row++) {
    const [y0, y1] = [edge(row, offsetY, height), edge(row + 1, offsetY, height)]
    for (let column = 0; column < side && y1 > y0; column++) {
      const x0 = edge(column, offsetX, width)
      const x1 = edge(column + 1, offsetX, width)
      if (x1 <= x0) continue
      let r = 0
      let g = 0
      let b = 0
      for (let y = y0; y < y1; y++) {
        for (let at = (y * width + x0) * 4, end = (y * width + x1) * 4; at < end; at += 4) {
          r += data[at] ?? 0
          g += data[at + 1] ?? 0
          b += data[at + 2] ?? 0
        }
      }
      const norm = 1 / ((y1 - y0) * (x1 - x0) * 127.5)
      const to = row * side + column
      planes[to] = r * norm - 1
      planes[to + count] = g * norm - 1
      planes[to + 2 * count] = b * norm - 1
    }
  }
  return planes
}

/** A picture turned clockwise by quarter turns. */
export const turnPicture = (picture: Picture, quarterTurns: 0 | 1 | 2 | 3): Picture => {
  const { width, height } = picture
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, width * height)
  const sideways = quarterTurns % 2 === 1
  const [columns, rows] = sideways ? [height, width] : [width, height]
  const to = new Uint32Array(width * height)
  // Where the pixel (x, y) goes: start + x * acrossStep + y * downStep.
  const [start = 0, acrossStep = 0, downStep = 0] =
    [
      [0, 1, columns],
      [columns - 1, columns, -1],
      [columns * rows - 1, -1, -columns],
      [columns * (rows - 1), -columns, 1],
    ][quarterTurns] ?? []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) to[start + x * acrossStep + y * downStep] = from[y * width + x] ?? 0
  }
  return { width: columns, height: rows, data: new Uint8Array(to.buffer) }
}
