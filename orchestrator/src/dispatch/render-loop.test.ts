/** A render from claim to reel, and everything that can be said twice, late or by the wrong one on the way. */
import { createHash } from 'node:crypto'
import { type Offer, PROTOCOL_VERSION } from '@fanreel/protocol'
import { io } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type FakeKiosk, madeClip, newPickupToken, newVisitId } from '../../../tests/support/fake-kiosk.ts'
import type { FakeNode } from '../../../tests/support/fake-node.ts'
import { anotherOf, makeReel, posterOf, shotListOf } from '../../../tests/support/made-reel.ts'
import { type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'
import { systemClock } from '../clock.ts'
import { eventKey } from '../queue/keys.ts'
import { createNodePresence } from '../status/node-presence.ts'

/** A notice that was missed is made good by the next round. */
const SEEN = { timeout: 5_000 }

let rig: Rig
let reel: Buffer
let kiosk: FakeKiosk
beforeAll(async () => {
  ;[rig, reel] = await Promise.all([startRig(), makeReel()])
  kiosk = await rig.kiosk()
})
afterAll(() => rig.stop())

const nodes: FakeNode[] = []
let nodeNumber = 0
const newNode = async (options: Parameters<Rig['node']>[1] = {}): Promise<FakeNode> => {
  const node = await rig.node(`node-${++nodeNumber}`, options)
  nodes.push(node)
  return node
}
afterEach(async () => {
  for (const node of nodes.splice(0)) node.close()
  // What a failed test has left must not be offered to the next one's nodes.
  for (const state of ['queued', 'rendering'] as const) {
    for (const visitId of await rig.store.inState(state, Date.now(), 100)) await kiosk.ask('visit:cancel', { visitId })
  }
})

/** A visit that a fresh node has just accepted. */
const leased = async (): Promise<{ visitId: string; node: FakeNode; offer: Offer }> => {
  const { visitId } = await kiosk.record()
  const node = await newNode()
  const offer = await node.nextOffer()
  expect(offer.visitId).toBe(visitId)
  await rig.until(visitId, 'rendering')
  return { visitId, node, offer }
}
const retryAsOperator = async (visitId: string): Promise<unknown> => {
  const socket = io(new URL('/operator', rig.urlOf()).href, { transports: ['websocket'], forceNew: true })
  const ask = (name: string, payload: object) => socket.timeout(15_000).emitWithAck(name, { eventId: rig.eventId, ...payload })
  try {
    const hello = { protocol: PROTOCOL_VERSION, token: await rig.operatorToken() }
    expect(await ask('operator:hello', hello)).toMatchObject({ ok: true })
    return await ask('visit:retry', { visitId })
  } finally {
    socket.disconnect()
  }
}
/**
 * Beats until the grace of a socket that was cut before this call is over for certain: another that is cut now, and whose
 * node stays away, has lost its work by then.
 */
const beatPastGrace = async (node: FakeNode, offer: Offer, witness: { node: FakeNode; visitId: string }): Promise<void> => {
  witness.node.cut()
  await vi.waitFor(
    async () => {
      expect(await node.beat(offer)).toMatchObject({ ok: true, cancel: false })
      expect((await rig.store.get(witness.visitId))?.state).toBe('queued')
    },
    { timeout: 20_000, interval: 200 },
  )
}
const finish = async (visitId: string): Promise<void> => {
  const node = await newNode()
  const offer = await node.nextOffer()
  expect(offer.visitId).toBe(visitId)
  expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
}

describe('a visit', () => {
  it('V4: may be started again by the same kiosk with the same token, and by nobody else', async () => {
    const visit = await kiosk.start()
    const start = (given: typeof visit, from = kiosk, kioskId = 'kiosk-1') =>
      from.ask('visit:start', {
        ...given,
        packId: 'figure-skating',
        language: 'it',
        consent: {
          textSha256: 'c'.repeat(64),
          language: 'it',
          agreedAt: 1,
          kioskId,
          purposes: ['make-film'],
          ofAgeOrGuardian: true,
        },
      })
    expect(await start(visit)).toMatchObject({ ok: true, visit: { visitId: visit.visitId, seq: 1, language: 'en' } })
    expect(await start({ ...visit, pickupToken: newPickupToken() })).toMatchObject({ code: 'visit-exists' })
    expect(await start({ ...visit, visitId: newVisitId() })).toMatchObject({ code: 'visit-exists' })
    const stranger = await rig.kiosk('kiosk-2')
    expect(await start(visit, stranger, 'kiosk-2')).toMatchObject({ code: 'visit-exists' })
    const packless = await kiosk.start({ packId: 'moon-walk' }).catch((error: Error) => error.message)
    expect(packless).toContain('pack-unknown')
  })
})

describe('a render that goes well', () => {
  it('L3: a beat is never promised more of its lease than the queue keeps', async () => {
    const { node, offer } = await leased()
    const lock = `fanreel:{${rig.eventId}}:render-cpu:${offer.renderId}:lock`
    // The first comes right behind the acceptance; later ones prolong.
    for (let beats = 0; beats < 3; beats++) {
      const answer = await node.beat(offer)
      const keptMs = await rig.redis.call((client) => client.pTTL(lock))
      if (!answer.ok) throw new Error(answer.code)
      // What the queue does not say in whole milliseconds, and the clock of this process.
      expect(answer.leaseUntil - Date.now()).toBeLessThanOrEqual(keptMs + 5)
    }
    await node.deliver(offer, reel)
  })

  it('R1: is claimed, offered, beaten for and accepted; the visit is ready', async () => {
    const { visitId, node, offer } = await leased()
    expect(offer).toMatchObject({ renderId: `${visitId}-r1`, attempt: 1, packId: 'figure-skating', tier: 'cpu' })
    expect(await node.beat(offer)).toMatchObject({ ok: true, cancel: false })
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
    const visit = await rig.until(visitId, 'ready')
    expect(visit.reel).toMatchObject({ bytes: reel.length, report: { likeness: 0.2 } })
    expect(visit.history.map((entry) => entry.state)).toEqual([
      ...['started', 'recorded', 'uploading', 'queued', 'rendering', 'ready'],
    ])
  })

  it('Q2: an offer says what to render and never who the visitor is', async () => {
    const { visitId, pickupToken } = await kiosk.start({ firstName: 'Alessandra' })
    await kiosk.send(visitId, Buffer.concat([Buffer.from('0000001866747970', 'hex'), Buffer.from('isom'), Buffer.alloc(900, 7)]))
    const node = await newNode()
    const offer = await node.nextOffer()
    expect(JSON.stringify(offer)).not.toContain('Alessandra')
    expect(JSON.stringify(offer)).not.toContain(pickupToken)
    expect(await node.ask('render:brief', offer)).toMatchObject({ ok: true, firstName: 'Alessandra', language: 'en' })
    await node.deliver(offer, reel)
    await rig.until(visitId, 'ready')
  })

  it('V5: the kiosk sees every state, the stage and a preview it may fetch, and then no more', async () => {
    const { visitId } = await kiosk.record()
    await kiosk.ask('visit:watch', { visitId })
    const node = await newNode()
    const offer = await node.nextOffer()
    await rig.until(visitId, 'rendering')
    const preview = await node.put(offer, 'preview', posterOf())
    expect(preview).toMatchObject({ status: 201 })
    if ('ok' in preview) return
    await node.beat(offer, 0.4, preview.sha256)
    const shown = await vi.waitFor(() => {
      const view = kiosk.views.get(visitId)?.findLast((each) => each.previews !== undefined)
      expect(view).toMatchObject({ state: 'rendering', stage: 'draw', fraction: 0.4 })
      return view!
    }, SEEN)
    const url = new URL(shown.previews![0]!, rig.urlOf())
    expect((await fetch(url)).status).toBe(200)
    await node.deliver(offer, reel)
    await vi.waitFor(() => expect(kiosk.views.get(visitId)?.at(-1)?.state).toBe('ready'), SEEN)
    expect((await fetch(url)).status).toBe(404)
  })

  it('V5: what no notice told of is seen all the same', async () => {
    const { visitId } = await kiosk.record()
    await kiosk.ask('visit:watch', { visitId })
    const at = eventKey(rig.eventId, 'visit', visitId)
    // Past the store, which would publish it: as where the notice is lost with its connection.
    const text = await rig.redis.call((client) => client.get(at))
    const visit = JSON.parse(text ?? '') as { seq: number }
    await rig.redis.call((client) => client.set(at, JSON.stringify({ ...visit, seq: visit.seq + 1, state: 'held' })))
    await vi.waitFor(() => expect(kiosk.views.get(visitId)?.at(-1)?.state).toBe('held'), SEEN)
    expect((await fetch(`${rig.urlOf()}/health`)).status).toBe(200)
    await rig.redis.call((client) => client.set(at, text ?? ''))
    await kiosk.ask('visit:cancel', { visitId })
  })

  it('E4: when the reel is accepted, the clip and everything else that was made of the face is gone', async () => {
    const { visitId, node, offer } = await leased()
    await node.put(offer, 'preview', posterOf())
    expect((await rig.objectsOf(visitId)).some((path) => path.includes('/clip-'))).toBe(true)
    await node.deliver(offer, reel)
    const kept = await vi.waitFor(async () => {
      expect((await rig.store.get(visitId))?.clip).toBeUndefined()
      return rig.objectsOf(visitId)
    })
    const kinds = kept
      .map((path) =>
        path
          .split('/')
          .at(-1)!
          .replace(/-[0-9a-f]{64}$/, ''),
      )
      .sort()
    expect(kinds).toEqual(['poster', 'reel', 'sheet', 'shot-list'])
  })
})

describe('a second take', () => {
  it('E4: lets go of the first at once, and of itself when its film is there', async () => {
    const clips = async () => (await rig.objectsOf(visitId)).filter((path) => path.includes('/clip-'))
    const { visitId } = await kiosk.record()
    const node = await newNode()
    for (let attempt = 1; attempt <= 3; attempt++) {
      await node.ask('render:failed', { ...(await node.nextOffer()), code: 'engine-failed', class: 'retry' })
    }
    await rig.until(visitId, 'failed')
    expect(await clips()).toHaveLength(1)
    expect(await kiosk.ask('visit:retake', { visitId })).toMatchObject({ ok: true, visit: { state: 'recorded' } })
    expect(await clips()).toEqual([])
    await kiosk.send(visitId, madeClip())
    expect(await clips()).toHaveLength(1)
    await node.deliver(await node.nextOffer(), reel)
    await rig.until(visitId, 'ready')
    await vi.waitFor(async () => expect(await clips()).toEqual([]))
  })
})

describe('what a result may be', () => {
  it('R1: sent again after its answer was lost, it is a duplicate; another is superseded', async () => {
    const { visitId, node, offer } = await leased()
    await node.deliver(offer, reel)
    const stored = (await rig.until(visitId, 'ready')).reel!
    expect(await node.sendResult(offer, stored)).toEqual({ ok: true, outcome: 'duplicate' })
    const late = { sha256: 'e'.repeat(64), bytes: 77 }
    expect(await node.sendResult(offer, late)).toEqual({ ok: true, outcome: 'superseded' })
    expect((await rig.store.get(visitId))?.reel?.sha256).toBe(stored.sha256)
  })

  it('R1: late, of a lost lease, it is refused; the second node completes', async () => {
    const { visitId, node, offer } = await leased()
    // Black: connected, silent. Nobody renews the lease but its beats (L3).
    const second = await newNode()
    const again = await second.nextOffer()
    expect(again).toMatchObject({ visitId, renderId: offer.renderId, attempt: 2 })
    expect(again.leaseToken).not.toBe(offer.leaseToken)
    expect(await node.beat(offer)).toMatchObject({ ok: false, code: 'lease-lost' })
    expect(await node.put(offer, 'reel', reel)).toMatchObject({ ok: false, code: 'lease-lost' })
    expect(await node.sendResult(offer, { sha256: 'e'.repeat(64), bytes: 7 })).toMatchObject({ code: 'lease-lost' })
    expect(await second.deliver(again, reel)).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')
    expect(await node.sendResult(offer, { sha256: 'e'.repeat(64), bytes: 7 })).toEqual({ ok: true, outcome: 'superseded' })
  })

  it('L2: an address that was given under a lost lease writes nothing once another node holds the render', async () => {
    const { visitId, node, offer } = await leased()
    const body = posterOf()
    const sha256 = createHash('sha256').update(body).digest('hex')
    const granted = await node.ask('render:put', { ...offer, kind: 'poster', sha256, bytes: body.length })
    const write = async () => {
      const url = new URL(granted.ok ? granted.url : '', rig.urlOf())
      return (await fetch(url, { method: 'PUT', body: new Uint8Array(body) })).status
    }
    expect(await write()).toBe(201)
    node.cut()
    const second = await newNode()
    const again = await second.nextOffer()
    await vi.waitFor(async () => expect((await rig.store.get(visitId))?.render?.folders).toHaveLength(2))
    // On a slow machine the address has run out as well.
    expect([403, 410]).toContain(await write())
    expect(await second.deliver(again, reel)).toEqual({ ok: true, outcome: 'accepted' })
  })

  it('L1: a token of another node, or of nobody, is worth nothing', async () => {
    const { visitId, node, offer } = await leased()
    const thief = await newNode()
    expect(await thief.beat(offer)).toMatchObject({ code: 'lease-lost' })
    expect(await thief.ask('render:brief', offer)).toMatchObject({ code: 'lease-lost' })
    expect(await thief.put(offer, 'reel', reel)).toMatchObject({ code: 'lease-lost' })
    expect(await thief.ask('render:give-back', offer)).toMatchObject({ code: 'lease-lost' })
    expect(await thief.ask('render:failed', { ...offer, code: 'node-fault', class: 'bad-input' })).toMatchObject({
      code: 'lease-lost',
    })
    const made = { ...offer, leaseToken: `event.${thief.nodeId}.${crypto.randomUUID()}` }
    expect(await thief.ask('render:brief', made)).toMatchObject({ code: 'lease-lost' })
    expect(await thief.sendResult(made, { sha256: 'e'.repeat(64), bytes: 7 })).toMatchObject({ code: 'lease-lost' })
    thief.close()
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')
  })

  it('R3: what is not there is asked for; what is no film is refused and tried elsewhere', async () => {
    const { visitId, node, offer } = await leased()
    expect(await node.sendResult(offer, { sha256: 'e'.repeat(64), bytes: 7 })).toMatchObject({ code: 'object-unknown' })
    expect(await node.deliver(offer, Buffer.from('not a film'))).toMatchObject({ ok: false, code: 'reel-wrong-format' })
    const visit = await rig.store.get(visitId)
    expect(visit?.state).not.toBe('ready')
    node.close()
    await finish(visitId)
    expect((await rig.until(visitId, 'ready')).history.some((entry) => entry.note === 'reel-wrong-format')).toBe(true)
  })

  it('L2: an address for writing holds to its size, its hash and its lease', async () => {
    const { visitId, node, offer } = await leased()
    const body = shotListOf()
    const granted = await node.ask('render:put', { ...offer, kind: 'shot-list', sha256: 'f'.repeat(64), bytes: body.length })
    expect(granted.ok).toBe(true)
    const write = (bytes: Buffer) =>
      fetch(new URL(granted.ok ? granted.url : '', rig.urlOf()), { method: 'PUT', body: new Uint8Array(bytes) })
    expect((await write(body)).ok).toBe(false)
    expect((await write(Buffer.concat([body, body]))).ok).toBe(false)
    const large = { ...offer, kind: 'preview', sha256: 'f'.repeat(64), bytes: 10_000_000 }
    expect(await node.ask('render:put', large)).toMatchObject({ code: 'reel-too-large' })
    await node.deliver(offer, reel)
    await rig.until(visitId, 'ready')
    expect(await node.put(offer, 'reel', anotherOf(reel))).toMatchObject({ ok: false })
    expect(await node.ask('render:brief', offer)).toMatchObject({ ok: false })
  })
})

describe('how a render fails', () => {
  it('R2: for a fault of the clip at once, with its code, and the clip goes; the visitor may record again', async () => {
    const { visitId, node, offer } = await leased()
    await node.ask('render:failed', { ...offer, code: 'clip-too-dark', class: 'bad-input' })
    expect(await rig.until(visitId, 'failed')).toMatchObject({ code: 'clip-too-dark' })
    await vi.waitFor(async () => expect((await rig.objectsOf(visitId)).filter((path) => path.includes('/clip-'))).toEqual([]))
    expect(await kiosk.ask('visit:retake', { visitId })).toMatchObject({ ok: true, visit: { state: 'recorded' } })
    await kiosk.send(visitId, Buffer.concat([Buffer.from('0000001866747970', 'hex'), Buffer.from('isom'), Buffer.alloc(999, 3)]))
    await node.ready()
    const second = await vi.waitFor(() => {
      const found = node.offers.find((each) => each.renderId === `${visitId}-r2`)
      expect(found).toBeDefined()
      return found!
    })
    expect(await node.deliver(second, reel)).toEqual({ ok: true, outcome: 'accepted' })
    expect(await node.sendResult(offer, { sha256: 'e'.repeat(64), bytes: 7 })).toEqual({ ok: true, outcome: 'superseded' })
  })

  it('R2: for want of luck it is tried again; too often and the visit fails, and an operator may retry', async () => {
    const { visitId } = await kiosk.record()
    const node = await newNode()
    for (let attempt = 1; attempt <= 3; attempt++) {
      const offer = await node.nextOffer()
      expect(offer).toMatchObject({ visitId, attempt })
      await node.ask('render:failed', { ...offer, code: 'engine-failed', class: 'retry' })
    }
    expect(await rig.until(visitId, 'failed')).toMatchObject({ code: 'engine-failed', clip: { mime: 'video/mp4' } })
    expect(await retryAsOperator(visitId)).toEqual({ ok: true })
    const offer = await node.nextOffer()
    expect(offer).toMatchObject({ visitId, renderId: `${visitId}-r2`, attempt: 1 })
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')
  })

  it('N5: a node whose own faults repeat is drained', async () => {
    const node = await newNode()
    const visits = [await kiosk.record(), await kiosk.record(), await kiosk.record()]
    for (let fault = 1; fault <= 3; fault++) {
      const offer = await node.nextOffer()
      await node.ask('render:failed', { ...offer, code: 'node-fault', class: 'node-fault' })
    }
    const before = node.offers.length
    const healthy = await newNode({ slots: 3 })
    const offers = [await healthy.nextOffer(), await healthy.nextOffer(), await healthy.nextOffer()]
    expect(offers.map((offer) => offer.visitId).sort()).toEqual(visits.map((visit) => visit.visitId).sort())
    expect(node.offers.length).toBe(before)
    for (const offer of offers) await healthy.deliver(offer, reel)
  })

  it('L6: a render that beats but gets nowhere ends at its deadline', async () => {
    const { visitId, node, offer } = await leased()
    await rig.until(visitId, 'rendering')
    await rig.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, render: { ...visit.render!, deadlineAt: 1 } }))
    // A beat is judged by the visit as it was a moment ago.
    await vi.waitFor(async () => expect(await node.beat(offer)).toMatchObject({ ok: true, cancel: true }), SEEN)
    // The next attempt may have begun since.
    const ends = (await rig.store.get(visitId))?.history.filter(({ state }) => state === 'queued')
    expect(ends?.at(-1)).toMatchObject({ note: 'deadline-passed' })
    // That counts against its node (N5).
    const strikes = eventKey(rig.eventId, 'node-strikes', offer.leaseToken.split('.')[1] ?? '')
    await expect.poll(() => rig.redis.call((client) => client.zCard(strikes)), SEEN).toBe(1)
    node.close()
    await finish(visitId)
  })
})

describe('a tier', () => {
  it('Q11: whose last node has gone keeps nobody waiting: the next one that is served draws the film', async () => {
    const gone = await rig.node('node-gpu', { tiers: ['gpu'] })
    await gone.ready(0)
    const presence = createNodePresence({ redis: rig.redis, eventId: rig.eventId, clock: systemClock })
    await expect
      .poll(() => presence.list(), SEEN)
      .toContainEqual(expect.objectContaining({ nodeId: 'node-gpu', state: 'online' }))
    const { visitId } = await kiosk.record()
    expect((await rig.store.get(visitId))?.render?.tier).toBe('gpu')
    gone.close()
    const node = await newNode()
    const offer = await node.nextOffer()
    expect(offer).toMatchObject({ visitId, tier: 'cpu', attempt: 1 })
    await node.deliver(offer, reel)
    await rig.until(visitId, 'ready')
  })
})

describe('offers', () => {
  it('L2: an address leads somewhere as soon as it is given, though the acceptance has not come yet', async () => {
    const { visitId } = await kiosk.record()
    const node = await newNode({ quiet: true })
    node.onOffer = () => undefined
    await node.hello()
    await node.ready()
    const offer = await node.nextOffer()
    expect(await node.put(offer, 'preview', posterOf())).toMatchObject({ status: 201 })
    expect((await rig.store.get(visitId))?.render?.folders).toHaveLength(1)
    node.close()
    await finish(visitId)
  })

  it('L4: declined or unanswered, the render is given back, no attempt is counted, the node is asked less often', async () => {
    const { visitId } = await kiosk.record()
    const busy = await newNode({ quiet: true })
    busy.onOffer = () => ({ accept: false, reason: 'busy' })
    await busy.hello()
    await busy.ready()
    await busy.nextOffer()
    const deaf = await newNode({ quiet: true })
    // It begins, and even beats, but its acceptance is lost on the way.
    deaf.onOffer = (offer) => {
      deaf.beat(offer).catch(() => undefined)
      return undefined
    }
    await deaf.hello()
    await deaf.ready()
    const unheard = await deaf.nextOffer()
    await vi.waitFor(() => expect(deaf.revoked).toContain(unheard.leaseToken))
    expect(busy.offers.length).toBeLessThanOrEqual(3)
    const willing = await newNode()
    const offer = await willing.nextOffer()
    expect(offer).toMatchObject({ visitId, attempt: 1 })
    // Its acceptance came too late: the work was another's by then.
    expect(await deaf.beat(unheard)).toMatchObject({ ok: false, code: 'lease-lost' })
    expect(await willing.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
  })

  it('N3: a node is never offered more than it has slots for', async () => {
    const node = await newNode({ slots: 2 })
    for (let at = 0; at < 4; at++) await kiosk.record()
    const first = [await node.nextOffer(), await node.nextOffer()]
    await node.ready(2)
    for (const offer of first) expect(await node.beat(offer)).toMatchObject({ ok: true })
    expect(node.offers).toHaveLength(2)
    await node.deliver(first[0]!, reel)
    const third = await node.nextOffer()
    await node.deliver(first[1]!, reel)
    const fourth = await node.nextOffer()
    expect(new Set(node.offers.map((offer) => offer.visitId)).size).toBe(4)
    for (const offer of [third, fourth]) await node.deliver(offer, reel)
  })

  it('N4: a node that drains is offered nothing more and may finish what it holds', async () => {
    const { visitId, node, offer } = await leased()
    await node.ask('node:drain', {})
    await node.ready()
    const next = await kiosk.record()
    expect(await node.beat(offer)).toMatchObject({ ok: true, cancel: false })
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')
    await finish(next.visitId)
    expect(node.offers).toHaveLength(1)
  })

  it('N1: a node must say who it is before anything else, in this protocol, for this event, with its token', async () => {
    const node = await newNode({ quiet: true })
    expect(await node.ask('node:ready', { free: 1 })).toMatchObject({ code: 'hello-first' })
    const hello = {
      protocol: 99,
      nodeId: node.nodeId,
      token: 'x'.repeat(30),
      version: '1',
      tiers: ['cpu'],
      engines: ['studio'],
      slots: 1,
      running: [],
    }
    expect(await node.ask('node:hello', hello)).toMatchObject({ code: 'protocol-version', protocol: 1 })
    const stranger = await newNode({ quiet: true })
    expect(await stranger.ask('node:hello', { ...hello, protocol: 1 })).toMatchObject({ code: 'unauthorised' })
  })

  it('N2: whoever says hello last is the node', async () => {
    const node = await newNode()
    const gone = new Promise((resolve) => node.socket.once('disconnect', resolve))
    const twin = await rig.node(node.nodeId)
    nodes.push(twin)
    await gone
    const { visitId } = await kiosk.record()
    expect((await twin.nextOffer()).visitId).toBe(visitId)
    expect(node.offers).toHaveLength(0)
    await twin.deliver(twin.offers[0]!, reel)
  })
})

describe('a lost connection', () => {
  it('L5: puts the work back after the grace; the next node has one attempt less', async () => {
    const { visitId, node } = await leased()
    node.cut()
    const queued = await rig.until(visitId, 'queued')
    expect(queued.history.at(-1)?.note).toBe('node-gone')
    const second = await newNode()
    const offer = await second.nextOffer()
    expect(offer).toMatchObject({ visitId, attempt: 2 })
    await second.deliver(offer, reel)
  })

  it('L7: a clip that ends whichever node takes it runs out of tries, and the others are made', async () => {
    const { visitId } = await kiosk.record()
    const victim = await newNode({ quiet: true })
    /** Takes what it is offered, and falls over as soon as that is known: a decoder that crashes the process. */
    const crash = async (attempt: number) => {
      const offer = await victim.nextOffer()
      expect(offer).toMatchObject({ visitId, attempt })
      await rig.until(visitId, 'rendering')
      victim.cut()
      await vi.waitFor(async () => expect((await rig.store.get(visitId))?.state).not.toBe('rendering'), { timeout: 10_000 })
    }
    const start = async () => {
      await victim.hello()
      await victim.ready()
    }
    await start()
    for (let attempt = 1; attempt <= 3; attempt++) {
      if (attempt > 1) {
        await victim.redial()
        await start()
      }
      await crash(attempt)
    }
    expect(await rig.until(visitId, 'failed')).toMatchObject({ code: 'too-many-attempts' })
    const other = await kiosk.record()
    await finish(other.visitId)
    expect(await rig.until(other.visitId, 'ready')).toMatchObject({ state: 'ready' })
  })

  it('L7: what a node gives back itself counts no attempt', async () => {
    const { visitId, node, offer } = await leased()
    await node.ask('render:give-back', offer)
    // The one that gave it back is still there, and idle.
    const second = await newNode()
    const again = await second.nextOffer()
    expect(again).toMatchObject({ visitId, attempt: 1 })
    expect(node.offers).toEqual([offer])
    await second.deliver(again, reel)
  })

  it('L5: keeps the lease of a node that comes back with its token, and tells it what to drop', async () => {
    const { visitId, node, offer } = await leased()
    const witness = await leased()
    await node.beat(offer)
    node.cut()
    await node.redial()
    const stale = { renderId: offer.renderId, leaseToken: `event.${node.nodeId}.${crypto.randomUUID()}` }
    expect(await node.hello([offer, stale])).toMatchObject({
      ok: true,
      keep: [offer.leaseToken],
      revoke: [stale.leaseToken],
    })
    await node.ready(0)
    await beatPastGrace(node, offer, witness)
    expect((await rig.store.get(visitId))?.state).toBe('rendering')
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
  })

  it('Q3: a node may come back to another orchestrator and deliver there', async () => {
    const { visitId, node, offer } = await leased()
    const witness = await leased()
    const second = await rig.startOrchestrator()
    node.cut()
    await node.redial(rig.urlOf(second))
    expect(await node.hello([offer])).toMatchObject({ ok: true, keep: [offer.leaseToken] })
    await beatPastGrace(node, offer, witness)
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
    expect((await rig.until(visitId, 'ready')).history.filter((entry) => entry.state === 'rendering')).toHaveLength(1)
    node.close()
    await second.stop()
    rig.orchestrators.splice(rig.orchestrators.indexOf(second), 1)
  })
})

describe('the wait', () => {
  it('V6: that was told when a film was queued is held against the one that it was', async () => {
    const node = await newNode()
    const metric = async (name: string) => {
      const page = await (await fetch(new URL('/metrics', rig.urlOf()))).text()
      return Number(new RegExp(`^fanreel_${name} (.+)$`, 'm').exec(page)?.[1])
    }
    const before = await metric('wait_ratio_count')
    // Of the first nothing may be known yet: nobody has measured a film, or looked at nodes since this one came.
    const promisedMs = await vi.waitFor(
      async () => {
        const { visitId } = await kiosk.record()
        expect(await node.deliver(await node.nextOffer(), reel)).toEqual({ ok: true, outcome: 'accepted' })
        await node.ready()
        const visit = await rig.until(visitId, 'ready')
        expect(visit.render?.promisedMs).toBeGreaterThan(0)
        return visit.render?.promisedMs
      },
      { timeout: 20_000, interval: 600 },
    )
    expect(promisedMs).toBeDefined()
    expect(await metric('wait_ratio_count')).toBeGreaterThan(before)
    expect(await metric('wait_error_seconds_count')).toBe(await metric('wait_ratio_count'))
  })
})

describe('a crash between two steps', () => {
  it('R4: a reel that was committed but never noted reaches its visit', async () => {
    const { visitId, node, offer } = await leased()
    const before = (await rig.store.get(visitId))!
    await node.deliver(offer, reel)
    const done = await rig.until(visitId, 'ready')
    await vi.waitFor(async () => expect((await rig.store.get(visitId))?.clip).toBeUndefined())
    // The visit as it would stand had the orchestrator died right after the commit.
    await rig.store.update(visitId, (visit) => ({ ...before, seq: visit.seq + 1 }))
    expect((await rig.until(visitId, 'ready')).reel).toEqual(done.reel)
  })

  it('Q5: a visit that was queued but never reached the queue gets its render', async () => {
    const { visitId } = await kiosk.record()
    const prefix = `fanreel:{${rig.eventId}}:render-cpu`
    // As if the orchestrator had died between the two steps.
    await rig.redis.call((client) =>
      client.multi().zRem(`${prefix}:prioritized`, `${visitId}-r1`).del(`${prefix}:${visitId}-r1`).exec(),
    )
    await finish(visitId)
    await rig.until(visitId, 'ready')
  })
})
