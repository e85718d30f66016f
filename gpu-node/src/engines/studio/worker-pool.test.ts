import { afterEach, describe, expect, it } from 'vitest'
import type { WorkerTask } from './draw-worker.ts'
import { createWorkerPool, type WorkerPool } from './worker-pool.ts'

/**
 * A thread that says pictures until it is stopped or has said as many as the task wants, and refuses a second task at once.
 * A task that wants fewer than none keeps it busy for good.
 */
const THREAD = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    let busy = false
    const draw = ({ tail, stop }, drawn) => {
      parentPort.postMessage({ kind: 'picture', drawn })
      if (drawn < tail && Atomics.load(new Int32Array(stop), 0) === 0) return setImmediate(draw, { tail, stop }, drawn + 1)
      busy = false
      parentPort.postMessage({ kind: 'done', frames: drawn })
    }
    parentPort.on('message', ({ kind, task }) => {
      if (kind === 'module') return parentPort.postMessage({ kind: 'ready' })
      if (busy || task.tail === 0) return parentPort.postMessage({ kind: 'fault', message: busy ? 'two shots at once' : 'cannot' })
      busy = true
      if (task.tail < 0) parentPort.postMessage({ kind: 'picture', drawn: 1 })
      while (task.tail < 0) Atomics.load(new Int32Array(task.stop), 0)
      draw(task, 1)
    })
  `)}`,
)
const EMPTY = await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
const ENDLESS = 1e9

let pool: WorkerPool
const open = (size: number) => {
  pool = createWorkerPool(EMPTY, size, THREAD)
  return pool
}
afterEach(() => pool.close())

/** The fake thread reads nothing but `tail`: how many pictures to say. */
const task = (pictures: number) => ({ tail: pictures }) as Omit<WorkerTask, 'stop' | 'bakes'>
const { signal } = new AbortController()
const nothing = () => undefined

describe('worker pool', () => {
  it('draws more shots than it has threads, one a thread', async () => {
    const { run } = open(2)
    expect(await Promise.all([5, 6, 7, 8, 9].map((count) => run(task(count), signal, nothing)))).toEqual([5, 6, 7, 8, 9])
  })

  it('hands the thread of an aborted shot to one of those that wait', async () => {
    const { run } = open(1)
    const stopping = new AbortController()
    const aborted = run(task(ENDLESS), stopping.signal, () => stopping.abort(new Error('enough')))
    const waiting = [run(task(40), signal, nothing), run(task(50), signal, nothing)]
    await expect(aborted).rejects.toThrow('enough')
    expect(await Promise.all(waiting)).toEqual([40, 50])
  })

  it('replaces a thread that failed', async () => {
    const { run } = open(1)
    const failed = run(task(0), signal, nothing)
    const waiting = run(task(3), signal, nothing)
    await expect(failed).rejects.toThrow('cannot')
    expect(await waiting).toBe(3)
    expect(await run(task(4), signal, nothing)).toBe(4)
  })

  it('ends a thread that does not see that its shot was aborted', async () => {
    const { run } = open(1)
    const stopping = new AbortController()
    const deaf = run(task(-1), stopping.signal, () => stopping.abort(new Error('enough')))
    const waiting = run(task(3), signal, nothing)
    await expect(deaf).rejects.toThrow('enough')
    expect(await waiting).toBe(3)
  })
})
