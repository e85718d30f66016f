/**
 * The node's one connection: dials the orchestrator, says hello first after every connect, and turns messages into
 * typed requests. Knows nothing of rendering.
 */
import {
  type NodeHello,
  NodeWelcome,
  nodeMessages,
  nodeNews,
  type Offer,
  type OfferAnswer,
  type Refusal,
  refuse,
} from '@fanreel/protocol'
import { io } from 'socket.io-client'
import type { z } from 'zod'

type Messages = typeof nodeMessages
type RequestOf<K extends keyof Messages> = z.infer<Messages[K]['request']>
type AnswerOf<K extends keyof Messages> = z.infer<Messages[K]['answer']>

export type LinkHandlers = {
  /** Made anew for each connect, since it names the leases that run just then. */
  hello(): NodeHello
  onWelcome(welcome: NodeWelcome): void
  onOffer(offer: Offer): OfferAnswer
  onRevoke(leaseToken: string): void
  /** The orchestrator will not have this node: wrong token, version or event. Dialling goes on, slowly. */
  onRefused(refusal: Refusal): void
  onLost(): void
}

export type Link = {
  /** Sends one message and waits for its answer. Answers `unavailable` where no answer comes in `timeoutMs`. */
  request<K extends keyof Messages>(name: K, payload: RequestOf<K>, timeoutMs?: number): Promise<AnswerOf<K> | Refusal>
  readonly connected: boolean
  close(): void
}

const ANSWER_MS = 5_000
const REDIAL_MS = 2_000

/** Opens the link; it reconnects by itself, with back-off and jitter, until closed. */
export const openLink = (url: string, handlers: LinkHandlers): Link => {
  const socket = io(new URL('/node', url).href, {
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 0.5,
  })
  let welcomed = false
  let closed = false

  /** socket.io dials again by itself when a connection broke, but not when one side hung up or the server turned it away. */
  const redial = () => {
    setTimeout(() => !closed && socket.connect(), REDIAL_MS)
  }

  const request: Link['request'] = async (name, payload, timeoutMs = ANSWER_MS) => {
    if (!socket.connected || (!welcomed && name !== 'node:hello')) return refuse('unavailable')
    try {
      const answer: unknown = await socket.timeout(timeoutMs).emitWithAck(name, payload)
      const parsed = nodeMessages[name].answer.safeParse(answer)
      return parsed.success ? (parsed.data as AnswerOf<typeof name>) : refuse('bad-message')
    } catch {
      // socket.io rejects only when no answer came in time or the socket closed first.
      return refuse('unavailable')
    }
  }

  socket.on('connect', async () => {
    const answer = await request('node:hello', handlers.hello())
    const welcome = NodeWelcome.safeParse(answer)
    if (welcome.success) {
      welcomed = true
      handlers.onWelcome(welcome.data)
      return
    }
    if (!answer.ok) handlers.onRefused(answer)
    // A connection that broke in mid-hello is made anew already, and hanging up would put an end to that.
    if (socket.connected) socket.disconnect()
  })
  socket.on('disconnect', (reason) => {
    welcomed = false
    handlers.onLost()
    if (!closed && (reason === 'io server disconnect' || reason === 'io client disconnect')) redial()
  })
  socket.on('connect_error', () => {
    if (!closed && !socket.active) redial()
  })
  socket.on('render:offer', (payload: unknown, answer: unknown) => {
    const offer = nodeNews['render:offer'].request.safeParse(payload)
    if (typeof answer !== 'function') return
    answer(offer.success ? handlers.onOffer(offer.data) : { accept: false, reason: 'unfit' })
  })
  socket.on('render:revoke', (payload: unknown) => {
    const revoke = nodeNews['render:revoke'].request.safeParse(payload)
    if (revoke.success) handlers.onRevoke(revoke.data.leaseToken)
  })

  return {
    request,
    get connected() {
      return welcomed
    },
    close: () => {
      closed = true
      socket.disconnect()
    },
  }
}
