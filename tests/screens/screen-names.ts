/** The names of all screens that can be looked at, in the order in which the tours come to them. */
import { VISIT_STATES } from '@fanreel/protocol'
import { TOUR_OF_INSTRUCTIONS } from './dressed-looks.ts'

/** A kiosk's screens by the part of the visit in which they come up. */
export const KIOSK_PARTS = {
  home: [
    ...['attract-connecting', 'attract-untold', 'attract-paused', 'attract-no-nodes', 'attract-overloaded'],
    ...['attract-out-of-order', 'attract-long-wait', 'attract', 'comfort'],
  ],
  settings: ['admin-pin', 'admin-pin-wrong', 'admin-pin-locked', 'admin', 'admin-restart'],
  doors: ['attract-another-page', 'attract-not-the-station', 'attract-insecure'],
  welcome: [
    'language',
    'language-menu',
    'consent',
    'consent-reminded',
    'consent-agreed',
    'world',
    'name',
    'name-typed',
    'name-refused',
    'name-accents',
  ],
  faults: [
    ...['camera-denied', 'camera-missing', 'camera-busy', 'camera-unsuitable', 'camera-insecure', 'camera-unknown'],
    'studio-opening',
  ],
  guidance: ['studio-no-sound', ...TOUR_OF_INSTRUCTIONS.map((instruction) => `studio-${instruction}`)],
  take: ['studio', 'studio-countdown', 'studio-recording', 'camera-lost', 'camera-recorder', 'review-unfit', 'review'],
  pickup: [
    ...['pickup-sending', 'pickup-queued', 'pickup-rendering', 'pickup-held', 'pickup-ready', 'pickup-gone'],
    'pickup-ended',
    ...['pickup-failed', 'pickup-refused', 'pickup-offline', 'idle', 'goodbye'],
  ],
  offline: ['goodbye-offline', 'attract-waiting'],
  refusal: ['refused'],
} as const satisfies Record<string, readonly string[]>
export type KioskPart = keyof typeof KIOSK_PARTS
export const KIOSK_SCREENS: readonly string[] = Object.values(KIOSK_PARTS).flat()

/** `recorded` looks as `uploading` does. */
export const PICKUP_STATES = VISIT_STATES.filter((state) => state !== 'ready' && state !== 'recorded')
export const PICKUP_SCREENS: readonly string[] = [
  ...['not-here-yet', 'no-such-page', 'code', 'code-wrong'],
  ...PICKUP_STATES,
  ...['ready', 'ready-delete', 'ready-in-app', 'ready-in-app-menu', 'away'],
]
export const OPERATOR_SCREENS: readonly string[] = ['sign-in', 'floor', 'floor-troubled', 'visit', 'visit-failed']

export const SCREENS: readonly string[] = [
  ...KIOSK_SCREENS.map((name) => `kiosk/${name}`),
  ...PICKUP_SCREENS.map((name) => `pickup/${name}`),
  ...OPERATOR_SCREENS.map((name) => `operator/${name}`),
]
