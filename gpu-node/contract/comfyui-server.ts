/**
 * A ComfyUI server's contract on loopback: its HTTP routes and its websocket, with the bodies that v0.3.64 sends, one prompt at a
 * time, and the faults that such servers have. For tests, for `engine:probe` without a graphics card, and for load.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { execute, type Graph, type Premade, runningOrder, type Saved } from './comfyui-executor.ts'
import { NODES, type NodeInfo } from './comfyui-nodes.ts'
import { createFaults, type Faulty } from './faults.ts'

/** What goes wrong, once each; put one in and the next prompt, or the next request, meets it. */
export type ComfyuiFault =
  /** A node raises, as when memory runs out. */
  | 'execution-error'
  /** The socket breaks while a prompt runs. */
  | 'lost-socket'
  /** The process restarts while a prompt runs: queue and history are gone. */
  | 'restart'
  /** `/view` breaks off half way. */
  | 'half-file'
  /** `POST /prompt` is done, its answer never comes. */
  | 'lost-answer'
  /** Nothing is answered any more, though connections are taken. */
  | 'hang'
  /** A prompt takes four times as long as others. */
  | 'slow'

export type ComfyuiOptions = Faulty<ComfyuiFault> & {
  port?: number
  /** How long a sampler's step takes, in milliseconds. */
  stepMs?: number
  /** Its nodes and model files; by default all that our workflows need. */
  nodes?: Readonly<Record<string, NodeInfo>>
  /** Answers clips that were made before, and encodes none. */
  premade?: Premade
}

type Prompt = { id: string; number: number; graph: Graph; client: string; extra: unknown }
type Entry = {
  prompt: [number, string, Graph, unknown, string[]]
  outputs: Record<string, unknown>
  status: { status_str: 'success' | 'error'; completed: boolean; messages: [string, unknown][] }
  meta: object
}

/** The smallest JPEG there is: one grey pixel. */
const PREVIEW = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
)

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
const jsonOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const text = (await bodyOf(request)).toString('utf8')
  return text ? (JSON.parse(text) as Record<string, unknown>) : {}
}

export const startComfyui = async (options: ComfyuiOptions = {}) => {
  const { stepMs = 5, nodes = NODES, premade } = options
  const faults = createFaults(options)
  const { meets, hangs, wake } = faults
  const files = new Map<string, Buffer>()
  const waiting: Prompt[] = []
  let running: { prompt: Prompt; stop: AbortController } | undefined
  let history = new Map<string, Entry>()
  const sockets = new Map<string, WebSocket>()
  const seen = { prompts: 0, interrupts: 0, submitted: [] as Graph[] }
  let number = 0
  let saved = 0
  let life = 0

  const say = (client: string, type: string, data: object) => sockets.get(client)?.send(JSON.stringify({ type, data }))
  const remaining = () => waiting.length + (running ? 1 : 0)
  const status = () => ({ status: { exec_info: { queue_remaining: remaining() } } })

  const restart = () => {
    life++
    waiting.length = 0
    history = new Map()
    running?.stop.abort(new Error('restarted'))
    for (const socket of sockets.values()) socket.terminate()
  }

  const runPrompt = async (prompt: Prompt, stop: AbortController): Promise<void> => {
    const { id, client, graph } = prompt
    const born = life
    const messages: [string, unknown][] = []
    const outputs: Record<string, unknown> = {}
    const tell = (type: string, data: object) => {
      messages.push([type, { prompt_id: id, timestamp: 1, ...data }])
      say(client, type, { prompt_id: id, timestamp: 1, ...data })
    }
    const file = ({ filename, subfolder, bytes }: Saved) => files.set(`output/${subfolder}/${filename}`, bytes)
    const end = (status_str: 'success' | 'error') => {
      if (born !== life) return
      const entry = [prompt.number, id, graph, prompt.extra, runningOrder(graph).slice(-1)] as Entry['prompt']
      history.set(id, { prompt: entry, outputs, status: { status_str, completed: status_str === 'success', messages }, meta: {} })
    }
    tell('execution_start', {})
    tell('execution_cached', { nodes: [] })
    let at = ''
    const eachMs = faults.workMs(stepMs)
    try {
      await execute(graph, {
        ...(premade && { premade }),
        load: (name) => {
          const [, bare = '', kind = 'input'] = /^(.*?)(?: \[(input|temp|output)\])?$/.exec(name) ?? []
          const found = files.get(`${kind}/${bare.includes('/') ? bare : `/${bare}`}`)
          if (!found) throw new Error(`Invalid image file: ${name}`)
          return found
        },
        onNode: async (node) => {
          at = node
          say(client, 'executing', { node, display_node: node, prompt_id: id })
          await delay(0)
        },
        onStep: async (node, value, max) => {
          await delay(eachMs, undefined, { signal: stop.signal })
          if (meets('lost-socket')) sockets.get(client)?.terminate()
          if (meets('restart')) restart()
          stop.signal.throwIfAborted()
          if (meets('execution-error')) throw new Error('Allocation on device')
          const state = { value, max, state: value === max ? 'finished' : 'running', node_id: node, prompt_id: id }
          const ids = { display_node_id: node, parent_node_id: null, real_node_id: node }
          say(client, 'progress_state', { prompt_id: id, nodes: { [node]: { ...state, ...ids } } })
          say(client, 'progress', { value, max, prompt_id: id, node })
          // uint32 big-endian: 1 a preview, then 1 a JPEG.
          sockets.get(client)?.send(Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]), PREVIEW]))
        },
        onSaved: (node, one) => {
          file(one)
          const output = { images: [{ filename: one.filename, subfolder: one.subfolder, type: 'output' }], animated: [true] }
          outputs[node] = output
          say(client, 'executed', { node, display_node: node, output, prompt_id: id })
        },
        counter: () => ++saved,
        signal: stop.signal,
      })
      tell('execution_success', {})
      end('success')
    } catch (error) {
      const type = graph[at]?.class_type ?? ''
      if (stop.signal.aborted) tell('execution_interrupted', { node_id: at, node_type: type, executed: [] })
      else
        tell('execution_error', {
          ...{ node_id: at, node_type: type, executed: [], traceback: [], current_inputs: {}, current_outputs: [] },
          ...{ exception_message: String(error), exception_type: 'torch.OutOfMemoryError' },
        })
      end('error')
    }
    say(client, 'executing', { node: null, display_node: null, prompt_id: id })
  }

  const next = () => {
    if (running) return
    const prompt = waiting.shift()
    if (!prompt) return
    const stop = new AbortController()
    running = { prompt, stop }
    void runPrompt(prompt, stop).finally(() => {
      running = undefined
      next()
    })
  }

  /** As the server checks a prompt before it takes it: nodes it does not know, values that are none of its lists. */
  const refusalOf = (graph: Graph) => {
    for (const [id, { class_type, inputs }] of Object.entries(graph)) {
      const info = nodes[class_type]
      const missing = `Cannot execute because node ${class_type} does not exist.`
      if (!info) return { type: 'invalid_prompt', message: missing, details: `Node ID '#${id}'`, extra_info: {} }
      for (const [name, value] of Object.entries(inputs)) {
        const declared = info.input.required[name]
        const choices = Array.isArray(declared?.[0]) ? declared[0] : undefined
        if (choices && choices.length > 0 && !Array.isArray(value) && !choices.includes(String(value)))
          return {
            type: 'prompt_outputs_failed_validation',
            message: 'Prompt outputs failed validation',
            details: '',
            extra_info: {},
          }
      }
    }
    return undefined
  }

  const json = (response: ServerResponse, value: unknown, code = 200) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  const row = ({ number: place, id, graph, extra }: Prompt) => [place, id, graph, extra, runningOrder(graph).slice(-1)]

  const upload = async (request: IncomingMessage, response: ServerResponse) => {
    const form = await new Response(new Uint8Array(await bodyOf(request)), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData()
    const image = form.get('image')
    if (!(image instanceof Blob)) return void response.writeHead(400).end()
    const [kind, subfolder] = [String(form.get('type') ?? 'input'), String(form.get('subfolder') ?? '')]
    const { name } = image as File
    files.set(`${kind}/${subfolder}/${name}`, Buffer.from(await image.arrayBuffer()))
    return json(response, { name, subfolder, type: kind })
  }
  const submit = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await jsonOf(request)
    const graph = body.prompt as Graph
    faults.asked()
    const error = refusalOf(graph)
    if (error) return json(response, { error, node_errors: {} }, 400)
    const id = typeof body.prompt_id === 'string' ? body.prompt_id : randomUUID()
    const prompt = { id, number: ++number, graph, client: String(body.client_id ?? ''), extra: body.extra_data ?? {} }
    seen.prompts++
    seen.submitted.push(graph)
    waiting.push(prompt)
    next()
    if (meets('lost-answer')) return void request.socket.destroy()
    return json(response, { prompt_id: id, number: prompt.number, node_errors: {} })
  }
  const view = (url: URL, response: ServerResponse) => {
    const asked = (name: string) => url.searchParams.get(name) ?? ''
    const bytes = files.get(`${asked('type') || 'output'}/${asked('subfolder')}/${asked('filename')}`)
    if (!bytes) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes.length })
    if (!meets('half-file')) return void response.end(bytes)
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (hangs()) return
    const url = new URL(request.url ?? '/', 'http://loopback')
    const path = url.pathname.replace(/^\/api(?=\/)/, '')
    const of = (start: string) => decodeURIComponent(path.slice(start.length))
    if (request.method === 'POST') {
      if (path === '/upload/image') return upload(request, response)
      if (path === '/prompt') return submit(request, response)
      const body = await jsonOf(request)
      const gone = Array.isArray(body.delete) ? body.delete.map(String) : []
      if (path === '/queue')
        for (const id of gone) waiting.splice(0, waiting.length, ...waiting.filter((prompt) => prompt.id !== id))
      else if (path === '/history') for (const id of gone) history.delete(id)
      else if (path === '/interrupt') {
        seen.interrupts++
        if (!body.prompt_id || running?.prompt.id === body.prompt_id) running?.stop.abort(new Error('interrupted'))
      } else if (path !== '/free') return void response.writeHead(404).end()
      return void response.writeHead(200).end()
    }
    if (path === '/prompt') return json(response, status().status)
    if (path === '/queue')
      return json(response, { queue_running: running ? [row(running.prompt)] : [], queue_pending: waiting.map(row) })
    if (path.startsWith('/history/')) {
      const [id, entry] = [of('/history/'), history.get(of('/history/'))]
      return json(response, entry ? { [id]: entry } : {})
    }
    if (path.startsWith('/object_info/')) {
      const name = of('/object_info/')
      return json(response, nodes[name] ? { [name]: nodes[name] } : {})
    }
    if (path === '/object_info') return json(response, nodes)
    if (path === '/view') return view(url, response)
    if (path === '/system_stats')
      return json(response, {
        system: { os: 'posix', ram_total: 64e9, ram_free: 32e9, comfyui_version: '0.3.64', python_version: '3.12', argv: [] },
        devices: [{ name: 'cuda:0 contract', type: 'cuda', index: 0, vram_total: 24e9, vram_free: 20e9 }],
      })
    response.writeHead(404).end()
  }

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error))
    })
  })
  const socketServer = new WebSocketServer({ server: http, path: '/ws' })
  socketServer.on('connection', (socket, request) => {
    const client = new URL(request.url ?? '/', 'http://loopback').searchParams.get('clientId') ?? randomUUID()
    sockets.get(client)?.close()
    sockets.set(client, socket)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (sockets.get(client) === socket) sockets.delete(client)
    })
    socket.send(JSON.stringify({ type: 'status', data: { ...status(), sid: client } }))
  })
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    /** Faults that are still to be met, in order. */
    faults: faults.waiting,
    seen,
    /** What lies on its disk, by kind, folder and name. */
    files,
    history: () => history,
    waiting: () => waiting.length,
    /** Everything it had in memory is gone; its files stay. */
    restart,
    wake,
    close: async () => {
      life++
      running?.stop.abort(new Error('closed'))
      for (const socket of sockets.values()) socket.terminate()
      socketServer.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
export type ComfyuiServer = Awaited<ReturnType<typeof startComfyui>>
