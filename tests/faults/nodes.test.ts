/** Nodes that die, freeze or fall off the network in the middle of a film, and nodes of another time. */
import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { PROTOCOL_VERSION } from '@fanreel/protocol'
import { MAX_TRIES } from '../../orchestrator/src/queue/lanes.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import type { Fleet } from '../support/fleet.ts'
import { sendVisitor } from '../support/visitor.ts'
import { without } from '../support/without.ts'
import { defineFault, NotStruck, type Struck, until } from './fault.ts'
import { allReady, type Ends } from './invariant.ts'

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

/** Starts a node again each time its process has died, as its service does; `died` hears of each. */
const keepAlive = async (fleet: Fleet, nodeId: string, env: Record<string, string>, died: () => void): Promise<() => void> => {
  let kept = true
  const begin = () => fleet.startNodes([nodeId], { makeMs: 500, env })
  const goOn = async (node: Awaited<ReturnType<typeof begin>>): Promise<void> => {
    await node.ended
    if (!kept) return
    died()
    await goOn(await begin())
  }
  // It ends with the fleet, in the middle of a start too.
  goOn(await begin()).catch(() => undefined)
  return () => {
    kept = false
  }
}
const OTHERS = 6

defineFault({
  name: 'A clip kills every node that takes it',
  injected: 'a clip at which the process of a node kills itself, among others, and two nodes that are started again each time',
  invariant: `it is over after ${MAX_TRIES} nodes (\`too-many-attempts\`, L7); every other visit gets its film, during and after`,
  recovery: 'from the first node it kills until its visit is over',
  boundMs: 150_000,
  guard: {
    name: 'counting a node that is gone as an attempt',
    off: {
      nodeArgs: without(
        '/dispatch/lease-keeper.ts',
        'await lost(session.nodeId, lease)',
        "await putBack(session.nodeId, lease.tier, lease, 'node-gone')",
      ),
      env: { FANREEL_SPOILT_MS: '0' },
    },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const clip = madeClip()
    const env = { FANREEL_STUB_DIES_ON: createHash('sha256').update(clip).digest('hex') }
    let deaths = 0
    let since = 0
    const died = () => {
      deaths++
      if (deaths === 1) since = performance.now()
    }
    const letGo = await Promise.all(['node-a', 'node-b'].map((nodeId) => keepAlive(fleet, nodeId, env, died)))
    try {
      const kiosk = await fleet.kiosk('kiosk-1')
      const send = async (bytes: Buffer) =>
        (await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: bytes, packId: 'tiny' })).visitId
      const poison = await send(clip)
      const others: string[] = []
      const more = async () => {
        for (let count = 0; count < OTHERS / 2; count++) others.push(await send(madeClip()))
      }
      await more()
      await until(() => deaths > 0, { withinMs: 30_000, what: 'the death of a node' }).catch(() => {
        throw new NotStruck('the clip killed nobody')
      })
      const isOver = async () => {
        if (deaths > MAX_TRIES) throw new Error(`it has killed ${deaths} nodes`)
        return (await fleet.store.get(poison))?.state === 'failed'
      }
      const recoveryMs = await until(isOver, { withinMs: boundMs, what: 'its end', since })
      const code = (await fleet.store.get(poison))?.code
      if (code !== 'too-many-attempts') throw new Error(`it ended with ${code}`)
      await more()
      await until(async () => (await fleet.store.counts()).ready === OTHERS, { withinMs: 60_000, what: "the others' films" })
      const ends: Ends = new Map([...allReady(others), [poison, ['failed']]])
      return { recoveryMs, proof: `it killed ${deaths} nodes; ${OTHERS} others have their films`, ends }
    } finally {
      for (const stop of letGo) stop()
    }
  },
})

const CALLS = 6

defineFault({
  name: 'A node of an older protocol keeps dialling',
  injected: 'a node whose protocol is one version older, beside one of ours that makes three films meanwhile',
  invariant: 'it is refused by name each time (`protocol-version`, A1) and offered nothing; the other node makes every film',
  recovery: 'from its third call until three films',
  boundMs: 30_000,
  guard: {
    name: 'the look at the version before anything else of a hello',
    off: { nodeArgs: without('/sockets/namespace.ts', 'version !== PROTOCOL_VERSION', 'false') },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const older = without(
      '/protocol/src/version.ts',
      `PROTOCOL_VERSION = ${PROTOCOL_VERSION}`,
      `PROTOCOL_VERSION = ${PROTOCOL_VERSION - 1}`,
    )
    // It is never welcomed, and so never ready.
    fleet.startNodes(['node-old'], { nodeArgs: older }).catch(() => undefined)
    await fleet.startNodes(['node-a'], { makeMs: 500 })
    const refusals = async () => [...(await fleet.logs()).matchAll(/"nodeId":"node-old","code":"([a-z-]+)".*"hello refused"/g)]
    const hasCalledThrice = async () => {
      if (/"nodeId":"node-old".*"node joined"/.test(await fleet.logs())) throw new Error('it was let in')
      return (await refusals()).length >= 3
    }
    await until(hasCalledThrice, { withinMs: 30_000, what: 'a third call' })
    const since = performance.now()
    const kiosk = await fleet.kiosk('kiosk-1')
    const visits: string[] = []
    for (let count = 0; count < 3; count++) {
      const from = { kioskId: 'kiosk-1', url: fleet.url }
      visits.push((await sendVisitor(kiosk, from, { clip: madeClip(), packId: 'tiny' })).visitId)
    }
    const recoveryMs = await until(async () => (await fleet.store.counts()).ready === visits.length, {
      withinMs: boundMs,
      what: 'three films',
      since,
    })
    await until(async () => (await refusals()).length >= CALLS, { withinMs: 60_000, what: 'it to go on calling' })
    const others = (await refusals()).filter(([, code]) => code !== 'protocol-version')
    if (others.length > 0) throw new Error(`it was refused otherwise: ${others.map(([, code]) => code)}`)
    const takers = (await fleet.store.getMany(visits)).flatMap(({ history }) => history.map(({ note }) => note))
    if (takers.includes('node-old')) throw new Error('it was offered a film')
    return { recoveryMs, proof: `it was refused ${(await refusals()).length} times`, ends: allReady(visits) }
  },
})
