/**
 * The matte's kernel in one thread: WebAssembly memory laid out for one size of picture, and its operations by name. The
 * source is `assembly/index.ts`; `compile-kernel.ts` compiles it into `kernel.wasm`.
 */
import { readFile } from 'node:fs/promises'
import type { Box } from '../cast.ts'

type Exports = {
  freeMemory(): number
  // biome-ignore format: one line an operation
  resample(source: number, width: number, height: number, left: number, top: number, across: number, down: number, target: number, columns: number, rows: number, scale: number, offset: number): void
  // biome-ignore format: one line an operation
  stillness(guide: number, guideBefore: number, columns: number, rows: number, tolerance: number, still: number, spare: number): void
  steady(mask: number, before: number, still: number, count: number, keep: number): void
  // biome-ignore format: one line an operation
  solve(guide: number, mask: number, columns: number, rows: number, radius: number, epsilon: number, work: number, line: number, coefficients: number): void
  // biome-ignore format: one line an operation
  apply(source: number, width: number, left: number, top: number, across: number, down: number, coefficients: number, columns: number, rows: number, row: number, low: number, high: number, still: number, keep: number, before: number, alpha: number, classes: number): void
  // biome-ignore format: one line an operation
  classify(alpha: number, across: number, down: number, kinds: number, spare: number, columns: number, rows: number, depth: number): void
  // biome-ignore format: one line an operation
  gather(source: number, width: number, left: number, top: number, across: number, down: number, kinds: number, cells: number, columns: number, rows: number): void
  spread(cells: number, spare: number, columns: number, rows: number, radius: number): void
  markTinted(kinds: number, cells: number, columns: number, rows: number): void
  // biome-ignore format: one line an operation
  cutOut(source: number, width: number, left: number, top: number, across: number, down: number, alpha: number, kinds: number, cells: number, columns: number, rows: number, target: number): void
}

const PAGE = 65_536
/** Pages the memory may grow to: what `compile-kernel.ts` tells the compiler. */
const MAXIMUM_PAGES = 8_192
/** Side of the segmentation net's input and mask. */
export const NET_SIDE = 256

/** Parameters of the matte; see `matte.ts` for what was measured. */
export type MatteTuning = {
  radius: number
  epsilon: number
  low: number
  high: number
  keep: number
  tolerance: number
  depth: number
  spread: number
}

/** Cells the coarse raster has at most, about; more cost time and show no difference. */
const GRID_CELLS = 40_000

/** The coarse raster of a region: one cell for 1, 2, 3 or more pixels each way, columns a multiple of 4. */
export const gridOf = ({ width, height }: Pick<Box, 'width' | 'height'>): { columns: number; rows: number } => {
  const step = Math.max(1, Math.round(Math.sqrt((width * height) / GRID_CELLS)))
  return { columns: Math.max(8, Math.ceil(width / step / 4) * 4), rows: Math.max(8, Math.ceil(height / step)) }
}

/** The raster of 8 x 8 pixels on which the colours on both sides of the edge are kept. */
const cellsOf = ({ width, height }: Pick<Box, 'width' | 'height'>): { columns: number; rows: number } => ({
  columns: Math.max(2, Math.ceil(width / 8)),
  rows: Math.max(2, Math.ceil(height / 8)),
})

/** The areas of memory that stay where they are. */
type Area =
  | 'input'
  | 'work'
  | 'line'
  | 'coefficients'
  | 'row'
  | 'classes'
  | 'still'
  | 'cells'
  | 'spare'
  | 'kinds'
  | 'spareKinds'
  | 'cutout'

export class MatteKernel {
  readonly width: number
  readonly height: number
  readonly memory: WebAssembly.Memory
  /** Where each picture that can be handed in lies in the memory; RGBA, `width * height * 4` bytes. */
  readonly slots: readonly number[]
  private readonly exports: Exports
  private readonly at: Record<Area, number>
  private source: number
  /** The guide and mask of this frame and of the one before; the pairs swap at each frame. */
  private guides: [number, number]
  private masks: [number, number]
  private alphas: [number, number]
  private readonly input = new Float32Array(3 * NET_SIDE * NET_SIDE)

  constructor(exports: Exports, memory: WebAssembly.Memory, { width, height, slots }: KernelSize) {
    this.exports = exports
    this.memory = memory
    this.width = width
    this.height = height
    // Enough for any region: the step rounds, so that a part of the picture may have half as many cells again.
    const columns = width + 8
    const plane = Math.ceil(Math.min(GRID_CELLS * 2.5, columns * (height + 8))) * 4
    const cells = (Math.ceil(width / 8) + 1) * (Math.ceil(height / 8) + 1) * 32
    let next = Math.ceil(exports.freeMemory() / 16) * 16
    const take = (bytes: number) => {
      const here = next
      next += Math.ceil((bytes + 64) / 16) * 16
      return here
    }
    this.at = {
      input: take(3 * NET_SIDE * NET_SIDE * 4),
      work: take(plane * 16),
      line: take((columns + 128) * 4),
      coefficients: take(plane * 4),
      row: take((columns + 8) * 16),
      classes: take(columns * 4 + width * 4),
      still: take(plane),
      cells: take(cells),
      spare: take(cells),
      kinds: take(cells / 32),
      spareKinds: take(cells / 32),
      cutout: take(width * height * 4),
    }
    this.guides = [take(plane * 3), take(plane * 3)]
    this.masks = [take(plane), take(plane)]
    this.alphas = [take(width * height), take(width * height)]
    this.slots = Array.from({ length: slots }, () => take(width * height * 4))
    this.source = this.slots[0] ?? 0
    const missing = next - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
  }

  /** The picture being worked on: RGBA, to be filled before anything else. */
  get picture(): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.source, this.width * this.height * 4)
  }

  /** Chooses the slot whose picture is worked on from here. */
  use(slot: number): void {
    this.source = this.slots[slot] ?? this.source
  }

  /** The net's input for a part of the picture, stretched to a square: RGB planes 0..1, a copy that the next one overwrites. */
  netInput(part: Box): Float32Array {
    const { at } = this
    this.exports.resample(
      this.source,
      this.width,
      this.height,
      part.x,
      part.y,
      part.width,
      part.height,
      at.input,
      NET_SIDE,
      NET_SIDE,
      1 / 255,
      0,
    )
    this.input.set(new Float32Array(this.memory.buffer, at.input, this.input.length))
    return this.input
  }

  /** Shrinks the region's colours onto the grid, to guide the filter; keeps the frame before's. */
  guide(region: Box): Float32Array {
    const { columns, rows } = gridOf(region)
    this.guides = [this.guides[1], this.guides[0]]
    this.masks = [this.masks[1], this.masks[0]]
    const { x, y, width, height } = region
    this.exports.resample(this.source, this.width, this.height, x, y, width, height, this.guides[0], columns, rows, 1 / 255, 0)
    return new Float32Array(this.memory.buffer, this.guides[0], 3 * columns * rows)
  }

  /** The grid's mask, to be filled with the probability of the visitor in each cell, 0..1. */
  mask(region: Box): Float32Array {
    const { columns, rows } = gridOf(region)
    return new Float32Array(this.memory.buffer, this.masks[0], columns * rows)
  }

  /**
   * Steadies the mask against the frame before, and remembers for `alpha` where the picture stands still; without a frame
   * before of the same region (`first`) it only forgets.
   */
  steady(region: Box, tuning: MatteTuning, first: boolean): void {
    const { columns, rows } = gridOf(region)
    const { still, work } = this.at
    if (first) {
      new Float32Array(this.memory.buffer, still, columns * rows).fill(0)
      return
    }
    const [guide, guideBefore] = this.guides
    this.exports.stillness(guide, guideBefore, columns, rows, tuning.tolerance, still, work)
    this.exports.steady(this.masks[0], this.masks[1], still, columns * rows, tuning.keep)
  }

  /** Refines the mask by the picture's own edges into the region's alpha, 8 bits a pixel; a view until the next frame. */
  alpha(region: Box, tuning: MatteTuning): Uint8Array {
    const { columns, rows } = gridOf(region)
    const { at, exports } = this
    const { x, y, width, height } = region
    this.alphas = [this.alphas[1], this.alphas[0]]
    const [alpha, before] = this.alphas
    exports.solve(this.guides[0], this.masks[0], columns, rows, tuning.radius, tuning.epsilon, at.work, at.line, at.coefficients)
    // biome-ignore format: one line an operation
    exports.apply(this.source, this.width, x, y, width, height, at.coefficients, columns, rows, at.row, tuning.low, tuning.high, at.still, tuning.keep, before, alpha, at.classes)
    return new Uint8Array(this.memory.buffer, alpha, width * height)
  }

  /** The region as straight-alpha RGBA, edge colours freed of the background; after `alpha`; a view until the next frame. */
  cutOut(region: Box, tuning: MatteTuning): Uint8Array {
    const { at, exports } = this
    const { x, y, width, height } = region
    const { columns, rows } = cellsOf(region)
    exports.classify(this.alphas[0], width, height, at.kinds, at.spareKinds, columns, rows, tuning.depth)
    exports.gather(this.source, this.width, x, y, width, height, at.kinds, at.cells, columns, rows)
    exports.spread(at.cells, at.spare, columns, rows, tuning.spread)
    exports.markTinted(at.kinds, at.cells, columns, rows)
    // biome-ignore format: one line an operation
    exports.cutOut(this.source, this.width, x, y, width, height, this.alphas[0], at.kinds, at.cells, columns, rows, at.cutout)
    return new Uint8Array(this.memory.buffer, at.cutout, width * height * 4)
  }
}

let compiled: Promise<WebAssembly.Module> | undefined

/** Size of the pictures, and how many may lie in the kernel's memory at once. */
export type KernelSize = { width: number; height: number; slots: number }

/** A kernel for pictures of one size. */
export const createKernel = async (width: number, height: number, slots = 1): Promise<MatteKernel> => {
  compiled ??= readFile(new URL('./kernel.wasm', import.meta.url)).then((bytes) => WebAssembly.compile(new Uint8Array(bytes)))
  const abort = () => {
    throw new Error('the matte kernel stopped')
  }
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true })
  const instance = await WebAssembly.instantiate(await compiled, { env: { abort, memory } })
  return new MatteKernel(instance.exports as Exports, memory, { width, height, slots })
}
