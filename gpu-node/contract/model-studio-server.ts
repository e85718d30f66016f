/**
 * Alibaba Cloud Model Studio's asynchronous API on loopback: the bodies that it documents for `wan2.6-r2v`, its `-flash` and
 * `wan2.7-r2v`, and the faults that such a service has. It fetches the reference by its address, as the real one does; the clip it
 * answers is that reference, moved, and no model runs.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Premade } from './comfyui-executor.ts'
import { createFaults, type Faulty } from './faults.ts'
import { bodyFault, type CreateBody, CreateBodySchema, lengthOf, referencesOf, sizeOf } from './model-studio-body.ts'
import { clipOf, fetchReference } from './model-studio-clip.ts'

/** What goes wrong, once each, at the next request that can meet it. */
export type ModelStudioFault =
  /** 429 to a create: too fast. */
  | 'throttled'
  /** 429 to a look. */
  | 'busy-look'
  /** The task is made, and the connection breaks before its id is told. */
  | 'lost-answer'
  /** 502 of a gateway, to a create that has arrived. */
  | 'gateway'
  /** The prompt is refused, or the finished picture is. */
  | 'refused-prompt'
  | 'refused-output'
  /** The task fails by the service's own fault. */
  | 'failed'
  /** The service forgets the task: UNKNOWN. */
  | 'restart'
  /** The clip breaks off half way. */
  | 'half-file'
  /** The clip is of another size than was asked for. */
  | 'wrong-size'
  /** The clip's address has run out. */
  | 'expired'
  /** The clip's address leads to another host, at once or by a redirect. */
  | 'elsewhere'
  | 'redirect'
  /** Nothing is answered any more. */
  | 'hang'
  /** A task takes four times as long as others. */
  | 'slow'

export type ModelStudioOptions = Faulty<ModelStudioFault> & {
  port?: number
  key?: string
  /** How long a task takes besides the encoder, in milliseconds. */
  taskMs?: number
  /** Tasks it works on at once; others are PENDING. */
  hands?: number
  /** Creates it takes in any second. */
  createsPerSecond?: number
  /** Answers clips that were made before, and encodes none. */
  premade?: Premade
}

type Status = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED'
type Task = {
  id: string
  body: CreateBody
  status: Status
  submitted: string
  code?: string
  message?: string
  clip?: Buffer
  inputSeconds: number
  stop: AbortController
}

/** Times have no zone there; they are Beijing's. */
const beijing = () => new Date(Date.now() + 8 * 3_600_000).toISOString().replace('T', ' ').slice(0, 23)

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString() || 'null')
}

const CREATE = '/api/v1/services/aigc/video-generation/video-synthesis'
const TASK = /^\/api\/v1\/tasks\/([\w-]{1,80})(\/cancel)?$/
const RESULT = /^\/results\/([\w-]{1,80})\.mp4$/

export const startModelStudio = async (options: ModelStudioOptions = {}) => {
  const { port = 0, key = 'sk-contract', taskMs = 20, hands = 2, createsPerSecond = 1_000 } = options
  const { premade } = options
  const faults = createFaults(options)
  const { meets, hangs } = faults
  const tasks = new Map<string, Task>()
  /** What was asked for, a task each. */
  const asked: CreateBody[] = []
  const working = new Set<Promise<void>>()
  let creates: number[] = []
  let running = 0
  let billed = 0
  let looks = 0

  const json = (response: ServerResponse, status: number, value: object, headers: Record<string, string> = {}) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ request_id: randomUUID(), ...value }))
  const refuse = (response: ServerResponse, status: number, code: string, message: string, headers = {}) =>
    json(response, status, { code, message }, headers)

  /** Some faults are met where the work is done, not where it is asked for. */
  const work = async (task: Task, reference: Buffer): Promise<void> => {
    const { signal } = task.stop
    while (running >= hands) await delay(5, undefined, { signal })
    running++
    try {
      task.status = 'RUNNING'
      await delay(faults.workMs(taskMs), undefined, { signal })
      if (meets('restart')) return void tasks.delete(task.id)
      if (meets('failed')) throw Object.assign(new Error('An internal error has occured.'), { code: 'InternalError' })
      if (meets('refused-output'))
        throw Object.assign(new Error('Output data may contain inappropriate content.'), { code: 'DataInspectionFailed' })
      const size = meets('wrong-size') ? { width: 480, height: 480 } : sizeOf(task.body)
      task.clip = premade ? premade(size) : await clipOf(reference, { ...size, seconds: lengthOf(task.body) })
      signal.throwIfAborted()
      billed += Math.min(5, task.inputSeconds) + lengthOf(task.body)
      task.status = 'SUCCEEDED'
    } finally {
      running--
    }
  }
  const begin = (task: Task, reference: Buffer) => {
    const job = work(task, reference)
      .catch((error: unknown) => {
        if (task.status === 'CANCELED') return
        task.status = 'FAILED'
        const named = error instanceof Error && 'code' in error ? String(error.code) : 'InternalError'
        Object.assign(task, { code: named, message: error instanceof Error ? error.message : String(error) })
      })
      .finally(() => working.delete(job))
    working.add(job)
  }

  const create = async (request: IncomingMessage, response: ServerResponse) => {
    const value = await bodyOf(request)
    faults.asked()
    const now = performance.now()
    creates = [...creates.filter((at) => now - at < 1_000), now]
    const isBurst = creates.length > createsPerSecond
    // What is refused is not counted.
    if (isBurst) creates.pop()
    if (isBurst || meets('throttled'))
      return refuse(response, 429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.', {
        'retry-after': isBurst ? '1' : '0',
      })
    if (request.headers['x-dashscope-async'] !== 'enable')
      return refuse(response, 403, 'AccessDenied', 'current user api does not support synchronous calls.')
    const parsed = CreateBodySchema.safeParse(value)
    const fault = parsed.success ? bodyFault(parsed.data) : 'Required parameter(s) missing or invalid'
    if (!parsed.success || fault) return refuse(response, 400, 'InvalidParameter', fault ?? '')
    if (meets('refused-prompt'))
      return refuse(response, 400, 'DataInspectionFailed', 'Input data may contain inappropriate content.')
    const body = parsed.data
    const reference = await fetchReference(referencesOf(body)[0] ?? '')
    if (typeof reference === 'string') return refuse(response, 400, 'InvalidURL', reference)
    asked.push(body)
    const { bytes, seconds } = reference
    const task: Task = {
      id: randomUUID(),
      body,
      status: 'PENDING',
      submitted: beijing(),
      inputSeconds: seconds,
      stop: new AbortController(),
    }
    tasks.set(task.id, task)
    begin(task, bytes)
    if (meets('lost-answer')) return void response.destroy()
    if (meets('gateway')) return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
    return json(response, 200, { output: { task_status: task.status, task_id: task.id } })
  }

  const origin = () => `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const addressOf = (task: Task): string => {
    if (meets('elsewhere')) return `http://192.0.2.1/results/${task.id}.mp4`
    const past = meets('expired') ? -1 : 86_400
    const away = meets('redirect') ? '&away=1' : ''
    return `${origin()}/results/${task.id}.mp4?Expires=${Math.floor(Date.now() / 1000) + past}${away}`
  }
  const look = (task: Task | undefined, id: string, response: ServerResponse) => {
    looks++
    if (meets('busy-look'))
      return refuse(response, 429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.', {
        'retry-after': '0',
      })
    if (!task) return json(response, 200, { output: { task_id: id, task_status: 'UNKNOWN' } })
    const { status, code, message, body, submitted, inputSeconds } = task
    const output = { task_id: id, task_status: status, submit_time: submitted, scheduled_time: submitted }
    if (status === 'FAILED') return json(response, 200, { output: { ...output, end_time: beijing(), code, message } })
    if (status !== 'SUCCEEDED') return json(response, 200, { output })
    const seconds = lengthOf(body)
    return json(response, 200, {
      output: { ...output, end_time: beijing(), orig_prompt: body.input.prompt, video_url: addressOf(task) },
      usage: {
        duration: Math.min(5, inputSeconds) + seconds,
        input_video_duration: Math.min(5, inputSeconds),
        output_video_duration: seconds,
        video_count: 1,
        SR: Math.min(...Object.values(sizeOf(body))),
      },
    })
  }
  /** Only what waits can be taken back. */
  const cancel = (task: Task | undefined, response: ServerResponse) => {
    if (task?.status !== 'PENDING')
      return refuse(
        response,
        400,
        'UnsupportedOperation',
        'Failed to cancel the task, please confirm if the task is in PENDING status.',
      )
    task.status = 'CANCELED'
    task.stop.abort(new Error('canceled'))
    return json(response, 200, {})
  }
  const result = (id: string, query: URLSearchParams, response: ServerResponse) => {
    const clip = tasks.get(id)?.clip
    if (query.has('away')) return void response.writeHead(302, { location: 'http://192.0.2.1/clip.mp4' }).end()
    if (!clip || Number(query.get('Expires')) < Date.now() / 1000) return void response.writeHead(403).end('<Error/>')
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': clip.length })
    if (!meets('half-file')) return void response.end(clip)
    response.write(clip.subarray(0, clip.length >> 1), () => response.destroy())
  }

  const answer = (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
    if (hangs()) return
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback')
    const clip = RESULT.exec(pathname)?.[1]
    if (clip) return result(clip, searchParams, response)
    if (request.headers.authorization !== `Bearer ${key}`)
      return refuse(response, 401, 'InvalidApiKey', 'Invalid API-key provided.')
    if (pathname === CREATE && request.method === 'POST') return create(request, response)
    const [, id = '', cancelled] = TASK.exec(pathname) ?? []
    if (!id) return refuse(response, 404, 'NotFound', 'not found')
    if (cancelled && request.method === 'POST') return cancel(tasks.get(id), response)
    return look(tasks.get(id), id, response)
  }
  const http = createServer((request, response) => {
    Promise.resolve(answer(request, response)).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error))
    })
  })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  return {
    url: origin(),
    key,
    /** Faults that are still to be met, in order. */
    faults: faults.waiting,
    asked,
    tasks,
    /** Seconds that would be on the bill: those in and out of what succeeded. */
    billedSeconds: () => billed,
    looks: () => looks,
    close: async () => {
      for (const { stop } of tasks.values()) stop.abort(new Error('closed'))
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await Promise.allSettled(working)
    },
  }
}
export type ModelStudioServer = Awaited<ReturnType<typeof startModelStudio>>
