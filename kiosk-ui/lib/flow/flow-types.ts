/** What the visitor's flow remembers and hears. Everything a visitor leaves behind lies in `Memory`, so that one reset forgets it. */
import type { ClipCode, Code, ConsentReceipt, Language, PackOffer, PickupToken, VisitId, VisitView } from '@fanreel/protocol'
import type { ClipMime } from '../uploader/index.ts'

/** Whether a new visitor is taken, and why not. Decided on the attract screen alone: once recorded, nobody is refused. */
export type Admission =
  | { open: true; waitMs?: number }
  | {
      open: false
      reason:
        | 'connecting'
        | 'insecure'
        | 'not-the-station'
        | 'another-page'
        | 'paused'
        | 'no-nodes'
        | 'overloaded'
        | 'out-of-order'
        /** Out of order, and nobody of the team has heard of it: whoever stands here is asked to tell them. */
        | 'out-of-order-untold'
    }

/** Why there is no picture, each with its own screen. */
export const CAMERA_FAULTS = ['denied', 'missing', 'busy', 'unsuitable', 'insecure', 'lost', 'recorder', 'unknown'] as const
export type CameraFault = (typeof CAMERA_FAULTS)[number]

/** A recording: where the vault keeps it and what container it is. */
export type Take = { takeId: string; mime: ClipMime }
export type VisitKeys = { visitId: VisitId; pickupToken: PickupToken }

/** All that is known of the present visitor. */
export type Memory = {
  consent: ConsentReceipt | undefined
  pack: PackOffer | undefined
  firstName: string | undefined
  /** Recordings made for the present film; those that the node would refuse do not count. */
  takes: number
  /** The recording under review, as the clip vault knows it. */
  take: Take | undefined
  /** Why the node would refuse that recording, by what was seen while it was made; undefined where it would not, or nothing was seen. */
  unfit: ClipCode | undefined
  /** Whether the take may begin by itself. Not any more once the visitor has stopped one: then their hand decides. */
  handsFree: boolean
  cameraFault: CameraFault | undefined
  /** There from the moment of sending. */
  keys: VisitKeys | undefined
  view: VisitView | undefined
  /** `seq` of the last view that was about a recording made before the present one; -1 where there is none. */
  pastSeq: number
  /** Why this kiosk could not hand over the clip. */
  stuckBy: Code | undefined
}
export const FORGOTTEN: Memory = {
  consent: undefined,
  pack: undefined,
  firstName: undefined,
  takes: 0,
  take: undefined,
  unfit: undefined,
  handsFree: true,
  cameraFault: undefined,
  keys: undefined,
  view: undefined,
  pastSeq: -1,
  stuckBy: undefined,
}

export type FlowContext = Memory & {
  language: Language
  homeLanguage: Language
  admission: Admission
  maxTakes: number
  /** How long this step waits for a touch before it asks, in milliseconds. */
  patienceMs: number
}

export type FlowEvent =
  | { type: 'ADMISSION'; admission: Admission; maxTakes: number }
  | { type: 'LANGUAGE'; language: Language }
  /** A touch anywhere. While "still there?" stands it is no answer: only the question's own buttons are. */
  | { type: 'ACTIVITY' }
  | { type: 'STAY' }
  /** Raised by the flow itself at every step. */
  | { type: 'MOVED' }
  | { type: 'TOUCH' }
  | { type: 'BACK' }
  | { type: 'START_OVER' }
  | { type: 'AGREE'; consent: ConsentReceipt }
  | { type: 'REFUSE' }
  | { type: 'CHOOSE'; pack: PackOffer }
  | { type: 'NAME'; firstName: string | undefined }
  | { type: 'CAMERA_READY' }
  | { type: 'CAMERA_FAULT'; fault: CameraFault }
  /** `byItself`: the camera was found again, and nobody's hand was in it. */
  | { type: 'RETRY'; byItself?: boolean }
  | { type: 'READY' }
  | { type: 'CANCEL' }
  /** Nobody is in the picture any more. */
  | { type: 'STEPPED_OUT' }
  | { type: 'RECORDED'; take: Take; unfit?: ClipCode | undefined }
  | { type: 'RETAKE' }
  | { type: 'SEND'; keys: VisitKeys }
  | { type: 'VIEW'; view: VisitView }
  /** The clip is stuck on this kiosk by `code`; undefined where it goes on. */
  | { type: 'STUCK'; code: Code | undefined }
  | { type: 'AGAIN' }
  | { type: 'DONE' }

/** Times of the flow, in milliseconds. */
export const FLOW_MS = {
  /** "Still there?" stands for this long before the reset. */
  ASK: 20_000,
  /** A wait so long is told before a visitor begins; a shorter one is not worth a word. */
  LONG_WAIT: 3 * 60_000,
  /** A language chosen by somebody who walked on is forgotten after this long. */
  PASSER_BY: 30_000,
  /** How long the consent waits for a first touch where a language on the invitation was all that anybody touched. */
  FIRST_TOUCH: 18_000,
  /** How long each step waits for a touch. Reading takes longest. */
  PATIENCE: { language: 25_000, consent: 70_000, world: 45_000, name: 45_000, frame: 45_000, review: 45_000, pickup: 60_000 },
  /** A camera that shows nothing for so long is named as not answering. */
  OPENING: 15_000,
  COUNTDOWN: 3_000,
  /** Length of a take. The flow itself gives up a little later. */
  TAKE: 7_000,
  TAKE_LIMIT: 14_000,
  GOODBYE: 7_000,
  REFUSED: 9_000,
} as const
