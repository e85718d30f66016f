/** Nodes that die, freeze or fall off the network in the middle of a film. */
import { performance } from 'node:perf_hooks'
import { madeClip } from '../support/fake-kiosk.ts'
import type { Fleet } from '../support/fleet.ts'
import { sendVisitor } from '../support/visitor.ts'
import { defineFault, NotStruck, type Struck, until } from './fault.ts'
import { allReady } from './invariant.ts'

const MAKE_MS = 3_000
/** No lease ends by itself. */
const FOR_EVER = '3600000'

type Hit = { proof: string; after?: () => Promise<void> }

const holderOf = async (fleet: Fleet, visitId: string): Promise<string | undefined> => {
  const visit = await fleet.store.get(visitId)
  return visit?.state === 'rendering' ? visit.render?.nodeId : undefined
}

/** One visit on node-a, then node-b joins and `strike` hits node-a; answers how long until the film is made on node-b. */
const loseNode = async (
  fleet: Fleet,
  boundMs: number,
  hit: (node: { kill(): Promise<void>; process: { kill(signal: NodeJS.Signals): boolean } }) => Hit | Promise<Hit>,
  line?: Awaited<ReturnType<Fleet['line']>>,
): Promise<Struck> => {
  const first = await fleet.startNodes(['node-a'], { makeMs: MAKE_MS * 100, ...(line && { line }) })
  const kiosk = await fleet.kiosk('kiosk-1')
  const { visitId } = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
  await until(async () => (await holderOf(fleet, visitId)) === 'node-a', { withinMs: 30_000, what: 'a film on node-a' })
  await fleet.startNodes(['node-b'], { makeMs: MAKE_MS })
  const since = performance.now()
  const { proof, after } = await hit(first)
  const recoveryMs = await until(async () => (await holderOf(fleet, visitId)) === 'node-b', {
    withinMs: boundMs,
    what: 'the film on node-b',
    since,
  })
  await until(async () => (await fleet.store.get(visitId))?.state === 'ready', { withinMs: 60_000, what: 'the film' })
  await after?.()
  return { recoveryMs, proof, ends: allReady([visitId]) }
}

defineFault({
  name: 'A node is killed in mid-film',
  injected: 'SIGKILL to the process of a node that is drawing',
  invariant: 'the film is made by another node; its loss counts as one attempt',
  recovery: 'from the kill until the other node draws',
  boundMs: 20_000,
  guard: {
    name: 'the grace of a closed socket and the end of its lease',
    off: { env: { FANREEL_GRACE_MS: FOR_EVER, FANREEL_LEASE_MS: FOR_EVER } },
  },
  strike: (fleet, boundMs) =>
    loseNode(fleet, boundMs, async (node) => {
      await node.kill()
      return { proof: 'the process is gone' }
    }),
})

defineFault({
  name: 'A node freezes in mid-film and wakes up later',
  injected: 'SIGSTOP to the process of a node that is drawing, SIGCONT when another has made the film',
  invariant: 'silence ends its lease though its socket stands; awake again, it is told to drop the film',
  recovery: 'from the freeze until the other node draws',
  boundMs: 45_000,
  guard: { name: 'the end of a silent lease', off: { env: { FANREEL_LEASE_MS: FOR_EVER } } },
  strike: (fleet, boundMs) =>
    loseNode(fleet, boundMs, (node) => {
      if (!node.process.kill('SIGSTOP')) throw new NotStruck('the node could not be stopped')
      return {
        proof: 'the process stood still, and ended its film unasked when it went on',
        after: async () => {
          node.process.kill('SIGCONT')
          const stopped = async () => /"node":"node-a".*"end":"stopped"/.test(await fleet.logs())
          await until(stopped, { withinMs: 30_000, what: 'the end of the first film' })
        },
      }
    }),
})

defineFault({
  name: "A node's network swallows everything",
  injected: 'a proxy between node and orchestrator that lets nothing through and closes nothing, opened again later',
  invariant: 'as for a frozen node; what was on its way arrives late and is refused',
  recovery: 'from the black hole until the other node draws',
  boundMs: 45_000,
  guard: { name: 'the end of a silent lease', off: { env: { FANREEL_LEASE_MS: FOR_EVER } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const line = await fleet.line()
    return loseNode(
      fleet,
      boundMs,
      () => {
        if (line.sentBytes === 0) throw new NotStruck('the node does not go through the proxy')
        line.blackHole(true)
        return {
          proof: 'nothing came through, while the socket stood',
          after: async () => {
            line.blackHole(false)
            const stopped = async () => /"node":"node-a".*"end":"stopped"/.test(await fleet.logs())
            await until(stopped, { withinMs: 60_000, what: 'the end of the first film' })
          },
        }
      },
      line,
    )
  },
})
