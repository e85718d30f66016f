/** The studio's worker thread: owns one compositor and draws one shot at a time for the engine. */
import { parentPort } from 'node:worker_threads'
import type { Pack } from '@fanreel/content-packs/schema'
import type { Shot, ShotList } from '@fanreel/protocol'
import { PackUnusable } from '../../pack-unusable.ts'
import type { Cast } from '../../vision/cast.ts'
import type { Baked } from './bakes.ts'
import { type Compositor, createCompositor } from './compositor/compositor.ts'
import { drawShot } from './draw-shot.ts'

export type WorkerTask = {
  shot: Shot
  size: Pick<ShotList, 'width' | 'height' | 'seed' | 'packHash'>
  cast: Cast
  pack: Pack
  /** The pack's files by the name the pack gives them. */
  files: ReadonlyMap<string, string>
  /** Layers baked by any thread so far. */
  bakes: ReadonlyMap<string, Baked>
  tail: number
  gentleness: number
  nearer: number
  path: string
  /** One 32-bit integer, not 0 once the task is to stop. */
  stop: SharedArrayBuffer
}
export type ToWorker = { kind: 'module'; module: WebAssembly.Module } | { kind: 'draw'; task: WorkerTask }
export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'picture'; drawn: number }
  | { kind: 'baked'; key: string; baked: Baked }
  | { kind: 'done'; frames: number }
  /** `pack`: what the pack holds is to blame. */
  | { kind: 'fault'; message: string; pack: boolean }

const port = parentPort
if (!port) throw new Error('this module runs as a worker thread')
const say = (message: FromWorker) => port.postMessage(message)

let compositor: Compositor | undefined

const draw = (task: WorkerTask): Promise<number> => {
  if (!compositor) throw new Error('no compositor yet')
  const stop = new Int32Array(task.stop)
  const own = new Map(task.bakes)
  return drawShot(compositor, {
    ...task,
    bakes: {
      get: (key) => own.get(key),
      set: (key, baked) => {
        own.set(key, baked)
        say({ kind: 'baked', key, baked })
      },
    },
    resolve: (file) => {
      const path = task.files.get(file)
      if (!path) throw new PackUnusable(`the pack has no file ${file}`)
      return path
    },
    onPicture: (drawn) => {
      say({ kind: 'picture', drawn })
      return Atomics.load(stop, 0) === 0
    },
  })
}

port.on('message', (message: ToWorker) => {
  const work = async () => {
    if (message.kind === 'module') {
      compositor = await createCompositor(message.module)
      say({ kind: 'ready' })
    } else say({ kind: 'done', frames: await draw(message.task) })
  }
  work().catch((error: unknown) => {
    if (error instanceof PackUnusable) say({ kind: 'fault', message: error.message, pack: true })
    else say({ kind: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error), pack: false })
  })
})
