/**
 * Brings visits and queue together again after a crash between two steps (Q5): a queued visit without a job gets one, a
 * finished job reaches its visit, a lost lease shows, nobody waits for machines that are gone. Looks only at visits that have stood still for a while; whatever it
 * does can be done twice.
 */
import type { RenderId, RenderTier } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import { renderWorkOf } from '../visits/render-work.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import type { Reel, Settle } from './settle.ts'

/** How many visits of a state one round looks at; the next goes on behind them. */
const BATCH = 1_000
/** How long a visit has stood still before it is looked at, in milliseconds. */
const STILL_MS = 3_000

const renderIdOf = (visit: Visit): RenderId | undefined => visit.render?.renderId

/**
 * Answers what does one round, which tells how many visits it moved. Each round begins where the last one ended: behind a
 * thousand that merely wait their turn stands one that has lost its job.
 */
export const createReconciler = (options: {
  store: Pick<VisitStore, 'inState' | 'getMany' | 'update'>
  queue: Pick<RenderQueue, 'standing' | 'add' | 'remove'>
  settle: Settle
  /** Looks at who works where; answers on which tier a visit is to wait instead of its own, undefined where it is well there. */
  lookAtTiers: () => Promise<(visit: Visit) => RenderTier | undefined>
  hint: () => void
  clock: Clock
  log: Logger
  batch?: number
}): (() => Promise<number>) => {
  const { store, queue, settle, lookAtTiers, hint, clock, log, batch = BATCH } = options
  /** How many of each state have been looked at since its longest unchanged one. */
  const passed = { queued: 0, rendering: 0 }

  /** Out of the one queue, then into the other: what is claimed meanwhile stays, and a crash in between is mended as a lost job. */
  const moveTier = async (visit: Visit, tier: RenderTier): Promise<string | undefined> => {
    const { render } = visit
    if (!render || !(await queue.remove(render.tier, render.renderId))) return undefined
    let still = false
    const moved = await store.update(visit.visitId, (now) => {
      still = now.state === 'queued' && now.render?.renderId === render.renderId
      return still && now.render ? { ...now, seq: now.seq + 1, render: { ...now.render, tier } } : now
    })
    const job = still && !isRefusal(moved) ? renderWorkOf(moved) : undefined
    if (!job) return undefined
    await queue.add(job.tier, job.work, job.kioskId)
    hint()
    return `waits on ${tier} instead`
  }

  const mend = async (visit: Visit, betterTier: (visit: Visit) => RenderTier | undefined): Promise<string | undefined> => {
    const renderId = renderIdOf(visit)
    const job = renderWorkOf(visit)
    if (renderId === undefined || !visit.render) return undefined
    const standing = await queue.standing(visit.render.tier, renderId)
    switch (standing.state) {
      case 'completed':
        await settle.ready(renderId, standing.outcome.result as Reel, standing.outcome.folder)
        return 'reel found'
      case 'failed':
        await settle.failed(renderId, standing.reason)
        return 'failure found'
      case 'unknown':
        if (!job) {
          await settle.failed(renderId, 'upload-gone')
          return 'clip missing'
        }
        await settle.waiting(renderId, 'lease-lost')
        await queue.add(job.tier, job.work, job.kioskId)
        hint()
        return 'queued again'
      case 'waiting':
      case 'delayed':
        if (visit.state !== 'rendering') {
          const tier = betterTier(visit)
          return tier && moveTier(visit, tier)
        }
        await settle.waiting(renderId, 'lease-lost')
        return 'lease lost'
      case 'active':
        return undefined
    }
  }

  const look = async (state: keyof typeof passed, before: number): Promise<number> => {
    const visitIds = await store.inState(state, before, batch, passed[state])
    if (visitIds.length === 0) {
      passed[state] = 0
      return 0
    }
    const betterTier = await lookAtTiers()
    let moved = 0
    for (const visit of await store.getMany(visitIds)) {
      const fields = { visitId: visit.visitId, jobId: renderIdOf(visit) }
      try {
        const what = await mend(visit, betterTier)
        if (what === undefined) continue
        moved++
        log.info(fields, `reconciled: ${what}`)
      } catch (error) {
        // One that cannot be mended now keeps none of the others.
        log.warn({ err: error, code: refusalOf(error).code, ...fields }, 'reconciled later')
      }
    }
    // Whatever was moved has left the front, so that as many fewer are to be passed.
    passed[state] = visitIds.length < batch ? 0 : passed[state] + visitIds.length - moved
    return moved
  }

  return async () => {
    const before = clock.now() - STILL_MS
    return (await look('queued', before)) + (await look('rendering', before))
  }
}
