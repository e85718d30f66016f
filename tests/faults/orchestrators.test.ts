/** Orchestrators that die while others live. */
import { performance } from 'node:perf_hooks'
import { madeClip } from '../support/fake-kiosk.ts'
import { sendVisitor } from '../support/visitor.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'

defineFault({
  name: 'An orchestrator is killed with its leases',
  injected: 'SIGKILL to the orchestrator that nodes and kiosk are connected to, another one lives',
  invariant: 'nodes go on with their films under their tokens at the other one: none is given to a second node',
  recovery: 'from the kill until the first film that was under way is ready',
  boundMs: 20_000,
  fleet: { orchestrators: 1 },
  guard: {
    name: 'the proof of ownership by token, in time',
    // Kept by beats every second; not while a node looks for another orchestrator.
    off: { env: { FANREEL_LEASE_MS: '1500', FANREEL_STALLED_MS: '100' } },
  },
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-a', 'node-b', 'node-c'], { makeMs: 12_000 })
    const kiosk = await fleet.kiosk('kiosk-1')
    const [first] = fleet.orchestrators.values()
    if (!first) throw new NotStruck('no orchestrator')
    // Nodes and kiosk are at the first one by now.
    await fleet.startOrchestrator()
    const visits: string[] = []
    for (let at = 0; at < 3; at++) {
      const { visitId } = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
      visits.push(visitId)
    }
    const states = async () => (await fleet.store.getMany(visits)).map((visit) => visit.state)
    await until(async () => (await states()).every((state) => state === 'rendering'), { withinMs: 30_000, what: 'three films' })
    const since = performance.now()
    await first.kill()
    if ((await states()).includes('ready')) throw new NotStruck('a film was made already')
    const recoveryMs = await until(async () => (await states()).includes('ready'), { withinMs: boundMs, what: 'a film', since })
    await until(async () => (await states()).every((state) => state === 'ready'), { withinMs: 60_000, what: 'all films' })
    const attempts = (await fleet.store.getMany(visits)).map(
      (visit) => visit.history.filter((step) => step.state === 'rendering').length,
    )
    if (attempts.some((count) => count !== 1)) throw new Error(`films were begun ${attempts} times`)
    return { recoveryMs, proof: 'three films were under way when it died', ends: allReady(visits) }
  },
})
