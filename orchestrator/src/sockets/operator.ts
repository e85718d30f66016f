/** Namespace `/operator`: the floor at one glance, any visit by its id, and the few things an operator may do. */

import type { Floor } from '@fanreel/protocol'
import { type EventId, operatorMessages, PROTOCOL_VERSION, refuse, type VisitStory } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Namespace } from 'socket.io'
import type { PeerTokens, Sealer } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import type { Settings } from '../event/event-settings.ts'
import type { Broadcast } from '../status/broadcast.ts'
import type { KioskPresence } from '../status/kiosk-presence.ts'
import type { NodeConduct } from '../status/node-conduct.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { Visits } from '../visits/visits.ts'
import { serveNamespace } from './namespace.ts'

const storyOf = async (visits: Visits, visit: Visit): Promise<VisitStory> => {
  const report = visit.reel?.report
  return {
    visit: await visits.viewOf(visit),
    history: visit.history,
    ...(report && {
      likeness: report.likeness,
      shots: report.shots,
      durationMs: report.durationMs,
      stagesMs: report.stagesMs,
      // D6 of the node's rules: whoever asks where the film is sees who drew it, too.
      ...(report.engines && { engines: report.engines }),
      ...(report.fallbacks && { fallbacks: report.fallbacks }),
    }),
  }
}

export const serveOperators = (options: {
  namespace: Namespace
  eventId: EventId
  tokens: PeerTokens
  visits: Visits
  settings: Settings
  floor: Broadcast<Floor>
  kiosks: Pick<KioskPresence, 'close'>
  conduct: Pick<NodeConduct, 'reinstate'>
  sealer: Sealer
  /** Where phones reach pickup pages; ends before the token. */
  pickupBase: string
  clock: Clock
  log: Logger
  observe?: (message: string, outcome: string) => void
}): void => {
  const { namespace, eventId, tokens, visits, settings, floor, kiosks, conduct, sealer, pickupBase, clock, log } = options
  const stops = new Map<string, () => void>()

  serveNamespace({
    namespace,
    messages: operatorMessages,
    hello: 'operator:hello',
    onRevoked: (listener) => tokens.onRevoked(eventId, 'operator', listener),
    eventId,
    clock,
    log,
    ...(options.observe && { observe: options.observe }),
    greet: async ({ token }, socket) => {
      const operatorId = await tokens.holderOf(eventId, 'operator', token)
      if (operatorId === undefined) return refuse('unauthorised')
      const [{ name }, now] = await Promise.all([settings.read(), floor.current()])
      if (!stops.has(socket.id)) {
        // Nothing is told twice, so none may be lost (V7); at one a second at most, a slow network holds few before it is cut.
        stops.set(
          socket.id,
          floor.watch((changed) => socket.emit('floor:changed', changed)),
        )
      }
      const welcome = { ok: true as const, protocol: PROTOCOL_VERSION, eventName: name, floor: now }
      return { peer: operatorId, peerId: operatorId, welcome }
    },
    left: (_, socket) => {
      stops.get(socket.id)?.()
      stops.delete(socket.id)
    },
    handlers: {
      'visit:find': async (_, { visitId }) => {
        const visit = await visits.get(visitId)
        return visit ? { ok: true, story: await storyOf(visits, visit) } : refuse('visit-unknown')
      },
      'visit:pickup': async (_, { visitId }) => {
        const visit = await visits.get(visitId)
        if (!visit) return refuse('visit-unknown')
        if (visit.sealedToken === undefined) return refuse('visit-state')
        return { ok: true, pickupUrl: pickupBase + sealer.open(visit.sealedToken, `${visitId}:token`) }
      },
      'visit:retry': async (_, { visitId }) => {
        const retried = await visits.retry(visitId)
        return isRefusal(retried) ? retried : { ok: true }
      },
      'visit:delete': async ({ peer }, { visitId }) => {
        const removed = await visits.remove(visitId)
        log.info({ operatorId: peer, visitId }, 'visit deleted by an operator')
        return isRefusal(removed) ? removed : { ok: true }
      },
      'kiosk:close': async ({ peer }, { kioskId, closed }) => {
        await kiosks.close(kioskId, closed)
        log.info({ operatorId: peer, kioskId, closed: closed ?? 'open' }, 'kiosk closed or opened by an operator')
        return { ok: true }
      },
      'node:reinstate': async ({ peer }, { nodeId }) => {
        await conduct.reinstate(nodeId)
        log.info({ operatorId: peer, nodeId }, 'node let work again by an operator')
        return { ok: true }
      },
      'event:pause': async ({ peer }, { paused }) => {
        await settings.change({ paused })
        log.info({ operatorId: peer, paused }, 'event paused or resumed')
        return { ok: true }
      },
    },
  })
}
