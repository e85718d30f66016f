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

const pixelOf = (
  { picture, truth, raw, ours, cutOut }: Example,
  column: number,
  at: number,
): readonly [number, number, number] => {
  const grey = (plane: Uint8Array) => [plane[at] ?? 0, plane[at] ?? 0, plane[at] ?? 0] as const
  const apart = (ours[at] ?? 0) - (truth[at] ?? 0)
  const alpha = (cutOut[4 * at + 3] ?? 0) / 255
  const over = (k: 0 | 1 | 2) => (cutOut[4 * at + k] ?? 0) * alpha + GREEN[k] * (1 - alpha)
  switch (column) {
    case 0:
      return [picture[4 * at] ?? 0, picture[4 * at + 1] ?? 0, picture[4 * at + 2] ?? 0]
    case 1:
      return grey(truth)
    case 2:
      return grey(raw)
    case 3:
      return grey(ours)
    case 4:
      return [Math.max(0, apart), 0, Math.max(0, -apart)]
    default:
      return [over(0), over(1), over(2)]
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
        rgb.set(pixelOf(example, column, at), 3 * (y * width + x))
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
