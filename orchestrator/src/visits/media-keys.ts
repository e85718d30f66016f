/** Where a visit's objects lie in the media store: all under one prefix, so that erasing is one step. */
import { createHash } from 'node:crypto'
import type { EventId, LeaseToken, NodeObjectKind, VisitId } from '@fanreel/protocol'

/** Everything of a visit; ends in `/`. */
export const visitPrefix = (eventId: EventId, visitId: VisitId): string => `${eventId}/visits/${visitId}/`

export const clipKey = (eventId: EventId, visitId: VisitId, sha256: string): string =>
  `${visitPrefix(eventId, visitId)}clip-${sha256}`

/** The sealed visit sheet beside the clip. */
export const sheetKey = (eventId: EventId, visitId: VisitId): string => `${visitPrefix(eventId, visitId)}sheet`

/** The folder a lease writes to. Made from the token by hashing: addresses are shown to visitors, the token never is. */
export const leaseFolder = (leaseToken: LeaseToken): string => createHash('sha256').update(leaseToken).digest('hex').slice(0, 24)

/** A lease's frames for the curious, and what a cloud's model draws from; deleted with the clip. */
export const previewPrefix = (eventId: EventId, visitId: VisitId, folder: string): string =>
  `${visitPrefix(eventId, visitId)}previews/${folder}/`

/** What a lease has delivered; ends in `/`. */
export const deliveryPrefix = (eventId: EventId, visitId: VisitId, folder: string): string =>
  `${visitPrefix(eventId, visitId)}renders/${folder}/`

/** The key of one object a node writes under a lease. */
export const nodeObjectKey = (where: {
  eventId: EventId
  visitId: VisitId
  folder: string
  kind: NodeObjectKind
  sha256: string
}): string => {
  const { eventId, visitId, folder, kind, sha256 } = where
  // What goes with the clip lies apart from what is delivered.
  const goesWithClip = kind === 'preview' || kind === 'reference'
  const prefix = goesWithClip ? previewPrefix(eventId, visitId, folder) : deliveryPrefix(eventId, visitId, folder)
  return `${prefix}${kind}-${sha256}`
}
