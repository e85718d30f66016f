/**
 * Serves one message catalogue on one socket.io namespace: what the kiosk, node and operator sockets share. Whatever a
 * peer sends is parsed here, once, and answered with the catalogue's answer or a named refusal; a handler sees only
 * values it may trust.
 */
import { type Code, PROTOCOL_VERSION, type Refusal, refuse } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Namespace, Socket } from 'socket.io'
import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import { addressOf, createCrowd } from './address.ts'
import { createBucket } from './bucket.ts'

/** Every message of a namespace by name: what is asked and what is answered. */
export type Catalogue = Record<string, { request: z.ZodType<{ eventId: string }>; answer: z.ZodType }>
type Request<M extends Catalogue, K extends keyof M> = z.output<M[K]['request']>
type Answer<M extends Catalogue, K extends keyof M> = z.input<M[K]['answer']> | Refusal

/** Who speaks, once greeted. */
export type Call<Peer> = { peer: Peer; socket: Socket }

/** A greeting: a peer that is let in with its welcome, or why not. `peerId` stays the same for the socket's life. */
export type Greeting<Peer, Welcome> = { peer: Peer; peerId: string; welcome: Welcome }

export type NamespaceOptions<M extends Catalogue, Hello extends keyof M & string, Pieces extends keyof M & string, Peer> = {
  namespace: Namespace
  messages: M
  /** The message that must come first. Its version and event are checked before `greet` is asked. */
  hello: Hello
  /** Messages that travel with exactly one binary argument. */
  pieces?: readonly Pieces[]
  eventId: string
  clock: Clock
  log: Logger
  /** Lets a peer in or refuses it. Asked again when the same peer repeats its hello. */
  greet: (request: Request<M, Hello>, socket: Socket) => Promise<Greeting<Peer, Answer<M, Hello>> | Refusal>
  handlers: {
    [K in Exclude<keyof M & string, Hello>]: (
      call: Call<Peer>,
      request: Request<M, K>,
      piece: K extends Pieces ? Buffer : undefined,
    ) => Promise<Answer<M, K>> | Answer<M, K>
  }
  /** Called once for each peer that was let in, when its socket has closed. */
  /** `signedOff`: the peer itself said that it goes; otherwise its connection was lost. */
  left?: (peer: Peer, socket: Socket, signedOff: boolean) => void
  /** Tells of peers whose token is worth nothing any more: their sockets are closed (A8). */
  onRevoked?: (listener: (peerId: string) => void) => void
  /** Messages a second, sustained, and how many at once. */
  rate?: { perSecond: number; burst: number }
  /** Told of every answered message: its name (`unknown` for none of ours), and `ok` or the refusal's code. */
  observe?: (message: string, outcome: Code | 'ok') => void
  /** A socket that has not said hello by then is closed, in milliseconds. */
  helloTimeoutMs?: number
  /** How many sockets of one address may be without their hello. */
  maxUngreeted?: number
}

/** Refusals after which nothing this socket may say can be of use (A1). */
const FINAL: ReadonlySet<Code> = new Set(['protocol-version', 'event-unknown', 'unauthorised'])
/** How many refusals for its rate a socket may collect, at once and in each second, before it is closed (A5). */
const PATIENCE = { burst: 1_000, perSecond: 5 }
/** Sockets of one address that have not said hello yet: a venue that comes back at once, and no flood of the silent. */
const MAX_UNGREETED = 250

const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'ok' in value && value.ok === false && 'code' in value

/** The version a hello names, read before anything else of it: an older peer's hello may have another shape. */
const versionOf = (payload: unknown): unknown =>
  typeof payload === 'object' && payload !== null && 'protocol' in payload ? payload.protocol : undefined

/** Starts serving; every socket that connects to the namespace from now on is held to the catalogue. */
export const serveNamespace = <
  M extends Catalogue,
  Hello extends keyof M & string,
  Peer,
  Pieces extends keyof M & string = never,
>(
  options: NamespaceOptions<M, Hello, Pieces, Peer>,
): void => {
  const { namespace, messages, hello, eventId, clock, log, greet, left } = options
  /** The one place where the handlers' own types are let go of: each is called with what its schema has parsed. */
  const handlers = options.handlers as unknown as Record<string, (call: Call<Peer>, request: unknown, piece?: Buffer) => unknown>
  const pieces: ReadonlySet<string> = new Set(options.pieces ?? [])

  const peerIds = new Map<Socket, string>()
  options.onRevoked?.((revoked) => {
    for (const [socket, peerId] of peerIds) if (peerId === revoked) socket.disconnect(true)
  })
  const ungreeted = createCrowd(options.maxUngreeted ?? MAX_UNGREETED)

  namespace.use((socket, next) => next(ungreeted.hasRoom(addressOf(socket.request)) ? undefined : new Error('overloaded')))
  namespace.on('connection', (socket) => {
    const noLongerUngreeted = ungreeted.enter(addressOf(socket.request))
    // Others came in the same moment.
    if (!noLongerUngreeted) return socket.disconnect(true)
    const bucket = createBucket(options.rate ?? { perSecond: 100, burst: 200 }, clock)
    const patience = createBucket(PATIENCE, clock)
    let floods = false
    let greeted: { peer: Peer; peerId: string } | undefined
    /** Hellos are answered one after the other; messages sent right behind one wait for it. */
    let greeting: Promise<unknown> = Promise.resolve()
    const helloTimer = setTimeout(() => socket.disconnect(true), options.helloTimeoutMs ?? 10_000)
    helloTimer.unref()

    const onHello = async (payload: unknown): Promise<unknown> => {
      const version = versionOf(payload)
      if (typeof version === 'number' && version !== PROTOCOL_VERSION) {
        return refuse('protocol-version', { protocol: PROTOCOL_VERSION })
      }
      const parsed = messages[hello]?.request.safeParse(payload)
      if (!parsed?.success) return refuse('bad-message')
      if (parsed.data.eventId !== eventId) return refuse('event-unknown')
      const result = await greet(parsed.data as Request<M, Hello>, socket)
      if (isRefusal(result)) return result
      // One peer for a socket's life (A2).
      const known = greeted
      if (known && known.peerId !== result.peerId) return refuse('unauthorised')
      clearTimeout(helloTimer)
      noLongerUngreeted()
      greeted = { peer: result.peer, peerId: result.peerId }
      if (socket.connected) peerIds.set(socket, result.peerId)
      if (!socket.connected && !known) left?.(result.peer, socket, false)
      return result.welcome
    }

    const onMessage = async (name: string, payload: unknown, piece: Buffer | undefined): Promise<unknown> => {
      await greeting
      // Whoever it says it is: first its hello (A1, N1).
      if (!greeted) return refuse('hello-first')
      const parsed = messages[name]?.request.safeParse(payload)
      if (!parsed?.success) return refuse('bad-message')
      if (parsed.data.eventId !== eventId) return refuse('event-unknown')
      return handlers[name]?.({ peer: greeted.peer, socket }, parsed.data, piece)
    }

    const answerTo = (name: unknown, args: readonly unknown[]): Promise<unknown> | Refusal => {
      if (!bucket.take()) {
        floods ||= !patience.take()
        return refuse('rate-limited')
      }
      if (typeof name !== 'string' || !Object.hasOwn(messages, name)) return refuse(greeted ? 'unknown-message' : 'hello-first')
      const [payload, piece, ...more] = args
      if (more.length > 0) return refuse('bad-message')
      if (pieces.has(name) ? !Buffer.isBuffer(piece) : piece !== undefined) return refuse('bad-message')
      if (name !== hello) return onMessage(name, payload, Buffer.isBuffer(piece) ? piece : undefined)
      const answer = greeting.then(() => onHello(payload))
      greeting = answer.catch(() => undefined)
      return answer
    }

    socket.onAny((name: unknown, ...args: unknown[]) => {
      const last = args.at(-1)
      const acknowledge = typeof last === 'function' ? (last as (answer: unknown) => void) : undefined
      const given = acknowledge ? args.slice(0, -1) : args
      const startedAt = clock.now()
      const message = typeof name === 'string' && Object.hasOwn(messages, name) ? name : 'unknown'
      const finish = (answer: unknown) => {
        acknowledge?.(answer)
        options.observe?.(message, isRefusal(answer) ? answer.code : 'ok')
        const final = isRefusal(answer) && FINAL.has(answer.code) && (!greeted || name === hello)
        if (final || floods) socket.disconnect(true)
      }
      Promise.resolve()
        .then(() => answerTo(name, given))
        .then(finish)
        .catch((error: unknown) => {
          // A fault's code goes out, its text stays here (A4).
          const refusal = refusalOf(error)
          log.error({ err: error, message, code: refusal.code, ms: clock.now() - startedAt }, 'message failed')
          finish(refusal)
        })
    })

    socket.on('disconnect', (reason) => {
      clearTimeout(helloTimer)
      noLongerUngreeted()
      peerIds.delete(socket)
      if (greeted) left?.(greeted.peer, socket, reason === 'client namespace disconnect')
    })
  })
}
