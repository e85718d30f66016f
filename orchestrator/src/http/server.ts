/**
 * The front door: one Fastify server owns the port. `/v` is the pickup page and `/code` the other way to it, `/media` and `/api` serve objects and packs,
 * `/socket.io` the peers, `/health`, `/ready` and `/metrics` those who watch; every other path goes to the kiosk UI.
 */

import type { IncomingMessage } from 'node:http'
import { type EventId, MAX_FRAME_BYTES } from '@fanreel/protocol'
import rateLimit from '@fastify/rate-limit'
import fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { Server } from 'socket.io'
import type { PeerTokens, Sealer } from '../access/contract.ts'
import type { ShortCodes } from '../access/short-codes.ts'
import type { UrlSignerAndChecker } from '../access/url-signer.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { EventBrand } from '../event/read-brand.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { Notices } from '../notices/notices.ts'
import type { Packs } from '../packs/packs.ts'
import { buildPickupAssets } from '../pickup/assets.ts'
import { createPickupDesk } from '../pickup/pickup-desk.ts'
import { addressOf, createCrowd, networkOf } from '../sockets/address.ts'
import type { KioskHealths } from '../status/kiosk-health.ts'
import type { Visit } from '../visits/visit.ts'
import type { Visits } from '../visits/visits.ts'
import { registerCodeRoutes } from './code-routes.ts'
import { type ConnectionLimits, limitConnections } from './connections.ts'
import { answerNoRequest, answerUnreadable, registerFaults } from './faults.ts'
import { registerHeaders } from './headers.ts'
import { registerHealthRoutes } from './health-routes.ts'
import { registerKioskHealthRoutes } from './kiosk-health-routes.ts'
import { registerMediaRoutes } from './media-routes.ts'
import type { Metrics } from './metrics.ts'
import { registerPackRoutes } from './pack-routes.ts'
import { createPickupPages, type PickupPages } from './pickup-pages.ts'
import { registerPickupRoutes } from './pickup-routes.ts'
import { createPickupStreams } from './pickup-stream.ts'
import { registerRequestLog } from './request-log.ts'
import { uiProxy } from './ui-proxy.ts'

export type HttpServerDeps = {
  eventId: EventId
  tokens: Pick<PeerTokens, 'check'>
  healths: Pick<KioskHealths, 'note'>
  eventName: string
  /** The event's own look, where it has one. */
  brand?: EventBrand
  clock: Clock
  log: Logger
  media: MediaStore
  visits: Visits
  /** A visit as it was a moment ago. */
  recentVisit: (visitId: string) => Promise<Visit | undefined>
  /** Visits as they are now. */
  visitsNow: (visitIds: readonly string[]) => Promise<Visit[]>
  packs: Packs
  /** Hash of a world to show where a visit's own is not known: the first on offer. */
  anyWorld: () => Promise<string | undefined>
  sealer: Sealer
  signer: UrlSignerAndChecker
  codes: ShortCodes
  /** Tells phones; absent, with the key by which they subscribe, where nobody is told. */
  notices?: Notices
  pushKey?: string
  metrics: Metrics
  /** Resolves when Redis and the media store answer. @throws AppError */
  readiness: () => Promise<void>
  /** What visitors' phones reach us by, e.g. `https://film.example`; no slash at the end. */
  publicUrl: string
  /** The kiosk UI on loopback; absent where this orchestrator serves none. */
  uiUrl?: string
  /** Origins of kiosk pages that are served elsewhere. */
  kioskOrigins: readonly string[]
  /** What one address may hold open (A16). */
  connections: ConnectionLimits
}

export type HttpServer = { app: FastifyInstance; io: Server }

/** Requests a minute from one address. A venue's phones may all share one, so this only stops floods. */
const MAX_REQUESTS_A_MINUTE = 6_000

/** Sockets from one address: more than a venue has kiosks and nodes behind it. */
const MAX_SOCKETS_OF_ONE_ADDRESS = 1_000

/** When the server closes, a download may go on for this long; a phone that has stopped reading would hold it for ever. */
const CLOSE_GRACE_MS = 2_000

/** Builds the server; `app.listen()` opens the port, `app.close()` ends everything it holds. */
export const createHttpServer = async (deps: HttpServerDeps): Promise<HttpServer> => {
  const { log, metrics, kioskOrigins } = deps
  let pages: PickupPages | undefined
  const app = fastify({
    logger: false,
    trustProxy: 'loopback',
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 600 },
    frameworkErrors: (_error, request, reply) => answerUnreadable(request, reply, pages),
    clientErrorHandler: answerNoRequest,
    // No route of ours reads a body into memory.
    bodyLimit: 64 * 1024,
    requestTimeout: 120_000,
    // Set by `limitConnections`; Fastify would say 0.
    connectionTimeout: deps.connections.idleMs,
    http: { connectionsCheckingInterval: Math.ceil(deps.connections.headersMs / 4) },
  })
  limitConnections(app.server, { ...deps.connections, now: deps.clock.now, log })
  registerFaults(app, log)
  registerRequestLog(app, log, metrics)
  await registerHeaders(app, { secure: deps.publicUrl.startsWith('https:'), kioskOrigins })
  // Who has hung up already has no address any more, and nobody hears the answer.
  app.addHook('onRequest', (request, _reply, next) =>
    next((request.ip as string | undefined) === undefined ? new AppError('bad-message') : undefined),
  )
  await app.register(rateLimit, {
    max: MAX_REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => networkOf(ip),
    addHeaders: {},
    addHeadersOnExceeding: {},
  })

  const streams = createPickupStreams()
  registerMediaRoutes(app, deps)
  const desk = createPickupDesk(deps)
  const assets = await buildPickupAssets(deps.brand)
  pages = createPickupPages({ ...deps, desk, assets })
  registerPickupRoutes(app, { ...deps, desk, pages, assets, streams })
  registerCodeRoutes(app, { ...deps, desk, pages })
  registerPackRoutes(app, deps.packs)
  registerKioskHealthRoutes(app, deps)
  registerHealthRoutes(app, deps)
  if (deps.uiUrl === undefined) {
    app.setNotFoundHandler(() => {
      throw new AppError('object-unknown')
    })
  } else {
    await app.register(uiProxy(deps.uiUrl))
  }

  const crowd = createCrowd(MAX_SOCKETS_OF_ONE_ADDRESS)
  const io = new Server(app.server, {
    transports: ['websocket'],
    maxHttpBufferSize: MAX_FRAME_BYTES,
    serveClient: false,
    perMessageDeflate: false,
    connectTimeout: 10_000,
    allowRequest: (request, allow) => {
      // A browser names the page's origin; nodes and kiosk agents are no browsers and name none.
      const { origin, host } = request.headers
      const ours =
        origin === undefined || kioskOrigins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host)
      allow(null, ours && crowd.hasRoom(addressOf(request)))
    },
  })
  io.engine.on('connection', (connection: { request: IncomingMessage; once: (event: 'close', gone: () => void) => void }) => {
    const gone = crowd.enter(addressOf(connection.request))
    if (gone) connection.once('close', gone)
  })
  // Peers speak in namespaces of their own; whoever comes to none of them is asked for no hello and gets no hearing (A1).
  io.of('/').use((_socket, next) => next(new Error('hello-first')))
  app.addHook('preClose', (done) => {
    streams.closeAll()
    io.disconnectSockets(true)
    io.engine.close()
    const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS)
    app.server.once('close', () => clearTimeout(cut))
    done()
  })
  return { app, io }
}
