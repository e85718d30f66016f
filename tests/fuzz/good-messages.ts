/** The message that a well-behaved peer would send next, for every name of the three catalogues: what hostile ones are made from. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { CHUNK_BYTES, kioskMessages, nodeMessages, operatorMessages, PROTOCOL_VERSION } from '@fanreel/protocol'
import { FLEET_PACK } from '../support/fleet-pack.ts'

export const CATALOGUES = { kiosk: kioskMessages, node: nodeMessages, operator: operatorMessages } as const
export type PeerKind = keyof typeof CATALOGUES

/** Who speaks, and how far its visit has come. */
export type Standing = {
  eventId: string
  peerId: string
  token: string
  visitId: string
  pickupToken: string
  clip: Buffer
  uploadId: string
  offset: number
  /** What it was offered last, and has accepted. */
  lease?: { renderId: string; leaseToken: string }
}

type Message = { payload: unknown; piece?: Buffer }
type Maker = (standing: Standing) => Message

const HASH = 'c'.repeat(64)
const plain =
  (fields: (standing: Standing) => object): Maker =>
  (standing) => ({ payload: { eventId: standing.eventId, ...fields(standing) } })

const onVisit = plain(({ visitId }) => ({ visitId }))
const leaseOf = ({ eventId, peerId, visitId, lease: held }: Standing) =>
  held ?? { renderId: `${visitId}-r1`, leaseToken: `${eventId}.${peerId}.${visitId}` }
const lease = plain(leaseOf)
const object = { sha256: HASH, bytes: 1_000 }
const REPORT = {
  width: 720,
  height: 1280,
  durationMs: 15_000,
  shots: 5,
  likeness: 0.2,
  loudnessLufs: -14,
  advice: [],
  stagesMs: {},
}

const GOOD: Record<PeerKind, Record<string, Maker>> = {
  kiosk: {
    'kiosk:hello': plain(({ peerId, token, visitId }) => ({
      protocol: PROTOCOL_VERSION,
      kioskId: peerId,
      token,
      version: 'fuzz',
      holding: [visitId],
    })),
    'kiosk:report': plain(() => ({ trouble: 'camera' })),
    'visit:start': plain(({ visitId, pickupToken, peerId }) => ({
      visitId,
      pickupToken,
      packId: FLEET_PACK,
      language: 'en',
      firstName: 'Ann',
      consent: {
        textSha256: HASH,
        language: 'en',
        agreedAt: 1_700_000_000_000,
        kioskId: peerId,
        purposes: ['make-film'],
        ofAgeOrGuardian: true,
      },
    })),
    'visit:retake': onVisit,
    'visit:cancel': onVisit,
    'visit:watch': onVisit,
    'visit:unwatch': onVisit,
    'visit:code': onVisit,
    'upload:open': plain(({ visitId, clip }) => ({
      visitId,
      bytes: clip.length,
      sha256: createHash('sha256').update(clip).digest('hex'),
      mime: 'video/mp4',
    })),
    'upload:chunk': ({ eventId, uploadId, offset, clip }) => {
      const piece = clip.subarray(offset, offset + CHUNK_BYTES)
      return { payload: { eventId, uploadId, offset, crc32: crc32(piece) }, piece }
    },
    'upload:commit': plain(({ uploadId }) => ({ uploadId })),
  },
  node: {
    // A tier that only the run's prey agrees to: what other films need stays with honest nodes.
    'node:hello': plain((standing) => ({
      protocol: PROTOCOL_VERSION,
      nodeId: standing.peerId,
      token: standing.token,
      version: 'fuzz',
      tiers: ['cloud'],
      engines: ['studio'],
      slots: 4,
      running: [leaseOf(standing)],
    })),
    'node:ready': plain(() => ({ free: 4 })),
    'node:drain': plain(() => ({})),
    'render:brief': lease,
    'render:put': plain((standing) => ({ ...leaseOf(standing), kind: 'preview', ...object })),
    'render:order': plain((standing) => ({
      ...leaseOf(standing),
      ...{ shot: 'one', attempt: 0, engine: 'model-studio', nonce: 'a'.repeat(32), step: { is: 'intent', cents: 1 } },
    })),
    'render:beat': plain((standing) => ({ ...leaseOf(standing), stage: 'draw', fraction: 0.5, preview: HASH })),
    'render:give-back': lease,
    'render:failed': plain((standing) => ({ ...leaseOf(standing), code: 'engine-failed', class: 'retry' })),
    'render:result': plain((standing) => ({
      ...leaseOf(standing),
      reel: object,
      poster: object,
      shotList: object,
      report: REPORT,
    })),
  },
  operator: {
    'operator:hello': plain(({ token }) => ({ protocol: PROTOCOL_VERSION, token })),
    'visit:find': onVisit,
    'visit:pickup': onVisit,
    'visit:retry': onVisit,
    'visit:delete': onVisit,
    'kiosk:close': plain(({ peerId }) => ({ kioskId: peerId, closed: 'paused' })),
    'node:reinstate': plain(({ peerId }) => ({ nodeId: peerId })),
    'event:pause': plain(() => ({ paused: true })),
  },
}

/** @throws Error for a name that is in no catalogue */
export const goodMessage = (kind: PeerKind, name: string, standing: Standing): Message => {
  const make = GOOD[kind][name]
  if (!make) throw new Error(`${name} has no good message`)
  return make(standing)
}

export const namesOf = (kind: PeerKind): string[] => Object.keys(CATALOGUES[kind])
