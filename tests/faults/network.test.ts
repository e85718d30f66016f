/** Networks that are slow, lossy or flapping, and a Redis behind one that swallows everything. */
import { performance } from 'node:perf_hooks'
import { madeClip } from '../support/fake-kiosk.ts'
import type { Fleet } from '../support/fleet.ts'
import { sendVisitor } from '../support/visitor.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'
import { randomOf } from './random/schedule.ts'

/** How often a film of the visit was begun. */
const begunOf = async (fleet: Fleet, visitId: string): Promise<number> => {
  const visit = await fleet.store.get(visitId)
  return visit?.history.filter((step) => step.state === 'rendering').length ?? 0
}
const onceOnly = async (fleet: Fleet, visitId: string): Promise<void> => {
  const begun = await begunOf(fleet, visitId)
  if (begun !== 1) throw new Error(`the film was begun ${begun} times`)
}

const ROUGH = { delayMs: 250, lossShare: 0.05, bytesPerSecond: 1_000_000 }

defineFault({
  name: 'Kiosk and node are far away, on a slow network that loses',
  injected: `half a second there and back, ${ROUGH.lossShare * 100} % of pieces lost once, 1 MB/s, for a kiosk and for the node`,
  invariant: 'the clip arrives and the film is made at the first attempt: slow is not dead',
  recovery: 'from the first piece of the clip until the film',
  boundMs: 60_000,
  guard: {
    name: 'leases longer than such a network takes',
    off: { env: { FANREEL_LEASE_MS: '400', FANREEL_STALLED_MS: '100' } },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const [kioskLine, nodeLine] = [await fleet.line(), await fleet.line()]
    kioskLine.roughen({ ...ROUGH, random: randomOf(1) })
    nodeLine.roughen({ ...ROUGH, random: randomOf(2) })
    const asked = performance.now()
    await fetch(`http://127.0.0.1:${kioskLine.port}/health`)
    const roundTripMs = Math.round(performance.now() - asked)
    if (roundTripMs < 2 * ROUGH.delayMs) throw new NotStruck(`an answer took only ${roundTripMs} ms`)
    await fleet.startNodes(['node-a'], { makeMs: 3_000, line: nodeLine })
    const kiosk = await fleet.kiosk('kiosk-1', kioskLine)
    const since = performance.now()
    const { visitId } = await sendVisitor(
      kiosk,
      { kioskId: 'kiosk-1', url: fleet.url },
      { clip: madeClip(3_000_000), packId: 'tiny' },
    )
    const ready = async () => (await fleet.store.get(visitId))?.state === 'ready'
    const recoveryMs = await until(ready, { withinMs: boundMs, what: 'the film', since })
    await onceOnly(fleet, visitId)
    return { recoveryMs, proof: `an answer took ${roundTripMs} ms`, ends: allReady([visitId]) }
  },
})

const FLAPS = 10

defineFault({
  name: 'A node comes and goes every second',
  injected: `a line that cuts the node's connection every second, ${FLAPS} times, while it draws`,
  invariant: 'it keeps its film: the grace of a closed socket is longer than a flap',
  recovery: 'from the last cut until the film',
  boundMs: 20_000,
  guard: { name: 'the grace of a closed socket', off: { env: { FANREEL_GRACE_MS: '1' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const line = await fleet.line()
    await fleet.startNodes(['node-a'], { makeMs: (FLAPS + 4) * 1_000, line })
    const kiosk = await fleet.kiosk('kiosk-1')
    const { visitId } = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
    await until(async () => (await begunOf(fleet, visitId)) === 1, { withinMs: 30_000, what: 'a film under way' })
    for (let count = 0; count < FLAPS; count++) {
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      line.cut()
    }
    if (line.cuts < FLAPS) throw new NotStruck(`only ${line.cuts} connections were cut`)
    const since = performance.now()
    const ready = async () => (await fleet.store.get(visitId))?.state === 'ready'
    const recoveryMs = await until(ready, { withinMs: boundMs, what: 'the film', since })
    await onceOnly(fleet, visitId)
    return { recoveryMs, proof: `${line.cuts} connections were cut`, ends: allReady([visitId]) }
  },
})

const CROWD = 200
const CROWD_FILMS = 20
/** Longer than a busy machine takes to begin them all. */
const CROWD_MAKE_MS = 40_000

defineFault({
  name: 'Two hundred nodes come back at once',
  injected: `one line that cuts ${CROWD} nodes off in the same moment, ${CROWD_FILMS} of which draw, with two orchestrators behind it`,
  invariant: 'each is welcomed again and keeps its film: nobody comes in the way of another, and no film is made twice',
  recovery: 'from the cut until every node is welcomed again',
  boundMs: 20_000,
  fleet: { orchestrators: 2 },
  guard: { name: 'the grace of a closed socket', off: { env: { FANREEL_GRACE_MS: '1' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const line = await fleet.line()
    const names = Array.from({ length: CROWD }, (_, at) => `node-${at}`)
    await fleet.startNodes(names, { makeMs: CROWD_MAKE_MS, line })
    const welcomes = async () => (await fleet.logs()).split('"msg":"node joined"').length - 1
    await until(async () => (await welcomes()) >= CROWD, { withinMs: 60_000, what: `${CROWD} nodes` })
    const kiosk = await fleet.kiosk('kiosk-1')
    const visits: string[] = []
    for (let count = 0; count < CROWD_FILMS; count++) {
      const from = { kioskId: 'kiosk-1', url: fleet.url }
      visits.push((await sendVisitor(kiosk, from, { clip: madeClip(), packId: 'tiny' })).visitId)
    }
    const begun = async () => Promise.all(visits.map((visitId) => begunOf(fleet, visitId)))
    await until(async () => (await begun()).every((count) => count === 1), {
      withinMs: 30_000,
      what: `${CROWD_FILMS} films under way`,
    })
    if (((await fleet.store.counts()).ready ?? 0) > 0) throw new NotStruck('a film was ready before the cut')
    const before = await welcomes()
    const since = performance.now()
    line.cut()
    if (line.cuts < CROWD) throw new NotStruck(`only ${line.cuts} connections were cut`)
    const recoveryMs = await until(async () => (await welcomes()) >= before + CROWD, {
      withinMs: boundMs,
      what: 'every node welcomed again',
      since,
    })
    await until(async () => (await fleet.store.counts()).ready === CROWD_FILMS, { withinMs: 60_000, what: 'every film' })
    for (const visitId of visits) await onceOnly(fleet, visitId)
    return { recoveryMs, proof: `${line.cuts} connections were cut`, ends: allReady(visits) }
  },
})

const SWALLOWED_MS = 8_000

defineFault({
  name: 'The network before Redis swallows everything',
  injected: `a proxy between orchestrator and Redis that lets nothing through and closes nothing, for ${SWALLOWED_MS / 1_000} seconds`,
  invariant: 'a peer that asks meanwhile is told `unavailable` within the deadline; what came through late changes nothing twice',
  recovery: 'from the moment something comes through again until the next film',
  boundMs: 20_000,
  guard: { name: 'the deadline of each call to Redis', off: { env: { FANREEL_REDIS_DEADLINE_MS: '120000' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-a', 'node-b'], { makeMs: 500 })
    const kiosk = await fleet.kiosk('kiosk-1')
    const from = { kioskId: 'kiosk-1', url: fleet.url }
    const visits = new Set<string>()
    let going = true
    const rush = (async () => {
      while (going) visits.add((await sendVisitor(kiosk, from, { clip: madeClip(), packId: 'tiny' })).visitId)
    })()
    rush.catch(() => undefined)
    const films = async () => (await fleet.store.counts()).ready ?? 0
    await until(async () => (await films()) >= 2, { withinMs: 60_000, what: 'the first films' })
    fleet.redisLine.blackHole(true)
    const asked = performance.now()
    const told = await fetch(`${fleet.url}/ready`, { signal: AbortSignal.timeout(SWALLOWED_MS - 1_500) })
    const toldMs = Math.round(performance.now() - asked)
    if (told.status !== 503) throw new NotStruck(`without Redis the orchestrator says ${told.status}`)
    await new Promise((resolve) => setTimeout(resolve, SWALLOWED_MS - (performance.now() - asked)))
    const before = await films()
    fleet.redisLine.blackHole(false)
    const recoveryMs = await until(async () => (await films()) > before, { withinMs: boundMs, what: 'a film' })
    going = false
    await rush
    return { recoveryMs, proof: `/ready answered ${told.status} after ${toldMs} ms`, ends: allReady(visits) }
  },
})
