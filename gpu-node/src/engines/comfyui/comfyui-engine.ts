/**
 * ComfyUI as an engine: the studio draws a shot's first picture with the visitor truly in it, and an open image-to-video model on
 * the event's own graphics card sets it in motion. What it is given of the visitor is that one picture, under a name of chance,
 * and it is wiped there when the shot is done (D9).
 */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
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
import { type ComfyuiClient, createClient, type ServerFile, savedClip } from './client.ts'
import { follow, TIMING, type Timing } from './follow.ts'
import { missingFrom } from './preflight.ts'
import { fillGraph, type Workflow } from './workflow.ts'

export type ComfyuiOptions = {
  /** Addresses of the servers, each with a graphics card of its own. */
  urls: readonly string[]
  workflow: Workflow
  /** Draws the pictures that are set in motion. */
  studio: Pick<Engine, 'renderShot'>
  timing?: Timing
  /** How long a server that failed is left alone, in milliseconds. */
  restMs?: number
  clock?: EngineClock
}

/** A server that had an answer is asked again only after this, in milliseconds: models come and go with their files. */
const PREFLIGHT_GOOD_MS = 300_000
const REST_MS = 10_000

/** The studio's first picture, as the film has it and as the server takes it. */
type Keyframe = { yuv: Uint8Array; png: Uint8Array<ArrayBuffer> }

type Server = { client: ComfyuiClient; checkedAt: number }

const isServersFault = (error: unknown): boolean =>
  error instanceof EngineFault && ['unreachable', 'lost', 'missing'].includes(error.reason)

/** Turns news of nodes into pictures of the film: the nodes that are done, and the running one's share. */
const stepCounter = (nodes: number, frames: number) => {
  const done = new Set<string>()
  let current = ''
  let highest = 0
  return ({ node, share }: { node: string; share: number }): number => {
    if (node !== current && current) done.add(current)
    current = node
    const part = Math.min(1, (done.size + share) / Math.max(1, nodes))
    // The clip is not here before it is fetched.
    highest = Math.max(highest, Math.floor(part * (frames - 1)))
    return highest
  }
}

export const createComfyui = (options: ComfyuiOptions): Engine => {
  const { urls, workflow, studio, timing = TIMING, restMs = REST_MS, clock = steadyClock } = options
  const servers = urls.map((url): Server => ({ client: createClient(url, timing, clock), checkedAt: Number.NEGATIVE_INFINITY }))
  const pool = createServerPool(servers, { isServersFault, restMs, now: clock.now })
  const kinds = [...new Set(Object.values(workflow.graph).map(({ class_type }) => class_type))]
  const capabilities: EngineCapabilities = {
    name: 'comfyui',
    treatments: workflow.treatments,
    parallel: urls.length,
    place: 'venue',
    reference: { image: true, video: false, voice: false },
    performance: 'invented',
    sound: 'none',
    sizes: [{ width: workflow.width, height: workflow.height }],
    frames: { least: 1, most: longestShot(workflow) },
    fps: workflow.fps,
    centsPerSecond: 0,
    expectedMs: workflow.expectedMs,
    cancel: 'stops',
  }

  /** Throws `missing` where the server lacks a node or a model file, each named. */
  const preflight = async (server: Server, signal: AbortSignal): Promise<void> => {
    if (clock.now() - server.checkedAt < PREFLIGHT_GOOD_MS) return
    const missing = missingFrom(workflow.graph, await server.client.objectInfo(kinds, signal))
    if (missing.length > 0)
      throw new EngineFault('missing', `${server.client.base} lacks for ${workflow.id}: ${missing.join('; ')}`)
    server.checkedAt = clock.now()
  }

  const draw = async (server: Server, request: ShotRequest, keyframe: Keyframe): Promise<ClipShot> => {
    const { shot, shotList, pack, scratch, tail, gentleness, attempt = 0, signal, onProgress } = request
    const { client } = server
    await preflight(server, signal)
    const [promptId, clientId] = [randomUUID(), randomUUID()]
    const picture: ServerFile = { filename: `${randomUUID()}.png`, subfolder: '', type: 'temp' }
    const files = [picture]
    const frames = shot.frames + tail
    const path = join(scratch, `${shot.id}-comfyui-${attempt}.mp4`)
    let finished = false
    /** What nobody waits for any more must not hold up the next there; a server that does not answer is not asked twice. */
    const stop = async () => {
      const standing = await client.standing(promptId).catch(() => 'gone' as const)
      if (standing !== 'gone') await client.cancel(promptId, standing === 'running').catch(() => undefined)
    }
    try {
      const graph = fillGraph(workflow, {
        keyframe: await client.upload(keyframe.png, picture.filename, signal),
        prompt: promptFor(shot, pack, gentleness > 0 || attempt > 0),
        negative: workflow.negative,
        seed: seedFor(shotList.seed, shot.slot, 'comfyui', attempt),
        pictures: picturesFor(workflow, frames),
        width: workflow.width,
        height: workflow.height,
        fps: workflow.fps,
      })
      // An answer that is lost leaves the prompt under the id we gave it: history knows.
      await client.submit(graph, promptId, clientId, signal).catch((error: unknown) => {
        signal.throwIfAborted()
        if (!(error instanceof EngineFault) || error.reason !== 'unreachable') throw error
      })
      const drawn = stepCounter(Object.keys(graph).length, frames)
      let shown = 0
      const follower = {
        onStep: (step: { node: string; share: number }) => {
          shown = drawn(step)
          onProgress?.({ drawn: shown })
        },
        onPreview: (preview: Uint8Array) => onProgress?.({ drawn: shown, preview }),
      }
      const entry = await follow(client, { promptId, clientId, signal, timing, follower, clock })
      finished = true
      const clip = savedClip(entry, workflow.output)
      if (!clip) throw new EngineFault('failed', `${workflow.id}: node ${workflow.output} saved no clip`)
      files.push(clip)
      await twiceIfLost(() => client.download(clip, path, signal), signal)
      onProgress?.({ drawn: frames })
      return { kind: 'clip', path, engine: 'comfyui', from: keyframe.yuv }
    } catch (error) {
      await rm(path, { force: true })
      throw error
    } finally {
      // The shot does not wait for it, and does not fail by it: another engine may have to draw it in what time is left (D3).
      const stopped = finished ? Promise.resolve() : stop()
      void stopped.then(() => client.wipe(files, promptId)).catch(() => undefined)
    }
  }

  return {
    capabilities,
    warmUp: async (signal) => {
      signal.throwIfAborted()
      const checks = await Promise.allSettled(servers.map((server) => preflight(server, signal)))
      signal.throwIfAborted()
      const failed = checks.find((check) => check.status === 'rejected')
      if (failed && checks.every((check) => check.status === 'rejected')) throw failed.reason
    },
    renderShot: async (request) => {
      const { signal, shotList } = request
      signal.throwIfAborted()
      const frames = request.shot.frames + request.tail
      if (frames > capabilities.frames.most) throw new EngineFault('rejected', `${workflow.id} draws no ${frames} pictures`)
      const yuv = await drawKeyframe(studio, request)
      const keyframe = { yuv, png: pngOf(yuv, shotList) }
      const once = () => pool.use(signal, (server) => draw(server, request, keyframe))
      // One server's fault is no reason to give up the shot while another is well.
      return once().catch((error: unknown) => {
        if (signal.aborted || !isServersFault(error) || pool.well() === 0) throw error
        return once()
      })
    },
    health: async () => {
      const { signal } = new AbortController()
      const faults: string[] = []
      for (const server of servers) {
        server.checkedAt = Number.NEGATIVE_INFINITY
        await preflight(server, signal).catch((error: unknown) =>
          faults.push(error instanceof Error ? error.message : String(error)),
        )
      }
      return faults.length < servers.length ? { ok: true } : { ok: false, reason: faults.join('; ') }
    },
    close: () => Promise.resolve(),
  }
}
