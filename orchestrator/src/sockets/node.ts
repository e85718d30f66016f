/** Namespace `/node`: GPU nodes dial in, say what they can do, are offered work and report on it. */
import {
  type Code,
  type EventId,
  nodeMessages,
  nodeNews,
  OfferAnswer,
  PROTOCOL_VERSION,
  REEL_CODES,
  type Refusal,
  type RenderResult,
  refuse,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Namespace, Socket } from 'socket.io'
import type { PeerTokens } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { LeaseClaim } from '../dispatch/lease-guard.ts'
import type { LeaseKeeper } from '../dispatch/lease-keeper.ts'
import type { NodeRegistry } from '../dispatch/node-registry.ts'
import { createNodeSession, type NodeLine, type NodeSession } from '../dispatch/node-session.ts'
import type { PaidOrders } from '../dispatch/paid-orders.ts'
import type { Briefs } from '../dispatch/render-brief.ts'
import type { Results } from '../dispatch/results.ts'
import { isRefusal } from '../visits/visit-state.ts'
import { serveNamespace } from './namespace.ts'

/** Codes after which a lease is over whatever the node does. */
const LEASE_OVER: ReadonlySet<Code> = new Set(['lease-lost', 'render-cancelled'])
/** A result refused with one of these was the attempt's end. */
const RESULT_OVER: ReadonlySet<Code> = new Set(REEL_CODES)

const lineOf = (socket: Socket, eventId: EventId, offerMs: number): NodeLine => ({
  offer: async (offer) => OfferAnswer.parse(await socket.timeout(offerMs).emitWithAck('render:offer', offer)),
  revoke: (leaseToken, code) => {
    socket.emit('render:revoke', nodeNews['render:revoke'].request.parse({ eventId, leaseToken, code }))
  },
  hangUp: () => {
    socket.disconnect(true)
  },
})

export const serveNodes = (options: {
  namespace: Namespace
  eventId: EventId
  tokens: PeerTokens
  registry: NodeRegistry
  leases: LeaseKeeper
  dispatcher: Dispatcher
  briefs: Briefs
  orders: PaidOrders
  results: Results
  /** Whether this instance is on its way out: then it greets nobody. */
  draining: () => boolean
  clock: Clock
  log: Logger
  observe?: (message: string, outcome: string) => void
  /** By which nodes check packs. */
  packKey: string
  offerMs: number
  beatMs: number
  leaseMs: number
}): void => {
  const { namespace, eventId, tokens, registry, leases, dispatcher, briefs, orders, results, draining, clock, log } = options
  const greeted = new WeakMap<Socket, NodeSession>()
  /** The lease is over: its slot is free. One that was shown for another render is not. */
  const over = (session: NodeSession, { renderId, leaseToken }: LeaseClaim): void => {
    if (session.held.get(leaseToken)?.renderId === renderId) session.drop(leaseToken)
    registry.note(session)
    dispatcher.wake()
  }

  /** Whatever it was that a node asked for its lease: a refusal that ends the lease frees the slot. */
  const noting = async <A extends { ok: true } | Refusal>(
    session: NodeSession,
    claim: LeaseClaim,
    work: Promise<A>,
  ): Promise<A> => {
    const answer = await work
    if (isRefusal(answer) && LEASE_OVER.has(answer.code)) over(session, claim)
    return answer
  }

  serveNamespace({
    namespace,
    messages: nodeMessages,
    hello: 'node:hello',
    onRevoked: (listener) => tokens.onRevoked(eventId, 'node', listener),
    eventId,
    clock,
    log,
    ...(options.observe && { observe: options.observe }),
    greet: async (hello, socket) => {
      const { nodeId, version, tiers, engines, slots, cloudSlots, running } = hello
      if (draining()) return refuse('draining')
      const [isOurs, isDrained] = await Promise.all([
        tokens.check(eventId, 'node', nodeId, hello.token),
        registry.isDrained(nodeId),
      ])
      if (!isOurs) return refuse('unauthorised')
      // A hello that is said again over the same socket greets the same session.
      const session =
        greeted.get(socket) ??
        createNodeSession(
          { nodeId, version, tiers, engines, slots, cloudSlots, joinedAt: clock.now() },
          lineOf(socket, eventId, options.offerMs),
          options.leaseMs,
          () => registry.strike(nodeId, 'lease-lost'),
        )
      if (session.nodeId !== nodeId) return refuse('unauthorised')
      greeted.set(socket, session)
      session.bar(isDrained)
      const { keep, revoke } = await leases.resume(session, running)
      registry.join(session)
      log.info({ nodeId, slots, cloudSlots, kept: keep.length, revoked: revoke.length, isDrained }, 'node joined')
      return {
        peer: session,
        peerId: nodeId,
        welcome: {
          ok: true,
          protocol: PROTOCOL_VERSION,
          eventId,
          serverTime: clock.now(),
          packKey: options.packKey,
          beatMs: options.beatMs,
          keep,
          revoke,
        },
      }
    },
    left: (session) => {
      if (registry.leave(session)) log.info({ nodeId: session.nodeId, held: session.held.size }, 'node left')
      leases.closed(session)
    },
    handlers: {
      'node:ready': ({ peer }, { free, freeCloud }) => {
        peer.ready(free, clock.now(), freeCloud)
        dispatcher.wake()
        return { ok: true }
      },
      'node:drain': ({ peer }) => {
        peer.drain()
        registry.note(peer)
        log.info({ nodeId: peer.nodeId, held: peer.held.size }, 'node drains')
        return { ok: true }
      },
      'render:brief': ({ peer }, claim) => noting(peer, claim, briefs.brief(peer.nodeId, claim)),
      'render:put': ({ peer }, request) => noting(peer, request, briefs.put(peer.nodeId, request)),
      'render:order': ({ peer }, order) => noting(peer, order, orders.order(peer.nodeId, order)),
      'render:beat': ({ peer }, beat) => noting(peer, beat, leases.beat(peer, beat)),
      'render:give-back': async ({ peer }, claim) => {
        const answer = await leases.giveBack(peer, claim)
        over(peer, claim)
        return answer
      },
      'render:failed': async ({ peer }, failure) => {
        const answer = await results.failed(peer.nodeId, failure)
        over(peer, failure)
        return answer
      },
      'render:result': async ({ peer }, result: RenderResult) => {
        const answer = await noting(peer, result, results.result(peer.nodeId, result))
        if (answer.ok || RESULT_OVER.has(answer.code)) over(peer, result)
        return answer
      },
    },
  })
}
