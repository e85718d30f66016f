/**
 * The kiosks' namespace: hello, visits, uploads. A kiosk sees and touches its own visits only; what it must know
 * unasked (a visit changed, the event's status, a clip to let go of) is pushed to it.
 */

import type { EventStatus } from '@fanreel/protocol'
import {
  type EventId,
  type KioskId,
  type KioskTrouble,
  kioskMessages,
  PROTOCOL_VERSION,
  type Refusal,
  refuse,
  type VisitId,
  type VisitView,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Namespace, Socket } from 'socket.io'
import type { PeerTokens } from '../access/contract.ts'
import type { ShortCodes } from '../access/short-codes.ts'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { Settings } from '../event/event-settings.ts'
import type { Broadcast } from '../status/broadcast.ts'
import { type KioskPresence, PRESENCE_MS } from '../status/kiosk-presence.ts'
import type { Uploads } from '../uploads/uploads.ts'
import { isRefusal } from '../visits/visit-state.ts'
import { RELEASED, type Visits } from '../visits/visits.ts'
import { type Bucket, createBucket } from './bucket.ts'
import { serveNamespace } from './namespace.ts'
import { createViewTeller } from './tell-view.ts'

/** Pieces of 256 KiB on a fast network, and room for everything else. */
const RATE = { perSecond: 400, burst: 800 }
/** Visits that one kiosk begins in the long run: no queue of people is as fast. */
const STARTS_PER_SECOND = 1
/** How many visits one kiosk watches at once: far more than stand on its screen. */
const MAX_WATCHED = 100

type Kiosk = {
  kioskId: KioskId
  version: string
  /** When this connection was greeted first, in milliseconds since the epoch. */
  joinedAt: number
  /** Visits whose clip it still holds, as far as we know: those of its hello, and those it has opened an upload for since. */
  holding: Set<VisitId>
  trouble: KioskTrouble | undefined
  watched: Map<VisitId, () => void>
  /** Undefined once its socket has closed: nothing is noted of it any more. */
  presence: NodeJS.Timeout | undefined
}

const roomOf = (kioskId: KioskId): string => `kiosk:${kioskId}`
const GREETED = 'greeted'

/** Starts serving; answers how to stop pushing. */
export const serveKiosks = (options: {
  namespace: Namespace
  eventId: EventId
  /** What phones open: `pickupBase` + token, e.g. `https://film.example/v/`. */
  /** By which kiosks check packs. */
  packKey: string
  pickupBase: string
  tokens: PeerTokens
  visits: Visits
  uploads: Uploads
  codes: Pick<ShortCodes, 'codeOf'>
  settings: Settings
  status: Broadcast<EventStatus>
  presence: KioskPresence
  /** How often a kiosk hears again what it was told of its door and the event's, in milliseconds. */
  retellMs: number
  /** Visits that one kiosk may begin at once, as after hours without a network. */
  startsAtOnce: number
  clock: Clock
  log: Logger
  observe?: (message: string, outcome: string) => void
}): (() => void) => {
  const { namespace, eventId, packKey, pickupBase, tokens, visits, uploads, codes, settings, status, presence, clock, log } =
    options
  const { observe, retellMs, startsAtOnce } = options
  /** The newest connection of each kiosk: only its end means that the kiosk is gone. */
  const newest = new Map<KioskId, string>()
  const kiosks = new WeakMap<Socket, Kiosk>()
  const starts = new Map<KioskId, Bucket>()
  const mayStart = (kioskId: KioskId): boolean => {
    const bucket = starts.get(kioskId) ?? createBucket({ perSecond: STARTS_PER_SECOND, burst: startsAtOnce }, clock)
    starts.set(kioskId, bucket)
    return bucket.take()
  }
  const noted = (work: Promise<unknown>) => {
    work.catch((error: unknown) => log.warn({ err: error, code: refusalOf(error).code }, 'presence not noted'))
  }

  const note = async ({ kioskId, version, joinedAt, holding, trouble, presence: timer }: Kiosk): Promise<void> => {
    if (timer) await presence.seen({ kioskId, version, joinedAt, holding: holding.size, ...(trouble && { trouble }) })
  }
  /** What it may let go of it is told of and holds no longer, watched or not (V12). */
  const noteReleased = async (kiosk: Kiosk, socket: Socket): Promise<void> => {
    for (const visitId of await visits.release([...kiosk.holding])) {
      kiosk.holding.delete(visitId)
      socket.emit('visit:release', { eventId, visitId })
    }
    await note(kiosk)
  }
  const unwatch = ({ watched }: Kiosk, visitId: VisitId) => {
    watched.get(visitId)?.()
    watched.delete(visitId)
  }
  const holds = (kiosk: Kiosk, visitId: VisitId) => {
    if (kiosk.holding.has(visitId)) return
    kiosk.holding.add(visitId)
    noted(note(kiosk))
  }
  const letGo = (kiosk: Kiosk, visitId: VisitId) => {
    if (kiosk.holding.delete(visitId)) noted(note(kiosk))
  }

  /** The kiosk behind a socket, made once: a repeated hello keeps what it watches. */
  const kioskOn = (socket: Socket, hello: Pick<Kiosk, 'kioskId' | 'version' | 'joinedAt' | 'holding'>): Kiosk => {
    const known = kiosks.get(socket)
    if (known) {
      known.holding = hello.holding
      return known
    }
    const { kioskId, version, joinedAt, holding } = hello
    const kiosk: Kiosk = { kioskId, version, joinedAt, holding, trouble: undefined, watched: new Map(), presence: undefined }
    kiosk.presence = setInterval(() => noted(noteReleased(kiosk, socket)), PRESENCE_MS)
    kiosks.set(socket, kiosk)
    newest.set(kioskId, socket.id)
    return kiosk
  }

  /** Runs on a visit of this kiosk; for any other kiosk the visit does not exist (rule A3). */
  const onOwn = async (kiosk: Kiosk, visitId: VisitId, work: () => Promise<VisitView | Refusal | undefined>) => {
    const visit = await visits.get(visitId)
    if (visit?.kioskId !== kiosk.kioskId) return refuse('visit-unknown')
    return shown(await work())
  }
  const shown = (result: VisitView | Refusal | undefined) => {
    if (!result) return refuse('visit-unknown')
    return isRefusal(result) ? result : { ok: true as const, visit: result }
  }

  serveNamespace({
    namespace,
    messages: kioskMessages,
    hello: 'kiosk:hello',
    onRevoked: (listener) => tokens.onRevoked(eventId, 'kiosk', listener),
    pieces: ['upload:chunk'],
    eventId,
    clock,
    log,
    rate: RATE,
    ...(observe && { observe }),
    async greet(hello, socket) {
      const { kioskId, version } = hello
      if (!(await tokens.check(eventId, 'kiosk', kioskId, hello.token))) return refuse('unauthorised')
      const [current, now, release, closed] = await Promise.all([
        settings.read(),
        status.current(),
        visits.release(hello.holding),
        presence.closureOf(kioskId),
      ])
      // What it is told to let go of in this answer it holds no longer.
      const holding = new Set(hello.holding)
      for (const visitId of release) holding.delete(visitId)
      const joinedAt = kiosks.get(socket)?.joinedAt ?? clock.now()
      await presence.seen({ kioskId, version, joinedAt, holding: holding.size })
      await socket.join([GREETED, roomOf(kioskId)])
      return {
        peer: kioskOn(socket, { kioskId, version, joinedAt, holding }),
        peerId: kioskId,
        welcome: {
          ok: true,
          protocol: PROTOCOL_VERSION,
          eventId,
          eventName: current.name,
          serverTime: clock.now(),
          status: now,
          ...(closed && { closed }),
          packs: current.packs,
          packKey,
          purposes: current.purposes,
          release,
          pickupBase,
          maxTakes: current.maxTakes,
          keepDays: current.keepDays,
        },
      }
    },
    left(kiosk, socket, signedOff) {
      clearInterval(kiosk.presence)
      kiosk.presence = undefined
      for (const stop of kiosk.watched.values()) stop()
      if (newest.get(kiosk.kioskId) !== socket.id) return
      newest.delete(kiosk.kioskId)
      noted(presence.gone(kiosk, signedOff))
    },
    handlers: {
      'kiosk:report': async ({ peer }, { trouble }) => {
        peer.trouble = trouble
        await note(peer)
        return { ok: true }
      },
      'visit:start': async ({ peer: { kioskId } }, request) =>
        mayStart(kioskId) ? shown(await visits.start({ ...request, kioskId })) : refuse('rate-limited'),
      'visit:retake': ({ peer }, { visitId }) => onOwn(peer, visitId, () => visits.retake(visitId)),
      'visit:cancel': ({ peer }, { visitId }) => onOwn(peer, visitId, () => visits.cancel(visitId)),
      'visit:watch': ({ peer, socket }, { visitId }) =>
        onOwn(peer, visitId, () => {
          if (!peer.watched.has(visitId) && socket.connected) {
            // The visit it asks for now stands on its screen (V12).
            const [longest] = peer.watched.keys()
            if (peer.watched.size >= MAX_WATCHED && longest !== undefined) unwatch(peer, longest)
            const tell = createViewTeller(socket)
            const stop = visits.watch(visitId, (view) => {
              tell(view)
              if (RELEASED.has(view.state)) letGo(peer, visitId)
            })
            peer.watched.set(visitId, stop)
          }
          return visits.view(visitId)
        }),
      'visit:unwatch': ({ peer }, { visitId }) => {
        unwatch(peer, visitId)
        return { ok: true }
      },
      'visit:code': async ({ peer }, { visitId }) => {
        const visit = await visits.get(visitId)
        if (visit?.kioskId !== peer.kioskId) return refuse('visit-unknown')
        // A code of a visit that is over would lead nowhere.
        const code = visit.sealedToken === undefined ? undefined : await codes.codeOf(visit)
        return code ? { ok: true, ...code } : refuse('visit-state')
      },
      'upload:open': async ({ peer, socket }, request) => {
        const answer = await uploads.open({ kioskId: peer.kioskId, connection: socket.id }, request)
        if (answer.ok) holds(peer, request.visitId)
        return answer
      },
      'upload:chunk': ({ peer, socket }, request, piece) =>
        uploads.chunk({ kioskId: peer.kioskId, connection: socket.id }, request, piece),
      'upload:commit': ({ peer, socket }, request) => uploads.commit({ kioskId: peer.kioskId, connection: socket.id }, request),
    },
  })

  const stopStatus = status.watch((now) => namespace.to(GREETED).emit('event:status', now))
  const tellClosure = async (kioskId: KioskId) => {
    const closed = await presence.closureOf(kioskId)
    namespace.local.to(roomOf(kioskId)).emit('kiosk:closed', { eventId, kioskId, ...(closed && { closed }) })
  }
  const stopClosures = presence.onClosure((kioskId) => {
    tellClosure(kioskId).catch((error: unknown) =>
      log.warn({ err: error, kioskId, code: refusalOf(error).code }, 'closure goes out with the next round'),
    )
  })
  // A notice can be lost, and a kiosk can say hello while it goes out: nobody may stand before an open door that is none.
  const retelling = setInterval(() => {
    const rounds = [...newest.keys()].map(tellClosure)
    if (rounds.length > 0) rounds.push(status.current().then((now) => void namespace.local.to(GREETED).emit('event:status', now)))
    Promise.all(rounds).catch((error: unknown) =>
      log.debug({ err: error, code: refusalOf(error).code }, 'kiosks hear it the next time'),
    )
  }, retellMs)
  const stopOver = visits.onOver((visitId) => {
    visits
      .get(visitId)
      .then((visit) => visit && namespace.to(roomOf(visit.kioskId)).emit('visit:release', { eventId, visitId }))
      .catch((error: unknown) =>
        log.warn({ err: error, visitId, code: refusalOf(error).code }, 'release goes out with the next hello'),
      )
  })
  return () => {
    clearInterval(retelling)
    stopStatus()
    stopClosures()
    stopOver()
  }
}
