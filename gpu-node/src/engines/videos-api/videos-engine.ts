/**
 * Servers with `/v1/videos` as an engine: vLLM-Omni and SGLang-Diffusion, one model a server. The studio's first picture is the
 * reference, the model sets it in motion. A job has the server's own id, so one whose answer was lost is not asked for again; it
 * runs unseen, and the shot goes on down the ladder (D10).
 */
import { join } from 'node:path'
import { seedFor } from '../../director/random.ts'
import { longestShot, picturesFor } from '../clip-length.ts'
import { type EngineClock, steadyClock } from '../clock.ts'
import type { ClipShot, Engine, EngineCapabilities, ShotRequest } from '../engine.ts'
import { EngineFault } from '../engine-fault.ts'
import { drawKeyframe, pngOf } from '../keyframe.ts'
import { promptFor } from '../prompt.ts'
import { twiceIfLost } from '../save-clip.ts'
import { createServerPool } from '../server-pool.ts'
import { createSilence } from '../silence.ts'
import { createVideosClient, type Job, type VideosClient } from './client.ts'
import type { Recipe } from './recipe.ts'

export type VideosOptions = {
  /** Addresses of the servers, without `/v1`. */
  urls: readonly string[]
  recipe: Recipe
  /** Sent with every request, where the servers want one. */
  key?: string
  /** Draws the pictures that are set in motion. */
  studio: Pick<Engine, 'renderShot'>
  timing?: Timing
  /** How long a server that failed is left alone, in milliseconds. */
  restMs?: number
  clock?: EngineClock
}
export type Timing = { pollMs: number; callMs: number; workMs: number }

/** With the pauses between them three looks make the ten seconds in which a dead server is noticed. */
const TIMING: Timing = { pollMs: 1_000, callMs: 2_000, workMs: 15_000 }
const REST_MS = 10_000

const isServersFault = (error: unknown): boolean =>
  error instanceof EngineFault && ['unreachable', 'lost', 'throttled'].includes(error.reason)

/** What a job is asked for in the server's dialect. */
export const fieldsFor = (recipe: Recipe, { shot, shotList, pack, tail, gentleness, attempt = 0 }: ShotRequest) => {
  const { width, height, fps, dialect } = recipe
  return {
    prompt: promptFor(shot, pack, gentleness > 0 || attempt > 0),
    negative_prompt: recipe.negative,
    ...(dialect === 'vllm-omni' ? { width, height } : { size: `${width}x${height}` }),
    num_frames: picturesFor(recipe, shot.frames + tail),
    fps,
    seed: seedFor(shotList.seed, shot.slot, 'videos-api', attempt),
    ...recipe.fields,
  }
}

/** Looks at a job until it is done. Throws `failed` where it ended badly, `lost` where nobody knows it any more. */
const follow = async (
  client: VideosClient,
  id: string,
  { pollMs, callMs }: Timing,
  signal: AbortSignal,
  onLook: (job: Job) => void,
  clock: EngineClock,
): Promise<void> => {
  const silence = createSilence(pollMs + callMs, clock.now)
  for (;;) {
    const begun = clock.now()
    await clock.pause(pollMs, signal)
    try {
      const job = await client.look(id, signal)
      silence.heard()
      onLook(job)
      if (job.status === 'completed') return
      if (job.status === 'failed') throw new EngineFault('failed', `${client.base} could not draw it`)
    } catch (error) {
      if (!(error instanceof EngineFault) || error.reason !== 'unreachable' || silence.unanswered(begun)) throw error
    }
  }
}

export const createVideosApi = (options: VideosOptions): Engine => {
  const { urls, recipe, key, studio, timing = TIMING, restMs = REST_MS, clock = steadyClock } = options
  const clients = urls.map((url) => createVideosClient(url, timing, clock, key))
  const pool = createServerPool(clients, { isServersFault, restMs, now: clock.now })
  const capabilities: EngineCapabilities = {
    name: 'videos-api',
    treatments: recipe.treatments,
    parallel: urls.length,
    place: 'venue',
    reference: { image: true, video: false, voice: false },
    performance: 'invented',
    sound: 'none',
    sizes: [{ width: recipe.width, height: recipe.height }],
    frames: { least: 1, most: longestShot(recipe) },
    fps: recipe.fps,
    centsPerSecond: 0,
    expectedMs: recipe.expectedMs,
    // SGLang only forgets a job: it is drawn to its end.
    cancel: recipe.dialect === 'vllm-omni' ? 'stops' : 'forgets',
  }

  const draw = async (client: VideosClient, request: ShotRequest, yuv: Uint8Array): Promise<ClipShot> => {
    const { shot, shotList, scratch, tail, attempt = 0, signal, onProgress } = request
    const frames = shot.frames + tail
    const path = join(scratch, `${shot.id}-videos-api-${attempt}.mp4`)
    const job = await client.create(fieldsFor(recipe, request), pngOf(yuv, shotList), signal)
    try {
      // A server that tells no progress is half way as long as it draws.
      const share = ({ status, progress }: Job) => (status === 'queued' ? 0 : Math.min(0.9, (progress ?? 50) / 100))
      let highest = 0
      const tell = (look: Job) => {
        highest = Math.max(highest, Math.floor(share(look) * frames))
        onProgress?.({ drawn: highest })
      }
      await follow(client, job.id, timing, signal, tell, clock)
      await twiceIfLost(() => client.download(job.id, path, signal), signal)
      onProgress?.({ drawn: frames })
      return { kind: 'clip', path, engine: 'videos-api', from: yuv }
    } finally {
      // Stops what is not wanted, and leaves nothing of the visitor there (D9). The shot does not wait for it.
      void client.remove(job.id).catch(() => undefined)
    }
  }

  const well = async (signal: AbortSignal): Promise<string[]> => {
    const looks = await Promise.allSettled(clients.map((client) => client.list(signal)))
    signal.throwIfAborted()
    return looks.flatMap((look) =>
      look.status === 'rejected' ? [look.reason instanceof Error ? look.reason.message : String(look.reason)] : [],
    )
  }

  return {
    capabilities,
    warmUp: async (signal) => {
      signal.throwIfAborted()
      const faults = await well(signal)
      if (faults.length === urls.length) throw new EngineFault('unreachable', faults.join('; '))
    },
    renderShot: async (request) => {
      const { signal } = request
      signal.throwIfAborted()
      const frames = request.shot.frames + request.tail
      if (frames > capabilities.frames.most) throw new EngineFault('rejected', `${recipe.id} draws no ${frames} pictures`)
      const yuv = await drawKeyframe(studio, request)
      const once = () => pool.use(signal, (client) => draw(client, request, yuv))
      return once().catch((error: unknown) => {
        if (signal.aborted || !isServersFault(error) || pool.well() === 0) throw error
        return once()
      })
    },
    health: async () => {
      const faults = await well(new AbortController().signal)
      return faults.length < urls.length ? { ok: true } : { ok: false, reason: faults.join('; ') }
    },
    close: () => Promise.resolve(),
  }
}
