/**
 * What a node gets for its lease and nothing more (L2): once, what the film needs of the person, with an address for the
 * clip; and addresses for writing, each for one object of one size and hash, under the lease's own folder.
 */
import { createHash } from 'node:crypto'
import {
  type EventId,
  NODE_OBJECTS,
  type NodeId,
  type PutAnswer,
  type PutRequest,
  type Refusal,
  type RenderBrief,
  type RenderId,
  refuse,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Sealer, UrlSigner } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { permitsRender } from '../privacy/consent.ts'
import { leaseFolder, nodeObjectKey } from '../visits/media-keys.ts'
import { isRefusal } from '../visits/visit-state.ts'
import { type LeaseClaim, type LeaseGuard, visitIdOf } from './lease-guard.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { ObjectAllowance } from './object-allowance.ts'

export type Briefs = {
  brief(nodeId: NodeId, claim: LeaseClaim): Promise<RenderBrief | Refusal>
  put(nodeId: NodeId, request: PutRequest): Promise<PutAnswer>
}

/** The same render draws the same lots, whichever node makes it; 32 bits. */
export const seedOf = (renderId: RenderId): number => createHash('sha256').update(`seed:${renderId}`).digest().readUInt32BE(0)

/** How long a reference may be read, in milliseconds: a task may wait at its service before it fetches it. */
const REFERENCE_MS = 1_800_000

export const createBriefs = (options: {
  eventId: EventId
  guard: LeaseGuard
  sealer: Sealer
  signer: UrlSigner
  /** Where nodes go to the store themselves. */
  direct: MediaStore['direct']
  ready: MediaStore['ready']
  noted: LeaseKeeper['noted']
  clock: Clock
  /** The node itself was at fault. */
  strike: (nodeId: NodeId, code: 'overloaded') => void
  /** How long a signed address is good, in milliseconds. */
  urlMs: number
  /** How much one lease may write (N7). */
  allowance: ObjectAllowance
  log: Logger
}): Briefs => {
  const { eventId, guard, sealer, direct, ready, noted, allowance, clock, urlMs, strike, log } = options
  const signer = direct ?? options.signer
  /** Where Redis is away the object may be written: without it no lease outlives its last beat, and a film is worth more than a count. */
  const allow = async (nodeId: NodeId, { leaseToken, kind, sha256, renderId }: PutRequest): Promise<boolean> => {
    try {
      const allowed = await allowance.take(leaseToken, kind, sha256)
      if (allowed === 'first-too-many') strike(nodeId, 'overloaded')
      return allowed === 'yes'
    } catch (error) {
      log.warn({ err: error, nodeId, jobId: renderId, code: refusalOf(error).code }, 'object of a lease not counted')
      return true
    }
  }
  return {
    brief: async (nodeId, claim) => {
      const current = await guard.open(nodeId, claim)
      if (isRefusal(current)) return current
      const { visit, render } = current
      const { clip, visitId, sealedName } = visit
      if (!permitsRender(visit, render.tier)) return refuse('consent-missing')
      if (!clip) return refuse('object-unknown')
      // A node that is sent to a store which is away would only count an attempt (S6).
      await ready()
      const url = signer.sign({ method: 'GET', key: clip.key, expiresAt: clock.now() + urlMs })
      return {
        ok: true,
        language: visit.language,
        ...(sealedName !== undefined && { firstName: sealer.open(sealedName, `${visitId}:name`) }),
        clip: { url, sha256: clip.sha256, bytes: clip.bytes },
        seed: seedOf(render.renderId),
      }
    },
    put: async (nodeId, request) => {
      const { kind, sha256, bytes, renderId, leaseToken } = request
      const { maxBytes, mime } = NODE_OBJECTS[kind]
      if (bytes > maxBytes) return refuse('reel-too-large')
      const current = await guard.open(nodeId, request)
      if (isRefusal(current)) return current
      // What leaves the event leaves it for the cloud (M3).
      if (kind === 'reference' && !permitsRender(current.visit, 'cloud')) return refuse('consent-missing')
      await ready(bytes)
      // Or the store's door would know nothing of a lease whose acceptance could not be noted (L2).
      const visit = await noted(nodeId, request, current)
      if (isRefusal(visit)) return visit
      if (!(await allow(nodeId, request))) return refuse('overloaded')
      const key = nodeObjectKey({ eventId, visitId: visitIdOf(renderId), folder: leaseFolder(leaseToken), kind, sha256 })
      const url = signer.sign({ method: 'PUT', key, expiresAt: clock.now() + urlMs, put: { bytes, sha256, mime } })
      if (kind !== 'reference' || !direct) return { ok: true, url }
      return { ok: true, url, readUrl: direct.sign({ method: 'GET', key, expiresAt: clock.now() + REFERENCE_MS }) }
    },
  }
}
