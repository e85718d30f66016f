/**
 * A server with `/v1/videos` on loopback, in vLLM-Omni's or SGLang's dialect: the bodies that they document, one job at a time, and
 * the faults that such servers have. The picture it is sent moves; no model runs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { encode, type Premade } from './comfyui-executor.ts'
import { createFaults, type Faulty } from './faults.ts'

/** What goes wrong, once each. */
export type VideosFault =
  /** The job fails. */
  | 'failed'
  /** The process restarts while a job runs: it knows none any more. */
  | 'restart'
  /** The clip breaks off half way. */
  | 'half-file'
  /** Too many jobs: 429. */
  | 'throttled'
  /** The request is refused: 422. */
  | 'refused'
  /** Nothing is answered any more. */
  | 'hang'
  /** A job takes four times as long as others. */
  | 'slow'

export type VideosServerOptions = Faulty<VideosFault> & {
  port?: number
  dialect?: 'vllm-omni' | 'sglang'
  /** How long a job takes besides the encoder, in milliseconds. */
  jobMs?: number
  /** Answers clips that were made before, and encodes none. */
  premade?: Premade
}

type Status = 'queued' | 'in_progress' | 'completed' | 'failed'
type Stored = {
  id: string
  status: Status
  fields: Record<string, string>
  picture: Buffer
  clip?: Buffer
  stop: AbortController
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

export const startVideosServer = async (options: VideosServerOptions = {}) => {
  const { port = 0, dialect = 'vllm-omni', jobMs = 20, premade } = options
  const jobs = new Map<string, Stored>()
  const faults = createFaults(options)
  const { meets, hangs } = faults
  const asked: Record<string, string>[] = []
  let turn: Promise<unknown> = Promise.resolve()
  let count = 0

  /** A job as its server tells of it. */
  const told = ({ id, status, fields }: Stored) =>
    dialect === 'vllm-omni'
      ? { id, status, created_at: 1_701_234_567 }
      : {
          ...{ id, object: 'video', model: 'contract', status: status === 'in_progress' ? 'queued' : status },
          ...{ progress: status === 'completed' ? 100 : 0, created_at: 1_701_234_567, size: fields.size, seconds: '4' },
          error: status === 'failed' ? { message: 'CUDA out of memory' } : null,
        }
  const sizeOf = ({ width, height, size = '480x832' }: Record<string, string>) => {
    const [w = 480, h = 832] = size.split('x').map(Number)
    return dialect === 'vllm-omni' ? { width: Number(width ?? w), height: Number(height ?? h) } : { width: w, height: h }
  }
  const work = async (job: Stored): Promise<void> => {
    const { fields, picture, stop } = job
    if (stop.signal.aborted) return
    job.status = 'in_progress'
    await delay(faults.workMs(jobMs), undefined, { signal: stop.signal })
    if (meets('restart')) jobs.clear()
    if (meets('failed')) throw new Error('CUDA out of memory')
    const shape = { ...sizeOf(fields), count: Number(fields.num_frames ?? 81), fps: Number(fields.fps ?? 16) }
    job.clip = premade ? premade(shape) : await encode({ file: picture, ...shape, moving: true, size: true }, stop.signal)
    job.status = 'completed'
  }

  const create = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = new Uint8Array(await bodyOf(request))
    const form = await new Response(bytes, { headers: { 'content-type': request.headers['content-type'] ?? '' } }).formData()
    faults.asked()
    if (meets('throttled')) return void response.writeHead(429).end()
    if (meets('refused')) return void response.writeHead(422).end('{"detail":[]}')
    const reference = form.get('input_reference')
    const fields = Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
    if (!fields.prompt || !(reference instanceof Blob)) return void response.writeHead(422).end('{"detail":[]}')
    asked.push(fields)
    const picture = Buffer.from(await reference.arrayBuffer())
    const job: Stored = { id: `video-${++count}`, status: 'queued', fields, picture, stop: new AbortController() }
    jobs.set(job.id, job)
    turn = turn
      .then(() => work(job))
      .catch(() => {
        job.status = 'failed'
      })
    return json(response, told(job))
  }
  const content = (job: Stored, response: ServerResponse) => {
    const { clip } = job
    if (!clip) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': clip.length })
    if (!meets('half-file')) return void response.end(clip)
    response.write(clip.subarray(0, clip.length >> 1), () => response.destroy())
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
    if (hangs()) return
    const [, version, videos, id = '', part] = new URL(request.url ?? '/', 'http://loopback').pathname.split('/')
    if (version !== 'v1' || videos !== 'videos') return void response.writeHead(404).end()
    if (!id && request.method === 'POST') return create(request, response)
    if (!id) return json(response, { object: 'list', data: [...jobs.values()].map(told) })
    const job = jobs.get(id)
    if (!job) return void response.writeHead(404).end('{"detail":"not found"}')
    if (request.method === 'DELETE') {
      // SGLang has no way to stop what runs: it is drawn to its end and then dropped.
      if (dialect === 'vllm-omni') job.stop.abort(new Error('deleted'))
      jobs.delete(id)
      return json(response, { id, object: 'video.deleted', deleted: true })
    }
    return part === 'content' ? content(job, response) : json(response, told(job))
  }
  const json = (response: ServerResponse, value: unknown) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

  const http = createServer((request, response) => {
    Promise.resolve(answer(request, response)).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error))
    })
  })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    /** Faults that are still to be met, in order. */
    faults: faults.waiting,
    /** What was asked for, a job each. */
    asked,
    jobs,
    close: async () => {
      for (const { stop } of jobs.values()) stop.abort(new Error('closed'))
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await turn
    },
  }
}
export type VideosServer = Awaited<ReturnType<typeof startVideosServer>>
