/** Orchestrators that are restarted one after the other, or stand still, while films are made. */
import { performance } from 'node:perf_hooks'
import type { Child } from '../support/child.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import type { Fleet } from '../support/fleet.ts'
import { sendVisitor } from '../support/visitor.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'

const FILMS = 3
/** No lease outlives a change of orchestrators. */
const SHORT_LEASES = { FANREEL_LEASE_MS: '700', FANREEL_STALLED_MS: '100' }

/** Three films under way, each on a node of its own. */
const underWay = async (fleet: Fleet, makeMs: number): Promise<string[]> => {
  await fleet.startNodes(['node-a', 'node-b', 'node-c'], { makeMs })
  const kiosk = await fleet.kiosk('kiosk-1')
  const visits: string[] = []
  for (let at = 0; at < FILMS; at++) {
    const { visitId } = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
    visits.push(visitId)
  }
  const states = async () => (await fleet.store.getMany(visits)).map((visit) => visit.state)
  await until(async () => (await states()).every((state) => state === 'rendering'), { withinMs: 30_000, what: 'three films' })
  return visits
}
/** Waits for all of them; each must have been begun once. */
const allOnce = async (fleet: Fleet, visits: readonly string[], withinMs: number, since: number): Promise<number> => {
  const states = async () => (await fleet.store.getMany([...visits])).map((visit) => visit.state)
  const recoveryMs = await until(async () => (await states()).every((state) => state === 'ready'), {
    withinMs,
    what: 'all films',
    since,
  })
  for (const { history, visitId } of await fleet.store.getMany([...visits])) {
    const begun = history.filter((step) => step.state === 'rendering').length
    if (begun !== 1) throw new Error(`the film of ${visitId} was begun ${begun} times`)
  }
  return recoveryMs
}
const living = (fleet: Fleet): Child[] => [...fleet.orchestrators.values()].filter((child) => child.running)

defineFault({
  name: 'Every orchestrator is restarted, one after the other',
  injected: 'SIGTERM to each of two orchestrators in turn, a new one started for it, while three films are made',
  invariant: 'no lease is lost: every film is made by the node that began it',
  recovery: 'from the last restart until all films are ready',
  boundMs: 30_000,
  fleet: { orchestrators: 2 },
  guard: { name: 'leases that outlive a restart', off: { env: SHORT_LEASES } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const visits = await underWay(fleet, 20_000)
    const first = living(fleet)
    for (const orchestrator of first) {
      await orchestrator.stop()
      await fleet.startOrchestrator()
    }
    const since = performance.now()
    if (first.some((child) => child.running) || living(fleet).length !== first.length)
      throw new NotStruck('not all were restarted')
    if ((await fleet.store.getMany(visits)).some((visit) => visit.state === 'ready'))
      throw new NotStruck('the films were made already')
    const recoveryMs = await allOnce(fleet, visits, boundMs, since)
    return { recoveryMs, proof: `${first.length} orchestrators ended and ${first.length} others began`, ends: allReady(visits) }
  },
})

const FROZEN_MS = 6_000

defineFault({
  name: 'An orchestrator stands still',
  injected: `SIGSTOP to the only orchestrator for ${FROZEN_MS / 1_000} seconds while three films are made: what a blocked event loop is to others`,
  invariant: 'no lease is lost, no node is taken for dead: what waited is read first',
  recovery: 'from the moment it goes on until all films are ready',
  boundMs: 20_000,
  guard: { name: 'leases longer than that', off: { env: SHORT_LEASES } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const visits = await underWay(fleet, 12_000)
    const [orchestrator] = living(fleet)
    if (!orchestrator?.process.kill('SIGSTOP')) throw new NotStruck('it could not be stopped')
    const asked = performance.now()
    const silent = await fetch(`${fleet.url}/health`, { signal: AbortSignal.timeout(FROZEN_MS) }).then(
      () => false,
      () => true,
    )
    orchestrator.process.kill('SIGCONT')
    const since = performance.now()
    if (!silent) throw new NotStruck('it answered all the same')
    const recoveryMs = await allOnce(fleet, visits, boundMs, since)
    return { recoveryMs, proof: `nothing answered for ${Math.round(since - asked)} ms`, ends: allReady(visits) }
  },
})
