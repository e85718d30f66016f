/** The routes of `/v1/videos` that a shot needs. Its servers know no accounts, or one key for all. */
import { z } from 'zod'
import type { EngineClock } from '../clock.ts'
import { EngineFault } from '../engine-fault.ts'
import { saveClip } from '../save-clip.ts'

const Job = z.looseObject({
  id: z.string().regex(/^[\w.:-]{1,200}$/),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
  /** In per cent, where a server tells it. */
  progress: z.number().min(0).max(100).nullish(),
})
export type Job = z.infer<typeof Job>

export type VideosClient = ReturnType<typeof createVideosClient>

/** What an answer's code means for whoever asked. */
const faultFor = (base: string, code: number): EngineFault => {
  if (code === 404) return new EngineFault('lost', `${base} knows nothing of it`)
  if (code === 429 || code === 503) return new EngineFault('throttled', `${base} takes no more now`)
  if (code >= 400 && code < 500) return new EngineFault('rejected', `${base} refuses the request: ${code}`)
  return new EngineFault('failed', `${base} answers ${code}`)
}

/** @param limits how long a call may take until its answer begins: a look, by which a dead server is known, and any other; in milliseconds */
export const createVideosClient = (
  baseUrl: string,
  { callMs, workMs }: { callMs: number; workMs: number },
  clock: EngineClock,
  key?: string,
) => {
  const base = baseUrl.replace(/\/+$/, '')
  const headers = key ? { authorization: `Bearer ${key}` } : {}
  const call = async (path: string, init: RequestInit, signal: AbortSignal | undefined, limitMs = workMs): Promise<Response> => {
    const limit = clock.after(limitMs)
    const both = signal ? AbortSignal.any([signal, limit]) : limit
    try {
      return await fetch(`${base}/v1${path}`, { ...init, headers, redirect: 'error', signal: both })
    } catch (error) {
      signal?.throwIfAborted()
      throw new EngineFault('unreachable', `${base} does not answer`, error)
    }
  }
  const jobIn = async (response: Response): Promise<Job> => {
    if (!response.ok) throw faultFor(base, response.status)
    const found = Job.safeParse(await response.json().catch(() => undefined))
    if (!found.success) throw new EngineFault('failed', `${base} answers something else than /v1/videos`)
    return found.data
  }
  return {
    base,
    create: async (fields: Record<string, string | number | boolean>, png: Uint8Array<ArrayBuffer>, signal: AbortSignal) => {
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.set(name, String(value))
      form.set('input_reference', new Blob([png], { type: 'image/png' }), 'reference.png')
      return jobIn(await call('/videos', { method: 'POST', body: form }, signal))
    },
    look: async (id: string, signal: AbortSignal) => jobIn(await call(`/videos/${id}`, {}, signal, callMs)),
    /** Fetches the clip. Throws `lost` where it breaks off, `unfit` where it is too large. */
    download: async (id: string, path: string, signal: AbortSignal): Promise<void> => {
      const response = await call(`/videos/${id}/content`, {}, signal)
      if (!response.ok || !response.body) throw faultFor(base, response.status)
      await saveClip(response.body, path, signal)
    },
    /** Stops it, where the server can, and deletes what is there of it. */
    remove: async (id: string): Promise<void> => {
      await call(`/videos/${id}`, { method: 'DELETE' }, undefined)
    },
    /** Whether this is such a server: it lists its jobs. */
    list: async (signal: AbortSignal): Promise<void> => {
      const response = await call('/videos', {}, signal)
      if (!response.ok) throw faultFor(base, response.status)
      const found = z.looseObject({ data: z.array(z.unknown()) }).safeParse(await response.json().catch(() => undefined))
      if (!found.success) throw new EngineFault('failed', `${base} answers something else than /v1/videos`)
    },
  }
}
