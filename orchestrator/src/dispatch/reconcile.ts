/**
 * Brings visits and queue together again after a crash between two steps (Q5): a queued visit without a job gets one, a
 * finished job reaches its visit, a lost lease shows. Looks only at visits that have stood still for a while; whatever it
 * does can be done twice.
 */
import type { RenderId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import { renderWorkOf } from '../visits/render-work.ts'
import type { Visit } from '../visits/visit.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import type { Reel, Settle } from './settle.ts'

const BATCH = 1_000
/** How long a visit has stood still before it is looked at, in milliseconds. */
const STILL_MS = 3_000

const renderIdOf = (visit: Visit): RenderId | undefined => visit.render?.renderId

/** One round; answers how many visits it moved. */
export const reconcile = async (options: {
  store: VisitStore
  queue: RenderQueue
  settle: Settle
  hint: () => void
  clock: Clock
  log: Logger
}): Promise<number> => {
  const { store, queue, settle, hint, clock, log } = options

  const mend = async (visit: Visit): Promise<string | undefined> => {
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
        if (visit.state !== 'rendering') return undefined
        await settle.waiting(renderId, 'lease-lost')
        return 'lease lost'
      case 'active':
        return undefined
    }
  }

  let moved = 0
  const before = clock.now() - STILL_MS
  for (const state of ['queued', 'rendering'] as const) {
    for (const visit of await store.getMany(await store.inState(state, before, BATCH))) {
      const fields = { visitId: visit.visitId, jobId: renderIdOf(visit) }
      try {
        const what = await mend(visit)
        if (what === undefined) continue
        moved++
        log.info(fields, `reconciled: ${what}`)
      } catch (error) {
        // One that cannot be mended now keeps none of the others.
        log.warn({ err: error, code: refusalOf(error).code, ...fields }, 'reconciled later')
      }
    }
  }
  return moved
}
