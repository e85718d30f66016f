/**
 * The matte in a thread of its own, seen from the one that decodes and follows the face. Threads are kept for the next clip:
 * starting one and opening its network takes as long as half a second of the clip.
 */
import { rm } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { Box, Cutouts } from './cast.ts'
import { cutoutsPath } from './cutouts.ts'
import { LOOK_AHEAD } from './matte.ts'
import type { FromMatter, MatteFrame, MatteJob, ToMatter } from './matte-worker.ts'
import type { NetworkFile } from './models/network.ts'

const SOURCE = new URL('./matte-worker-start.mjs', import.meta.url)
/** Pictures between the decoder and the matte, beside those it keeps for looking ahead: neither waits for the other's slowest. */
const SLOTS = LOOK_AHEAD + 4

export type MatteRun = {
  /** Memory for the next picture, as soon as there is some. Not asked for again before `cut`. */
  room(): Promise<Uint8Array>
  /** Hands over the picture that was laid into that memory; faces in its pixels. */
  cut(star: Box | undefined, others: readonly Box[]): void
  /** After the last picture: what was seen in each, and the cut-outs; those are absent where every frame is empty. */
  finish(): Promise<{ frames: readonly MatteFrame[]; cutouts: Cutouts | undefined }>
  /** Stops, and drops what was written, finished or not. May be called at any time, and again. */
  discard(): Promise<void>
}

const idle = new WeakMap<NetworkFile, Worker[]>()
const threadsFor = (file: NetworkFile): Worker[] => {
  const threads = idle.get(file) ?? []
  idle.set(file, threads)
  return threads
}

const start = (file: NetworkFile, source: URL): Worker => {
  const worker = new Worker(source, { execArgv: [], workerData: file })
  // A clip in work holds the process; a thread that waits for the next must not.
  worker.unref()
  return worker
}

/** Starts a thread if none is free, so that it is ready by the time it is needed. */
export const warmMatteThread = (file: NetworkFile): void => {
  const threads = threadsFor(file)
  if (threads.length === 0) threads.push(start(file, SOURCE))
}

/**
 * Begins a clip on a free thread.
 * @param file the segmentation network
 * @throws Error where the thread fails; so do all of the run's functions
 */
export const startMatte = async (file: NetworkFile, job: Omit<MatteJob, 'slots'>, source = SOURCE): Promise<MatteRun> => {
  const worker = threadsFor(file).pop() ?? start(file, source)
  worker.ref()
  const send = (message: ToMatter) => worker.postMessage(message)
  const bytes = job.size.width * job.size.height * 4
  const frames: MatteFrame[] = []
  const free: number[] = []
  let pictures: Uint8Array[] | undefined
  let held: number | undefined
  let finished: { cutouts: Cutouts | undefined } | undefined
  let discarded = false
  let fault: Error | undefined
  const wakers = new Set<() => void>()

  const hear = (message: FromMatter) => {
    if (message.kind === 'begun') {
      pictures = message.slots.map((at) => new Uint8Array(message.memory, at, bytes))
      free.push(...message.slots.keys())
    } else if (message.kind === 'frame') {
      frames.push(message.frame)
      free.push(message.slot)
    } else if (message.kind === 'finished') finished = message
    else if (message.kind === 'discarded') discarded = true
    else fault = new Error(message.message)
    for (const wake of wakers) wake()
  }
  const fail = (error: unknown) => {
    fault ??= error instanceof Error ? error : new Error(String(error))
    for (const wake of wakers) wake()
  }
  const gone = (code: number) => fail(new Error(`a matte thread ended with ${code}`))
  worker.on('message', hear)
  worker.once('error', fail)
  worker.once('exit', gone)

  /** Waits until `ready` answers something. */
  const until = async <T>(ready: () => T | undefined): Promise<T> => {
    for (;;) {
      if (fault) throw fault
      const answer = ready()
      if (answer !== undefined) return answer
      await new Promise<void>((resolve) => {
        const wake = () => {
          wakers.delete(wake)
          resolve()
        }
        wakers.add(wake)
      })
    }
  }
  let over = false
  const release = () => {
    if (over) return
    over = true
    worker.off('message', hear)
    worker.off('error', fail)
    worker.off('exit', gone)
    worker.unref()
    if (!fault) threadsFor(file).push(worker)
    else void worker.terminate()
  }

  let discarding = false
  const discard = async () => {
    discarding = true
    if (!over && !fault) {
      send({ kind: 'discard' })
      await until(() => discarded || undefined).catch(() => undefined)
    }
    release()
    await rm(cutoutsPath(job.folder), { force: true })
  }
  send({ kind: 'begin', job: { ...job, slots: SLOTS } })
  try {
    await until(() => pictures)
  } catch (error) {
    await discard()
    throw error
  }
  return {
    room: () =>
      until(() => {
        held ??= free.shift()
        return held === undefined ? undefined : pictures?.[held]
      }),
    cut: (star, others) => {
      if (held === undefined) throw new Error('no picture was laid in')
      send({ kind: 'frame', slot: held, star, others })
      held = undefined
    },
    finish: async () => {
      send({ kind: 'finish' })
      const { cutouts } = await until(() => finished ?? (discarded ? { cutouts: undefined } : undefined))
      if (!discarding) release()
      return { frames, cutouts }
    },
    discard,
  }
}
