/**
 * The visitor's matte over a run of frames: segmentation of the whole region, a second look at the head where hair needs it,
 * averaged over the frames before and after, weighed by colours, the star alone, refined by the picture's own edges.
 */
import type { Box } from './cast.ts'
import { type BackgroundModel, evidenceFor } from './matting/background-model.ts'
import { createKernel, gridOf, type MatteKernel, type MatteTuning } from './matting/kernel.ts'
import { layMask } from './matting/lay-mask.ts'
import { keepStar } from './matting/star-mask.ts'
import type { Models } from './models/load-models.ts'

/**
 * Chosen over the six backgrounds of `bench:matte` that are kept for it. A wider filter or levels nearer to 0 and 1 flicker a
 * little less and err more; keeping more of the frame before lags behind a body that sways, keeping less trembles.
 */
const TUNING: MatteTuning = { radius: 3, epsilon: 3e-4, low: 0.1, high: 0.9, keep: 0.7, tolerance: 0.1, depth: 2, spread: 6 }
/** The head's own look takes this many face widths; where that is most of the region it would show nothing new. */
const HEAD_ROOM = 2.8
const HEAD_SHARE = 0.6

/** Weight of a frame's mask in the mean, by how many frames it lies before or after. */
const WEIGHTS = [3, 2, 1] as const
/** Frames that must be known after one before it is cut out, and before it for the same mean as in a longer run. */
export const LOOK_AHEAD = WEIGHTS.length - 1

export type Matte = {
  /** The slot whose picture this was; it may be filled again as soon as nothing of the matte is wanted any more. */
  slot: number
  /** The region's alpha, 0..255; a view until the next call. */
  alpha: Uint8Array
  /** Straight-alpha RGBA of the region; a view until the next call. */
  cutOut(): Uint8Array
  /** Mean absolute change of colour inside the visitor since the frame before, 0..1. */
  motion: number
  /** Whether the picture differs from the one before at all. */
  moved: boolean
}

export type Matter = {
  readonly region: Box
  /** The memory that pictures are laid into, shared between threads, and where in it each of the slots begins. */
  readonly memory: ArrayBufferLike
  readonly slots: readonly number[]
  /** The picture of a slot, RGBA: to be filled before it is handed in, and left alone until its matte is there. */
  picture(slot: number): Uint8Array
  /**
   * Takes the next frame of the run, whose picture lies in a slot; faces in its pixels.
   * @returns the matte of the frame `LOOK_AHEAD` before it, once there is one
   */
  push(slot: number, star: Box | undefined, others: readonly Box[]): Promise<Matte | undefined>
  /** After the last frame: the mattes still owed, one a call, in order; absent when there is none left. */
  flush(): Matte | undefined
}

/** A frame that was looked at: what the network makes of it, on the grid. */
type Looked = { slot: number; star: Box | undefined; others: readonly Box[]; mask: Float32Array }

/** Writes the mean of the masks about one of them; at a run's ends of those there are. */
const meanMask = (looks: readonly Looked[], at: number, mean: Float32Array): void => {
  const near = looks.map(({ mask }, index) => ({ mask, weight: WEIGHTS[Math.abs(index - at)] ?? 0 }))
  const total = near.reduce((sum, { weight }) => sum + weight, 0)
  const [[a, b, c, d, e], [u = 0, v = 0, w = 0, x = 0, y = 0]] = [
    near.map(({ mask }) => mask),
    near.map((one) => one.weight / total),
  ]
  if (a && b && c && d && e) {
    for (let cell = 0; cell < mean.length; cell++)
      mean[cell] = u * (a[cell] ?? 0) + v * (b[cell] ?? 0) + w * (c[cell] ?? 0) + x * (d[cell] ?? 0) + y * (e[cell] ?? 0)
    return
  }
  mean.fill(0)
  for (const { mask, weight } of near)
    for (let cell = 0; cell < mean.length; cell++) mean[cell] = (mean[cell] ?? 0) + (weight / total) * (mask[cell] ?? 0)
}

/** The part of the picture the head's look takes, cut to the region. */
const headPart = (face: Box, region: Box): Box => {
  const size = HEAD_ROOM * face.width
  const [x, y] = [face.x + face.width / 2 - size / 2, face.y + face.height / 2 - size * 0.55]
  const [left, top] = [Math.max(region.x, x), Math.max(region.y, y)]
  const [right, bottom] = [Math.min(region.x + region.width, x + size), Math.min(region.y + region.height, y + size)]
  return { x: left, y: top, width: Math.max(8, right - left), height: Math.max(8, bottom - top) }
}

/** Mean absolute change of the region's green below which two pictures are one and the same, 0..1. */
const SAME_PICTURE = 0.0004

const motionOf = (guide: Float32Array, before: Float32Array | undefined, mask: Float32Array): Pick<Matte, 'motion' | 'moved'> => {
  if (!before) return { motion: 0, moved: false }
  const plane = mask.length
  let [inside, count, all] = [0, 0, 0]
  for (let i = 0; i < plane; i += 3) {
    const change = Math.abs((guide[i + plane] ?? 0) - (before[i + plane] ?? 0))
    all += change
    if ((mask[i] ?? 0) < 0.5) continue
    count++
    inside += change
  }
  return { motion: count === 0 ? 0 : inside / count, moved: all / (plane / 3) > SAME_PICTURE }
}

type MatterOptions = {
  /** Pictures that can lie in its memory at once; by default as many as are needed, `LOOK_AHEAD` and one. */
  slots?: number
  /** What is known of the wall behind. */
  background?: BackgroundModel | undefined
  tuning?: MatteTuning
}

/**
 * Makes a matter for one run of consecutive frames, pictures of one size.
 * @param region the part of the picture worked on; nothing outside it is cut out
 */
export const createMatter = async (
  models: Pick<Models, 'segmentation'>,
  size: { width: number; height: number },
  region: Box,
  { slots = LOOK_AHEAD + 1, tuning = TUNING, background }: MatterOptions = {},
): Promise<Matter> => {
  const kernel: MatteKernel = await createKernel(size.width, size.height, slots)
  const { columns, rows } = gridOf(region)
  const part: Box = {
    x: region.x / size.width,
    y: region.y / size.height,
    width: region.width / size.width,
    height: region.height / size.height,
  }
  const evidence = background && evidenceFor(background, part, columns, rows)
  const toGrid = ({ x, y, width, height }: Box): Box => ({
    x: ((x - region.x) * columns) / region.width,
    y: ((y - region.y) * rows) / region.height,
    width: (width * columns) / region.width,
    height: (height * rows) / region.height,
  })
  let kept: Uint8Array | undefined
  let guideBefore: Float32Array | undefined
  const look = async (part: Box) => {
    const [mask] = await models.segmentation.run(kernel.netInput(part))
    if (!mask) throw new Error('the segmentation gave no answer')
    return mask
  }
  /** What can have a say in the next matte, and which of it that is. */
  const looks: Looked[] = []
  let due = 0
  /** A mask that has had its say. */
  let spare: Float32Array | undefined
  const cut = (): Matte | undefined => {
    const frame = looks[due]
    if (!frame) return undefined
    const { slot, star, others } = frame
    kernel.use(slot)
    const guide = kernel.guide(region)
    const mask = kernel.mask(region)
    meanMask(looks, due, mask)
    if (due < LOOK_AHEAD) due++
    else spare = looks.shift()?.mask
    evidence?.weigh(mask, guide)
    kept = keepStar({ values: mask, columns, rows }, star && toGrid(star), others.map(toGrid), kept) ?? kept
    kernel.steady(region, tuning, !guideBefore)
    const change = motionOf(guide, guideBefore, mask)
    guideBefore = guide
    const alpha = kernel.alpha(region, tuning)
    const cutOut = () => {
      kernel.use(slot)
      return kernel.cutOut(region, tuning)
    }
    return { slot, alpha, cutOut, ...change }
  }
  return {
    region,
    memory: kernel.memory.buffer,
    slots: kernel.slots,
    picture: (slot) => {
      kernel.use(slot)
      return kernel.picture
    },
    push: async (slot, star, others) => {
      kernel.use(slot)
      const whole = await look(region)
      const head = star ? headPart(star, region) : undefined
      const near = head && head.width * head.height < HEAD_SHARE * region.width * region.height ? await look(head) : undefined
      const mask = spare ?? new Float32Array(columns * rows)
      spare = undefined
      layMask(whole, region, mask, region, false)
      if (near && head) layMask(near, head, mask, region, true)
      looks.push({ slot, star, others, mask })
      return looks.length - due > LOOK_AHEAD ? cut() : undefined
    },
    flush: cut,
  }
}
