/** How far a matte is from the true one: in value, in its edges, and in how it changes from frame to frame. */

/** A Gaussian of deviation 1.4 and its derivative, as Rhemann et al. 2009 measure gradients of alpha. */
const SIGMA = 1.4
const REACH = 4
const GAUSS = Float32Array.from({ length: 2 * REACH + 1 }, (_, at) => Math.exp(-((at - REACH) ** 2) / (2 * SIGMA * SIGMA)))
const TOTAL = GAUSS.reduce((sum, value) => sum + value, 0)
const SMOOTH = GAUSS.map((value) => value / TOTAL)
const SLOPE = SMOOTH.map((value, at) => ((at - REACH) * value) / (SIGMA * SIGMA))

/** Mean absolute error, 0..1. */
export const absoluteError = (alpha: Uint8Array, truth: Uint8Array): number => {
  let sum = 0
  for (let at = 0; at < truth.length; at++) sum += Math.abs((alpha[at] ?? 0) - (truth[at] ?? 0))
  return sum / truth.length / 255
}

const BLOCK = 16

/** Which blocks of 16 x 16 pixels lie at or beside a change of alpha: everywhere else its gradient is nothing. */
const changing = (alpha: Uint8Array, width: number, height: number): Uint8Array => {
  const [columns, rows] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)]
  const blocks = new Uint8Array(columns * rows)
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const at = y * width + x
      if (alpha[at] === alpha[at + 1] && alpha[at] === alpha[at + width]) continue
      const [column, row] = [Math.floor(x / BLOCK), Math.floor(y / BLOCK)]
      for (let v = Math.max(0, row - 1); v <= Math.min(rows - 1, row + 1); v++) {
        blocks.fill(1, v * columns + Math.max(0, column - 1), v * columns + Math.min(columns - 1, column + 1) + 1)
      }
      x = (column + 1) * BLOCK - 1
    }
  }
  return blocks
}

/** Magnitude of the gradient of alpha, 0..1 a pixel. Rows and columns nearer than four pixels to the border stay 0. */
export const gradients = (alpha: Uint8Array, width: number, height: number): Float32Array => {
  const smooth = Float32Array.from(alpha)
  const slope = new Float32Array(alpha.length)
  const result = new Float32Array(alpha.length)
  const blocks = changing(alpha, width, height)
  const columns = Math.ceil(width / BLOCK)
  const everyPixel = (work: (at: number) => void) => {
    for (let y = REACH; y < height - REACH; y++) {
      const row = Math.floor(y / BLOCK) * columns
      for (let x = REACH; x < width - REACH; x++) if (blocks[row + (x >> 4)]) work(y * width + x)
    }
  }
  everyPixel((at) => {
    let [a, b] = [0, 0]
    for (let k = -REACH; k <= REACH; k++) {
      const value = alpha[at + k] ?? 0
      a += value * (SMOOTH[k + REACH] ?? 0)
      b += value * (SLOPE[k + REACH] ?? 0)
    }
    smooth[at] = a
    slope[at] = b
  })
  everyPixel((at) => {
    let [across, down] = [0, 0]
    for (let k = -REACH; k <= REACH; k++) {
      across += (slope[at + k * width] ?? 0) * (SMOOTH[k + REACH] ?? 0)
      down += (smooth[at + k * width] ?? 0) * (SLOPE[k + REACH] ?? 0)
    }
    result[at] = Math.hypot(across, down) / 255
  })
  return result
}

/** Mean absolute difference of two gradients. */
export const gradientError = (one: Float32Array, truth: Float32Array): number => {
  let sum = 0
  for (let at = 0; at < truth.length; at++) sum += Math.abs((one[at] ?? 0) - (truth[at] ?? 0))
  return sum / truth.length
}

/** dtSSD (Erofeev et al. 2015): root mean square of how differently a matte and the true one change between two frames, 0..1. */
export const flicker = (before: Uint8Array, now: Uint8Array, truthBefore: Uint8Array, truthNow: Uint8Array): number => {
  let sum = 0
  for (let at = 0; at < now.length; at++) {
    const apart = (now[at] ?? 0) - (before[at] ?? 0) - (truthNow[at] ?? 0) + (truthBefore[at] ?? 0)
    sum += apart * apart
  }
  return Math.sqrt(sum / now.length) / 255
}
