/**
 * Clips on their way out. Whatever was put here leaves as soon as the network allows, survives reloads and power cuts,
 * and is let go of when the orchestrator needs it no longer: the visit is rendering or later, over, or deleted.
 */
import { type Code, END_STATES, type VisitId, type VisitView } from '@fanreel/protocol'
import { KioskRefusal, type Uploader } from '../uploader/index.ts'
import { pause } from '../uploader/pause.ts'
import type { ClipVault, HeldVisit } from './clip-vault.ts'

/** How a clip on this kiosk stands. `stuck`: the orchestrator will not have it, and time alone does not mend that. */
export type Outgoing = { visitId: VisitId; phase: 'waiting' | 'sending' | 'sent' | 'stuck'; fraction: number; code?: Code }

/** A clip that nobody took for this long is dropped, whatever the reason: a face is not kept for ever. */
const LONGEST_HOLD_MS = 3 * 24 * 3_600_000
const LOOK_AGAIN_MS = 20_000
/** Failures of the way, not of the clip: the kiosk still has it and sends it again by itself. */
const LOST_ON_THE_WAY: ReadonlySet<Code> = new Set(['upload-gone', 'hash-mismatch'])

/** Whether the orchestrator needs this kiosk's copy no longer. */
export const mayLetGo = ({ state, code }: Pick<VisitView, 'state' | 'code'>): boolean =>
  state === 'rendering' ||
  state === 'held' ||
  state === 'ready' ||
  END_STATES.has(state) ||
  (state === 'failed' && !(code && LOST_ON_THE_WAY.has(code)))

export type Outbox = {
  /** Resolves when the visit is safe on this kiosk's disk; sending begins by itself. */
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
  now?: () => number
}): Outbox => {
  const { vault, uploader, onNews, now = Date.now } = options
  const stuck = new Set<VisitId>()
  const watched = new Map<VisitId, () => void>()
  let sending: { visitId: VisitId; stop: AbortController } | undefined
  let wake: () => void = () => undefined

  const letGo = async (visitId: VisitId) => {
    watched.get(visitId)?.()
    watched.delete(visitId)
    await vault.letGo(visitId)
  }
  /** Follows a sent clip until the orchestrator needs the copy here no longer. */
  const follow = (held: HeldVisit) => {
    const { visitId } = held.visit
    if (watched.has(visitId)) return
    const stop = uploader().watch(visitId, (view) => {
      if (mayLetGo(view)) void letGo(visitId)
      else if (view.state === 'failed') {
        watched.get(visitId)?.()
        watched.delete(visitId)
        void vault.hold({ ...held, sent: false }).then(wake)
      }
    })
    watched.set(visitId, stop)
  }

  const send = async (held: HeldVisit, signal: AbortSignal): Promise<void> => {
    const { visitId } = held.visit
    const kiosk = uploader()
    onNews({ visitId, phase: 'waiting', fraction: 0 })
    // A clip that is held here though its visit failed is a new recording of it.
    const started = await kiosk.start(held.visit, signal)
    const view = started.state === 'failed' ? await kiosk.retake(visitId, signal) : started
    if (mayLetGo(view)) return letGo(visitId)
    const source = await vault.read(held.takeId)
    if (source.length === 0) return letGo(visitId)
    const sent = await kiosk.send({
      visitId,
      source,
      mime: held.mime,
      signal,
      onProgress: ({ fraction }) => onNews({ visitId, phase: 'sending', fraction }),
    })
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
      // A kiosk that is turned away at the door keeps its clips; only what concerns this clip marks it as stuck.
      if (uploader().connection.state !== 'refused' && code !== 'taken-over') stuck.add(visitId)
      onNews({ visitId, phase: 'stuck', fraction: 0, code })
    } finally {
      sending = undefined
    }
  }

  return {
    async put(fresh) {
      const before = (await vault.held()).find(({ visit }) => visit.visitId === fresh.visit.visitId)
      if (before) await letGo(fresh.visit.visitId)
      stuck.delete(fresh.visit.visitId)
      await vault.hold({ ...fresh, heldSince: now(), sent: false })
      onNews({ visitId: fresh.visit.visitId, phase: 'waiting', fraction: 0 })
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
        let woken = false
        const nudge = new AbortController()
        wake = () => {
          woken = true
          nudge.abort()
        }
        // The newest first: that visitor still stands here.
        const all = (await vault.held()).sort((a, b) => b.heldSince - a.heldSince)
        for (const held of all) {
          if (now() - held.heldSince > LONGEST_HOLD_MS) await letGo(held.visit.visitId)
          else if (held.sent) follow(held)
        }
        const next = all.find((held) => !held.sent && !stuck.has(held.visit.visitId) && now() - held.heldSince <= LONGEST_HOLD_MS)
        if (next) await attempt(next, signal)
        const left = (await vault.held()).some((held) => !held.sent && !stuck.has(held.visit.visitId))
        if (woken || (left && uploader().connection.state === 'online')) continue
        await pause(LOOK_AGAIN_MS, AbortSignal.any([signal, nudge.signal])).catch(() => undefined)
      }
      for (const stop of watched.values()) stop()
      watched.clear()
    },
  }
}
