/** Examples of a measurement side by side in one picture, for the eye. */
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { HEIGHT, WIDTH } from './backgrounds.ts'
import type { Example } from './measure.ts'

const run = promisify(execFile)
/** Columns: picture, true alpha, network, ours, difference of ours (red too much, blue too little), cut out on green. */
const COLUMNS = 6
const GREEN = [70, 160, 90] as const

/** Writes one pixel of a column of an example into `rgb` at `to`. */
const paint = ({ picture, truth, raw, ours, cutOut }: Example, column: number, at: number, rgb: Uint8Array, to: number): void => {
  const grey = column === 1 ? truth : column === 2 ? raw : ours
  const apart = (ours[at] ?? 0) - (truth[at] ?? 0)
  const alpha = (cutOut[4 * at + 3] ?? 0) / 255
  for (let k = 0; k < 3; k++) {
    let value = grey[at] ?? 0
    if (column === 0) value = picture[4 * at + k] ?? 0
    else if (column === 4) value = k === 0 ? Math.max(0, apart) : k === 2 ? Math.max(0, -apart) : 0
    else if (column === 5) value = (cutOut[4 * at + k] ?? 0) * alpha + (GREEN[k] ?? 0) * (1 - alpha)
    rgb[to + k] = value
  }
}

/** Writes all examples as one PNG, each at full size in a row. */
export const writeSheet = async (path: string, examples: readonly Example[]): Promise<void> => {
  const [width, height] = [COLUMNS * WIDTH, examples.length * HEIGHT]
  const rgb = new Uint8Array(3 * width * height)
  examples.forEach((example, row) => {
    for (let column = 0; column < COLUMNS; column++) {
      for (let at = 0; at < WIDTH * HEIGHT; at++) {
        const [x, y] = [column * WIDTH + (at % WIDTH), row * HEIGHT + Math.floor(at / WIDTH)]
        paint(example, column, at, rgb, 3 * (y * width + x))
      }
    }
  })
  const rawPath = `${path}.rgb`
  await writeFile(rawPath, rgb)
  try {
    const source = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', rawPath]
    await run('ffmpeg', ['-v', 'error', '-nostdin', ...source, '-frames:v', '1', '-y', path])
  } finally {
    await rm(rawPath, { force: true })
  }
}
