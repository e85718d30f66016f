/** What is known of this kiosk, and whether it takes a visitor in. Pure. */
import { EventStatus, KioskClosure, type KioskTrouble, PackOffer } from '@fanreel/protocol'
import { z } from 'zod'
import type { Admission, CameraFault } from '../flow/flow-types.ts'
import { type DiskRoom, isTight } from '../outbox/disk-room.ts'
import type { Outgoing } from '../outbox/outbox.ts'
import type { World } from '../packs/pack-shelf.ts'
import type { Connection } from '../uploader/index.ts'

/** What the orchestrator said last, kept for a start without it. Holds no secret. */
export const Terms = z.object({
  eventName: z.string(),
  pickupBase: z.string(),
  keepDays: z.number(),
  maxTakes: z.number(),
  purposes: z.array(z.enum(['make-film', 'cloud'])),
  packs: z.array(PackOffer),
  packKey: z.string(),
  status: EventStatus,
  closed: KioskClosure.optional(),
})
export type Terms = z.infer<typeof Terms>

/** All that is known of this kiosk. */
export type KioskFacts = {
  connection: Connection['state']
  /** Why it is offline, where the orchestrator said so. */
  code: string | undefined
  terms: Terms | undefined
  worlds: World[]
  /** How the clip stands that was put into the outbox last: its visitor may still be here. Of the others no screen tells. */
  outgoing: Outgoing | undefined
  /** Clips that have not left this kiosk yet. */
  waiting: number
  room: DiskRoom | undefined
  /** Why there was no picture when it was last asked for. */
  cameraFault: CameraFault | undefined
  /** Why there was no sound with it. */
  soundFault: CameraFault | undefined
  /** Closed by whoever stands at it, in its own settings. */
  closedHere: boolean
}
export type KioskState = KioskFacts & { admission: Admission }

/** What is wrong with the kiosk itself, the worst of it. */
export const troubleOf = ({ cameraFault, soundFault, room, closedHere }: KioskFacts): KioskTrouble | undefined => {
  if (closedHere) return 'shut'
  if (cameraFault) return 'camera'
  if (room && isTight(room)) return 'disk'
  return soundFault && 'microphone'
}

/** Whether a kiosk that is in such trouble sends visitors away: one that hears nothing still films them. */
const isClosedBy = (trouble: KioskTrouble | undefined): boolean => trouble !== undefined && trouble !== 'microphone'

/** Whether the team knows that this kiosk is out of order: by their own hand, or since it is told what the matter is. */
const teamKnows = ({ closedHere, terms, connection }: KioskFacts): boolean =>
  closedHere || terms?.closed === 'out-of-order' || connection === 'online'

/** Whether a new visitor is taken in: a closed door first, then what is wrong here, then the event. */
export const admissionOf = (state: KioskFacts): Admission => {
  const { connection, terms, worlds } = state
  if (connection === 'refused' || isClosedBy(troubleOf(state)))
    return { open: false, reason: teamKnows(state) ? 'out-of-order' : 'out-of-order-untold' }
  if (terms?.closed) return { open: false, reason: terms.closed }
  if (!terms || worlds.length === 0) return { open: false, reason: 'connecting' }
  const { open, reason, waitMs } = terms.status
  if (!open) return { open: false, reason: reason ?? 'paused' }
  return waitMs === undefined ? { open: true } : { open: true, waitMs }
}
