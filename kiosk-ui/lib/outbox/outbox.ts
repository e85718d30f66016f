/**
 * Clips on their way out. Whatever was put here leaves as soon as the network allows, survives reloads and power cuts,
 * and is let go of when the orchestrator needs it no longer: the visit is rendering or later, over, or deleted.
 */
import { ClipCode, type Code, END_STATES, type VisitId, type VisitView } from '@fanreel/protocol'
import { KioskRefusal, type Uploader } from '../uploader/index.ts'
import { backOffMs, pause } from '../uploader/pause.ts'
import type { ClipVault, HeldVisit } from './held-visit.ts'

/** How a clip on this kiosk stands. `stuck`: it could not be kept or handed over, and the visitor should know. */
export type Outgoing = { visitId: VisitId; phase: 'waiting' | 'sending' | 'sent' | 'stuck'; fraction: number; code?: Code }

/** A clip that nobody took for this long is dropped, whatever the reason: a face is not kept for ever. */
const LONGEST_HOLD_MS = 3 * 24 * 3_600_000
const LOOK_AGAIN_MS = 20_000
/** A clip that is stuck is tried again all the same, ever more rarely: disks are emptied and packs are published. */
const REST_MIN_MS = 3_000
const REST_MAX_MS = 5 * 60_000
/** Failures of the way, not of the clip: the kiosk still has it and sends it again by itself. */
const LOST_ON_THE_WAY: ReadonlySet<Code> = new Set(['upload-gone', 'hash-mismatch'])

/**
 * States in which a clip that was sent is where it should be. In any other, and where the visit is unknown, it is sent once more:
 * it was lost on the way, or a power cut took the last second of the orchestrator's memory, this visit with it (U15).
 */
const HAS_CLIP: ReadonlySet<VisitView['state']> = new Set(['queued', 'rendering', 'held', 'ready'])

/** Whether the orchestrator needs this kiosk's copy no longer. */
export const mayLetGo = ({ state, code }: Pick<VisitView, 'state' | 'code'>): boolean =>
  state === 'rendering' ||
  state === 'held' ||
  state === 'ready' ||
  END_STATES.has(state) ||
  (state === 'failed' && !(code && LOST_ON_THE_WAY.has(code)))

export type Outbox = {
  /** Resolves when the visit is safe on this kiosk's disk, or was told as `stuck`; sending begins by itself. */
  put(held: Pick<HeldVisit, 'visit' | 'takeId' | 'mime'>): Promise<void>
  holding(): Promise<VisitId[]>
  /** Drops what is held for these visits, and stops sending it. */
  release(visitIds: VisitId[]): Promise<void>
  /** Looks at once for something to send: the network is back. */
  wake(): void
  /** Works until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
}

export const createOutbox = (options: {
  vault: ClipVault
  uploader: () => Uploader
  onNews: (news: Outgoing) => void
  /** How many clips wait here that have not left yet. */
  onWaiting?: (clips: number) => void
  now?: () => number
  /** How long a clip rests after its failure number `attempt`, from 0. */
  restMs?: (attempt: number) => number
}): Outbox => {
  const {
    vault,
    uploader,
    onNews,
    onWaiting,
    now = Date.now,
    restMs = (attempt) => backOffMs(attempt, REST_MIN_MS, REST_MAX_MS),
  } = options
  /** Clips that failed, how often, and until when they rest. */
  const resting = new Map<VisitId, { failures: number; until: number }>()
  const watched = new Map<VisitId, () => void>()
  /** When clips that were sent were last asked for: a line that stands says nothing of a memory that was set back. */
  let lookedAt = now()
  let sending: { visitId: VisitId; stop: AbortController } | undefined
  let wake: () => void = () => undefined

  const letGo = async (visitId: VisitId) => {
    watched.get(visitId)?.()
    watched.delete(visitId)
    resting.delete(visitId)
    await vault.letGo(visitId)
  }
  const isDue = ({ sent, visit, heldSince }: HeldVisit) =>
    !sent && now() >= (resting.get(visit.visitId)?.until ?? 0) && now() - heldSince <= LONGEST_HOLD_MS
  /** Follows a sent clip until the orchestrator needs the copy here no longer. */
  const follow = (held: HeldVisit) => {
    const { visitId } = held.visit
    if (watched.has(visitId)) return
    const sendAgain = () => {
      watched.get(visitId)?.()
      watched.delete(visitId)
      void vault.hold({ ...held, sent: false }).then(wake)
    }
    const look = (view: VisitView) => {
      if (mayLetGo(view)) void letGo(visitId)
      else if (!HAS_CLIP.has(view.state)) sendAgain()
    }
    watched.set(visitId, uploader().watch(visitId, look, sendAgain))
  }

  /** Nothing of the take is left here. A film that will never come is called off, and whoever still stands here may record again. */
  const giveUp = async ({ visitId, state }: VisitView, signal: AbortSignal): Promise<void> => {
    // A clip that arrived before this kiosk heard of it is in good hands.
    if (state !== 'queued') {
      await uploader().cancel(visitId, signal)
      onNews({ visitId, phase: 'stuck', fraction: 0, code: 'upload-gone' })
    }
    await letGo(visitId)
  }

  const send = async (held: HeldVisit, signal: AbortSignal): Promise<void> => {
    const { visitId } = held.visit
    const kiosk = uploader()
    // The screen goes on saying that it is stuck until it moves.
    if (!resting.has(visitId)) onNews({ visitId, phase: 'waiting', fraction: 0 })
    // A clip that is held here though its visit failed is a new recording of it.
    const started = await kiosk.start(held.visit, signal)
    const view = started.state === 'failed' ? await kiosk.retake(visitId, signal) : started
    if (mayLetGo(view)) return letGo(visitId)
    const source = await vault.read(held.takeId)
    if (source.length === 0) return giveUp(view, signal)
    const sent = await kiosk.send({
      visitId,
      source,
      mime: held.mime,
      signal,
      onProgress: ({ fraction }) => onNews({ visitId, phase: 'sending', fraction }),
    })
    resting.delete(visitId)
    onNews({ visitId, phase: 'sent', fraction: 1 })
    if (mayLetGo(sent)) return letGo(visitId)
    const done = { ...held, sent: true }
    await vault.hold(done)
    follow(done)
  }

  const attempt = async (held: HeldVisit, signal: AbortSignal) => {
    const { visitId } = held.visit
    const stop = new AbortController()
    sending = { visitId, stop }
    try {
      await send(held, AbortSignal.any([signal, stop.signal]))
    } catch (fault) {
      if (signal.aborted || stop.signal.aborted) return
      const code = fault instanceof KioskRefusal ? fault.code : 'internal'
      // A kiosk that is turned away at the door keeps its clips, and none of them is to blame.
      if (uploader().connection.state === 'refused') return onNews({ visitId, phase: 'waiting', fraction: 0 })
      const failures = (resting.get(visitId)?.failures ?? 0) + 1
      resting.set(visitId, { failures, until: now() + restMs(failures - 1) })
      onNews({ visitId, phase: 'stuck', fraction: 0, code })
      // No other attempt makes a film of a clip that was itself refused.
      if (ClipCode.safeParse(code).success) await letGo(visitId)
    } finally {
      sending = undefined
    }
  }

  const round = async (signal: AbortSignal): Promise<void> => {
    let woken = false
    const nudge = new AbortController()
    wake = () => {
      woken = true
      nudge.abort()
    }
    // The newest first: that visitor still stands here.
    const all = (await vault.held()).sort((a, b) => b.heldSince - a.heldSince)
    onWaiting?.(all.filter(({ sent }) => !sent).length)
    const isTime = now() - lookedAt >= LOOK_AGAIN_MS
    if (isTime) lookedAt = now()
    for (const held of all) {
      if (now() - held.heldSince > LONGEST_HOLD_MS) await letGo(held.visit.visitId)
      else if (held.sent && !watched.has(held.visit.visitId)) follow(held)
      else if (held.sent && isTime) uploader().refresh(held.visit.visitId)
    }
    const next = all.find(isDue)
    if (next) await attempt(next, signal)
    const still = await vault.held()
    onWaiting?.(still.filter(({ sent }) => !sent).length)
    const left = still.some(isDue)
    if (woken || (left && uploader().connection.state === 'online')) return
    const soonest = Math.min(LOOK_AGAIN_MS, ...[...resting.values()].map(({ until }) => Math.max(0, until - now())))
    await pause(soonest, AbortSignal.any([signal, nudge.signal])).catch(() => undefined)
  }

  return {
    async put(fresh) {
      const { visitId } = fresh.visit
      onNews({ visitId, phase: 'waiting', fraction: 0 })
      try {
        const before = (await vault.held()).find(({ visit }) => visit.visitId === visitId)
        if (before) {
          if (sending?.visitId === visitId) sending.stop.abort()
          await letGo(visitId)
        }
        resting.delete(visitId)
        await vault.hold({ ...fresh, heldSince: now(), sent: false })
      } catch {
        // Nothing is held, so nothing will be sent: the visitor must hear of it while they stand here.
        return onNews({ visitId, phase: 'stuck', fraction: 0, code: 'disk-full' })
      }
      wake()
    },
    holding: async () => (await vault.held()).map(({ visit }) => visit.visitId),
    async release(visitIds) {
      for (const visitId of visitIds) {
        if (sending?.visitId === visitId) sending.stop.abort()
        await letGo(visitId)
      }
    },
    wake: () => wake(),
    async run(signal) {
      while (!signal.aborted) {
        // A disk that fails once must not end the kiosk's sending until somebody reloads the page.
        await round(signal).catch(() => pause(restMs(0), signal).catch(() => undefined))
      }
      for (const stop of watched.values()) stop()
      watched.clear()
    },
  }
}
