/**
 * The matte against her true alpha, over every background, and the plain network beside it in the same run: its mask over the
 * whole picture, enlarged between its cells, with nothing steadied. Both see the very same pictures.
 */
import type { Box } from '../../src/vision/cast.ts'
import { createMatter, type Matte } from '../../src/vision/matte.ts'
import { type BackgroundModel, collectBackground } from '../../src/vision/matting/background-model.ts'
import { createKernel, gridOf, type MatteKernel, NET_SIDE } from '../../src/vision/matting/kernel.ts'
import { layMask } from '../../src/vision/matting/lay-mask.ts'
import type { Models } from '../../src/vision/models/load-models.ts'
import { type Background, backgrounds, HEIGHT, WIDTH } from './backgrounds.ts'
import { absoluteError, flicker, gradientError, gradients } from './measures.ts'
import { composite, type VisitorFrame, visitorFrames } from './visitor.ts'

const PIXELS = WIDTH * HEIGHT
const WHOLE: Box = { x: 0, y: 0, width: WIDTH, height: HEIGHT }

export type Figures = { error: number; gradient: number; flicker: number }
export type Measured = {
  background: string
  use: Background['use']
  raw: Figures
  ours: Figures
  /** CPU milliseconds a frame: of the matte in all, and of the networks within. */
  cpuMs: number
  networkMs: number
}
export type MatteReport = {
  rows: readonly Measured[]
  /** Over the backgrounds kept for the report: ours to the raw network's, and CPU milliseconds a frame. */
  matteErrorRatio: number
  matteGradientRatio: number
  matteFlickerRatio: number
  matteCpuMs: number
}
/** One picture of the clip with all that is made of it, for looking at. */
export type Example = {
  background: string
  picture: Uint8ClampedArray
  truth: Uint8Array
  raw: Uint8Array
  ours: Uint8Array
  cutOut: Uint8Array
}

export type MeasureOptions = {
  models: Models
  /** Which backgrounds; by default all. */
  use?: (background: Background) => boolean
  /** First frames of the stretches looked at, and how long each is. */
  starts?: readonly number[]
  length?: number
  onRow?: (row: Measured) => void
  /** Gets one example of each background. */
  onExample?: (example: Example) => void
}

/** A network's mask over a picture, enlarged between its cells: 8 bits a pixel. */
export const enlarge = (mask: Float32Array, width: number, height: number): Uint8Array => {
  const alpha = new Uint8Array(width * height)
  const place = (cell: number, of: number) => Math.min(NET_SIDE - 1.001, Math.max(0, ((cell + 0.5) / of) * NET_SIDE - 0.5))
  const lefts = Float32Array.from({ length: width }, (_, x) => place(x, width))
  for (let y = 0; y < height; y++) {
    const v = place(y, height)
    const row = Math.floor(v) * NET_SIDE
    const fy = v - Math.floor(v)
    for (let x = 0; x < width; x++) {
      const u = lefts[x] ?? 0
      const at = row + Math.floor(u)
      const fx = u - Math.floor(u)
      const upper = (mask[at] ?? 0) + ((mask[at + 1] ?? 0) - (mask[at] ?? 0)) * fx
      const lower = (mask[at + NET_SIDE] ?? 0) + ((mask[at + NET_SIDE + 1] ?? 0) - (mask[at + NET_SIDE] ?? 0)) * fx
      alpha[y * width + x] = Math.round(255 * (upper + (lower - upper) * fy))
    }
  }
  return alpha
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
const cpu = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

type Sums = Record<'raw' | 'ours', { error: number[]; gradient: number[]; flicker: number[] }>
const figures = ({ error, gradient, flicker: change }: Sums['raw']): Figures => ({
  error: mean(error),
  gradient: mean(gradient),
  flicker: mean(change),
})

/** Networks whose time is counted. */
const counted = (models: Models) => {
  let spent = 0
  const { segmentation } = models
  const run = async (input: Float32Array) => {
    const begun = cpu()
    const result = await segmentation.run(input)
    spent += cpu() - begun
    return result
  }
  return { models: { ...models, segmentation: { ...segmentation, run } }, spent: () => spent }
}

type Known = VisitorFrame & { gradient: Float32Array | undefined }

/** Frames between two that are looked at to learn what stands behind her: three a second, as the scout does. */
const LOOK_EVERY = 8

/** Looks through the clip as the scout does before the real pass. */
const learn = async (
  background: Background,
  looks: readonly VisitorFrame[],
  kernel: MatteKernel,
  models: Models,
): Promise<BackgroundModel> => {
  const { columns, rows } = gridOf(WHOLE)
  const wall = collectBackground(columns, rows)
  const onGrid = new Float32Array(columns * rows)
  const picture = new Uint8ClampedArray(4 * PIXELS)
  for (const frame of looks) {
    composite(frame, await background.at(frame.index), picture)
    kernel.picture.set(picture)
    const [mask] = await models.segmentation.run(kernel.netInput(WHOLE))
    if (!mask) throw new Error('the segmentation gave no answer')
    layMask(mask, WHOLE, onGrid, WHOLE, false)
    wall.add(kernel.guide(WHOLE), onGrid)
  }
  return wall.model()
}

type Clip = { runs: readonly (readonly Known[])[]; looks: readonly VisitorFrame[] }

const measureOver = async (background: Background, { runs, looks }: Clip, options: MeasureOptions): Promise<Measured> => {
  const { models } = options
  const kernel = await createKernel(WIDTH, HEIGHT)
  const wall = await learn(background, looks, kernel, models)
  const sums: Sums = { raw: { error: [], gradient: [], flicker: [] }, ours: { error: [], gradient: [], flicker: [] } }
  const picture = new Uint8ClampedArray(4 * PIXELS)
  const bytes = new Uint8Array(picture.buffer)
  let [cpuMs, networkMs, frames] = [0, 0, 0]
  for (const stretch of runs) {
    const watched = counted(models)
    const matter = await createMatter(watched.models, { width: WIDTH, height: HEIGHT }, WHOLE, { background: wall })
    let before: { raw: Uint8Array; ours: Uint8Array; truth: Uint8Array } | undefined
    const masks: Float32Array[] = []
    let done = 0
    const take = (matte: Matte, frame: Known, cutOut: Uint8Array) => {
      const raw = masks.shift()
      if (!raw) throw new Error('a matte too many')
      const now = { raw: enlarge(raw, WIDTH, HEIGHT), ours: matte.alpha.slice(), truth: frame.alpha }
      for (const which of ['raw', 'ours'] as const) {
        const sum = sums[which]
        sum.error.push(absoluteError(now[which], frame.alpha))
        if (frame.gradient) sum.gradient.push(gradientError(gradients(now[which], WIDTH, HEIGHT), frame.gradient))
        if (before) sum.flicker.push(flicker(before[which], now[which], before.truth, frame.alpha))
      }
      if (options.onExample && stretch === runs[0] && frame === stretch.at(-1)) {
        const seen = matter.picture(matte.slot).slice()
        options.onExample({
          background: background.name,
          picture: new Uint8ClampedArray(seen.buffer),
          ...now,
          cutOut: cutOut.slice(),
        })
      }
      before = now
    }
    /** Asks for a matte and its cut-out, and counts what both cost. */
    const ask = async (give: () => Promise<Matte | undefined> | Matte | undefined) => {
      const begun = cpu()
      const matte = await give()
      const cutOut = matte?.cutOut()
      cpuMs += cpu() - begun
      const frame = stretch[done]
      if (!matte || !cutOut || !frame) return
      done++
      take(matte, frame, cutOut)
    }
    for (const [at, frame] of stretch.entries()) {
      composite(frame, await background.at(frame.index), picture)
      kernel.picture.set(bytes)
      const slot = at % matter.slots.length
      matter.picture(slot).set(bytes)
      const [mask] = await models.segmentation.run(kernel.netInput(WHOLE))
      if (!mask) throw new Error('the segmentation gave no answer')
      masks.push(mask)
      await ask(() => matter.push(slot, frame.face, []))
    }
    while (done < stretch.length) await ask(() => matter.flush())
    frames += done
    networkMs += watched.spent()
  }
  return {
    background: background.name,
    use: background.use,
    raw: figures(sums.raw),
    ours: figures(sums.ours),
    cpuMs: cpuMs / frames,
    networkMs: networkMs / frames,
  }
}

/** Measures the matte. About a minute for everything. */
export const measureMatte = async (options: MeasureOptions): Promise<MatteReport> => {
  const { starts = [30, 62, 100], length = 6 } = options
  const numbers = starts.map((start) => Array.from({ length }, (_, at) => start + at))
  const looked = Array.from({ length: Math.ceil(144 / LOOK_EVERY) }, (_, at) => at * LOOK_EVERY)
  const frames = await visitorFrames(options.models, new Set([...numbers.flat(), ...looked]))
  const looks = frames.filter(({ index }) => looked.includes(index))
  const runs = numbers.map((stretch) =>
    stretch.map((number, at): Known => {
      const frame = frames.find(({ index }) => index === number)
      if (!frame) throw new Error(`her clip has no frame ${number}`)
      // Gradients take longest and differ least: one frame of each stretch tells enough.
      return { ...frame, gradient: at === length - 1 ? gradients(frame.alpha, WIDTH, HEIGHT) : undefined }
    }),
  )
  const rows: Measured[] = []
  for (const background of backgrounds().filter(options.use ?? (() => true))) {
    const row = await measureOver(background, { runs, looks }, options)
    options.onRow?.(row)
    rows.push(row)
  }
  const reported = rows.filter(({ use }) => use === 'report')
  const ratio = (figure: keyof Figures) =>
    mean(reported.map(({ ours }) => ours[figure])) / mean(reported.map(({ raw }) => raw[figure]))
  return {
    rows,
    matteErrorRatio: ratio('error'),
    matteGradientRatio: ratio('gradient'),
    matteFlickerRatio: ratio('flicker'),
    matteCpuMs: mean(rows.map(({ cpuMs }) => cpuMs)),
  }
}
