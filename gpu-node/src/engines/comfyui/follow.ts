/**
 * Follows one prompt to its end. The websocket is for speed and pictures alone: it loses events, and a server that restarts loses
 * everything, so history and queue are asked every few seconds whatever the socket says. That also tells a dead server
 * within three unanswered questions (D8).
 */
import { WebSocket } from 'ws'
import { z } from 'zod'
import { type EngineClock, steadyClock } from '../clock.ts'
import { EngineFault } from '../engine-fault.ts'
import { createSilence } from '../silence.ts'
import type { CallLimits, ComfyuiClient, HistoryEntry } from './client.ts'

export type Timing = {
  /** Between two looks at history and queue, in milliseconds. */
  pollMs: number
} & CallLimits
/** With the pauses between them three looks make the ten seconds in which a dead server is noticed. */
export const TIMING: Timing = { pollMs: 1_000, callMs: 2_000, workMs: 15_000 }

/** Looks in which nobody knows the prompt before it is given up. */
const MOST_UNKNOWN = 2

export type Step = { node: string; share: number }
export type Follower = {
  onStep(step: Step): void
  onPreview(jpeg: Uint8Array): void
}

const News = z.object({
  type: z.string(),
  data: z.looseObject({
    prompt_id: z.string().optional(),
    node: z.string().nullable().optional(),
    value: z.number().optional(),
    max: z.number().optional(),
  }),
})
/** A preview as binary frame: event 1, format 1 (JPEG), then the picture. */
const PREVIEW_HEAD = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])
const MOST_PREVIEW_BYTES = 512 * 1024

/** Opens the socket for a client's news. `onNews` hears of each that may mean the end. */
const listen = (url: string, promptId: string, follower: Follower, onEnd: () => void) => {
  const socket = new WebSocket(url, { handshakeTimeout: 3_000, maxPayload: 16 * 1024 * 1024, perMessageDeflate: false })
  socket.on('message', (message: Buffer, binary: boolean) => {
    if (binary) {
      const picture = message.subarray(PREVIEW_HEAD.length)
      const small = picture.length > 0 && picture.length <= MOST_PREVIEW_BYTES
      if (small && message.subarray(0, PREVIEW_HEAD.length).equals(PREVIEW_HEAD)) follower.onPreview(new Uint8Array(picture))
      return
    }
    let value: unknown
    try {
      value = JSON.parse(message.toString('utf8'))
    } catch (error) {
      // Not ours to understand; history says how it ended.
      if (error instanceof SyntaxError) return
      throw error
    }
    const news = News.safeParse(value)
    if (!news.success || news.data.data.prompt_id !== promptId) return
    const { type, data } = news.data
    if (type === 'executing' && data.node) follower.onStep({ node: data.node, share: 0 })
    if (type === 'progress' && data.node && data.max)
      follower.onStep({ node: data.node, share: Math.min(1, (data.value ?? 0) / data.max) })
    if (type === 'execution_success' || type.startsWith('execution_e') || type === 'execution_interrupted' || data.node === null)
      onEnd()
  })
  // What an error breaks, `close` reports.
  socket.on('error', () => undefined)
  return socket
}

/** Why a prompt failed, in the server's word for its kind; its text may hold anything and is left there. */
const failureIn = ({ status }: HistoryEntry): EngineFault => {
  const [kind = 'error', data] = status.messages.findLast(([type]) => /^execution_(error|interrupted)$/.test(type)) ?? []
  const Detail = z.looseObject({ exception_type: z.string().optional(), node_type: z.string().optional() })
  const { exception_type: type = kind, node_type: node = 'a node' } = Detail.safeParse(data).data ?? {}
  return new EngineFault('failed', `${node}: ${type}`)
}

/**
 * Waits until a prompt is done, and answers its history. Throws `failed` where it ended badly, `lost` where the server knows
 * nothing of it any more, `unreachable` where it does not answer, and the signal's reason on abort.
 */
export const follow = async (
  client: ComfyuiClient,
  {
    promptId,
    clientId,
    signal,
    timing,
    follower,
    clock = steadyClock,
  }: {
    promptId: string
    clientId: string
    signal: AbortSignal
    timing: Timing
    follower: Follower
    clock?: EngineClock
  },
): Promise<HistoryEntry> => {
  let wake: () => void = () => undefined
  let socket: WebSocket | undefined
  const connect = () => {
    socket = listen(client.socketUrl(clientId), promptId, follower, () => wake())
    // A lost socket may mean a lost server: look at once, and listen again at the next look.
    socket.once('close', () => {
      socket = undefined
      wake()
    })
  }
  const pause = async () => {
    const rest = new AbortController()
    wake = () => rest.abort()
    const both = AbortSignal.any([signal, rest.signal])
    await clock.pause(timing.pollMs, both).catch(() => signal.throwIfAborted())
  }
  const look = async (): Promise<HistoryEntry | 'waiting' | 'gone'> => {
    const entry = await client.history(promptId, signal)
    if (entry) return entry
    return (await client.standing(promptId, signal)) === 'gone' ? 'gone' : 'waiting'
  }
  const silence = createSilence(timing.pollMs + timing.callMs, clock.now)
  let unknown = 0
  try {
    for (;;) {
      signal.throwIfAborted()
      if (!socket) connect()
      const begun = clock.now()
      await pause()
      try {
        const found = await look()
        silence.heard()
        if (typeof found !== 'string') {
          if (found.status.status_str === 'success') return found
          throw failureIn(found)
        }
        unknown = found === 'gone' ? unknown + 1 : 0
        // Between the queue and history a prompt is for a moment in neither.
        if (unknown >= MOST_UNKNOWN) throw new EngineFault('lost', `${client.base} has forgotten what it was asked for`)
      } catch (error) {
        if (!(error instanceof EngineFault) || error.reason !== 'unreachable') throw error
        if (silence.unanswered(begun)) throw error
      }
    }
  } finally {
    socket?.terminate()
  }
}
