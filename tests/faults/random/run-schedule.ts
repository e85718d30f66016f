/** Lets a schedule of faults strike a small installation at its work, then waits until it is whole again. */
import { performance } from 'node:perf_hooks'
import { expect } from 'vitest'
import { madeClip } from '../../support/fake-kiosk.ts'
import { sendVisitor } from '../../support/visitor.ts'
import { type Ends, expectWhole } from '../invariant.ts'
import { INFLICT } from './injuries.ts'
import { type Scene, startScene } from './scene.ts'
import { planSchedule } from './schedule.ts'

/** How soon a visitor who comes when every fault has ended has their film, at most, in milliseconds. */
const RECOVERY_MS = 45_000
/** Clips that are on their way when the doors close are there by then. */
const LAST_CLIP_MS = 120_000
/** Losses after which a visit may rightly have run out of tries (L7). */
const TRIES = 3

export type ScheduleReport = { strikes: number; visits: number; ready: number; failed: number; recoveryMs: number }

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

const strikeAll = async (scene: Scene, seed: number, lengthMs: number): Promise<number> => {
  const strikes = planSchedule(seed, lengthMs)
  const begun = performance.now()
  const healing: Promise<void>[] = []
  for (const strike of strikes) {
    await wait(begun + strike.atMs - performance.now())
    const heal = await INFLICT[strike.injury](scene, strike)
    healing.push(wait(strike.lastsMs).then(() => heal?.()))
  }
  await Promise.all(healing)
  await scene.refill()
  return strikes.length
}

/** A visit that has failed must have been lost with its node time and again: nothing else of a schedule fails one. */
const rightlyFailed = async (scene: Scene): Promise<string[]> => {
  const visits = await scene.fleet.store.getMany([...scene.visits])
  return visits.flatMap(({ visitId, state, code, history }) => {
    if (state !== 'failed') return []
    const begun = history.filter((step) => step.state === 'rendering').length
    return code === 'too-many-attempts' && begun >= TRIES ? [] : [`${visitId} failed with ${code} after ${begun} attempts`]
  })
}

/** @throws Error, or vitest's own, where anything is not as it should be */
export const runSchedule = async (seed: number, lengthMs: number): Promise<ScheduleReport> => {
  const scene = await startScene()
  const { fleet } = scene
  try {
    const strikes = await strikeAll(scene, seed, lengthMs)
    const since = performance.now()
    const kiosk = await fleet.kiosk('kiosk-last')
    const last = await sendVisitor(kiosk, { kioskId: 'kiosk-last', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
    await last.until((view) => view.state === 'ready', RECOVERY_MS)
    const recoveryMs = Math.round(performance.now() - since)
    expect(recoveryMs, 'recovery').toBeLessThanOrEqual(RECOVERY_MS)
    const closed = await Promise.race([scene.closeDoors().then(() => true), wait(LAST_CLIP_MS).then(() => false)])
    expect(closed, 'every clip is there').toBe(true)
    const ends: Ends = new Map([...scene.visits, last.visitId].map((visitId) => [visitId, ['ready', 'failed']]))
    await expectWhole(fleet, ends)
    expect(await rightlyFailed(scene)).toEqual([])
    const visits = await fleet.store.getMany([...ends.keys()])
    const inState = (state: string) => visits.filter((visit) => visit.state === state).length
    return { strikes, visits: visits.length, ready: inState('ready'), failed: inState('failed'), recoveryMs }
  } catch (error) {
    // For the person who asks what happened.
    if (process.env.FANREEL_TEST_LOG) process.stderr.write(await fleet.logs())
    throw error
  } finally {
    await scene.stop()
  }
}
