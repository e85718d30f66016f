/**
 * What holds after every fault: each visit has ended as it should, no film was accepted twice, nothing is left in the queue
 * and nothing half-sent on the disk.
 */
import { join } from 'node:path'
import { RENDER_TIERS, type VisitState } from '@fanreel/protocol'
import { expect } from 'vitest'
import { filesUnder } from '../support/files-under.ts'
import type { Fleet } from '../support/fleet.ts'

/** Each visit and the states in which it may end. */
export type Ends = ReadonlyMap<string, readonly VisitState[]>

export const allReady = (visitIds: Iterable<string>): Ends => new Map([...visitIds].map((visitId) => [visitId, ['ready']]))

/** How long whatever a fault has put off may take to be made good, in milliseconds. */
const SETTLE_MS = 90_000

/** Visits that have not ended as they should, each with where it stands. */
const unsettled = async (fleet: Fleet, ends: Ends): Promise<string[]> => {
  const visits = await fleet.store.getMany([...ends.keys()])
  const lost = [...ends.keys()].filter((visitId) => !visits.some((visit) => visit.visitId === visitId))
  const wrong = visits.filter((visit) => !ends.get(visit.visitId)?.includes(visit.state))
  return [...lost.map((visitId) => `${visitId} is lost`), ...wrong.map((visit) => `${visit.visitId} is ${visit.state}`)]
}

/** Renders whose film was accepted more than once, as the orchestrators have logged it. */
export const doubledIn = (logs: string): string[] => {
  const accepted = new Map<string, number>()
  for (const line of logs.split('\n')) {
    if (!line.includes('"reel ready"')) continue
    const { jobId } = JSON.parse(line) as { jobId: string }
    accepted.set(jobId, (accepted.get(jobId) ?? 0) + 1)
  }
  return [...accepted].flatMap(([jobId, times]) => (times > 1 ? [`${jobId} was accepted ${times} times`] : []))
}

/** Waits until all is settled, and says what is not. */
export const expectWhole = async (fleet: Fleet, ends: Ends): Promise<void> => {
  const quietKeys = RENDER_TIERS.flatMap((tier) =>
    ['wait', 'prioritized', 'active', 'delayed'].map((state) => `fanreel:{${fleet.eventId}}:render-${tier}:${state}`),
  )
  await expect.poll(() => unsettled(fleet, ends), { timeout: SETTLE_MS, interval: 200 }).toEqual([])
  await expect.poll(() => fleet.redis.call((client) => client.exists(quietKeys)), { timeout: SETTLE_MS }).toBe(0)
  const leftIn = (folder: string) => filesUnder(join(fleet.mediaRoot, folder))
  await expect.poll(async () => [...(await leftIn('staging')), ...(await leftIn('incoming'))], { timeout: SETTLE_MS }).toEqual([])
  for (const visit of await fleet.store.getMany([...ends.keys()])) {
    const films = visit.history.filter((step) => step.state === 'ready').length
    // One that was deleted may have had its film before.
    const had = visit.state === 'deleted' ? [0, 1] : [visit.state === 'ready' ? 1 : 0]
    expect(had, `films of ${visit.visitId}`).toContain(films)
  }
  expect(doubledIn(await fleet.logs())).toEqual([])
}
