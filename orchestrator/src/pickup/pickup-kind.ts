/** What a pickup page can be about: one kind for each thing a visitor must be told (rules P1-P3). */
import type { VisitState } from '@fanreel/protocol'

export const PICKUP_KINDS = [
  'not-here-yet',
  'started',
  'uploading',
  'queued',
  'rendering',
  'ready',
  'failed',
  'cancelled',
  'held',
  'rejected',
  'expired',
  'deleted',
  'unavailable',
  'no-such-page',
] as const
export type PickupKind = (typeof PICKUP_KINDS)[number]

/** The kind of page a visit in this state has. */
export const kindOfState = (state: VisitState): PickupKind => (state === 'recorded' ? 'started' : state)

const LIVE: ReadonlySet<PickupKind> = new Set([
  'not-here-yet',
  'started',
  'uploading',
  'queued',
  'rendering',
  'failed',
  'held',
  'unavailable',
])
/** Whether something may still come, so that the page goes on looking. */
export const isLive = (kind: PickupKind): boolean => LIVE.has(kind)

const DELETABLE: ReadonlySet<PickupKind> = new Set(['started', 'uploading', 'queued', 'rendering', 'ready', 'failed', 'held'])
/** Whether there is something of the visitor's to delete. */
export const isDeletable = (kind: PickupKind): boolean => DELETABLE.has(kind)

const WITH_FILM: ReadonlySet<PickupKind> = new Set(['started', 'uploading', 'queued', 'rendering', 'held', 'ready'])
/** Whether a page is about a film that is there or on its way. */
export const hasFilm = (kind: PickupKind): boolean => WITH_FILM.has(kind)

const OVER: ReadonlySet<PickupKind> = new Set(['rejected', 'expired', 'deleted'])
/** Whether nothing comes any more, and its words do not yet say what else there is. */
export const isOver = (kind: PickupKind): boolean => OVER.has(kind)
