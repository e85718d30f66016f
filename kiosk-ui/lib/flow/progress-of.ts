/** What the pickup screen says of a film on its way: one of a few kinds, from what kiosk and orchestrator know. Pure. */
import { type ClipCode, ClipCode as ClipCodes, type Code, type RenderStage, type VisitView } from '@fanreel/protocol'
import type { Outgoing } from '../outbox/outbox.ts'
import type { Connection } from '../uploader/index.ts'

export type Progress =
  | { kind: 'saving' | 'offline' | 'unavailable' | 'held' | 'ready' | 'gone' | 'ended' | 'failed' }
  | { kind: 'sending'; fraction: number }
  | { kind: 'queued'; place: number | undefined; waitMs: number | undefined }
  | { kind: 'rendering'; stage: RenderStage | undefined; fraction: number; waitMs: number | undefined }
  | { kind: 'refused'; code: ClipCode }

type Known = {
  view: VisitView | undefined
  outgoing: Outgoing | undefined
  connection: Connection['state']
  code: string | undefined
}

/** The visitor can mend a clip, and is told how; the rest is our fault. */
const failure = (code: Code | undefined): Progress => {
  const clip = ClipCodes.safeParse(code)
  return clip.success ? { kind: 'refused', code: clip.data } : { kind: 'failed' }
}

export const progressOf = ({ view, outgoing, connection, code }: Known): Progress => {
  switch (view?.state) {
    case 'queued':
      return { kind: 'queued', place: view.place, waitMs: view.waitMs }
    case 'rendering':
      return { kind: 'rendering', stage: view.stage, fraction: view.fraction ?? 0, waitMs: view.waitMs }
    case 'ready':
    case 'held':
      return { kind: view.state }
    case 'failed':
      return failure(view.code)
    case 'cancelled':
      // Called off by this kiosk, which has lost the clip, is no visitor's wish.
      return outgoing?.phase === 'stuck' ? failure(outgoing.code) : { kind: 'ended' }
    case 'rejected':
    case 'expired':
      return { kind: 'ended' }
    case 'deleted':
      return { kind: 'gone' }
  }
  // What is stuck here stays stuck whatever the network does.
  if (outgoing?.phase === 'stuck') return failure(outgoing.code)
  if (connection !== 'online') return { kind: code === 'unavailable' ? 'unavailable' : 'offline' }
  if (outgoing?.phase === 'sending' || outgoing?.phase === 'sent') return { kind: 'sending', fraction: outgoing.fraction }
  return { kind: 'saving' }
}

/** A wait as a visitor counts it: seconds below a minute and a half, in tens; then minutes, rounded up. */
export const spokenWait = (waitMs: number): { seconds: number } | { minutes: number } =>
  waitMs < 90_000 ? { seconds: Math.max(10, Math.ceil(waitMs / 10_000) * 10) } : { minutes: Math.ceil(waitMs / 60_000) }
