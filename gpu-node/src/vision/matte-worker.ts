/**
 * The matte's thread: cuts the visitor out of one clip at a time, picture by picture, beside the decoder and the faces, and
 * writes the cut-outs, some frames behind. Pictures are written into its kernel's memory by the other thread; none is copied
 * between the two.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Box, Cutouts } from './cast.ts'
import { boxOfAlpha, CutoutFile } from './cutouts.ts'
import { createMatter, type Matte, type Matter } from './matte.ts'
import type { BackgroundModel } from './matting/background-model.ts'
import { type NetworkFile, openNetwork } from './models/network.ts'

export type MatteJob = {
  /** Size of the pictures, and the part of them that is worked on. */
  size: { width: number; height: number }
  region: Box
  /** What is known of the wall behind. */
  background?: BackgroundModel | undefined
  /** Where the cut-outs go. */
  folder: string
  /** Pictures that may be under way at once. */
  slots: number
}
/** What the matte tells of a frame; the box lies in the clip. */
export type MatteFrame = { person?: Box; motion: number; moved: boolean }
export type ToMatter =
  | { kind: 'begin'; job: MatteJob }
  | { kind: 'frame'; slot: number; star: Box | undefined; others: readonly Box[] }
  | { kind: 'finish' }
  | { kind: 'discard' }
export type FromMatter =
  | { kind: 'begun'; memory: ArrayBufferLike; slots: readonly number[] }
  | { kind: 'frame'; slot: number; frame: MatteFrame }
  | { kind: 'finished'; cutouts: Cutouts | undefined }
  | { kind: 'discarded' }
  | { kind: 'fault'; message: string }

const port = parentPort
if (!port) throw new Error('this module runs as a worker thread')
const say = (message: FromMatter) => port.postMessage(message)

const segmentation = openNetwork(workerData as NetworkFile)
// Whoever runs it meets the fault; until then it is not unhandled.
segmentation.catch(() => undefined)

type Running = { matter: Matter; file: CutoutFile; region: Box }
let running: Running | undefined
let stopping = false

const begin = async ({ size, region, background, folder, slots }: MatteJob): Promise<void> => {
  stopping = false
  const matter = await createMatter({ segmentation: await segmentation }, size, region, { slots, background })
  running = { matter, file: await CutoutFile.create(folder, region), region }
  say({ kind: 'begun', memory: matter.memory, slots: matter.slots })
}

/** Writes what was cut out; only then is its picture's slot free again. */
const keep = async ({ file, region }: Running, { slot, alpha, motion, moved, cutOut }: Matte): Promise<void> => {
  const inside = boxOfAlpha(alpha, region.width, region.height)
  await file.append(inside ? cutOut() : new Uint8Array(0), inside)
  const person = inside && { ...inside, x: inside.x + region.x, y: inside.y + region.y }
  say({ kind: 'frame', slot, frame: { ...(person && { person }), motion, moved } })
}

const finish = async (job: Running): Promise<void> => {
  for (let matte = job.matter.flush(); matte && !stopping; matte = job.matter.flush()) await keep(job, matte)
  // Whoever stops it drops the rest.
  if (stopping) return
  const cutouts = await job.file.finish()
  running = undefined
  say({ kind: 'finished', cutouts })
}

const discard = async (): Promise<void> => {
  const given = running
  running = undefined
  await given?.file.discard()
}

const handle = async (message: ToMatter): Promise<void> => {
  if (message.kind === 'begin') return begin(message.job)
  if (message.kind === 'discard') {
    await discard()
    return say({ kind: 'discarded' })
  }
  if (!running || stopping) return
  if (message.kind === 'finish') return finish(running)
  const matte = await running.matter.push(message.slot, message.star, message.others)
  if (matte) await keep(running, matte)
}

let work = Promise.resolve()
port.on('message', (message: ToMatter) => {
  // Overtakes the pictures that still wait.
  if (message.kind === 'discard') stopping = true
  work = work
    .then(() => handle(message))
    .catch(async (error: unknown) => {
      await discard().catch(() => undefined)
      say({ kind: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    })
})
