/** The dashboard's line to the orchestrator: hello with the operator's token, the floor as it changes, and what may be done. */
import {
  Floor,
  type KioskClosure,
  type KioskId,
  type NodeId,
  operatorMessages,
  PROTOCOL_VERSION,
  type Refusal,
  refuse,
  type VisitId,
  type VisitStory,
} from '@fanreel/protocol'
import { io } from 'socket.io-client'
import type { z } from 'zod'

export type OperatorState =
  | { phase: 'connecting' }
  | { phase: 'refused'; code: Refusal['code'] }
  | { phase: 'online' | 'away'; eventName: string; floor: Floor }

type Messages = typeof operatorMessages
type AnswerTo<Q extends keyof Messages> = z.infer<Messages[Q]['answer']>

export type OperatorLink = {
  getState(): OperatorState
  subscribe(listener: () => void): () => void
  find(visitId: VisitId): Promise<{ ok: true; story: VisitStory } | Refusal>
  pickup(visitId: VisitId): Promise<{ ok: true; pickupUrl: string } | Refusal>
  retry(visitId: VisitId): Promise<{ ok: true } | Refusal>
  remove(visitId: VisitId): Promise<{ ok: true } | Refusal>
  pause(paused: boolean): Promise<{ ok: true } | Refusal>
  /** Closes one kiosk, or, without `closed`, opens it. */
  closeKiosk(kioskId: KioskId, closed: KioskClosure | undefined): Promise<{ ok: true } | Refusal>
  /** Lets a node that was drained after faults of its own work again. */
  reinstate(nodeId: NodeId): Promise<{ ok: true } | Refusal>
  close(): void
}

const ANSWER_MS = 8_000
const HELLO_RETRY_MS = 2_000

/** @param url the orchestrator's origin */
export const openOperatorLink = ({ url, eventId, token }: { url: string; eventId: string; token: string }): OperatorLink => {
  const socket = io(`${url}/operator`, { transports: ['websocket'], forceNew: true, reconnectionDelayMax: 5_000 })
  const listeners = new Set<() => void>()
  let state: OperatorState = { phase: 'connecting' }
  const become = (next: OperatorState) => {
    state = next
    for (const listener of listeners) listener()
  }
  const ask = async <Q extends keyof Messages>(question: Q, request: z.input<Messages[Q]['request']>): Promise<AnswerTo<Q>> => {
    const raw: unknown = await socket
      .timeout(ANSWER_MS)
      .emitWithAck(question, request)
      .catch(() => refuse('unavailable'))
    const parsed = operatorMessages[question].answer.safeParse(raw)
    return (parsed.success ? parsed.data : refuse('bad-message')) as AnswerTo<Q>
  }
  const sayHello = async () => {
    const answer = await ask('operator:hello', { protocol: PROTOCOL_VERSION, eventId, token })
    if (answer.ok) return become({ phase: 'online', eventName: answer.eventName, floor: answer.floor })
    if (!answer.retryable) {
      become({ phase: 'refused', code: answer.code })
      socket.disconnect()
    } else if (socket.connected) setTimeout(() => void sayHello(), HELLO_RETRY_MS)
  }
  socket.on('connect', () => void sayHello())
  socket.on('disconnect', (reason) => {
    if (state.phase === 'online') become({ ...state, phase: 'away' })
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), HELLO_RETRY_MS)
  })
  socket.on('connect_error', () => {
    // Turned away by the server it does not try again by itself.
    if (!socket.active) setTimeout(() => socket.connect(), HELLO_RETRY_MS)
  })
  socket.on('floor:changed', (payload: unknown) => {
    const parsed = Floor.safeParse(payload)
    if (parsed.success && state.phase === 'online') become({ ...state, floor: parsed.data })
  })
  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    find: (visitId) => ask('visit:find', { eventId, visitId }),
    pickup: (visitId) => ask('visit:pickup', { eventId, visitId }),
    retry: (visitId) => ask('visit:retry', { eventId, visitId }),
    remove: (visitId) => ask('visit:delete', { eventId, visitId }),
    pause: (paused) => ask('event:pause', { eventId, paused }),
    closeKiosk: (kioskId, closed) => ask('kiosk:close', { eventId, kioskId, ...(closed && { closed }) }),
    reinstate: (nodeId) => ask('node:reinstate', { eventId, nodeId }),
    close: () => {
      for (const event of ['disconnect', 'connect_error']) socket.removeAllListeners(event)
      socket.disconnect()
    },
  }
}
