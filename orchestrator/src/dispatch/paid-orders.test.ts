/** Money, over a real socket and a real Redis: who may spend it, how much, and what is never paid for twice. */
import { randomBytes } from 'node:crypto'
import type { Offer, PaidStep } from '@fanreel/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FakeKiosk, madeClip } from '../../../tests/support/fake-kiosk.ts'
import type { FakeNode } from '../../../tests/support/fake-node.ts'
import { type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'

let rig: Rig
let kiosk: FakeKiosk
beforeAll(async () => {
  rig = await startRig()
  await rig.settings.change({ purposes: ['make-film', 'cloud'], tiers: ['cloud', 'cpu'] })
  kiosk = await rig.kiosk()
})
afterAll(() => rig.stop())

const nodes: FakeNode[] = []
const beats: NodeJS.Timeout[] = []
let nodeNumber = 0
const newNode = async () => {
  const node = await rig.node(`node-${++nodeNumber}`, { tiers: ['cloud', 'cpu'] })
  nodes.push(node)
  return node
}
afterEach(async () => {
  for (const beat of beats.splice(0)) clearInterval(beat)
  for (const node of nodes.splice(0)) node.close()
  for (const state of ['queued', 'rendering'] as const) {
    for (const visitId of await rig.store.inState(state, Date.now(), 100)) await kiosk.ask('visit:cancel', { visitId })
  }
})
const budget = (budgetCents: number, dayBudgetCents: number) =>
  rig.settings.change({ policy: { prefer: ['model-studio'], redrawAbove: 0.35, budgetCents, dayBudgetCents } })
const spentToday = async () => {
  const day = new Date().toISOString().slice(0, 10)
  return Number(await rig.redis.call((client) => client.get(`fanreel:{${rig.eventId}}:spent:${day}`)))
}
const nonce = () => randomBytes(16).toString('hex')

/** The next offer of a node, which beats for it. */
const holding = async (node: FakeNode): Promise<Offer> => {
  const offer = await node.nextOffer()
  beats.push(setInterval(() => void node.beat(offer).catch(() => undefined), 300))
  return offer
}
/** A visit under the lease of a new node, and how that node has things written. */
const leased = async (purposes: ('make-film' | 'cloud')[] = ['make-film', 'cloud']) => {
  const agreed = { textSha256: 'c'.repeat(64), language: 'en', agreedAt: 1, kioskId: 'kiosk-1', purposes, ofAgeOrGuardian: true }
  const { visitId } = await kiosk.start({ consent: agreed })
  expect(await kiosk.send(visitId, madeClip())).toMatchObject({ ok: true })
  const node = await newNode()
  const offer = await holding(node)
  expect(offer.visitId).toBe(visitId)
  await rig.until(visitId, 'rendering')
  return { visitId, node, offer, say: saying(node, offer) }
}
const saying =
  (node: FakeNode, { renderId, leaseToken }: Offer) =>
  async (step: PaidStep, who: string, shot = 'one', attempt = 0) => {
    const order = { renderId, leaseToken, shot, attempt, engine: 'model-studio', nonce: who, step }
    const answer = await node.ask('render:order', order)
    return answer.ok ? answer.standing : answer
  }
const intent = (cents: number): PaidStep => ({ is: 'intent', cents })

describe('a paid shot', () => {
  it('M1: is asked for once, and known by its task to whoever draws it next', async () => {
    await budget(1_000, 100_000)
    const { visitId, node, offer, say } = await leased()
    const [first, second] = [nonce(), nonce()]
    expect(await say(intent(20), first)).toEqual({ is: 'go' })
    // Said again because its answer was lost.
    expect(await say(intent(20), first)).toEqual({ is: 'go' })
    expect(await say({ is: 'placed', taskId: 'task-1' }, first)).toEqual({ is: 'noted' })
    await node.ask('render:give-back', offer)
    const next = await newNode()
    const again = await holding(next)
    expect(again.visitId).toBe(visitId)
    expect(await saying(next, again)(intent(20), second)).toEqual({ is: 'placed', taskId: 'task-1' })
    // The old lease opens the book no more.
    expect(await say(intent(20), first, 'two')).toMatchObject({ code: 'lease-lost' })
  })

  it('M1: whose id nobody has written is never asked for again, and counted once', async () => {
    await budget(1_000, 100_000)
    const { node, offer, say } = await leased()
    expect(await say(intent(20), nonce())).toEqual({ is: 'go' })
    await node.ask('render:give-back', offer)
    const next = await newNode()
    const sayNext = saying(next, await holding(next))
    for (let asked = 0; asked < 2; asked++)
      expect(await sayNext(intent(20), nonce())).toEqual({ is: 'refused', reason: 'orphaned' })
    const who = nonce()
    expect(await sayNext(intent(20), who, 'two')).toEqual({ is: 'go' })
    await sayNext({ is: 'unknown' }, who, 'two')
    await sayNext({ is: 'unknown' }, who, 'two')
    expect(await sayNext(intent(20), nonce(), 'two')).toEqual({ is: 'refused', reason: 'orphaned' })
    const metrics = await (await fetch(new URL('/metrics', rig.urlOf()))).text()
    expect(metrics).toContain('fanreel_paid_orders_total{outcome="orphaned"} 2')
  })

  it('M2: is refused beyond what its visit or the day may cost, however many ask at once, and takes only what it costs', async () => {
    const before = await spentToday()
    await budget(50, before + 70)
    const { say } = await leased()
    const asked = await Promise.all(Array.from({ length: 5 }, (_, k) => say(intent(20), nonce(), `shot-${k}`)))
    expect(asked.filter((one) => 'is' in one && one.is === 'go')).toHaveLength(2)
    expect(asked.filter((one) => 'reason' in one && one.reason === 'over-budget')).toHaveLength(3)
    expect(await spentToday()).toBe(before + 40)

    const { say: sayOther } = await leased()
    const who = nonce()
    expect(await sayOther(intent(31), who)).toEqual({ is: 'refused', reason: 'over-budget' })
    expect(await sayOther(intent(30), who)).toEqual({ is: 'go' })
    await sayOther({ is: 'placed', taskId: 'task-2' }, who)
    for (let said = 0; said < 2; said++) await sayOther({ is: 'paid', cents: 12 }, who)
    expect(await spentToday()).toBe(before + 52)
    // What was not charged is given back, and may be asked for anew.
    expect(await sayOther(intent(10), who, 'two')).toEqual({ is: 'go' })
    for (let said = 0; said < 2; said++) await sayOther({ is: 'free' }, who, 'two')
    expect(await spentToday()).toBe(before + 52)
    expect(await sayOther(intent(10), nonce(), 'two')).toEqual({ is: 'go' })
  })

  it('M2: costs nothing where the event has named no budget', async () => {
    await rig.settings.change({ policy: { prefer: ['model-studio'], redrawAbove: 0.35 } })
    const { say } = await leased()
    expect(await say(intent(1), nonce())).toEqual({ is: 'refused', reason: 'over-budget' })
  })

  it('M3: is refused to whoever has not agreed to the cloud, and so is its reference', async () => {
    await budget(1_000, 100_000)
    const { node, offer, say } = await leased(['make-film'])
    expect(await say(intent(1), nonce())).toEqual({ is: 'refused', reason: 'no-consent' })
    expect(await node.put(offer, 'reference', Buffer.from('x'))).toMatchObject({ code: 'consent-missing' })
  })

  it('M4: leaves nothing of its book when the visit is erased', async () => {
    await budget(1_000, 100_000)
    const { visitId, say } = await leased()
    await say(intent(20), nonce())
    const key = `fanreel:{${rig.eventId}}:orders:${visitId}`
    const book = await rig.redis.call((client) => client.hGetAll(key))
    expect(Object.keys(book)).toHaveLength(2)
    await kiosk.ask('visit:cancel', { visitId })
    expect(await rig.redis.call((client) => client.exists(key))).toBe(0)
  })
})
