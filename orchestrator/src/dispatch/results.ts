/**
 * How a render ends: a result is accepted once, whatever is sent twice, late or by another (R1, R2). `moveToCompleted` is
 * the commit point; everything before it can be refused, everything after it can be repeated. So each visit ends
 * with one reel or a named failure (R5).
 */
import {
  ClipCode,
  type Code,
  type EventId,
  type NodeId,
  type ReelReport,
  type Refusal,
  type RenderFailure,
  type RenderResult,
  type RenderTier,
  type ResultAnswer,
  refuse,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import { leaseFolder, nodeObjectKey } from '../visits/media-keys.ts'
import type { RenderTimes } from '../visits/render-times.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import { type Current, isTokenOf, type LeaseGuard, visitIdOf } from './lease-guard.ts'
import { checkDelivery } from './reel-check.ts'
import type { Reel, Settle } from './settle.ts'

/** What no attempt can mend; whatever else a node calls bad input is tried again (R2). */
const isOfTheClip = (code: Code): boolean => ClipCode.safeParse(code).success || code === 'reel-other-person'

/** In milliseconds, from the moment a render was queued. */
export type Waited = { promisedMs: number; ms: number }

export type Results = {
  result(nodeId: NodeId, result: RenderResult): Promise<ResultAnswer>
  failed(nodeId: NodeId, failure: RenderFailure): Promise<{ ok: true } | Refusal>
}

export const createResults = (options: {
  eventId: EventId
  store: VisitStore
  queue: RenderQueue
  guard: LeaseGuard
  settle: Settle
  media: MediaStore
  times: RenderTimes
  /** The node itself was at fault. */
  strike: (nodeId: NodeId, code: Code) => void
  /** The node has called a clip no good. */
  blamedClip: (nodeId: NodeId, tier: RenderTier, code: Code) => void
  count: (nodeId: NodeId, outcome: 'done' | 'failed') => void
  /** Hears of each film that was accepted, once. */
  onReel?: (report: ReelReport) => void
  /** Hears how right the wait was that a visitor was told (V6). */
  onWaited: (waited: Waited) => void
  clock: Clock
  log: Logger
}): Results => {
  const { eventId, store, queue, guard, settle, media, times, strike, blamedClip, count, onWaited, clock, log } = options

  const reelOf = (result: RenderResult, folder: string): Reel => {
    const visitId = visitIdOf(result.renderId)
    const stored = (kind: 'reel' | 'poster' | 'shot-list', object: RenderResult['reel']) => ({
      key: nodeObjectKey({ eventId, visitId, folder, kind, sha256: object.sha256 }),
      ...object,
    })
    const { reel, poster, shotList, report } = result
    return { ...stored('reel', reel), poster: stored('poster', poster), shotList: stored('shot-list', shotList), report }
  }

  /** A result whose lease is not good any more: was it this very one, another, or none? */
  const afterLease = async (result: RenderResult): Promise<ResultAnswer> => {
    const visit = await store.get(visitIdOf(result.renderId))
    if (!visit?.render) return refuse('render-cancelled')
    if (visit.render.renderId !== result.renderId) return { ok: true, outcome: 'superseded' }
    const standing = await queue.standing(visit.render.tier, result.renderId)
    if (standing.state !== 'completed')
      return refuse(visit.state === 'rendering' || visit.state === 'queued' ? 'lease-lost' : 'render-cancelled')
    const { outcome } = standing
    if (visit.state === 'rendering' || visit.state === 'queued') {
      await settle.ready(result.renderId, outcome.result as Reel, outcome.folder)
    }
    return { ok: true, outcome: outcome.reelSha256 === result.reel.sha256 ? 'duplicate' : 'superseded' }
  }

  const commit = async (nodeId: NodeId, result: RenderResult, { visit, render }: Current): Promise<ResultAnswer> => {
    const { renderId, leaseToken } = result
    const folder = leaseFolder(leaseToken)
    const reel = reelOf(result, folder)
    const outcome = { folder, reelSha256: reel.sha256, result: reel }
    const committed = await queue.complete(render.tier, renderId, leaseToken, outcome)
    if (committed === 'lease-lost') return refuse('lease-lost')
    if (committed === 'superseded') return { ok: true, outcome: 'superseded' }
    const ms = clock.now() - (render.startedAt ?? visit.changedAt)
    const settled = settle.ready(renderId, reel, folder, visit)
    if (committed === 'accepted') count(nodeId, 'done')
    await Promise.all([settled, committed === 'accepted' && times.measured(render.tier, ms)])
    if (committed === 'accepted') {
      options.onReel?.(result.report)
      const { promisedMs, queuedAt } = render
      const waitedMs = clock.now() - queuedAt
      if (promisedMs !== undefined) onWaited({ promisedMs, ms: waitedMs })
      log.info({ visitId: visit.visitId, jobId: renderId, nodeId, ms, waitedMs, promisedMs }, 'reel ready')
    }
    return { ok: true, outcome: committed }
  }

  return {
    result: async (nodeId, result) => {
      if (!isTokenOf(nodeId, result.leaseToken)) return refuse('lease-lost')
      const current = await guard.open(nodeId, result)
      if (isRefusal(current)) return afterLease(result)
      const reel = reelOf(result, leaseFolder(result.leaseToken))
      const { poster, shotList } = reel
      const wrong = await checkDelivery(media, { reel, poster, shotList }, result.report)
      if (wrong === undefined) return commit(nodeId, result, current)
      log.warn({ visitId: current.visit.visitId, jobId: result.renderId, nodeId, code: wrong }, 'delivery refused')
      // What is missing may still be put; what is wrong stays wrong, and another node should try.
      if (wrong === 'object-unknown') return refuse('object-unknown')
      await fail(nodeId, { ...result, code: wrong, class: 'node-fault' }, current)
      return refuse(wrong)
    },
    failed: async (nodeId, failure) => {
      const current = await guard.wanted(nodeId, failure)
      if (!isRefusal(current)) return fail(nodeId, failure, current)
      return current.code === 'render-cancelled' ? { ok: true } : current
    },
  }

  async function fail(nodeId: NodeId, failure: RenderFailure, { render }: Current): Promise<{ ok: true } | Refusal> {
    const { renderId, leaseToken, code } = failure
    const final = failure.class === 'bad-input' && isOfTheClip(code)
    const ended = await queue.fail(render.tier, renderId, leaseToken, { code, final })
    if (ended === 'lease-lost') return refuse('lease-lost')
    if (failure.class === 'node-fault') strike(nodeId, code)
    if (final) blamedClip(nodeId, render.tier, code)
    count(nodeId, 'failed')
    if (ended === 'failed') await settle.failed(renderId, code)
    else await settle.waiting(renderId, code)
    log.info({ visitId: visitIdOf(renderId), jobId: renderId, nodeId, code, again: ended === 'again' }, 'attempt failed')
    return { ok: true }
  }
}
