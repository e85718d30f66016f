/**
 * ComfyUI's HTTP routes, as far as a shot needs them (code read at v0.3.64; every route has a bound on time and size). It knows
 * no accounts: keep it on loopback or inside the event's own network.
 */
import { z } from 'zod'
import { type EngineClock, steadyClock } from '../clock.ts'
import { EngineFault } from '../engine-fault.ts'
import { saveClip } from '../save-clip.ts'
import { ObjectInfo } from './preflight.ts'
import type { Graph } from './workflow.ts'

/** A file on the server: where it lies and what it is called. */
const ServerFile = z.object({ filename: z.string().max(300), subfolder: z.string().max(300), type: z.string().max(20) })
export type ServerFile = z.infer<typeof ServerFile>

const Uploaded = z.object({ name: z.string(), subfolder: z.string(), type: z.string() })
const Submitted = z.object({ prompt_id: z.string() })
const Refused = z.object({ error: z.object({ type: z.string() }) })
/** Saved files stand under `images`, clips too; other nodes' saves under `gifs` or `videos`. */
const Output = z.record(z.string(), z.union([z.array(z.union([ServerFile, z.unknown()])), z.unknown()]))
const Entry = z.looseObject({
  outputs: z.record(z.string(), Output),
  status: z.object({ status_str: z.string(), completed: z.boolean(), messages: z.array(z.tuple([z.string(), z.unknown()])) }),
})
export type HistoryEntry = z.infer<typeof Entry>
const History = z.record(z.string(), Entry)
const Queued = z.array(z.tuple([z.unknown(), z.string()]).rest(z.unknown()))
const Queue = z.object({ queue_running: Queued, queue_pending: Queued })

export type ComfyuiClient = ReturnType<typeof createClient>

/** How long a call may take until its answer begins: a look, by which a dead server is known, and any other; in milliseconds. */
export type CallLimits = { callMs: number; workMs: number }

export const createClient = (baseUrl: string, { callMs, workMs }: CallLimits, clock: EngineClock = steadyClock) => {
  const base = baseUrl.replace(/\/+$/, '')

  const call = async (path: string, init: RequestInit, signal: AbortSignal | undefined, limitMs = workMs): Promise<Response> => {
    const limit = clock.after(limitMs)
    try {
      return await fetch(`${base}${path}`, {
        ...init,
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw new EngineFault('unreachable', `${base} does not answer`, error)
    }
  }
  const parsed = async <T extends z.ZodType>(schema: T, response: Response): Promise<z.infer<T>> => {
    if (!response.ok) throw new EngineFault('failed', `${base} answers ${response.status}`)
    const found = schema.safeParse(await response.json().catch(() => undefined))
    if (!found.success) throw new EngineFault('failed', `${base} answers something else than a ComfyUI`)
    return found.data
  }
  const post = (path: string, body: object, signal?: AbortSignal) =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, signal)

  const put = async (file: Blob, { filename, subfolder, type }: ServerFile, signal?: AbortSignal) => {
    const form = new FormData()
    form.set('image', file, filename)
    form.set('type', type)
    form.set('subfolder', subfolder)
    form.set('overwrite', 'true')
    return parsed(Uploaded, await call('/upload/image', { method: 'POST', body: form }, signal))
  }

  return {
    base,
    /** Where its news come from. */
    socketUrl: (clientId: string) => `${base.replace(/^http/, 'ws')}/ws?clientId=${clientId}`,

    /** Puts a picture into the folder that the server empties when it starts; answers the name a graph gives it. */
    upload: async (bytes: Uint8Array<ArrayBuffer>, filename: string, signal: AbortSignal): Promise<string> => {
      const { name } = await put(new Blob([bytes]), { filename, subfolder: '', type: 'temp' }, signal)
      return `${name} [temp]`
    },

    /** Queues a graph under an id of our own, so that an answer that is lost loses nothing. Answers the id. */
    submit: async (graph: Graph, promptId: string, clientId: string, signal: AbortSignal): Promise<string> => {
      const response = await post('/prompt', { prompt: graph, prompt_id: promptId, client_id: clientId }, signal)
      if (response.status === 400) {
        const refused = Refused.safeParse(await response.json().catch(() => undefined))
        throw new EngineFault('rejected', `${base} refuses the workflow: ${refused.data?.error.type ?? 'without a reason'}`)
      }
      return (await parsed(Submitted, response)).prompt_id
    },

    /** What became of a prompt; nothing while it is not done, or where the server has forgotten it. */
    history: async (promptId: string, signal: AbortSignal): Promise<HistoryEntry | undefined> =>
      (await parsed(History, await call(`/history/${promptId}`, {}, signal, callMs)))[promptId],

    /** Where a prompt stands in the queue. */
    standing: async (promptId: string, signal?: AbortSignal): Promise<'running' | 'waiting' | 'gone'> => {
      const queue = await parsed(Queue, await call('/queue', {}, signal, callMs))
      if (queue.queue_running.some(([, id]) => id === promptId)) return 'running'
      return queue.queue_pending.some(([, id]) => id === promptId) ? 'waiting' : 'gone'
    },

    /** Fetches a file. Throws `lost` where it breaks off, and `unfit` where it is too large. */
    download: async (file: ServerFile, path: string, signal: AbortSignal): Promise<void> => {
      const query = new URLSearchParams(file)
      const response = await call(`/view?${query}`, {}, signal)
      if (!response.ok || !response.body) throw new EngineFault('lost', `${base} has no longer what it made`)
      await saveClip(response.body, path, signal)
    },

    /** What the server knows of these kinds of node; those it does not know are left out. */
    objectInfo: async (kinds: readonly string[], signal: AbortSignal): Promise<ObjectInfo> => {
      const found = kinds.map(async (kind) =>
        parsed(ObjectInfo, await call(`/object_info/${encodeURIComponent(kind)}`, {}, signal)),
      )
      return Object.assign({}, ...(await Promise.all(found))) as ObjectInfo
    },

    /** Stops a prompt wherever it is. The server answers the same whether it ran or not. */
    cancel: async (promptId: string, running: boolean): Promise<void> => {
      await post('/queue', { delete: [promptId] })
      // Older servers know no id here and would stop somebody else's.
      if (running) await post('/interrupt', { prompt_id: promptId })
    },

    /**
     * Leaves nothing of the visitor: files are overwritten by an empty one, since no route deletes them, and the prompt is
     * dropped from history.
     */
    wipe: async (files: readonly ServerFile[], promptId: string): Promise<void> => {
      await Promise.all(files.map((file) => put(new Blob([' ']), file)))
      await post('/history', { delete: [promptId] })
    },

    /** Lets go of models and memory. */
    free: async (): Promise<void> => {
      await post('/free', { unload_models: true, free_memory: true })
    },
  }
}

/** The clip that a node has saved, whichever name its list goes by. */
export const savedClip = (entry: HistoryEntry, node: string): ServerFile | undefined => {
  for (const list of Object.values(entry.outputs[node] ?? {}))
    for (const one of Array.isArray(list) ? list : []) {
      const file = ServerFile.safeParse(one)
      if (file.success) return file.data
    }
  return undefined
}
