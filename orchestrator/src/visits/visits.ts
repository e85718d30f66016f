/** What kiosks, pickup pages and operators may do with a visit. Every answer is a value; a refusal says why not. */
import {
  END_STATES,
  type EventId,
  type KioskId,
  type Refusal,
  type RenderTier,
  refuse,
  type VisitCode,
  type VisitId,
  type VisitStart,
  type VisitState,
  type VisitView,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Sealer } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { EventSettings } from '../event/event-settings.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import { pickupHashOf } from './pickup-hash.ts'
import { renderWorkOf } from './render-work.ts'
import type { NewRender, Visit } from './visit.ts'
import { isRefusal, transition, transitions, type VisitEvent } from './visit-state.ts'
import type { VisitStore } from './visit-store.ts'
import type { VisitViews } from './visit-views.ts'

export type Visits = {
  /** Opens a visit. Idempotent: the same visit with the same token again is answered with its view (V4). */
  start(input: VisitStart & { kioskId: KioskId }): Promise<VisitView | Refusal>
  get(visitId: VisitId): Promise<Visit | undefined>
  byPickup(pickupHash: string): Promise<Visit | undefined>
  view(visitId: VisitId): Promise<VisitView | undefined>
  /** The view of a visit that was read already. */
  viewOf(visit: Visit): Promise<VisitView>
  /** Calls back with the newest view on every change, place in the queue and progress included; answers how to stop. */
  watch(visitId: VisitId, listener: (view: VisitView) => void): () => void
  /** Calls back with the id of any visit that is over, so that kiosks drop what they hold of it; answers how to stop. */
  onOver(listener: (visitId: VisitId) => void): () => void
  /** `started` or `recorded` becomes `uploading`; an upload that has begun goes on. Refused without consent. */
  beginUpload(visitId: VisitId): Promise<Visit | Refusal>
  /** An upload begins again from nothing. */
  restartUpload(visitId: VisitId): Promise<Visit | Refusal>
  /** The clip is whole and in the media store: the visit is queued. Idempotent for the same clip. */
  clipStored(visitId: VisitId, clip: NonNullable<Visit['clip']>): Promise<VisitView | Refusal>
  failUpload(visitId: VisitId, code: VisitCode): Promise<VisitView | Refusal>
  retake(visitId: VisitId): Promise<VisitView | Refusal>
  cancel(visitId: VisitId): Promise<VisitView | Refusal>
  /** Deletes every copy of everything; reaches queued and running work. Idempotent. */
  remove(visitId: VisitId): Promise<VisitView | Refusal>
  /** An operator's wish for another render. */
  retry(visitId: VisitId): Promise<VisitView | Refusal>
  /** Of the visits a kiosk holds clips of: those it must let go of now. */
  release(holding: readonly VisitId[]): Promise<VisitId[]>
}

/** States in which the clip is safe here or wanted no longer: the kiosk lets go of its copy. */
export const RELEASED: ReadonlySet<VisitState> = new Set(['rendering', 'held', 'ready', ...END_STATES])
const DAY_MS = 86_400_000

export const createVisits = (options: {
  eventId: EventId
  store: VisitStore
  views: VisitViews
  queue: RenderQueue
  settings: () => Promise<EventSettings>
  /** The tier a visit is to be rendered on; undefined where the visitor permits none. */
  tierFor: (visit: Visit) => Promise<RenderTier | undefined>
  /** The wait of whoever is queued now on the tier, in milliseconds, where it can be known. */
  expectedMs: (tier: RenderTier) => Promise<number | undefined>
  /** Ends a visit and erases everything of it. */
  end: (visitId: VisitId, event: { type: 'cancel' } | { type: 'delete' }) => Promise<Visit | Refusal>
  /** Writes the sealed visit sheet. @throws AppError where it cannot be written: then nothing is queued */
  writeSheet: (visit: Visit) => Promise<void>
  dropSheet: (visitId: VisitId) => Promise<void>
  /** Deletes what the visit needs no more; what fails is done later. */
  tidy: (visit: Visit) => Promise<void>
  /** Something was queued: idle nodes may be offered it. */
  hint: () => void
  sealer: Sealer
  clock: Clock
  log: Logger
}): Visits => {
  const {
    eventId,
    store,
    views,
    queue,
    settings,
    tierFor,
    expectedMs,
    end,
    writeSheet,
    dropSheet,
    tidy,
    hint,
    sealer,
    clock,
    log,
  } = options

  const answer = async (result: Visit | Refusal): Promise<VisitView | Refusal> => (isRefusal(result) ? result : views.of(result))
  const step = (visitId: VisitId, event: VisitEvent) => store.update(visitId, (visit) => transition(visit, event, clock.now()))

  /**
   * Puts the visit's current render into the queue. The visit says `queued` already, so a fault here loses nothing: the
   * sweep adds what is missing (Q5).
   */
  const enqueue = async (visit: Visit): Promise<void> => {
    const work = renderWorkOf(visit)
    if (!work) return
    try {
      await queue.add(work.tier, work.work, work.kioskId)
      hint()
    } catch (error) {
      log.warn({ err: error, visitId: visit.visitId, code: refusalOf(error).code }, 'queueing goes on later')
    }
  }
  const nextRender = (visit: Visit, tier: RenderTier, promisedMs: number | undefined): NewRender => {
    const number = (visit.render?.number ?? 0) + 1
    return { renderId: `${visit.visitId}-r${number}`, number, tier, ...(promisedMs !== undefined && { promisedMs }) }
  }
  /** A sheet was written of a step that was not taken: it tells again what is. Of what has ended meanwhile there is none (E2). */
  const correctSheet = async (visitId: VisitId): Promise<void> => {
    try {
      const visit = await store.get(visitId)
      await (visit && !END_STATES.has(visit.state) ? writeSheet(visit) : dropSheet(visitId))
    } catch (error) {
      log.error({ err: error, visitId, code: refusalOf(error).code }, 'visit sheet not corrected')
    }
  }
  /** Decides the tier, then moves the visit to `queued` by the event that `make` builds, then queues the render. */
  const queueBy = async (
    visitId: VisitId,
    make: (render: NewRender) => VisitEvent,
    isDone: (visit: Visit) => boolean = () => false,
  ): Promise<VisitView | Refusal> => {
    const known = await store.get(visitId)
    if (!known) return refuse('visit-unknown')
    const tier = await tierFor(known)
    if (!tier) return refuse('consent-missing')
    // No reason to keep anyone waiting for.
    const promisedMs = await expectedMs(tier).catch(() => undefined)
    const next = (visit: Visit) =>
      isDone(visit) ? visit : transition(visit, make(nextRender(visit, tier, promisedMs)), clock.now())
    const planned = next(known)
    if (isRefusal(planned)) return planned
    // First the sheet: no visit is queued that a lost Redis could not be told of again (E5).
    if (planned !== known) await writeSheet(planned)
    let fresh = false
    const queued = await store.update(visitId, (visit) => {
      const changed = next(visit)
      fresh = changed !== visit
      return changed
    })
    if (isRefusal(queued)) {
      await correctSheet(visitId)
      return queued
    }
    if (fresh) await enqueue(queued)
    return views.of(queued)
  }

  /** A new visit, or one that a Redis without its last second has lost: its kiosk announces it again, clip and all (U15). */
  const open = async (input: VisitStart & { kioskId: KioskId }): Promise<Visit | Refusal> => {
    const { visitId, pickupToken, packId, kioskId, consent } = input
    const { packs, keepDays } = await settings()
    // An event with no world at all has lost its memory or has just begun: whoever holds a clip keeps it and asks again.
    if (packs.length === 0) return refuse('unavailable')
    const pack = packs.find((offer) => offer.packId === packId)
    if (!pack) return refuse('pack-unknown')
    const now = clock.now()
    const visit: Visit = {
      eventId,
      visitId,
      seq: 1,
      state: 'started',
      kioskId,
      language: input.language,
      packId,
      packHash: pack.packHash,
      pickupHash: pickupHashOf(pickupToken),
      sealedToken: sealer.seal(pickupToken, `${visitId}:token`),
      ...(input.firstName !== undefined && { sealedName: sealer.seal(input.firstName, `${visitId}:name`) }),
      consent,
      createdAt: now,
      changedAt: now,
      expiresAt: now + keepDays * DAY_MS,
      history: [{ at: now, state: 'started' }],
    }
    if ((await store.create(visit)) === 'exists') return refuse('visit-exists')
    log.info({ visitId, kioskId, packId }, 'visit started')
    return visit
  }

  return {
    start: async (input) => {
      const { consent, kioskId } = input
      const agreed = consent.purposes.includes('make-film') && consent.kioskId === kioskId
      if (!agreed) return refuse('consent-missing')
      const isSame = (visit: Visit) => visit.kioskId === kioskId && visit.pickupHash === pickupHashOf(input.pickupToken)
      const known = await store.get(input.visitId)
      if (known) return isSame(known) ? views.of(known) : refuse('visit-exists')
      const opened = await open(input)
      if (!isRefusal(opened) || opened.code !== 'visit-exists') return answer(opened)
      // Another connection of the same kiosk may have been faster.
      const other = (await store.get(input.visitId)) ?? (await store.byPickup(pickupHashOf(input.pickupToken)))
      // What was there has gone with Redis' last second: asked again it is opened.
      if (!other) return refuse('unavailable')
      return other.visitId === input.visitId && isSame(other) ? views.of(other) : opened
    },
    get: store.get,
    byPickup: store.byPickup,
    view: async (visitId) => {
      const visit = await store.get(visitId)
      return visit && views.of(visit)
    },
    viewOf: views.of,
    watch: views.watch,
    onOver: (listener) => views.onState((visitId, state) => END_STATES.has(state) && listener(visitId)),
    beginUpload: (visitId) =>
      store.update(visitId, (visit) => {
        if (!visit.consent.purposes.includes('make-film')) return refuse('consent-missing')
        if (visit.state === 'uploading') return visit
        const events: VisitEvent[] = visit.state === 'started' ? [{ type: 'record' }] : []
        return transitions(visit, [...events, { type: 'upload-begin' }], clock.now())
      }),
    restartUpload: (visitId) => step(visitId, { type: 'upload-restart' }),
    clipStored: (visitId, clip) =>
      queueBy(
        visitId,
        (render) => ({ type: 'clip-stored', clip, render }),
        (visit) => visit.state !== 'uploading' && visit.clip?.sha256 === clip.sha256,
      ),
    failUpload: async (visitId, code) => answer(await step(visitId, { type: 'fail', code })),
    retake: async (visitId) => {
      const again = await store.update(visitId, (visit) =>
        visit.state === 'recorded' ? visit : transition(visit, { type: 'retake' }, clock.now()),
      )
      // The take that is not wanted any more goes before the next one comes (E4).
      if (!isRefusal(again)) await tidy(again)
      return answer(again)
    },
    cancel: async (visitId) => answer(await end(visitId, { type: 'cancel' })),
    remove: async (visitId) => answer(await end(visitId, { type: 'delete' })),
    retry: (visitId) => queueBy(visitId, (render) => ({ type: 'retry', render })),
    release: async (holding) =>
      (await store.getMany(holding)).filter((visit) => RELEASED.has(visit.state)).map((visit) => visit.visitId),
  }
}
