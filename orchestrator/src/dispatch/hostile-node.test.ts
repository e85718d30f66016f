/** A node that lies, hoards, floods and spoils: each is refused by name, and the visit still ends well with an honest one. */
import { randomUUID } from 'node:crypto'
import { NODE_OBJECTS, type Offer, PROTOCOL_VERSION } from '@fanreel/protocol'
import { io } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { FakeKiosk } from '../../../tests/support/fake-kiosk.ts'
import type { FakeNode } from '../../../tests/support/fake-node.ts'
import { makeReel, posterOf, reportOf, shotListOf } from '../../../tests/support/made-reel.ts'
import { type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'

let rig: Rig
let reel: Buffer
let kiosk: FakeKiosk
beforeAll(async () => {
  // None of what is tried here may be lost to a busy machine instead.
  ;[rig, reel] = await Promise.all([startRig({ FANREEL_LEASE_MS: '15000', FANREEL_OFFER_MS: '3000' }), makeReel()])
  kiosk = await rig.kiosk()
})
afterAll(() => rig.stop())

const nodes: FakeNode[] = []
const newNode = async (name: string, options: Parameters<Rig['node']>[1] = {}): Promise<FakeNode> => {
  const node = await rig.node(`${name}-${nodes.length}`, options)
  nodes.push(node)
  return node
}
afterEach(async () => {
  for (const node of nodes) node.close()
  // What a failed test has left must not be offered to the next one's nodes.
  for (const state of ['queued', 'rendering'] as const)
    for (const visitId of await rig.store.inState(state, Date.now(), 100)) await kiosk.ask('visit:cancel', { visitId })
})

/** A visit that a hostile node has just accepted. */
const taken = async (options: Parameters<Rig['node']>[1] = {}): Promise<{ visitId: string; hostile: FakeNode; offer: Offer }> => {
  const { visitId } = await kiosk.record()
  const hostile = await newNode('hostile', options)
  const offer = await hostile.nextOffer()
  await rig.until(visitId, 'rendering')
  return { visitId, hostile, offer }
}
/** Known, but it takes nothing yet. */
const standby = async (): Promise<FakeNode> => {
  const node = await newNode('honest', { quiet: true })
  expect(await node.hello()).toMatchObject({ ok: true })
  return node
}
const endsWell = async (visitId: string, honest?: FakeNode): Promise<void> => {
  const node = honest ?? (await standby())
  await node.ready()
  const offer = await node.nextOffer()
  expect(offer.visitId).toBe(visitId)
  expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
  await rig.until(visitId, 'ready')
}
const stateOf = async (node: FakeNode) => {
  const rows = await rig.redis.call((client) => client.hGetAll(`fanreel:{${rig.eventId}}:nodes`))
  return (JSON.parse(rows[node.nodeId] ?? '{}') as { state?: string }).state
}

it('L8: what a node has spoilt goes to another, and other work comes first to it meanwhile', async () => {
  const { visitId, hostile, offer } = await taken()
  const honest = await standby()
  await hostile.ask('render:failed', { ...offer, code: 'node-fault', class: 'node-fault' })
  const { visitId: next } = await kiosk.record()
  const second = await hostile.nextOffer()
  expect(second.visitId).toBe(next)
  await endsWell(visitId, honest)
  expect(hostile.offers.map((made) => made.visitId)).toEqual([visitId, next])
  await hostile.deliver(second, reel)
  await rig.until(next, 'ready')
})

it('L8: a visit outlives a node that spoils whatever it is given, at once and for ever', async () => {
  const hostile = await newNode('hostile', { slots: 4 })
  const honest = await standby()
  hostile.socket.on('render:offer', (offer: Offer) => {
    void hostile.ask('render:failed', { ...offer, code: 'engine-failed', class: 'retry' })
  })
  const { visitId } = await kiosk.record()
  await vi.waitFor(() => expect(hostile.offers).toHaveLength(1), { timeout: 10_000 })
  await rig.until(visitId, 'queued')
  await endsWell(visitId, honest)
  expect(hostile.offers).toHaveLength(1)
})

it('R2: what is not of the clip is tried again, whatever a node calls it', async () => {
  const { visitId, hostile, offer } = await taken()
  expect(await hostile.ask('render:failed', { ...offer, code: 'engine-failed', class: 'bad-input' })).toEqual({ ok: true })
  hostile.close()
  await endsWell(visitId)
})

it('R3: a likeness that is too far, dimensions and length that are not the film’s are refused by name', async () => {
  const lies = [
    [{ likeness: 0.9 }, 'reel-other-person'],
    [{ width: 1080, height: 1920 }, 'reel-wrong-format'],
    [{ durationMs: 60_000 }, 'reel-wrong-length'],
  ] as const
  const { visitId, hostile, offer } = await taken()
  const honest = await standby()
  const visits = [visitId]
  let current = offer
  for (const [lie, code] of lies) {
    const reelPut = await hostile.put(current, 'reel', reel)
    const posterPut = await hostile.put(current, 'poster', posterOf())
    const listPut = await hostile.put(current, 'shot-list', shotListOf())
    const stored = (put: typeof reelPut) => ('status' in put ? { sha256: put.sha256, bytes: put.bytes } : put)
    const { renderId, leaseToken } = current
    const result = { reel: stored(reelPut), poster: stored(posterPut), shotList: stored(listPut) }
    const answer = await hostile.ask('render:result', { renderId, leaseToken, ...result, report: { ...reportOf(), ...lie } })
    expect(answer, JSON.stringify(lie)).toMatchObject({ ok: false, code })
    if (visits.length === lies.length) break
    visits.push((await kiosk.record()).visitId)
    current = await hostile.nextOffer()
  }
  // Three faults of its own: it is drained (N5), and the three films are made by another.
  await vi.waitFor(async () => expect(await stateOf(hostile)).toBe('draining'), { timeout: 5_000 })
  await honest.ready()
  for (const _ of visits) {
    await honest.deliver(await honest.nextOffer(), reel)
    await honest.ready()
  }
  for (const each of visits) await rig.until(each, 'ready')
})

it('N5: a node that was drained stays so over a new connection and at another instance, until an operator lets it work again', async () => {
  const hostile = await newNode('hostile')
  for (let fault = 1; fault <= 3; fault++) {
    await kiosk.record()
    await hostile.ask('render:failed', { ...(await hostile.nextOffer()), code: 'node-fault', class: 'node-fault' })
  }
  await vi.waitFor(async () => expect(await stateOf(hostile)).toBe('draining'), { timeout: 5_000 })
  for (const url of [rig.urlOf(), rig.urlOf(await rig.startOrchestrator())]) {
    await hostile.redial(url)
    expect(await hostile.hello()).toMatchObject({ ok: true })
    await hostile.ready()
    // An honest one is offered what waits: whoever might have been, would have been.
    const honest = await newNode('honest', { url })
    await honest.deliver(await honest.nextOffer(), reel)
    expect(hostile.offers).toHaveLength(3)
    expect(await stateOf(hostile)).toBe('draining')
    honest.close()
  }
  const operator = io(new URL('/operator', rig.urlOf()).href, { transports: ['websocket'], forceNew: true })
  const ask = (name: string, payload: object) => operator.timeout(15_000).emitWithAck(name, { eventId: rig.eventId, ...payload })
  await ask('operator:hello', { protocol: PROTOCOL_VERSION, token: await rig.operatorToken() })
  expect(await ask('node:reinstate', { nodeId: hostile.nodeId })).toEqual({ ok: true })
  operator.disconnect()
  await hostile.deliver(await hostile.nextOffer(), reel)
  expect(hostile.offers).toHaveLength(4)
})

it('N6: a node that calls one clip after the other no good, with no film between, is drained where another is there', async () => {
  const hostile = await newNode('hostile')
  const honest = await standby()
  for (let count = 1; count <= 5; count++) {
    const { visitId } = await kiosk.record()
    await hostile.ask('render:failed', { ...(await hostile.nextOffer()), code: 'clip-too-dark', class: 'bad-input' })
    await rig.until(visitId, 'failed')
  }
  await vi.waitFor(async () => expect(await stateOf(hostile)).toBe('draining'), { timeout: 5_000 })
  const { visitId } = await kiosk.record()
  await endsWell(visitId, honest)
  expect(hostile.offers).toHaveLength(5)
})

it('N7: objects that are too large, and more of them than a film needs, are refused', async () => {
  const { visitId, hostile, offer } = await taken()
  const { renderId, leaseToken } = offer
  const put = (kind: string, sha256: string, bytes: number) =>
    hostile.ask('render:put', { renderId, leaseToken, kind, sha256, bytes })
  for (const kind of ['preview', 'poster', 'shot-list', 'reel'] as const) {
    const tooLarge = await put(kind, 'a'.repeat(64), NODE_OBJECTS[kind].maxBytes + 1)
    expect(tooLarge, kind).toMatchObject({ ok: false, code: 'reel-too-large' })
  }
  const hashes = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(64))
  const answers: unknown[] = []
  for (const hash of hashes) answers.push(await put('reel', hash, 1_000))
  expect(answers.map((answer) => (answer as { ok: boolean }).ok)).toEqual([true, true, true, false, false])
  expect(answers.at(-1)).toMatchObject({ code: 'overloaded' })
  expect(await put('reel', 'a'.repeat(64), 1_000)).toMatchObject({ ok: true })
  hostile.close()
  await endsWell(visitId)
})

it('L1: a token that a node makes up, for its own name or another’s, for a visit that waits or is ready, opens nothing', async () => {
  const { visitId } = await kiosk.record()
  const hostile = await newNode('hostile', { quiet: true })
  await hostile.hello()
  const renderId = `${visitId}-r1`
  for (const name of [hostile.nodeId, 'node-elsewhere', 'kiosk-1']) {
    const lease = { renderId, leaseToken: `${rig.eventId}.${name}.${randomUUID()}` }
    const object = { sha256: 'a'.repeat(64), bytes: 1 }
    const asks = [
      hostile.ask('render:brief', lease),
      hostile.ask('render:put', { ...lease, kind: 'reel', ...object }),
      hostile.ask('render:beat', { ...lease, stage: 'draw', fraction: 1 }),
      hostile.ask('render:give-back', lease),
      hostile.ask('render:failed', { ...lease, code: 'clip-too-dark', class: 'bad-input' }),
      hostile.sendResult(lease, object),
    ]
    for (const answer of await Promise.all(asks)) expect(answer, name).toMatchObject({ ok: false, code: 'lease-lost' })
  }
  expect((await rig.store.get(visitId))?.state).toBe('queued')
  await endsWell(visitId)
})

it('L4: who beats and asks before it has answered the offer, and never answers, loses it', async () => {
  const hostile = await newNode('hostile', { quiet: true })
  hostile.onOffer = () => undefined
  await hostile.hello()
  await hostile.ready(64)
  const { visitId } = await kiosk.record()
  const offer = await hostile.nextOffer()
  expect(await hostile.beat(offer)).toMatchObject({ ok: true })
  await vi.waitFor(async () => expect(await hostile.beat(offer)).toMatchObject({ ok: false, code: 'lease-lost' }), {
    timeout: 10_000,
    interval: 100,
  })
  expect(await hostile.ask('render:brief', offer)).toMatchObject({ ok: false })
  hostile.close()
  await endsWell(visitId)
})

it('N3: nothing is offered beyond the slots it registered, however many it says are free', async () => {
  const visits = [await kiosk.record(), await kiosk.record(), await kiosk.record()]
  const hostile = await newNode('hostile', { quiet: true })
  await hostile.hello()
  for (let count = 0; count < 20; count++) expect(await hostile.ready(64)).toEqual({ ok: true })
  await hostile.nextOffer()
  const honest = await newNode('honest', { slots: 2 })
  for (let count = 0; count < 2; count++) await honest.deliver(await honest.nextOffer(), reel)
  expect(hostile.offers).toHaveLength(1)
  const [held] = hostile.offers
  hostile.close()
  await honest.ready()
  expect((await honest.nextOffer()).visitId).toBe(held?.visitId)
  expect(await honest.deliver(honest.offers.at(-1)!, reel)).toMatchObject({ ok: true })
  for (const { visitId } of visits) await rig.until(visitId, 'ready')
})

it('N2: a thousand hellos leave one session and harm nobody', async () => {
  const { visitId, hostile, offer } = await taken()
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => hostile.hello([offer]).catch(() => undefined)))
  const codes = new Set(answers.flatMap((answer) => (answer === undefined ? [] : answer.ok ? ['ok'] : [answer.code])))
  expect([...codes].sort()).toEqual(['ok', 'rate-limited'])
  const honest = await newNode('honest')
  const { visitId: next } = await kiosk.record()
  expect((await honest.nextOffer()).visitId).toBe(next)
  await honest.deliver(honest.offers[0]!, reel)
  await rig.until(next, 'ready')
  hostile.close()
  await endsWell(visitId, honest)
})

it('A5: a flood of beats is refused, then closed; its render is another’s', async () => {
  const { visitId, hostile, offer } = await taken()
  const { renderId, leaseToken } = offer
  const closed = new Promise<void>((resolve) => hostile.socket.once('disconnect', () => resolve()))
  const beat = { eventId: rig.eventId, renderId, leaseToken, stage: 'draw', fraction: 0.5 }
  for (let count = 0; count < 3_000; count++) hostile.socket.emit('render:beat', beat)
  await closed
  await endsWell(visitId)
})

it('L1: a lease of its own opens no render but the one it was given for, however often it was just renewed', async () => {
  const { hostile, offer } = await taken()
  const { visitId: other } = await kiosk.record()
  const { visitId: waiting } = await kiosk.record()
  const honest = await standby()
  await honest.ready()
  const theirs = await honest.nextOffer()
  expect(theirs.visitId).toBe(other)
  await rig.until(other, 'rendering')
  expect(await hostile.beat(offer)).toMatchObject({ ok: true, cancel: false })
  const state = async (visitId: string) => JSON.stringify(await rig.store.get(visitId))
  const before = [await state(other), await state(waiting)]
  for (const renderId of [theirs.renderId, `${waiting}-r1`]) {
    const stolen = { renderId, leaseToken: offer.leaseToken }
    expect(await hostile.beat(stolen)).toMatchObject({ ok: false, code: 'lease-lost' })
    expect(await hostile.ask('render:brief', stolen)).toMatchObject({ ok: false, code: 'lease-lost' })
    expect(await hostile.put(stolen, 'poster', posterOf())).toMatchObject({ ok: false, code: 'lease-lost' })
  }
  expect([await state(other), await state(waiting)]).toEqual(before)
  // N5: so many lies are faults enough to be given nothing more.
  await expect.poll(() => stateOf(hostile)).toBe('draining')
  expect(await honest.deliver(theirs, reel)).toEqual({ ok: true, outcome: 'accepted' })
  expect(await hostile.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
  await endsWell(waiting, honest)
})
