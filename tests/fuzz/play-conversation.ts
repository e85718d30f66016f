/** Holds a conversation over a real socket and looks at every answer: the catalogue's, a refusal by code, or a connection that is closed. */
import { Refusal } from '@fanreel/protocol'
import { io, type Socket } from 'socket.io-client'
import { z } from 'zod'
import type { Conversation, Step } from './conversation.ts'
import { CATALOGUES, goodMessage, type PeerKind, type Standing } from './good-messages.ts'
import { mutated } from './hostile-values.ts'
import type { Tally } from './tally.ts'

/** What came of a message: its answer, or that the connection was closed under it. */
type Outcome = { answer: unknown } | 'closed'

/** An answer may take this long on a busy machine, in milliseconds. */
const ANSWER_MS = 30_000
/** What a peer may be told by a server that is well. */
const UNEXPECTED: ReadonlySet<string> = new Set(['internal', 'unavailable'])

const Opened = z.object({ ok: z.literal(true), uploadId: z.string(), offset: z.number() })
const Stored = z.object({ ok: z.literal(true), offset: z.number() })

export type Peer = { kind: PeerKind; url: string; eventId: string; peerId: string; token: string; address: string }

const dial = (peer: Peer): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = io(new URL(`/${peer.kind}`, peer.url).href, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders: { 'x-forwarded-for': peer.address },
    })
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', reject)
  })

/** @throws Error where the answer is none that this peer may be given */
const judge = (kind: PeerKind, name: string, answer: unknown): string => {
  const catalogue = CATALOGUES[kind] as Record<string, { answer: z.ZodType }>
  const schema = Object.hasOwn(catalogue, name) ? catalogue[name]?.answer : Refusal
  if (!schema?.safeParse(answer).success) throw new Error(`${name} was answered with ${JSON.stringify(answer)}`)
  const refusal = Refusal.safeParse(answer)
  if (!refusal.success) return 'ok'
  if (UNEXPECTED.has(refusal.data.code)) throw new Error(`${name} was refused with ${refusal.data.code}`)
  return refusal.data.code
}

/** Holds the whole conversation, over a new connection whenever one was closed. @throws Error for whatever must not be */
export const play = async (peer: Peer, { visit, steps, atOnce }: Conversation, tally: Tally): Promise<void> => {
  const { kind, eventId, peerId, token } = peer
  const standing: Standing = {
    ...{ eventId, peerId, token },
    visitId: visit.id,
    pickupToken: visit.token,
    clip: visit.clip,
    uploadId: `${visit.id}-${'0'.repeat(32)}`,
    offset: 0,
  }
  /** A node takes whatever it is offered, and speaks of that from then on. */
  const dialled = async (): Promise<Socket> => {
    const made = await dial(peer)
    made.on('render:offer', (offer: { renderId: string; leaseToken: string }, answer: (accepted: unknown) => void) => {
      standing.lease = { renderId: offer.renderId, leaseToken: offer.leaseToken }
      tally.leased()
      answer({ accept: true })
    })
    return made
  }
  let socket = await dialled()

  const ask = (name: string, args: unknown[]): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const asked = socket
      if (!asked.connected) return resolve('closed')
      const closed = () => end(() => resolve('closed'))
      const timer = setTimeout(() => end(() => reject(new Error(`${name} was never answered`))), ANSWER_MS)
      const end = (act: () => void) => {
        clearTimeout(timer)
        asked.off('disconnect', closed)
        act()
      }
      asked.once('disconnect', closed)
      asked.emit(name, ...args, (answer: unknown) => end(() => resolve({ answer })))
    })
  const look = (name: string, outcome: Outcome) => tally.note(outcome === 'closed' ? 'closed' : judge(kind, name, outcome.answer))

  const good = async (name: string): Promise<void> => {
    const { payload, piece } = goodMessage(kind, name, standing)
    const outcome = await ask(name, piece ? [payload, piece] : [payload])
    look(name, outcome)
    if (outcome === 'closed') return
    const opened = Opened.safeParse(outcome.answer)
    if (opened.success) Object.assign(standing, { uploadId: opened.data.uploadId, offset: opened.data.offset })
    else if (name === 'upload:chunk') standing.offset = Stored.safeParse(outcome.answer).data?.offset ?? standing.offset
  }
  /** A frame has no answer of its own: what is asked behind it shows that the connection is well, or was closed. */
  const raw = async (frame: string | Buffer): Promise<void> => {
    socket.io.engine.write(frame as string)
    look('after-a-frame', await ask('after-a-frame', []))
  }
  const bent = async (step: Step & { kind: 'bent' }): Promise<void> => {
    const { payload, piece } = goodMessage(kind, step.name, standing)
    const own = piece ? [piece] : []
    const pieces = step.piece === 'own' ? own : step.piece === 'none' ? [] : step.piece
    const args = [mutated(payload, step.changes), ...pieces, ...step.more]
    if (step.acknowledged) return look(step.name, await ask(step.name, args))
    if (socket.connected) socket.emit(step.name, ...args)
    tally.note('unacknowledged')
  }
  const take = (step: Step): Promise<void> => {
    switch (step.kind) {
      case 'good':
        return good(step.name)
      case 'bent':
        return bent(step)
      case 'odd':
        return ask(step.name, step.args).then((outcome) => look(step.name, outcome))
      case 'raw':
        return raw(step.frame)
    }
  }

  const pending: Promise<void>[] = []
  try {
    for (const step of steps) {
      if (!socket.connected) {
        socket = await dialled()
        // Who was cut off begins again as it should: behind the hello there is more to break.
        if (step.kind !== 'good') await good(`${kind}:hello`)
      }
      const taken = take(step)
      pending.push(taken)
      // Its fault is found below, with the others'.
      taken.catch(() => undefined)
      if (!atOnce || step.kind === 'good') await taken
    }
    await Promise.all(pending)
  } finally {
    socket.disconnect()
  }
}
