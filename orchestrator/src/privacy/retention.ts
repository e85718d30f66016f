/** Nothing is kept longer than was promised: reels expire on their date, tombstones are forgotten a month later (E6). */

import { END_STATES } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import type { Erasure } from './erasure.ts'

const BATCH = 100

/** Ends every visit whose time is over and goes on with erasures; answers how many visits it touched. Safe to repeat. */
export const sweepRetention = async (options: {
  store: VisitStore
  erasure: Erasure
  clock: Clock
  log: Logger
}): Promise<number> => {
  const { store, erasure, clock, log } = options
  const visitIds = await store.expired(clock.now(), BATCH)
  for (const visitId of visitIds) {
    const visit = await store.get(visitId)
    if (!visit || END_STATES.has(visit.state)) {
      await store.forget(visitId)
      continue
    }
    const ended = await erasure.end(visitId, { type: visit.state === 'ready' ? 'expire' : 'delete' })
    if (isRefusal(ended)) log.warn({ visitId, code: ended.code }, 'visit did not end')
    else log.info({ visitId, state: ended.state }, 'visit ended')
  }
  await erasure.sweep()
  return visitIds.length
}
