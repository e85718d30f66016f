/**
 * The studio: draws every treatment on this machine's own processor, so that nobody ever leaves without a film. Two
 * threads for each film that is made at once; each holds 150 to 250 MB.
 */
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pictureFilesOf } from '@fanreel/content-packs/schema/files'
import { TREATMENTS } from '@fanreel/protocol'
import { FPS } from '../../media/limits.ts'
import type { LoadedPack } from '../../pack.ts'
import type { EngineCapabilities, PictureEngine } from '../engine.ts'
import { loadCompositorModule } from './compositor/compile.ts'
import { createWorkerPool, type WorkerPool } from './worker-pool.ts'

/** More threads a film would wait for its encoder. */
const THREADS_A_FILM = 2

/** Threads for so many films at once on a machine with so many cores. */
export const threadsFor = (films: number, cores: number): number => Math.max(1, Math.min(cores, films * THREADS_A_FILM))

/** A shot is never longer than the film. */
const LONGEST_SHOT = 20 * FPS
/** A shot of two seconds on one core of a common server, its thread to itself. */
const EXPECTED_MS = 4_000

const pictureFiles = ({ pack, resolve }: LoadedPack): ReadonlyMap<string, string> =>
  new Map(pictureFilesOf(pack).map((name) => [name, resolve(name)]))

/**
 * @param cacheDir where the compiled compositor is kept
 * @param films how many are made at once at most; one by default
 * @param threads how many draw for all of them; by default two a film, and no more than there are cores
 */
export const createStudio = (options: { cacheDir: string; films?: number; threads?: number }): PictureEngine => {
  const threads = options.threads ?? threadsFor(options.films ?? 1, availableParallelism())
  const capabilities: EngineCapabilities = {
    name: 'studio',
    treatments: TREATMENTS,
    parallel: threads,
    place: 'here',
    reference: { image: true, video: true, voice: true },
    performance: 'as-filmed',
    sound: 'none',
    frames: { least: 1, most: LONGEST_SHOT },
    fps: FPS,
    centsPerSecond: 0,
    expectedMs: EXPECTED_MS,
    cancel: 'stops',
  }
  let pool: Promise<WorkerPool> | undefined
  const ready = () => {
    pool ??= loadCompositorModule(options.cacheDir).then((module) => createWorkerPool(module, threads))
    // A failed start is tried again at the next call.
    pool.catch(() => {
      pool = undefined
    })
    return pool
  }
  return {
    capabilities,
    warmUp: async (signal) => {
      signal.throwIfAborted()
      await ready()
    },
    renderShot: async (request) => {
      const { shot, shotList, cast, pack, scratch, tail, gentleness, nearer = 1, urgent = false, signal } = request
      const path = join(scratch, `${shot.id}.yuv`)
      const { width, height, seed, packHash } = shotList
      const size = { width, height, seed, packHash }
      const task = { shot, size, cast, pack: pack.pack, files: pictureFiles(pack), tail, gentleness, nearer, path }
      try {
        const frames = await (await ready()).run(task, signal, (drawn) => request.onProgress?.({ drawn }), urgent)
        return { kind: 'pictures', path, frames, engine: 'studio' }
      } catch (error) {
        // Nobody will read what there is of it.
        await rm(path, { force: true })
        throw error
      }
    },
    health: () =>
      ready().then(
        () => ({ ok: true }) as const,
        (error: unknown) => ({ ok: false, reason: error instanceof Error ? error.message : String(error) }) as const,
      ),
    close: async () => {
      const running = await pool?.catch(() => undefined)
      await running?.close()
      pool = undefined
    },
  }
}
