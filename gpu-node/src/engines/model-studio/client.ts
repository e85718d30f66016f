/**
 * Model Studio's asynchronous API as a shot needs it: make a task, look at it, take it back, fetch what came of it. What a create
 * means for the bill is part of its answer: made, surely not made, or nobody knows.
 */
import { z } from 'zod'
import { type EngineClock, steadyClock } from '../clock.ts'
import { EngineFault } from '../engine-fault.ts'
import { isLoopback } from '../public-address.ts'
import { saveClip } from '../save-clip.ts'

const Failure = z.looseObject({ code: z.string(), message: z.string().default('') })
const Task = z.looseObject({
  output: z.looseObject({
    task_id: z.string().regex(/^[\w-]{1,80}$/),
    task_status: z.enum(['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'UNKNOWN']),
    code: z.string().optional(),
    message: z.string().optional(),
    video_url: z.string().max(4_000).optional(),
  }),
  /** Seconds that are charged, in and out. */
  usage: z.looseObject({ duration: z.number().nonnegative().optional() }).optional(),
})
export type Task = z.infer<typeof Task>

export type Created =
  | { made: string }
  /** Surely nothing was made, and nothing is charged. `afterMs`: it may be asked for again then. */
  | { refused: EngineFault; afterMs?: number }
  /** It may have been made: an answer was lost. */
  | { unknown: EngineFault }

/** Asked too often; `afterMs` where the service says how long to wait. */
export class Throttled extends EngineFault {
  readonly afterMs: number | undefined
  constructor(detail: string, afterMs: number | undefined) {
    super('throttled', detail)
    this.afterMs = afterMs
  }
}

/** Codes are the service's own (its page of error codes); whoever sits before the machine reads them in `detail`. */
export const faultFor = (status: number, code: string): EngineFault => {
  const detail = `Model Studio answers ${status} ${code}`.trim()
  if (status === 429 || code.startsWith('Throttling')) return new Throttled(detail, undefined)
  if (code === 'DataInspectionFailed' || code === 'IPInfringementSuspect') return new EngineFault('refused-content', detail)
  // An account or a model that is not there does not come back by asking.
  if (status === 401 || status === 403 || status === 404 || code === 'Arrearage') return new EngineFault('missing', detail)
  if (status >= 400 && status < 500) return new EngineFault('rejected', detail)
  // What a task says of itself comes with 200.
  if (/^(InvalidParameter|InvalidURL|BadRequest)/.test(code)) return new EngineFault('rejected', detail)
  return new EngineFault('failed', detail)
}

/** In milliseconds; nothing where the service does not say. */
const retryAfter = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined
}

/** Errors of a connection that was never there: nothing was sent over it. */
const NEVER_SENT: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])
const neverSent = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && NEVER_SENT.has(cause.code)
}

const matches = (pattern: string, host: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+')}$`).test(host)

/**
 * @param baseUrl of the region that the key and the model belong to, without `/api`
 * @param resultHosts from which results are fetched, and from no other
 * @param callMs how long an answer may take, in milliseconds
 */
export const createModelStudioClient = (options: {
  baseUrl: string
  key: string
  resultHosts: readonly string[]
  callMs: number
  clock?: EngineClock
}) => {
  const { key, resultHosts, callMs, clock = steadyClock } = options
  const base = options.baseUrl.replace(/\/+$/, '')
  /** A contract server: what it names may lie on this machine too. */
  const local = isLoopback(base)
  const headers = { authorization: `Bearer ${key}` }
  const limited = (signal?: AbortSignal) => {
    const limit = clock.after(callMs)
    return signal ? AbortSignal.any([signal, limit]) : limit
  }
  const codeIn = async (response: Response): Promise<string | undefined> => {
    const found = Failure.safeParse(await response.json().catch(() => undefined))
    return found.success ? found.data.code : undefined
  }

  /** Throws `unfit` where a result lies anywhere else than results do. */
  const checkHost = (url: string): void => {
    const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' }
    if (local && isLoopback(url)) return
    if (protocol === 'https:' && resultHosts.some((pattern) => matches(pattern, hostname))) return
    throw new EngineFault('unfit', `a result lies on ${hostname || 'no host'}, which is none of its own`)
  }

  return {
    base,
    local,
    /** Not to be aborted: whoever lets go of it half way knows no task and may have to pay. */
    create: async (body: object): Promise<Created> => {
      let response: Response
      try {
        response = await fetch(`${base}/api/v1/services/aigc/video-generation/video-synthesis`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', 'x-dashscope-async': 'enable' },
          body: JSON.stringify(body),
          redirect: 'error',
          signal: limited(),
        })
      } catch (error) {
        const fault = new EngineFault('unreachable', `${base} does not answer`, error)
        return neverSent(error) ? { refused: fault } : { unknown: fault }
      }
      if (response.ok) {
        const found = Task.safeParse(await response.json().catch(() => undefined))
        if (found.success) return { made: found.data.output.task_id }
        return { unknown: new EngineFault('lost', `${base} names no task`) }
      }
      const afterMs = retryAfter(response)
      const code = await codeIn(response)
      // A gateway's page says nothing of what lies behind it.
      if (code === undefined && response.status >= 500)
        return { unknown: new EngineFault('lost', `${base} answers ${response.status} without a code`) }
      return { refused: faultFor(response.status, code ?? ''), ...(afterMs !== undefined && { afterMs }) }
    },
    /** Throws `unreachable`, `Throttled`, `missing`. */
    look: async (taskId: string, signal?: AbortSignal): Promise<Task> => {
      let response: Response
      try {
        response = await fetch(`${base}/api/v1/tasks/${taskId}`, { headers, redirect: 'error', signal: limited(signal) })
      } catch (error) {
        signal?.throwIfAborted()
        throw new EngineFault('unreachable', `${base} does not answer`, error)
      }
      if (response.status === 429) throw new Throttled(`${base} is asked too often`, retryAfter(response))
      if (!response.ok) {
        const fault = faultFor(response.status, (await codeIn(response)) ?? '')
        throw response.status >= 500 ? new EngineFault('unreachable', fault.message) : fault
      }
      const found = Task.safeParse(await response.json().catch(() => undefined))
      if (!found.success) throw new EngineFault('unreachable', `${base} answers something else than Model Studio`)
      return found.data
    },
    /** Takes back what waits; answers whether it did. What runs cannot be taken back. */
    cancel: async (taskId: string): Promise<boolean> => {
      const response = await fetch(`${base}/api/v1/tasks/${taskId}/cancel`, {
        ...{ method: 'POST', headers, redirect: 'error', signal: limited() },
      }).catch(() => undefined)
      return response?.ok ?? false
    },
    /** Fetches a result. Throws `lost` where it breaks off or its address has run out, `unfit` where it lies elsewhere or is too large. */
    download: async (url: string, path: string, signal: AbortSignal): Promise<void> => {
      checkHost(url)
      let response: Response
      try {
        response = await fetch(url, { redirect: 'manual', signal })
      } catch (error) {
        signal.throwIfAborted()
        throw new EngineFault('lost', 'a result cannot be fetched', error)
      }
      if (response.status >= 300 && response.status < 400) throw new EngineFault('unfit', 'a result leads to another address')
      if (!response.ok || !response.body) throw new EngineFault('lost', `a result's address answers ${response.status}`)
      await saveClip(response.body, path, signal)
    },
  }
}
export type ModelStudioClient = ReturnType<typeof createModelStudioClient>
