/**
 * The invariant: whatever nodes do, every visit ends with exactly one accepted reel. A hundred visits on two
 * orchestrators, and nodes that die, fall silent, fail, decline, send twice and send late, by a seed that replays.
 */
import type { Offer } from '@fanreel/protocol'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { FakeNode } from '../../../tests/support/fake-node.ts'
import { makeReel } from '../../../tests/support/made-reel.ts'
import { type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'

const VISITS = 100
/** One slot each: a node that vanishes takes one render with it, whose one mishap that is. */
const NODES = 12
const SEED = 20_261_122

/** mulberry32: 32 bits of state, good enough to shuffle mishaps. */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

let rig: Rig
let reel: Buffer
beforeAll(async () => {
  ;[rig, reel] = await Promise.all([startRig({ FANREEL_LEASE_MS: '2000', FANREEL_GRACE_MS: '400' }), makeReel()])
  await rig.startOrchestrator()
})
afterAll(() => rig.stop())

/** The lease was lost, or its visit was finished by another. */
const isOver = (answer: Awaited<ReturnType<FakeNode['beat']>>): boolean => !answer.ok || answer.cancel

/** Asks again where the node's socket was cut in between by a mishap of its next render. */
const insist = <T>(ask: () => Promise<T>): Promise<T> => vi.waitFor(ask, { timeout: 20_000, interval: 50 })

type Mishap = 'none' | 'vanish' | 'silent' | 'fail' | 'decline' | 'twice' | 'give-back'
const MISHAPS: [Mishap, number][] = [
  ['vanish', 0.08],
  ['silent', 0.05],
  ['fail', 0.08],
  ['decline', 0.05],
  ['give-back', 0.05],
  ['twice', 0.1],
]

it(`R5: ${VISITS} visits, random abandonment: all become ready, none twice`, { timeout: 180_000 }, async () => {
  const random = seeded(SEED)
  const accepted = new Map<string, number>()
  const late: Promise<unknown>[] = []
  /** What was answered to results that were sent a second time. */
  const again: Awaited<ReturnType<FakeNode['sendResult']>>[] = []
  const timesQueued = async (visitId: string): Promise<number> =>
    (await rig.store.get(visitId))?.history.filter((entry) => entry.state === 'queued').length ?? 0
  /** A render that has had its mishap is left alone afterwards, so that no visit runs out of attempts. */
  const met = new Set<string>()
  const draw = (renderId: string): Mishap => {
    if (met.has(renderId)) return 'none'
    let at = random()
    for (const [mishap, share] of MISHAPS) {
      if (at < share) {
        met.add(renderId)
        return mishap
      }
      at -= share
    }
    return 'none'
  }
  const deliver = async (node: FakeNode, offer: Offer) => {
    const answer = await node.deliver(offer, reel)
    if (answer.ok && answer.outcome === 'accepted') accepted.set(offer.visitId, (accepted.get(offer.visitId) ?? 0) + 1)
    return answer
  }
  const nodes: FakeNode[] = []
  const join = async (nodeId: string, url: string) => {
    const node = await rig.node(nodeId, { slots: 1, quiet: true, url })
    const work = async (offer: Offer, mishap: Mishap): Promise<void> => {
      const lease = { renderId: offer.renderId, leaseToken: offer.leaseToken }
      switch (mishap) {
        case 'vanish':
          node.cut()
          await node.redial(rig.urlOf(rig.orchestrators[met.size % 2]))
          await node.hello()
          await node.ready(1)
          return
        case 'silent': {
          // Paused, not dead: wakes up when its lease has gone to the queue again, and sends all the same.
          const queuedBefore = await timesQueued(offer.visitId)
          const woken = vi
            .waitFor(async () => expect(await timesQueued(offer.visitId)).toBeGreaterThan(queuedBefore), {
              timeout: 60_000,
              interval: 100,
            })
            .then(async () => expect(isOver(await insist(() => node.beat(lease)))).toBe(true))
            .then(() => insist(() => node.sendResult(lease, { sha256: 'e'.repeat(64), bytes: 9 })))
            .then((answer) => expect(answer).not.toMatchObject({ outcome: 'accepted' }))
          // Judged with the others, once every visit is over.
          woken.catch(() => undefined)
          late.push(woken)
          return
        }
        case 'fail':
          await node.ask('render:failed', { ...lease, code: 'engine-failed', class: 'retry' })
          return
        case 'give-back':
          await node.ask('render:give-back', lease)
          await node.ready(1)
          return
        default: {
          await node.beat(lease)
          const answer = await deliver(node, offer)
          if (mishap !== 'twice' || !answer.ok) return
          const visit = await rig.until(offer.visitId, 'ready')
          again.push(await node.sendResult(lease, visit.reel!))
        }
      }
    }
    node.onOffer = (offer) => {
      const mishap = draw(offer.renderId)
      if (mishap === 'decline') return { accept: false, reason: 'busy' }
      // What is refused on the way (a lease lost to a busy machine, a cut socket) is the other side's to make good.
      work(offer, mishap).catch(() => undefined)
      return { accept: true }
    }
    await node.hello()
    await node.ready(1)
    nodes.push(node)
  }
  for (let at = 0; at < NODES; at++) await join(`node-${at}`, rig.urlOf(rig.orchestrators[at % 2]))

  const kiosks = await Promise.all([0, 1].map((at) => rig.kiosk(`kiosk-${at}`, rig.urlOf(rig.orchestrators[at]))))
  const visits: string[] = []
  const record = async (kiosk: (typeof kiosks)[number]) => {
    for (let at = 0; at < VISITS / kiosks.length; at++) visits.push((await kiosk.record()).visitId)
  }
  await Promise.all(kiosks.map(record))

  await vi.waitFor(async () => expect(await rig.store.counts()).toEqual({ ready: VISITS }), { timeout: 120_000, interval: 250 })
  await Promise.all(late)
  expect(met.size).toBeGreaterThan(VISITS / 5)
  // A node whose socket was cut just then is asked for its hello first; every other one hears that it is known already.
  const answered = again.filter((answer) => answer.ok || answer.code !== 'hello-first')
  expect(answered.length).toBeGreaterThan(0)
  for (const answer of answered) expect(answer).toEqual({ ok: true, outcome: 'duplicate' })
  for (const visit of await rig.store.getMany(visits)) {
    expect(visit.history.filter((entry) => entry.state === 'ready')).toHaveLength(1)
    expect(accepted.get(visit.visitId) ?? 0).toBeLessThanOrEqual(1)
  }
  const keys = ['wait', 'prioritized', 'active', 'delayed'].map((state) => `fanreel:{${rig.eventId}}:render-cpu:${state}`)
  expect(await rig.redis.call((client) => client.exists(keys))).toBe(0)
})
