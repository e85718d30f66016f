/**
 * The sample visitor without her wall: what she adds to a picture, and her true alpha. Her clip was laid over one still
 * wall by that alpha before it was compressed, so that the wall can be taken away again.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decode } from '../../src/media/decode.ts'
import { probe } from '../../src/media/probe.ts'
import type { Box } from '../../src/vision/cast.ts'
import { createFaceTracker } from '../../src/vision/face-tracker.ts'
import type { Models } from '../../src/vision/models/load-models.ts'
import { HEIGHT, scatter, WIDTH } from './backgrounds.ts'

const run = promisify(execFile)
const vita = (name: string) => fileURLToPath(new URL(`../../../ops/demo/sample-visitor/${name}`, import.meta.url))
const PIXELS = WIDTH * HEIGHT

export type VisitorFrame = {
  /** Number of the frame in her clip. */
  index: number
  /** RGB times alpha, 0..255. */
  colour: Uint8Array
  alpha: Uint8Array
  face: Box | undefined
}

const trueAlphas = async (): Promise<Uint8Array> => {
  const args = ['-v', 'error', '-nostdin', '-i', vita('visitor-alpha.mkv'), '-f', 'rawvideo', '-pix_fmt', 'gray', '-']
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 200 * PIXELS })
  return stdout
}

/** Fills the pixels nobody ever saw by the mean of those beside them, coarse to fine. */
const fillWall = (sums: Float32Array, counts: Uint16Array): Uint8Array => {
  const wall = new Uint8Array(3 * PIXELS)
  for (let side = 1; side <= 512; side *= 2) {
    const [columns, rows] = [Math.ceil(WIDTH / side), Math.ceil(HEIGHT / side)]
    const cells = new Float32Array(4 * columns * rows)
    for (let at = 0; at < PIXELS; at++) {
      if (!counts[at]) continue
      const cell = 4 * (Math.floor(Math.floor(at / WIDTH) / side) * columns + Math.floor((at % WIDTH) / side))
      for (let k = 0; k < 3; k++) cells[cell + k] = (cells[cell + k] ?? 0) + (sums[3 * at + k] ?? 0) / (counts[at] ?? 1)
      cells[cell + 3] = (cells[cell + 3] ?? 0) + 1
    }
    for (let at = 0; at < PIXELS; at++) {
      const cell = 4 * (Math.floor(Math.floor(at / WIDTH) / side) * columns + Math.floor((at % WIDTH) / side))
      const weight = cells[cell + 3] ?? 0
      const filled = (wall[3 * at] ?? 0) + (wall[3 * at + 1] ?? 0) + (wall[3 * at + 2] ?? 0) > 0
      if (weight === 0 || filled) continue
      for (let k = 0; k < 3; k++) wall[3 * at + k] = Math.max(1, Math.round((cells[cell + k] ?? 0) / weight))
    }
  }
  return wall
}

/**
 * Her frames of the given numbers.
 * @param models for the tracker that finds her face, once, in her own clip
 */
export const visitorFrames = async (models: Models, wanted: ReadonlySet<number>): Promise<VisitorFrame[]> => {
  const clip = await probe(vita('visitor.mp4'))
  if (!clip.ok) throw new Error(clip.code)
  const alphas = await trueAlphas()
  const last = Math.max(...wanted)
  const signal = new AbortController().signal
  const decoded = await decode(clip, { signal, size: { width: WIDTH, height: HEIGHT }, maxMs: ((last + 1) * 1000) / 24 + 1 })
  const tracker = createFaceTracker(models)
  const frames: VisitorFrame[] = []
  const sums = new Float32Array(3 * PIXELS)
  const counts = new Uint16Array(PIXELS)
  let index = 0
  for await (const data of decoded.frames) {
    const alpha = alphas.subarray(index * PIXELS, (index + 1) * PIXELS)
    if (index % 3 === 0) {
      for (let at = 0; at < PIXELS; at++) {
        if (alpha[at] !== 0) continue
        counts[at] = (counts[at] ?? 0) + 1
        for (let k = 0; k < 3; k++) sums[3 * at + k] = (sums[3 * at + k] ?? 0) + (data[4 * at + k] ?? 0)
      }
    }
    if (wanted.has(index)) {
      const colour = new Uint8Array(3 * PIXELS)
      for (let at = 0; at < PIXELS; at++) for (let k = 0; k < 3; k++) colour[3 * at + k] = data[4 * at + k] ?? 0
      const face = await tracker.next({ width: WIDTH, height: HEIGHT, data })
      frames.push({ index, colour, alpha, face: face?.box })
    }
    index++
  }
  await decoded.finished
  const wall = fillWall(sums, counts)
  for (const { colour, alpha } of frames) {
    for (let at = 0; at < PIXELS; at++) {
      const through = 1 - (alpha[at] ?? 0) / 255
      for (let k = 0; k < 3; k++) {
        colour[3 * at + k] =
          through === 1 ? 0 : Math.max(0, Math.round((colour[3 * at + k] ?? 0) - through * (wall[3 * at + k] ?? 0)))
      }
    }
  }
  return frames
}

/** The noise of a camera, the same for every background: values about 0 with a deviation of 2. */
const GRAIN = Int8Array.from({ length: 65_536 }, (_, at) => {
  const sum = scatter(4 * at) + scatter(4 * at + 1) + scatter(4 * at + 2) + scatter(4 * at + 3)
  return Math.round((sum - 2) * 3.46)
})

/** Sets her before a background, as a camera would see it; RGBA into `target`. */
export const composite = ({ colour, alpha, index }: VisitorFrame, background: Uint8Array, target: Uint8ClampedArray): void => {
  const shift = Math.imul(index, 7919)
  for (let at = 0; at < PIXELS; at++) {
    const through = (255 - (alpha[at] ?? 0)) / 255
    const [from, to] = [3 * at, 4 * at]
    const grain = shift + from
    target[to] = (colour[from] ?? 0) + through * (background[from] ?? 0) + (GRAIN[grain & 65_535] ?? 0)
    target[to + 1] = (colour[from + 1] ?? 0) + through * (background[from + 1] ?? 0) + (GRAIN[(grain + 1) & 65_535] ?? 0)
    target[to + 2] = (colour[from + 2] ?? 0) + through * (background[from + 2] ?? 0) + (GRAIN[(grain + 2) & 65_535] ?? 0)
    target[to + 3] = 255
  }
}
