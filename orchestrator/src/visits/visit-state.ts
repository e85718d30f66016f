/**
 * The visit's state machine: a pure function from a visit and what happened to the visit as it then is, or to a refusal.
 * The table below is the whole truth of which step leads where (rule V1); effects belong to those who call.
 */
import { type NodeId, type Refusal, type RenderId, refuse, type VisitCode, type VisitState } from '@fanreel/protocol'
import { tombstone } from './tombstone.ts'
import type { NewRender, Visit } from './visit.ts'

export type VisitEvent =
  /** The visitor has recorded a clip. */
  | { type: 'record' }
  | { type: 'upload-begin' }
  /** The upload starts again from nothing: its bytes were lost or were another clip's. */
  | { type: 'upload-restart' }
  | { type: 'clip-stored'; clip: NonNullable<Visit['clip']>; render: NewRender }
  /** A node has accepted the render. `folder` is where this lease writes. */
  | { type: 'lease'; renderId: RenderId; nodeId: NodeId; folder: string; deadlineAt: number }
  /** The render is without a node again: given back, lease lost, or to be tried once more. */
  | { type: 'give-back'; renderId: RenderId; note?: string }
  | { type: 'result'; renderId: RenderId; reel: NonNullable<Visit['reel']>; expiresAt: number }
  | { type: 'fail'; code: VisitCode }
  /** A moderator must see the reel first; `result` comes with it where the reel is new. */
  | { type: 'hold'; result?: { renderId: RenderId; reel: NonNullable<Visit['reel']>; expiresAt: number } }
  | { type: 'approve' }
  | { type: 'reject' }
  | { type: 'retake' }
  /** An operator wants another render of a failed visit. The clip of a ready one is gone or going (E4). */
  | { type: 'retry'; render: NewRender }
  | { type: 'cancel'; note?: string }
  | { type: 'expire' }
  | { type: 'delete' }

/** Which states each event may be met in, and where it leads. What is not here is refused with `visit-state`. */
export const TRANSITIONS: Record<VisitEvent['type'], { from: readonly VisitState[]; to: VisitState }> = {
  record: { from: ['started'], to: 'recorded' },
  'upload-begin': { from: ['recorded'], to: 'uploading' },
  'upload-restart': { from: ['uploading'], to: 'recorded' },
  'clip-stored': { from: ['uploading'], to: 'queued' },
  lease: { from: ['queued'], to: 'rendering' },
  'give-back': { from: ['rendering'], to: 'queued' },
  result: { from: ['rendering'], to: 'ready' },
  fail: { from: ['uploading', 'rendering'], to: 'failed' },
  hold: { from: ['rendering', 'ready'], to: 'held' },
  approve: { from: ['held'], to: 'ready' },
  reject: { from: ['held'], to: 'rejected' },
  retake: { from: ['failed'], to: 'recorded' },
  retry: { from: ['failed'], to: 'queued' },
  cancel: { from: ['started', 'recorded', 'uploading', 'queued', 'rendering'], to: 'cancelled' },
  expire: { from: ['ready'], to: 'expired' },
  delete: {
    from: [
      'started',
      'recorded',
      'uploading',
      'queued',
      'rendering',
      'held',
      'ready',
      'failed',
      'cancelled',
      'rejected',
      'expired',
    ],
    to: 'deleted',
  },
}

const omit = <T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> => {
  const copy = { ...value }
  for (const key of keys) delete copy[key]
  return copy
}

const withoutNode = (render: NonNullable<Visit['render']>) => omit(render, 'startedAt', 'nodeId', 'deadlineAt')

const withReel = (visit: Visit, result: { renderId: RenderId; reel: NonNullable<Visit['reel']>; expiresAt: number }) =>
  visit.render?.renderId === result.renderId ? { ...visit, reel: result.reel, expiresAt: result.expiresAt } : undefined

/** What the event changes besides state, sequence and history; undefined where the visit lacks what the event needs. */
const fieldsAfter = (visit: Visit, event: VisitEvent, now: number): Visit | undefined => {
  switch (event.type) {
    case 'clip-stored':
      return { ...visit, clip: event.clip, render: { ...event.render, queuedAt: now, folders: [] } }
    case 'lease': {
      const render = visit.render
      if (render?.renderId !== event.renderId) return undefined
      const { nodeId, folder, deadlineAt } = event
      const folders = [...render.folders.filter((known) => known !== folder), folder]
      return { ...visit, render: { ...render, nodeId, deadlineAt, startedAt: now, folders } }
    }
    case 'give-back':
      return visit.render?.renderId === event.renderId ? { ...visit, render: withoutNode(visit.render) } : undefined
    case 'result':
      return withReel(visit, event)
    case 'hold':
      return visit.state === 'ready' ? visit : event.result && withReel(visit, event.result)
    case 'fail':
      return { ...visit, ...(visit.render && { render: withoutNode(visit.render) }), code: event.code }
    case 'retake':
      return omit(visit, 'code', 'clip')
    case 'retry':
      return visit.clip ? { ...omit(visit, 'code'), render: { ...event.render, queuedAt: now, folders: [] } } : undefined
    case 'cancel':
    case 'reject':
    case 'expire':
    case 'delete':
      return tombstone(visit, now)
    default:
      return visit
  }
}

const noteOf = (event: VisitEvent): string | undefined => {
  if (event.type === 'fail') return event.code
  if (event.type === 'lease') return event.nodeId
  return event.type === 'give-back' || event.type === 'cancel' ? event.note : undefined
}

/**
 * Takes a visit one step further.
 *
 * @param now milliseconds since the epoch
 * @returns the visit after the event, `seq` one higher; or a `visit-state` refusal where the table has no such step or
 *   the event is about another render than the visit's current one
 */
export const transition = (visit: Visit, event: VisitEvent, now: number): Visit | Refusal => {
  const { from, to } = TRANSITIONS[event.type]
  if (!from.includes(visit.state)) return refuse('visit-state')
  const changed = fieldsAfter(visit, event, now)
  if (!changed) return refuse('visit-state')
  const note = noteOf(event)
  return {
    ...changed,
    seq: visit.seq + 1,
    state: to,
    changedAt: now,
    history: [...visit.history, { at: now, state: to, ...(note !== undefined && { note }) }],
  }
}

/** Takes a visit through several events at once; the first refusal ends it. */
export const transitions = (visit: Visit, events: readonly VisitEvent[], now: number): Visit | Refusal => {
  let current = visit
  for (const event of events) {
    const next = transition(current, event, now)
    if (isRefusal(next)) return next
    current = next
  }
  return current
}

/** Tells a refusal from whatever else a function may answer. */
export const isRefusal = <T extends object>(value: T | Refusal): value is Refusal => 'ok' in value && value.ok === false
