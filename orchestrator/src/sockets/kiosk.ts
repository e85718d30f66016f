/**
 * The kiosks' namespace: hello, visits, uploads. A kiosk sees and touches its own visits only; what it must know
 * unasked (a visit changed, the event's status, a clip to let go of) is pushed to it.
 */

import type { EventStatus } from '@fanreel/protocol'
import {
  type EventId,
  type KioskId,
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
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { Settings } from '../event/event-settings.ts'
import type { Broadcast } from '../status/broadcast.ts'
import type { KioskPresence } from '../status/kiosk-presence.ts'
import type { Uploads } from '../uploads/uploads.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { Visits } from '../visits/visits.ts'
import { serveNamespace } from './namespace.ts'

/** Pieces of 256 KiB on a fast network, and room for everything else. */
const RATE = { perSecond: 400, burst: 800 }
/** How often a connected kiosk is noted as still there, in milliseconds. */
const PRESENCE_MS = 20_000
/** How many visits one kiosk may watch at once: far more than stand on its screen. */
const MAX_WATCHED = 100
const PROGRESSING: ReadonlySet<VisitView['state']> = new Set(['queued', 'rendering'])

type Kiosk = {
  kioskId: KioskId
  version: string
  holding: number
  watched: Map<VisitId, () => void>
  presence: NodeJS.Timeout | undefined
}

const roomOf = (kioskId: KioskId): string => `kiosk:${kioskId}`
const GREETED = 'greeted'

/** Starts serving; answers how to stop pushing. */
export const serveKiosks = (options: {
  namespace: Namespace
  eventId: EventId
  /** What phones open: `pickupBase` + token, e.g. `https://film.example/v/`. */
  pickupBase: string
  tokens: PeerTokens
  visits: Visits
  uploads: Uploads
  settings: Settings
  status: Broadcast<EventStatus>
  presence: KioskPresence
  clock: Clock
  log: Logger
  observe?: (message: string, outcome: string) => void
}): (() => void) => {
  const { namespace, eventId, pickupBase, tokens, visits, uploads, settings, status, presence, clock, log, observe } = options
  /** The newest connection of each kiosk: only its end means that the kiosk is gone. */
  const newest = new Map<KioskId, string>()
  const kiosks = new WeakMap<Socket, Kiosk>()
  const noted = (work: Promise<unknown>) => {
    work.catch((error: unknown) => log.warn({ err: error, code: refusalOf(error).code }, 'presence not noted'))
  }

  /** The kiosk behind a socket, made once: a repeated hello keeps what it watches. */
  const kioskOn = (socket: Socket, hello: { kioskId: KioskId; version: string; holding: readonly VisitId[] }): Kiosk => {
    const known = kiosks.get(socket)
    if (known) {
      known.holding = hello.holding.length
      return known
    }
    const { kioskId, version } = hello
    const kiosk: Kiosk = { kioskId, version, holding: hello.holding.length, watched: new Map(), presence: undefined }
    const note = () => noted(presence.seen({ kioskId, version, holding: kiosk.holding }))
    kiosk.presence = setInterval(note, PRESENCE_MS)
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
    pieces: ['upload:chunk'],
    eventId,
    clock,
    log,
    rate: RATE,
    ...(observe && { observe }),
    async greet(hello, socket) {
      const { kioskId } = hello
      if (!(await tokens.check(eventId, 'kiosk', kioskId, hello.token))) return refuse('unauthorised')
      const [current, now, release] = await Promise.all([settings.read(), status.current(), visits.release(hello.holding)])
      await presence.seen({ kioskId, version: hello.version, holding: hello.holding.length })
      await socket.join([GREETED, roomOf(kioskId)])
      return {
        peer: kioskOn(socket, hello),
        peerId: kioskId,
        welcome: {
          ok: true,
          protocol: PROTOCOL_VERSION,
          eventId,
          eventName: current.name,
          serverTime: clock.now(),
          status: now,
          packs: current.packs,
          purposes: current.purposes,
          release,
          pickupBase,
          maxTakes: current.maxTakes,
          keepDays: current.keepDays,
        },
      }
    },
    left(kiosk, socket) {
      clearInterval(kiosk.presence)
      for (const stop of kiosk.watched.values()) stop()
      if (newest.get(kiosk.kioskId) !== socket.id) return
      newest.delete(kiosk.kioskId)
      noted(presence.gone(kiosk.kioskId))
    },
    handlers: {
      'visit:start': async ({ peer }, request) => shown(await visits.start({ ...request, kioskId: peer.kioskId })),
      'visit:retake': ({ peer }, { visitId }) => onOwn(peer, visitId, () => visits.retake(visitId)),
      'visit:cancel': ({ peer }, { visitId }) => onOwn(peer, visitId, () => visits.cancel(visitId)),
      'visit:watch': ({ peer, socket }, { visitId }) =>
        onOwn(peer, visitId, () => {
          if (!peer.watched.has(visitId) && socket.connected) {
            if (peer.watched.size >= MAX_WATCHED) return Promise.resolve(refuse('overloaded'))
            const stop = visits.watch(visitId, (view) => {
              // Progress may be lost on the way, a state may not.
              const to = PROGRESSING.has(view.state) ? socket.volatile : socket
              to.emit('visit:changed', view)
            })
            peer.watched.set(visitId, stop)
          }
          return visits.view(visitId)
        }),
      'visit:unwatch': ({ peer }, { visitId }) => {
        peer.watched.get(visitId)?.()
        peer.watched.delete(visitId)
        return { ok: true }
      },
      'upload:open': ({ peer, socket }, request) => uploads.open({ kioskId: peer.kioskId, connection: socket.id }, request),
      'upload:chunk': ({ peer, socket }, request, piece) =>
        uploads.chunk({ kioskId: peer.kioskId, connection: socket.id }, request, piece),
      'upload:commit': ({ peer, socket }, request) => uploads.commit({ kioskId: peer.kioskId, connection: socket.id }, request),
    },
  })

  const stopStatus = status.watch((now) => namespace.to(GREETED).emit('event:status', now))
  const stopOver = visits.onOver((visitId) => {
    visits
      .get(visitId)
      .then((visit) => visit && namespace.to(roomOf(visit.kioskId)).emit('visit:release', { eventId, visitId }))
      .catch((error: unknown) =>
        log.warn({ err: error, visitId, code: refusalOf(error).code }, 'release goes out with the next hello'),
      )
  })
  return () => {
    stopStatus()
    stopOver()
  }
}
