/**
 * A GPU node without a GPU: a real socket that speaks the node's protocol and writes over the real signed addresses. What
 * it does with an offer is the test's to say, so that it can die, lie, fall silent or come back at any step.
 */
import { createHash } from 'node:crypto'
import {
  NODE_OBJECTS,
  type NodeObjectKind,
  type NodeWelcome,
  type nodeMessages,
  type Offer,
  type OfferAnswer,
  PROTOCOL_VERSION,
  type Refusal,
  type RenderTier,
} from '@fanreel/protocol'
import { io, type Socket } from 'socket.io-client'
import type { z } from 'zod'
import { posterOf, reportOf, shotListOf } from './made-reel.ts'

type Messages = typeof nodeMessages
type AnswerOf<K extends keyof Messages> = z.infer<Messages[K]['answer']>
type Lease = Pick<Offer, 'renderId' | 'leaseToken'>

export type FakeNode = {
  readonly nodeId: string
  readonly socket: Socket
  /** Every offer it was made, in order. */
  readonly offers: Offer[]
  /** Lease tokens it was told to drop. */
  readonly revoked: string[]
  /** What it answers to an offer; undefined leaves it unanswered. Accepts by default. */
  onOffer: (offer: Offer) => OfferAnswer | undefined
  ask<K extends keyof Messages>(name: K, payload: Record<string, unknown>): Promise<AnswerOf<K>>
  hello(running?: Lease[]): Promise<NodeWelcome | Refusal>
  ready(free?: number): Promise<unknown>
  beat(lease: Lease, fraction?: number, preview?: string): Promise<AnswerOf<'render:beat'>>
  /** Writes one object under a lease; answers the HTTP status, or the refusal that came instead of an address. */
  put(lease: Lease, kind: NodeObjectKind, body: Buffer): Promise<{ status: number; sha256: string; bytes: number } | Refusal>
  /** Writes reel, poster and shot list and sends the result. */
  deliver(offer: Offer, reel: Buffer): Promise<AnswerOf<'render:result'>>
  /** The result once more, without writing anything. */
  sendResult(lease: Lease, reel: { sha256: string; bytes: number }): Promise<AnswerOf<'render:result'>>
  /** Resolves with the next offer that has not been waited for yet. */
  nextOffer(timeoutMs?: number): Promise<Offer>
  /** Cuts the connection as a pulled cable would: nothing is said. */
  cut(): void
  /** Dials again, over a new connection, to the same or another orchestrator. */
  redial(url?: string): Promise<void>
  close(): void
}

const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

export const createFakeNode = async (options: {
  url: string
  eventId: string
  nodeId: string
  token: string
  slots?: number
  cloudSlots?: number
  tiers?: RenderTier[]
}): Promise<FakeNode> => {
  const { eventId, nodeId, token, slots = 1, cloudSlots = 0, tiers = ['cpu'] } = options
  let url = options.url
  const offers: Offer[] = []
  const revoked: string[] = []
  const waiting: ((offer: Offer) => void)[] = []
  let waitedFor = 0
  let socket: Socket

  const dial = async () => {
    socket = io(new URL('/node', url).href, { transports: ['websocket'], reconnection: false, forceNew: true })
    socket.on('render:offer', (offer: Offer, answer: (answer: OfferAnswer) => void) => {
      offers.push(offer)
      const said = node.onOffer(offer)
      if (said) answer(said)
      waiting.shift()?.(offer)
    })
    socket.on('render:revoke', ({ leaseToken }: { leaseToken: string }) => revoked.push(leaseToken))
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
  }
  const leaseOf = ({ renderId, leaseToken }: Lease) => ({ renderId, leaseToken })

  const node: FakeNode = {
    nodeId,
    get socket() {
      return socket
    },
    offers,
    revoked,
    onOffer: () => ({ accept: true }),
    ask: (name, payload) => socket.timeout(15_000).emitWithAck(name, { eventId, ...payload }),
    hello: (running = []) =>
      node.ask('node:hello', {
        protocol: PROTOCOL_VERSION,
        nodeId,
        token,
        version: 'test',
        tiers,
        engines: ['studio'],
        slots,
        cloudSlots,
        running: running.map(leaseOf),
      }),
    ready: (free = slots) => node.ask('node:ready', { free, freeCloud: cloudSlots }),
    beat: (lease, fraction = 0.5, preview) =>
      node.ask('render:beat', { ...leaseOf(lease), stage: 'draw', fraction, ...(preview !== undefined && { preview }) }),
    put: async (lease, kind, body) => {
      const sha256 = hashOf(body)
      const granted = await node.ask('render:put', { ...leaseOf(lease), kind, sha256, bytes: body.length })
      if (!granted.ok) return granted
      const response = await fetch(new URL(granted.url, url), {
        method: 'PUT',
        body: new Uint8Array(body),
        headers: { 'content-type': NODE_OBJECTS[kind].mime },
      })
      await response.arrayBuffer()
      return { status: response.status, sha256, bytes: body.length }
    },
    sendResult: (lease, reel) =>
      node.ask('render:result', {
        ...leaseOf(lease),
        reel,
        poster: { sha256: hashOf(posterOf()), bytes: posterOf().length },
        shotList: { sha256: hashOf(shotListOf()), bytes: shotListOf().length },
        report: reportOf(),
      }),
    deliver: async (offer, reel) => {
      const parts = [
        ['poster', posterOf()],
        ['shot-list', shotListOf()],
        ['reel', reel],
      ] as const
      // Side by side, as a node does.
      const puts = await Promise.all(parts.map(async ([kind, body]) => [kind, await node.put(offer, kind, body)] as const))
      for (const [kind, put] of puts) {
        if ('ok' in put) return put
        if (put.status >= 300) throw new Error(`PUT ${kind} answered ${put.status}`)
      }
      return node.sendResult(offer, { sha256: hashOf(reel), bytes: reel.length })
    },
    nextOffer: (timeoutMs = 20_000) => {
      const seen = offers[waitedFor]
      waitedFor++
      if (seen) return Promise.resolve(seen)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${nodeId} was offered nothing`)), timeoutMs)
        waiting.push((offer) => {
          clearTimeout(timer)
          resolve(offer)
        })
      })
    },
    cut: () => socket.io.engine.close(),
    redial: async (to = url) => {
      url = to
      await dial()
    },
    close: () => socket.disconnect(),
  }
  await dial()
  return node
}
