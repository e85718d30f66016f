/** Nodes that are paired, speak the protocol well, and do harm with it. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Offer } from '@fanreel/protocol'
import { eventKey } from '../../orchestrator/src/queue/keys.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import { createFakeNode, type FakeNode } from '../support/fake-node.ts'
import { filesUnder } from '../support/files-under.ts'
import type { Fleet } from '../support/fleet.ts'
import { anotherOf } from '../support/made-reel.ts'
import { sendVisitor } from '../support/visitor.ts'
import { without } from '../support/without.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady, type Ends } from './invariant.ts'

/** A node played by hand, ready for as many renders. What it does with an offer is heard by `onOffer`, after it has accepted. */
const hostileNode = async (fleet: Fleet, slots: number, onOffer: (node: FakeNode, offer: Offer) => void): Promise<FakeNode> => {
  const nodeId = 'node-hostile'
  const { url, eventId } = fleet
  const node = await createFakeNode({ url, eventId, nodeId, token: await fleet.token('node', nodeId), slots })
  node.socket.on('render:offer', (offer: Offer) => onOffer(node, offer))
  await node.hello()
  await node.ready()
  return node
}
/** The test has ended under its last words. */
const hungUp = () => undefined
const visitorsOf = async (fleet: Fleet) => {
  const kiosk = await fleet.kiosk('kiosk-1')
  return async (): Promise<string> =>
    (await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })).visitId
}

const VISITS = 4

defineFault({
  name: 'A node spoils whatever it is given',
  injected: 'a node with room for many films that fails each at once, beside one that makes one film after the other',
  invariant: 'no visit loses all its tries to it: what it has spoilt waits for the other (L8)',
  recovery: 'from the first clip until the last film',
  boundMs: 60_000,
  guard: { name: 'keeping a spoilt render for another node', off: { env: { FANREEL_SPOILT_MS: '0' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-honest'], { makeMs: 4_000 })
    const node = await hostileNode(fleet, VISITS, (self, offer) => {
      self.ask('render:failed', { ...offer, code: 'engine-failed', class: 'retry' }).catch(hungUp)
    })
    try {
      const next = await visitorsOf(fleet)
      const since = performance.now()
      const visits: string[] = []
      for (let count = 0; count < VISITS; count++) visits.push(await next())
      const allThere = async () => {
        const { ready = 0, failed = 0 } = await fleet.store.counts()
        if (failed > 0) throw new Error(`${failed} visits have failed`)
        return ready === VISITS
      }
      const recoveryMs = await until(allThere, { withinMs: boundMs, what: 'every film', since })
      if (node.offers.length === 0) throw new NotStruck('nothing was offered to it')
      return { recoveryMs, proof: `it spoilt ${node.offers.length} attempts`, ends: allReady(visits) }
    } finally {
      node.close()
    }
  },
})

const MUTE_SLOTS = 16
/** With the honest node alone they take longer than a render is kept from a node that has spoilt it. */
const LINE = 20

defineFault({
  name: 'A node takes work and says nothing of it',
  injected: `a node with ${MUTE_SLOTS} slots that takes every offer, says again and again that it is ready and never beats, beside one that makes one film after the other`,
  invariant: 'no visit loses all its tries to it (L8), and it is drained where it goes on (N5)',
  recovery: 'from the first clip until the last film',
  boundMs: 150_000,
  guard: { name: 'keeping a spoilt render for another node', off: { env: { FANREEL_SPOILT_MS: '0' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-honest'], { makeMs: 4_000 })
    const node = await hostileNode(fleet, MUTE_SLOTS, () => undefined)
    const saying = setInterval(() => node.ready(MUTE_SLOTS).catch(hungUp), 1_000)
    try {
      const next = await visitorsOf(fleet)
      const since = performance.now()
      const visits: string[] = []
      for (let count = 0; count < LINE; count++) visits.push(await next())
      const allThere = async () => {
        const { ready = 0, failed = 0 } = await fleet.store.counts()
        if (failed > 0) throw new Error(`${failed} visits have failed`)
        return ready === LINE
      }
      const recoveryMs = await until(allThere, { withinMs: boundMs, what: 'every film', since })
      if (node.offers.length < 2) throw new NotStruck('hardly anything was offered to it')
      return { recoveryMs, proof: `it sat on ${node.offers.length} films`, ends: allReady(visits) }
    } finally {
      clearInterval(saying)
      node.close()
    }
  },
})

/** Visits that one node may end before it is drained (N6). */
const MOST_ENDED = 5
/** So many visitors bring it more clips than that, though every other one is the honest node's. */
const VISITORS = 30

defineFault({
  name: 'A node calls every clip no good',
  injected: 'a node that refuses each clip as too dark, which ends its visit, beside one that makes films',
  invariant: `it is drained at the ${MOST_ENDED}th, and every visit after that gets its film (N6)`,
  recovery: 'from its first refusal until it is drained',
  boundMs: 60_000,
  guard: { name: 'the count of clips that a node calls no good', off: { env: { FANREEL_MOST_BLAMED: '1000' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-honest'], { makeMs: 200 })
    let first: number | undefined
    const node = await hostileNode(fleet, 1, (self, offer) => {
      first ??= performance.now()
      self
        .ask('render:failed', { ...offer, code: 'clip-too-dark', class: 'bad-input' })
        .then(() => self.ready())
        .catch(hungUp)
    })
    try {
      const next = await visitorsOf(fleet)
      const visits: string[] = []
      const failed = async () => (await fleet.store.counts()).failed ?? 0
      const over = async () => {
        const { ready = 0, failed: ended = 0 } = await fleet.store.counts()
        if (ended > MOST_ENDED) throw new Error(`${ended} visits have failed`)
        return ready + ended === visits.length
      }
      let recoveryMs: number | undefined
      while (visits.length < VISITORS || recoveryMs === undefined) {
        if (visits.length > 4 * VISITORS) throw new NotStruck(`it was offered ${node.offers.length} clips of ${visits.length}`)
        visits.push(await next())
        await until(over, { withinMs: boundMs, what: 'the end of a visit' })
        if (first !== undefined && recoveryMs === undefined && (await failed()) === MOST_ENDED)
          recoveryMs = Math.round(performance.now() - first)
      }
      if (node.offers.length > MOST_ENDED) throw new Error(`drained, it was offered ${node.offers.length} clips`)
      const ends: Ends = new Map(visits.map((visitId) => [visitId, ['ready', 'failed']]))
      return { recoveryMs, proof: `it ended ${await failed()} of ${visits.length} visits`, ends }
    } finally {
      node.close()
    }
  },
})

const REEL_BYTES = 1_048_576
const FILMS_TRIED = 12

defineFault({
  name: 'A node hoards',
  injected: `a node that writes ${FILMS_TRIED} different films of ${REEL_BYTES / 1_048_576} MiB for one render and delivers none`,
  invariant: 'three of them are taken, the rest is refused; the visit gets its film from another node, and theirs are gone (N7)',
  recovery: 'from the first refusal until the other node’s film',
  boundMs: 45_000,
  guard: { name: 'the allowance of a lease', off: { env: { FANREEL_LEASE_FILMS: '1000' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const node = await hostileNode(fleet, 1, () => undefined)
    try {
      const next = await visitorsOf(fleet)
      const visitId = await next()
      const offer = await node.nextOffer()
      await until(async () => (await fleet.store.get(visitId))?.state === 'rendering', { withinMs: boundMs, what: 'its lease' })
      const answers: string[] = []
      for (let count = 0; count < FILMS_TRIED; count++) {
        await node.beat(offer)
        const put = await node.put(offer, 'reel', randomBytes(REEL_BYTES))
        answers.push('status' in put ? String(put.status) : put.code)
      }
      const since = performance.now()
      const taken = answers.filter((answer) => answer === '201').length
      if (taken === 0) throw new NotStruck(`it could write nothing: ${answers}`)
      const lying = (await filesUnder(fleet.mediaRoot)).filter((file) => /reel-[0-9a-f]{64}/.test(file)).length
      if (taken > 3 || lying > 3) throw new Error(`${taken} films were taken and ${lying} lie there`)
      await fleet.startNodes(['node-honest'])
      node.close()
      const isReady = async () => (await fleet.store.get(visitId))?.state === 'ready'
      const recoveryMs = await until(isReady, { withinMs: boundMs, what: 'the film', since })
      return { recoveryMs, proof: `${taken} were taken and ${FILMS_TRIED - taken} refused`, ends: allReady([visitId]) }
    } finally {
      node.close()
    }
  },
})

/** Whatever a lease lets a node do, asked by a node that was not given it; answers by whom each was not refused as it should. */
const tryLease = async (thief: FakeNode, lease: Pick<Offer, 'renderId' | 'leaseToken'>, reel: Buffer): Promise<string[]> => {
  const put = await thief.put(lease, 'reel', reel)
  const answers = {
    'render:brief': await thief.ask('render:brief', { ...lease }),
    'render:beat': await thief.beat(lease),
    'render:put': 'code' in put ? put : { ok: true },
    'render:result': await thief.sendResult(lease, { sha256: '0'.repeat(64), bytes: reel.length }),
    'render:failed': await thief.ask('render:failed', { ...lease, code: 'clip-too-dark', class: 'bad-input' }),
    'render:give-back': await thief.ask('render:give-back', { ...lease }),
  }
  return Object.entries(answers).flatMap(([name, answer]) =>
    'code' in answer && answer.code === 'lease-lost' ? [] : [`${name}: ${JSON.stringify(answer)}`],
  )
}

defineFault({
  name: 'A lease token is stolen and used by another node',
  injected:
    'the token of a film under way shown by another paired node at another orchestrator, in every message and once more in a hello; again when the film is there',
  invariant: 'each is refused (`lease-lost`, L1); the film is made by the node that began it, at its first attempt',
  recovery: 'from the theft until the film',
  boundMs: 20_000,
  fleet: { orchestrators: 2 },
  guard: {
    name: 'that a token is good for the node alone that it was given to',
    off: { nodeArgs: without('/dispatch/lease-guard.ts', "leaseToken.split('.')[1] === nodeId", 'nodeId !== leaseToken') },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const [here = '', there = ''] = [...fleet.orchestrators.keys()].map((port) => `http://127.0.0.1:${port}`)
    const reel = await readFile(join(fleet.folder, 'reel.mp4'))
    const another = anotherOf(reel)
    await fleet.startNodes(['node-honest'], { makeMs: 5_000, url: here })
    const next = await visitorsOf(fleet)
    const visitId = await next()
    await until(async () => (await fleet.store.get(visitId))?.state === 'rendering', { withinMs: 30_000, what: 'its lease' })
    const renderId = (await fleet.store.get(visitId))?.render?.renderId ?? ''
    const lock = eventKey(fleet.eventId, 'render-cpu', renderId, 'lock')
    const leaseToken = await fleet.redis.call((client) => client.get(lock))
    if (!leaseToken?.includes('node-honest')) throw new NotStruck('there is no token to steal')
    const since = performance.now()
    const lease = { renderId, leaseToken }
    const thief = await hostileNode({ ...fleet, url: there }, 1, () => undefined)
    try {
      const through = await tryLease(thief, lease, another)
      if (through.length > 0) throw new Error(`not refused: ${through}`)
      await thief.redial()
      const welcome = await thief.hello([lease])
      if (!welcome.ok || welcome.keep.length > 0 || !welcome.revoke.includes(leaseToken))
        throw new Error(`its hello was answered ${JSON.stringify(welcome)}`)
      const recoveryMs = await until(async () => (await fleet.store.get(visitId))?.state === 'ready', {
        withinMs: boundMs,
        what: 'the film',
        since,
      })
      const late = await tryLease(thief, lease, another)
      if (late.length > 0) throw new Error(`not refused when the film was there: ${late}`)
      const visit = await fleet.store.get(visitId)
      const makers = visit?.history.flatMap(({ state, note }) => (state === 'rendering' ? [note] : []))
      if (makers?.join() !== 'node-honest' || visit?.reel?.bytes !== reel.length) throw new Error(`the film is by ${makers}`)
      return { recoveryMs, proof: 'it was refused thirteen times', ends: allReady([visitId]) }
    } finally {
      thief.close()
    }
  },
})
