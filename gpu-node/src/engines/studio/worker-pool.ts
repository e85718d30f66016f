/** The studio's threads: started when first needed, one shot each, stopped when the engine closes. */
import { Worker } from 'node:worker_threads'
import { PackUnusable } from '../../pack-unusable.ts'
import { createBakes } from './bakes.ts'
import type { FromWorker, ToWorker, WorkerTask } from './draw-worker.ts'

const SOURCE = new URL('./draw-worker-start.mjs', import.meta.url)

/** Layers kept for all threads, in bytes: those of two packs at 720x1280. */
const BAKED_BYTES = 200 * 2 ** 20
/** How long a thread may take to see that its task was aborted: longer than a picture takes, and short to whoever waits. */
const GRACE_MS = 120

type Thread = { worker: Worker; ready: Promise<void> }
type Waiting = (thread: Thread) => void

/** What a thread could not do: an error's class does not survive the way between threads. */
const faultOf = ({ message, pack }: Extract<FromWorker, { kind: 'fault' }>): Error =>
  pack ? new PackUnusable(message) : new Error(message)

/** Waits for one of a worker's messages, or its end. */
const settle = (worker: Worker, onMessage: (message: FromWorker, resolve: (frames: number) => void) => void): Promise<number> =>
  new Promise((resolve, reject) => {
    const done = (act: () => void) => {
      worker.off('message', hear)
      worker.off('error', fail)
      worker.off('exit', gone)
      act()
    }
    const hear = (message: FromWorker) => {
      if (message.kind === 'fault') done(() => reject(faultOf(message)))
      else onMessage(message, (frames) => done(() => resolve(frames)))
    }
    const fail = (error: unknown) => done(() => reject(error))
    const gone = (code: number) => done(() => reject(new Error(`a studio thread ended with ${code}`)))
    worker.on('message', hear)
    worker.once('error', fail)
    worker.once('exit', gone)
  })

/** @param source the module that each thread runs */
export const createWorkerPool = (module: WebAssembly.Module, size: number, source: URL = SOURCE) => {
  const all: Thread[] = []
  const idle: Thread[] = []
  const waiting: Waiting[] = []
  const bakes = createBakes(BAKED_BYTES)
  let closed = false

  const start = (): Thread => {
    const worker = new Worker(source, { execArgv: [] })
    // Shots wait on it by their own listeners; alone it must not keep the process.
    worker.unref()
    const ready = settle(worker, (message, resolve) => {
      if (message.kind === 'ready') resolve(0)
    }).then(() => undefined)
    const thread = { worker, ready }
    worker.postMessage({ kind: 'module', module } satisfies ToWorker)
    all.push(thread)
    return thread
  }
  const take = (urgent: boolean): Promise<Thread> => {
    const free = idle.pop()
    if (free) return Promise.resolve(free)
    if (all.length < size) return Promise.resolve(start())
    return new Promise((resolve) => (urgent ? waiting.unshift(resolve) : waiting.push(resolve)))
  }
  const giveBack = (thread: Thread) => {
    const next = waiting.shift()
    if (next) next(thread)
    else idle.push(thread)
  }
  const drop = (thread: Thread) => {
    all.splice(all.indexOf(thread), 1)
    void thread.worker.terminate()
    const next = waiting.shift()
    if (next && !closed) next(start())
  }

  return {
    /**
     * Draws a task on the next free thread; `onPicture` hears of each picture. Throws the signal's reason on abort, when
     * the thread has let go of the task, one way or the other. `urgent`: before all that wait.
     */
    run: async (
      task: Omit<WorkerTask, 'stop' | 'bakes'>,
      signal: AbortSignal,
      onPicture: (drawn: number) => void,
      urgent = false,
    ): Promise<number> => {
      if (closed) throw new Error('the studio is closed')
      const thread = await take(urgent)
      const stop = new SharedArrayBuffer(4)
      let grace: NodeJS.Timeout | undefined
      const onAbort = () => {
        Atomics.store(new Int32Array(stop), 0, 1)
        // One that is deep in its preparations does not look: it is ended, and `settle` hears of it.
        grace = setTimeout(() => void thread.worker.terminate(), GRACE_MS)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      // A thread that failed at a task is not trusted with another.
      let good = false
      try {
        await thread.ready
        if (signal.aborted) {
          good = true
          signal.throwIfAborted()
        }
        thread.worker.ref()
        const drawn = settle(thread.worker, (message, resolve) => {
          if (message.kind === 'picture') onPicture(message.drawn)
          if (message.kind === 'baked') bakes.set(message.key, message.baked)
          if (message.kind === 'done') resolve(message.frames)
        })
        thread.worker.postMessage({ kind: 'draw', task: { ...task, stop, bakes: bakes.entries() } } satisfies ToWorker)
        const frames = await drawn.catch((error: unknown) => {
          signal.throwIfAborted()
          throw error
        })
        good = true
        signal.throwIfAborted()
        return frames
      } finally {
        clearTimeout(grace)
        signal.removeEventListener('abort', onAbort)
        thread.worker.unref()
        if (good) giveBack(thread)
        else drop(thread)
      }
    },
    close: async () => {
      closed = true
      await Promise.all(all.map((thread) => thread.worker.terminate()))
    },
  }
}
export type WorkerPool = ReturnType<typeof createWorkerPool>
