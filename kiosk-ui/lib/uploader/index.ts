/**
 * The kiosk's side of the wire, without a framework: the kiosk page, the demo and the tests all bring a visitor's clip
 * to the orchestrator by this module. Runs in a browser and in Node.
 */
import {
  EventStatus,
  type KioskClosure,
  type KioskTrouble,
  kioskNews,
  MOST_HELD_NAMED,
  type VisitId,
  VisitRef,
  type VisitStart,
  type VisitView,
} from '@fanreel/protocol'
import { KioskRefusal } from './kiosk-refusal.ts'
import { type Connection, type LinkSettings, openLink } from './link.ts'
import { backOffMs, pause } from './pause.ts'
import { type SendOptions, sendClip } from './send-clip.ts'
import { createWatches } from './watches.ts'

export { KioskRefusal } from './kiosk-refusal.ts'
export type { Connection } from './link.ts'
export { type ClipMime, type ClipSource, type SendProgress, sha256Hex } from './send-clip.ts'
export { newVisitKeys } from './visit-keys.ts'

export type UploaderSettings = LinkSettings & {
  onConnection?: (connection: Connection) => void
  onStatus?: (status: EventStatus) => void
  /** Operators have closed this kiosk, or, with undefined, opened it. */
  onClosed?: (closed: KioskClosure | undefined) => void
  /** The orchestrator needs these clips no longer, or their visits were deleted: drop what is held for them. */
  onRelease?: (visitIds: VisitId[]) => unknown
}

export type Uploader = {
  readonly connection: Connection
  /** Resolves with the orchestrator's welcome once online. @throws KioskRefusal when turned away */
  online(signal?: AbortSignal): ReturnType<ReturnType<typeof openLink>['online']>
  /** Announces a visit. Idempotent: the same visit again is answered with its view. @throws KioskRefusal */
  start(visit: Omit<VisitStart, 'eventId'>, signal?: AbortSignal): Promise<VisitView>
  /** Sends a clip and commits it; resumes by itself after any disconnect. @throws KioskRefusal */
  send(options: SendOptions): Promise<VisitView>
  /**
   * Hears a snapshot now and after each reconnect, and every change between; `onUnknown` is called where the visit is not known, or
   * no more. Answers with the way to stop.
   */
  watch(visitId: VisitId, listener: (view: VisitView) => void, onUnknown?: () => void): () => void
  /** Asks for a watched visit's snapshot once more. */
  refresh(visitId: VisitId): void
  /** Says that a failed visit will be recorded again. @throws KioskRefusal */
  retake(visitId: VisitId, signal?: AbortSignal): Promise<VisitView>
  cancel(visitId: VisitId, signal?: AbortSignal): Promise<VisitView>
  /** The short code of a visit's page; undefined while the network is away, and once the code's time is over. */
  code(visitId: VisitId): Promise<string | undefined>
  /** Tells operators what is wrong with this kiosk, now and after each reconnect. */
  report(trouble: KioskTrouble | undefined): void
  close(): void
}

/** Connects to the orchestrator at `settings.url` and stays connected until closed. */
export const connectUploader = (settings: UploaderSettings): Uploader => {
  const { eventId } = settings
  const link = openLink(settings)
  const watches = createWatches(link, eventId)

  let trouble: KioskTrouble | undefined
  const tellTrouble = () => void link.ask('kiosk:report', { eventId, ...(trouble && { trouble }) })

  /** Lets go as told at hello; where more was held than a hello may name, the rest is named now. */
  const letGo = async (release: VisitId[]) => {
    const heldBefore = (await settings.holding?.())?.length ?? 0
    await settings.onRelease?.(release)
    if (heldBefore > MOST_HELD_NAMED) link.greetAgain()
  }
  link.onConnection((connection) => {
    settings.onConnection?.(connection)
    if (connection.state !== 'online') return
    settings.onStatus?.(connection.welcome.status)
    settings.onClosed?.(connection.welcome.closed)
    // A fresh line knows of no trouble: silence says that there is none.
    if (trouble) tellTrouble()
    if (connection.welcome.release.length > 0) void letGo(connection.welcome.release)
  })
  link.onNews('event:status', (payload) => {
    const parsed = EventStatus.safeParse(payload)
    if (parsed.success) settings.onStatus?.(parsed.data)
  })
  link.onNews('kiosk:closed', (payload) => {
    const parsed = kioskNews['kiosk:closed'].safeParse(payload)
    if (parsed.success) settings.onClosed?.(parsed.data.closed)
  })
  link.onNews('visit:release', (payload) => {
    const parsed = VisitRef.safeParse(payload)
    if (parsed.success) void settings.onRelease?.([parsed.data.visitId])
  })

  /** Asks until there is an answer that waiting cannot better. */
  const insist = async (
    question: 'visit:start' | 'visit:retake' | 'visit:cancel',
    request: VisitStart | VisitRef,
    signal?: AbortSignal,
  ): Promise<VisitView> => {
    for (let attempt = 0; ; attempt++) {
      await link.online(signal)
      const answer = await link.ask(question, request as VisitStart)
      if (answer !== 'lost') {
        if (answer.ok) {
          watches.deliver(answer.visit)
          return answer.visit
        }
        if (!answer.retryable) throw new KioskRefusal(answer)
      }
      await pause(backOffMs(attempt, 300, 10_000), signal)
    }
  }

  return {
    get connection() {
      return link.connection
    },
    online: (signal) => link.online(signal),
    async start(visit, signal) {
      const view = await insist('visit:start', { eventId, ...visit }, signal)
      watches.refresh(visit.visitId)
      return view
    },
    async send(options) {
      const view = await sendClip(link, eventId, options)
      watches.deliver(view)
      return view
    },
    watch: watches.watch,
    refresh: watches.refresh,
    retake: (visitId, signal) => insist('visit:retake', { eventId, visitId }, signal),
    cancel: (visitId, signal) => insist('visit:cancel', { eventId, visitId }, signal),
    async code(visitId) {
      const answer = await link.ask('visit:code', { eventId, visitId })
      return answer !== 'lost' && answer.ok ? answer.code : undefined
    },
    report(now) {
      if (now === trouble) return
      trouble = now
      tellTrouble()
    },
    close: () => link.close(),
  }
}
