/**
 * The kiosk's socket: connects by websocket only, says hello before anything else and again after every reconnect, and
 * asks one question at a time in the words of the protocol. A question whose answer never came is `lost`: the caller
 * decides whether to ask again.
 */
import {
  type KioskWelcome,
  kioskMessages,
  MOST_HELD_NAMED,
  PROTOCOL_VERSION,
  type Refusal,
  refuse,
  type VisitId,
} from '@fanreel/protocol'
import { io, type Socket } from 'socket.io-client'
import type { z } from 'zod'
import { KioskRefusal } from './kiosk-refusal.ts'
import { backOffMs } from './pause.ts'

/** How this kiosk stands with the orchestrator. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'online'; welcome: KioskWelcome }
  /** No network, or the orchestrator is away; `code` where it said why (`unavailable`: it has lost its memory for now). */
  | { state: 'offline'; code?: Refusal['code'] }
  /** Turned away: a wrong protocol version, token or event. Tried again, slowly. */
  | { state: 'refused'; refusal: KioskRefusal }

export type LinkSettings = {
  /** The orchestrator's origin, e.g. `https://reel.example`. */
  url: string
  eventId: string
  kioskId: string
  token: string
  /** The kiosk software's version. */
  version: string
  /** Visits whose clip this kiosk still holds, asked at every hello. */
  holding?: () => VisitId[] | Promise<VisitId[]>
  /** The protocol's version; another number only in tests. */
  protocol?: number
  /** First and longest wait between attempts to connect, in milliseconds. */
  retryMinMs?: number
  retryMaxMs?: number
  /** Wait after a refusal that time alone does not mend, in milliseconds. */
  refusedRetryMs?: number
  /** How long an answer may take before it counts as lost, in milliseconds. */
  answerMs?: number
}

type Messages = typeof kioskMessages
type Question = Exclude<keyof Messages, 'kiosk:hello'>
type AnswerTo<Q extends keyof Messages> = z.infer<Messages[Q]['answer']>

export type Link = {
  readonly connection: Connection
  onConnection(listener: (connection: Connection) => void): () => void
  onNews(event: string, listener: (payload: unknown) => void): void
  /** Resolves once hello was answered; rejects with `KioskRefusal` when turned away, or with the signal's reason. */
  online(signal?: AbortSignal): Promise<KioskWelcome>
  ask<Q extends Question>(
    question: Q,
    request: z.input<Messages[Q]['request']>,
    piece?: Uint8Array,
  ): Promise<AnswerTo<Q> | 'lost'>
  /** Says hello once more on the same line: what this kiosk holds has changed. */
  greetAgain(): void
  close(): void
}

/** Ids rise with time: the newest are the ones a visitor may still wait for. */
const newest = (held: VisitId[]): VisitId[] => held.toSorted().slice(-MOST_HELD_NAMED)

export const openLink = (settings: LinkSettings): Link => {
  const {
    eventId,
    kioskId,
    token,
    version,
    retryMinMs = 500,
    retryMaxMs = 8_000,
    refusedRetryMs = 20_000,
    answerMs = 15_000,
  } = settings
  const socket: Socket = io(`${settings.url}/kiosk`, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: retryMinMs,
    reconnectionDelayMax: retryMaxMs,
    timeout: answerMs,
  })
  let connection: Connection = { state: 'connecting' }
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  const listeners = new Set<(connection: Connection) => void>()
  const become = (next: Connection) => {
    connection = next
    for (const listener of [...listeners]) listener(next)
  }
  const later = (ms: number, action: () => void) => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(action, ms)
  }

  const put = async <Q extends keyof Messages>(
    question: Q,
    request: unknown,
    piece?: Uint8Array,
  ): Promise<AnswerTo<Q> | 'lost'> => {
    if (!socket.connected) return 'lost'
    const sender = socket.timeout(answerMs)
    const answered: Promise<unknown> = piece
      ? sender.emitWithAck(question, request, piece)
      : sender.emitWithAck(question, request)
    // socket.io rejects when the answer did not come in time or the connection broke: nothing else is known.
    const raw = await answered.catch(() => 'lost' as const)
    if (raw === 'lost') return 'lost'
    const parsed = kioskMessages[question].answer.safeParse(raw)
    return parsed.success ? (parsed.data as AnswerTo<Q>) : (refuse('bad-message') as AnswerTo<Q>)
  }

  const knockAgain = () => {
    attempts += 1
    later(backOffMs(attempts - 1, retryMinMs, retryMaxMs), () => (socket.connected ? void sayHello() : socket.connect()))
  }
  const sayHello = async () => {
    const { id } = socket
    const answer = await put('kiosk:hello', {
      protocol: settings.protocol ?? PROTOCOL_VERSION,
      eventId,
      kioskId,
      token,
      version,
      holding: newest((await settings.holding?.()) ?? []),
    })
    // Another connection may have taken this one's place while the answer was under way.
    if (closed || socket.id !== id) return
    if (answer === 'lost') return knockAgain()
    if (answer.ok) {
      attempts = 0
      return become({ state: 'online', welcome: answer })
    }
    if (answer.retryable) {
      become({ state: 'offline', code: answer.code })
      return knockAgain()
    }
    become({ state: 'refused', refusal: new KioskRefusal(answer) })
    later(refusedRetryMs, () => (socket.connected ? void sayHello() : socket.connect()))
  }

  /** The line stands, but the orchestrator has lost its memory: the kiosk counts as offline until a hello is answered. */
  const noticeLoss = (code: Refusal['code']) => {
    if (connection.state !== 'online' || closed) return
    become({ state: 'offline', code })
    knockAgain()
  }

  socket.on('connect', () => void sayHello())
  socket.on('connect_error', () => {
    if (connection.state !== 'refused') become({ state: 'offline' })
    // An inactive socket was turned away by the server and does not try again by itself.
    if (!socket.active) knockAgain()
  })
  socket.on('disconnect', (reason) => {
    if (closed) return
    if (connection.state !== 'refused') become({ state: 'offline' })
    if (reason === 'io server disconnect' && connection.state !== 'refused') knockAgain()
  })

  return {
    get connection() {
      return connection
    },
    onConnection(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onNews: (event, listener) => void socket.on(event, listener),
    online: (signal) =>
      new Promise((resolve, reject) => {
        const settle = (now: Connection) => {
          if (now.state === 'online') resolve(now.welcome)
          else if (now.state === 'refused') reject(now.refusal)
          else return false
          leave()
          return true
        }
        const stop = () => {
          leave()
          reject(signal?.reason)
        }
        const leave = () => {
          listeners.delete(settle)
          signal?.removeEventListener('abort', stop)
        }
        if (signal?.aborted) return reject(signal.reason)
        if (settle(connection)) return
        listeners.add(settle)
        signal?.addEventListener('abort', stop, { once: true })
      }),
    ask: async (question, request, piece) => {
      if (connection.state !== 'online') return 'lost'
      const answer = await put(question, request, piece)
      if (answer !== 'lost' && !answer.ok && answer.code === 'unavailable') noticeLoss(answer.code)
      return answer
    },
    greetAgain: () => {
      if (connection.state === 'online') void sayHello()
    },
    close: () => {
      closed = true
      clearTimeout(timer)
      socket.disconnect()
      become({ state: 'offline' })
    },
  }
}
