/**
 * One orchestrator, put together: every part is made here and handed what it needs, so that this file is the map of the
 * whole. Stateless beside Redis and the media store: any number may serve one event.
 */
import type { Logger } from 'pino'
import type { Server as Sockets } from 'socket.io'
import { createPeerTokens } from './access/peer-tokens.ts'
import { createSealer } from './access/sealer.ts'
import { createShortCodes } from './access/short-codes.ts'
import { createUrlSigner } from './access/url-signer.ts'
import type { Clock } from './clock.ts'
import { startDispatch } from './dispatch/dispatch.ts'
import type { Env } from './env.ts'
import { AppError, refusalOf } from './errors.ts'
import { countDrawing, countOrders, countStoreTry, createMetrics } from './http/metrics.ts'
import { createHttpServer } from './http/server.ts'
import { createNotices } from './notices/notices.ts'
import { pushKeysOf } from './notices/push-message.ts'
import { openEvent } from './open-event.ts'
import { openStores } from './open-stores.ts'
import { noticeWords } from './pickup/words/words-of.ts'
import { permitsRender } from './privacy/consent.ts'
import { createErasure } from './privacy/erasure.ts'
import { sweepRetention } from './privacy/retention.ts'
import { createTidying } from './privacy/tidying.ts'
import { createVisitSheets } from './privacy/visit-sheet.ts'
import { eventKey } from './queue/keys.ts'
import { createEventSheet } from './recovery/event-sheet.ts'
import { watchMemory } from './recovery/memory-watch.ts'
import { createSetBackCheck } from './recovery/set-back.ts'
import { createTakeSheetedFilm } from './recovery/sheeted-film.ts'
import { serveKiosks } from './sockets/kiosk.ts'
import { serveNodes } from './sockets/node.ts'
import { serveOperators } from './sockets/operator.ts'
import { createBoards } from './status/boards.ts'
import { createKioskHealths } from './status/kiosk-health.ts'
import { createKioskPresence } from './status/kiosk-presence.ts'
import { createNodeConduct } from './status/node-conduct.ts'
import { createNodePresence } from './status/node-presence.ts'
import { startUpkeep } from './upkeep.ts'
import { createUploadRecords } from './uploads/upload-records.ts'
import { createUploads } from './uploads/uploads.ts'
import { createLiveProgress } from './visits/live-progress.ts'
import { createOrderBook } from './visits/order-book.ts'
import { createOutlook } from './visits/outlook.ts'
import { createRenderTimes } from './visits/render-times.ts'
import { createTierChoice } from './visits/tier-choice.ts'
import { createVisitStore } from './visits/visit-store.ts'
import { createVisitViews } from './visits/visit-views.ts'
import { createVisits } from './visits/visits.ts'

export type Orchestrator = {
  port: number
  /** What phones reach, without a closing slash. */
  publicUrl: string
  /** Stops in good order: claims nothing more, closes sockets, leaves every lease to its token. */
  stop(): Promise<void>
}

/** How often staged uploads are looked through at most, in milliseconds. */
const UPLOAD_SWEEP_MS = 60_000

/** How often notices that were missed are looked for, in milliseconds. */
const NOTICE_SWEEP_MS = 30_000

/** Serves a namespace's metrics. */
const observer = (metrics: ReturnType<typeof createMetrics>, namespace: string) => (message: string, outcome: string) =>
  metrics.messages.inc({ namespace, message, outcome })

/** Starts everything; resolves when the port is open. @throws AppError where something does not fit together */
export const startOrchestrator = async (options: {
  env: Env
  port: number
  /** Where the event's one clock is switched off. */
  clock: Clock
  log: Logger
}): Promise<Orchestrator> => {
  const { env, port, log } = options
  const eventId = env.FANREEL_EVENT_ID
  const eventKeyHex = env.FANREEL_EVENT_KEY
  const publicUrl = (env.FANREEL_PUBLIC_URL ?? `http://${env.FANREEL_HOST}:${port}`).replace(/\/+$/, '')
  const pickupBase = `${publicUrl}/v/`

  const metrics = createMetrics()
  const stores = await openStores({ env, clock: options.clock, log, onTry: countStoreTry(metrics) })
  const { redis, clock, media, queue } = stores

  const sealer = createSealer({ eventKey: eventKeyHex })
  const signer = createUrlSigner({ eventKey: eventKeyHex, clock })
  const tokens = createPeerTokens({ redis })
  const codes = createShortCodes({
    redis,
    eventId,
    eventKeyHex,
    lifetimeMs: env.FANREEL_CODE_LIFETIME_MS,
    tries: {
      ofOne: env.FANREEL_CODE_TRIES_OF_ONE,
      ofAll: env.FANREEL_CODE_TRIES_OF_ALL,
      atMost: env.FANREEL_CODE_TRIES_AT_MOST,
    },
    clock,
  })
  const { settings, packs, packKey, eventName, brand } = await openEvent({ env, redis, media, log })

  const failedClipMs = env.FANREEL_FAILED_CLIP_MS
  const store = createVisitStore({ redis, eventId, log, failedClipMs })
  const live = createLiveProgress({ redis, eventId })
  const times = createRenderTimes({ redis, eventId })
  const nodes = createNodePresence({ redis, eventId, clock })
  const conduct = createNodeConduct({ redis, eventId, mostBlamed: env.FANREEL_MOST_BLAMED, clock })
  const kiosks = createKioskPresence({ redis, eventId, clock })
  const healths = createKioskHealths({ redis, eventId, clock })
  const outlook = createOutlook({ queue, nodes: nodes.list, times, clock })
  const views = createVisitViews({ eventId, store, live, outlook, signer, clock, log })
  const sheets = createVisitSheets({ media, sealer })
  const tidying = createTidying({
    eventId,
    store,
    live,
    media,
    writeSheet: sheets.write,
    putMs: env.FANREEL_PUT_MS,
    failedClipMs,
    clock,
    log,
  })
  const pushKeys = pushKeysOf(eventKeyHex)
  const services = env.FANREEL_PUSH_SERVICES
  const notices = createNotices({
    redis,
    eventId,
    visits: store.getMany,
    sealer,
    keys: pushKeys,
    services,
    subject: publicUrl,
    words: noticeWords,
    clock,
    log,
  })
  const book = createOrderBook({ redis, eventId, now: clock.now })
  const erasure = createErasure({
    redis,
    eventId,
    store,
    live,
    book,
    queue,
    media,
    notices,
    clock,
    log,
    putMs: env.FANREEL_PUT_MS,
  })
  const hints = eventKey(eventId, 'queue', 'hint')
  /** Wakes every instance; a hint that is lost costs no more than a poll. */
  const hint = () => {
    dispatch.wake()
    redis
      .call((client) => client.publish(hints, 'work'))
      .catch((error: unknown) => log.debug({ err: error, code: 'unavailable' }, 'hint lost'))
  }
  const tierChoice = createTierChoice({ settings, nodes: nodes.list, permits: permitsRender })
  const visits = createVisits({
    eventId,
    store,
    views,
    queue,
    settings: settings.read,
    tierFor: tierChoice.of,
    expectedMs: async (tier) => (await outlook.newcomer(tier)).waitMs,
    end: erasure.end,
    writeSheet: sheets.write,
    dropSheet: (visitId) => sheets.remove(eventId, visitId),
    tidy: tidying.tidy,
    hint,
    sealer,
    clock,
    log,
  })
  const takeFilm = createTakeSheetedFilm({ eventId, media, sheets, store, queue, clock })
  const dispatch = startDispatch({
    takeFilm,
    lookAtTiers: tierChoice.look,
    timings: {
      leaseMs: env.FANREEL_LEASE_MS,
      graceMs: env.FANREEL_GRACE_MS,
      leastDeadlineMs: env.FANREEL_DEADLINE_MS,
      pollMs: env.FANREEL_POLL_MS,
      urlMs: env.FANREEL_PUT_MS,
      spoiltMs: env.FANREEL_SPOILT_MS,
    },
    mostObjects: { films: env.FANREEL_LEASE_FILMS, previews: env.FANREEL_LEASE_PREVIEWS },
    eventId,
    onReel: countDrawing(metrics),
    onOrder: countOrders(metrics),
    store,
    live,
    book,
    queue,
    times,
    nodes,
    conduct,
    media,
    sealer,
    signer,
    settings,
    hint,
    onWaited: ({ promisedMs, ms }) => {
      metrics.waitRatio.observe(ms / Math.max(1, promisedMs))
      metrics.waitError.observe(Math.abs(ms - promisedMs) / 1_000)
    },
    redis,
    clock,
    log,
    tidy: tidying.tidy,
    cancel: (visitId, note) => erasure.end(visitId, { type: 'cancel', note }),
  })
  const uploads = createUploads({
    eventId,
    media,
    visits,
    records: createUploadRecords({ redis, eventId }),
    uploadingSince: (before, limit) => store.inState('uploading', before, limit),
    lifetimeMs: env.FANREEL_UPLOAD_LIFETIME_MS,
    clock,
    log,
  })

  const boards = createBoards({
    eventId,
    settings,
    outlook,
    maxWaitMs: env.FANREEL_MAX_WAIT_MS,
    kiosks,
    healths,
    nodes,
    queue,
    store,
    views,
    clock,
    log,
  })
  const { status, floor, changed } = boards
  const unsubscribes = [
    store.subscribeAll((visitId, change) => {
      changed()
      dispatch.visitChanged(visitId, change)
    }),
    nodes.onChange(changed),
    conduct.onChange(changed),
    kiosks.onChange(floor.hint),
    settings.onChange(changed),
    views.onState((visitId, state) => {
      notices
        .heard({ visitId, state })
        .catch((error: unknown) => log.warn({ err: error, visitId, code: refusalOf(error).code }, 'notice waits'))
    }),
    redis.subscribe(hints, dispatch.wake),
    redis.onReturn(() => {
      changed()
      dispatch.wake()
    }),
  ]
  const memory = watchMemory({
    redis,
    eventId,
    storeId: await media.storeId(),
    everyMs: env.FANREEL_SWEEP_MS,
    lost: stores.memoryLost,
    onLook: (lost) => metrics.memoryLost.set(lost ? 1 : 0),
    log,
  })
  const eventSheet = createEventSheet({ redis, eventId, media, sealer })
  const checkSetBack = createSetBackCheck({
    ...{ redis, eventId, media, store, takeFilm, log },
    remove: (visitId) => erasure.end(visitId, { type: 'delete' }),
  })
  const stopUpkeep = startUpkeep({ redis, eventId, clock, log }, [
    { name: 'set-back', everyMs: env.FANREEL_SWEEP_MS, run: checkSetBack },
    { name: 'reconcile', everyMs: env.FANREEL_SWEEP_MS, run: dispatch.reconcile },
    { name: 'tidying', everyMs: env.FANREEL_SWEEP_MS, run: tidying.sweep },
    { name: 'retention', everyMs: env.FANREEL_SWEEP_MS, run: () => sweepRetention({ store, erasure, clock, log }) },
    { name: 'notices', everyMs: NOTICE_SWEEP_MS, run: notices.sweep },
    { name: 'event-sheet', everyMs: env.FANREEL_SWEEP_MS, run: eventSheet.keep },
    { name: 'uploads', everyMs: Math.min(UPLOAD_SWEEP_MS, env.FANREEL_UPLOAD_LIFETIME_MS), run: uploads.sweep },
  ])

  let draining = false
  const { app, io } = await createHttpServer({
    eventId,
    eventName,
    ...(brand && { brand }),
    tokens,
    healths,
    clock,
    log,
    media,
    visits,
    recentVisit: dispatch.recent.get,
    visitsNow: store.getMany,
    packs,
    anyWorld: async () => (await settings.read()).packs[0]?.packHash,
    sealer,
    signer,
    codes,
    ...(services.length > 0 && { notices, pushKey: pushKeys.publicKey }),
    metrics,
    readiness: async () => {
      if (draining) throw new AppError('draining')
      if (memory.lost) throw new AppError('unavailable', { detail: 'memory-lost' })
      await redis.call((client) => client.ping())
      if ((await media.freeBytes()) <= 0) throw new AppError('disk-full')
    },
    publicUrl,
    ...(env.FANREEL_UI_URL !== undefined && { uiUrl: env.FANREEL_UI_URL }),
    kioskOrigins: env.FANREEL_KIOSK_ORIGINS,
    connections: {
      mostOfOne: env.FANREEL_CONNECTIONS_OF_ONE,
      headersMs: env.FANREEL_HEADERS_MS,
      idleMs: env.FANREEL_IDLE_MS,
    },
  })
  const serving = (sockets: Sockets, name: string) => ({
    namespace: sockets.of(`/${name}`),
    eventId,
    tokens,
    clock,
    log,
    observe: observer(metrics, name),
  })
  const stopKiosks = serveKiosks({
    ...serving(io, 'kiosk'),
    packKey,
    pickupBase,
    visits,
    uploads,
    codes,
    settings,
    status,
    presence: kiosks,
    retellMs: env.FANREEL_RETELL_MS,
    startsAtOnce: env.FANREEL_STARTS_AT_ONCE,
  })
  serveOperators({ ...serving(io, 'operator'), visits, settings, floor, kiosks, conduct, sealer, pickupBase })
  serveNodes({
    ...serving(io, 'node'),
    ...dispatch,
    packKey,
    draining: () => draining,
    offerMs: env.FANREEL_OFFER_MS,
    beatMs: env.FANREEL_BEAT_MS,
    leaseMs: env.FANREEL_LEASE_MS,
  })
  await app.listen({ host: env.FANREEL_HOST, port })

  return {
    port,
    publicUrl,
    stop: async () => {
      draining = true
      memory.stop()
      stores.stopClock()
      await stopUpkeep()
      await dispatch.stop()
      stopKiosks()
      boards.stop()
      for (const unsubscribe of unsubscribes) unsubscribe()
      views.stop()
      await app.close()
      await queue.close()
      await redis.close()
      log.info('stopped')
    },
  }
}
