/**
 * Runs a graph as ComfyUI would, with the nodes of `comfyui-nodes.ts`: pictures are loaded, scaled, repeated and saved for true;
 * a model is stood in for by a slow move towards the picture, a little duller and softer than it went in, as a VAE leaves it.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type GraphNode = { class_type: string; inputs: Record<string, unknown> }
export type Graph = Record<string, GraphNode>

/** Pictures on their way through a graph: one picture, and what is to be made of it. */
export type Pictures = { file: Buffer; width: number; height: number; count: number; moving: boolean; size: boolean }
type Video = Pictures & { fps: number }

/** A clip of this size that was made before. */
export type Premade = (size: { width: number; height: number }) => Buffer

export type Saved = { filename: string; subfolder: string; bytes: Buffer }

export type Execution = {
  /** The bytes of an uploaded picture by the name the graph gives it. */
  load(name: string): Buffer
  /** Called before each node, in the order they run. */
  onNode(id: string): Promise<void> | void
  /** Called for each step of a sampler; `value` counts from 1. */
  onStep(id: string, value: number, max: number): Promise<void>
  /** Called with each node's own output that is shown to people. */
  onSaved(id: string, saved: Saved): void
  /** A clip that was made before, for whoever has no time for an encoder. */
  premade?: Premade
  /** A number for the next file. */
  counter(): number
  signal: AbortSignal
}

const isLink = (value: unknown): value is [string, number] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'

/** Nodes after those they take from, only what an output needs. */
export const runningOrder = (graph: Graph): string[] => {
  const order: string[] = []
  const visit = (id: string) => {
    const node = graph[id]
    if (!node || order.includes(id)) return
    for (const value of Object.values(node.inputs)) if (isLink(value)) visit(value[0])
    order.push(id)
  }
  for (const [id, node] of Object.entries(graph)) if (node.class_type === 'SaveVideo') visit(id)
  return order
}

const numberOf = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)
const textOf = (value: unknown, otherwise = '') => (typeof value === 'string' ? value : otherwise)

const filtersFor = ({ width, height, count, moving, size, fps }: Video): string => {
  const scaled = size ? `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=lanczos,crop=${width}:${height}` : ''
  const move = `zoompan=z='1+0.12*on/${Math.max(1, count)}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=1:s=${width}x${height}:fps=${fps}`
  const model = `${move},eq=contrast=0.93:saturation=0.88,gblur=sigma=0.6`
  return [scaled, moving ? model : ''].filter(Boolean).join(',') || 'null'
}

/** Writes a clip as PyAV would: H.264, yuv420p, no colour tags. */
export const encode = async (video: Video, signal: AbortSignal): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-contract-'))
  try {
    const [picture, clip] = [join(folder, 'picture.png'), join(folder, 'clip.mp4')]
    await writeFile(picture, video.file)
    const input = ['-v', 'error', '-loop', '1', '-framerate', String(video.fps), '-i', picture]
    const output = ['-frames:v', String(video.count), '-vf', filtersFor(video), '-pix_fmt', 'yuv420p']
    await run('ffmpeg', [...input, ...output, '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '16', '-y', clip], { signal })
    return await readFile(clip)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the nodes of a graph one after another. Throws what a node throws, the signal's reason when interrupted. */
export const execute = async (graph: Graph, execution: Execution): Promise<void> => {
  const { load, onNode, onStep, onSaved, premade, counter, signal } = execution
  const values = new Map<string, unknown>()
  const take = (value: unknown) => (isLink(value) ? values.get(value[0]) : value)
  const pictures = (value: unknown): Pictures => {
    const found = take(value)
    if (!found || typeof found !== 'object' || !('file' in found)) throw new TypeError('no IMAGE came in')
    return found as Pictures
  }
  const moved = (inputs: GraphNode['inputs']): Pictures => ({
    ...pictures(inputs.start_image),
    width: numberOf(inputs.width, 832),
    height: numberOf(inputs.height, 480),
    count: numberOf(inputs.length, 81),
    moving: true,
    size: true,
  })
  const sample = async (id: string, inputs: GraphNode['inputs']) => {
    const from = numberOf(inputs.start_at_step, 0)
    const to = Math.min(numberOf(inputs.steps, 4), numberOf(inputs.end_at_step, 10_000))
    for (let step = from; step < to; step++) await onStep(id, step - from + 1, to - from)
    return pictures(inputs.latent_image)
  }
  const work: Record<string, (inputs: GraphNode['inputs'], id: string) => unknown> = {
    LoadImage: ({ image }) => ({ file: load(textOf(image)), width: 0, height: 0, count: 1, moving: false, size: false }),
    ImageScale: ({ image, width, height }) => ({
      ...pictures(image),
      width: numberOf(width, 512),
      height: numberOf(height, 512),
      size: true,
    }),
    RepeatImageBatch: ({ image, amount }) => ({ ...pictures(image), count: numberOf(amount, 1) }),
    CreateVideo: ({ images, fps }) => ({ ...pictures(images), fps: numberOf(fps, 30) }),
    SaveVideo: async ({ video, filename_prefix }, id) => {
      const [name = 'ComfyUI', ...folders] = textOf(filename_prefix, 'video/ComfyUI').split('/').reverse()
      const filename = `${name}_${String(counter()).padStart(5, '0')}_.mp4`
      const shown = { ...pictures(video), fps: (take(video) as Video).fps }
      const bytes = premade ? premade(shown) : await encode(shown, signal)
      onSaved(id, { filename, subfolder: folders.reverse().join('/'), bytes })
    },
    WanImageToVideo: moved,
    Wan22ImageToVideoLatent: moved,
    KSampler: (inputs, id) => sample(id, inputs),
    KSamplerAdvanced: (inputs, id) => sample(id, inputs),
    VAEDecode: ({ samples }) => pictures(samples),
  }
  for (const id of runningOrder(graph)) {
    signal.throwIfAborted()
    await onNode(id)
    const node = graph[id]
    if (node) values.set(id, (await work[node.class_type]?.(node.inputs, id)) ?? node.class_type)
  }
}
