/** The broker in this process, with work to be claimed, beaten for and completed: what bench:dispatch takes the time of. */
import { performance } from 'node:perf_hooks'
import { pino } from 'pino'
import { systemClock } from '../../orchestrator/src/clock.ts'
import type { RenderWork } from '../../orchestrator/src/queue/lanes.ts'
import { openRenderQueue } from '../../orchestrator/src/queue/render-queue.ts'
import { newVisitId } from '../support/fake-kiosk.ts'

const EVENT_ID = 'bench'
const AT_ONCE = 100

/** Runs turns, so many at once, until nothing is left or `most` have been begun; answers how long that took, in milliseconds. */
export const timeOf = async (
  turn: (token: string) => Promise<boolean>,
  atOnce: number,
  most = Number.POSITIVE_INFINITY,
): Promise<number> => {
  let number = 0
  const begun = performance.now()
  const lane = async () => {
    while (number < most && (await turn(`${EVENT_ID}.node-a.${number++}`))) {
      // Until there is nothing left.
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return performance.now() - begun
}

export type Broker = {
  /** Queues so many renders, in the turns of so many kiosks. */
  fill(count: number, kiosks?: number): Promise<void>
  /** Claims, beats and completes one; false where there is none. */
  turn(token: string): Promise<boolean>
  close(): Promise<void>
}

export const openBroker = async (url: string): Promise<Broker> => {
  const log = pino({ level: 'silent' })
  const queue = await openRenderQueue({
    url,
    eventId: EVENT_ID,
    clock: systemClock,
    log,
    leaseMs: 30_000,
    stalledMs: 60_000,
    retryMs: 1_000,
  })
  const add = (kioskId: string) => {
    const visitId = newVisitId()
    const work: RenderWork = {
      ...{ eventId: EVENT_ID, visitId, renderId: `${visitId}-r1`, packId: 'p', packHash: 'a'.repeat(64) },
      ...{ clipSha256: 'b'.repeat(64), clipBytes: 5 },
    }
    return queue.add('cpu', work, kioskId)
  }
  return {
    fill: async (count, kiosks = 1) => {
      for (let at = 0; at < count; at += AT_ONCE) {
        const group = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, more) => add(`kiosk-${(at + more) % kiosks}`))
        await Promise.all(group)
      }
    },
    turn: async (token) => {
      const claim = await queue.claim('cpu', token)
      if (!claim) return false
      await queue.extend('cpu', claim.work.renderId, token, 30_000)
      const outcome = { folder: 'f', reelSha256: 'c'.repeat(64), result: { ok: 1 } }
      await queue.complete('cpu', claim.work.renderId, token, outcome)
      return true
    },
    close: () => queue.close(),
  }
}
