/** What an operator sees and may do, over a real socket. */
import { Floor, type operatorMessages, PROTOCOL_VERSION } from '@fanreel/protocol'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import type { FakeKiosk } from '../../../tests/support/fake-kiosk.ts'
import { makeReel } from '../../../tests/support/made-reel.ts'
import { type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'

type Messages = typeof operatorMessages

let rig: Rig
let reel: Buffer
let kiosk: FakeKiosk
let socket: Socket
let floors: { floor: Floor; at: number }[]
const ask = <K extends keyof Messages>(name: K, payload: Record<string, unknown>): Promise<z.infer<Messages[K]['answer']>> =>
  socket.timeout(15_000).emitWithAck(name, { eventId: rig.eventId, ...payload })

beforeAll(async () => {
  ;[rig, reel] = await Promise.all([startRig({ FANREEL_PUBLIC_URL: 'https://film.example/' }), makeReel()])
  kiosk = await rig.kiosk()
  floors = []
  socket = io(new URL('/operator', rig.urlOf()).href, { transports: ['websocket'] })
  socket.on('floor:changed', (floor: unknown) => floors.push({ floor: Floor.parse(floor), at: Date.now() }))
})
afterAll(async () => {
  socket.disconnect()
  await rig.stop()
})

describe('the operator', () => {
  it('N1: needs a token of an operator', async () => {
    expect(await ask('event:pause', { paused: true })).toMatchObject({ code: 'hello-first' })
    const stranger = io(new URL('/operator', rig.urlOf()).href, { transports: ['websocket'], forceNew: true })
    const hello = { eventId: rig.eventId, protocol: PROTOCOL_VERSION, token: 'x'.repeat(40) }
    expect(await stranger.timeout(15_000).emitWithAck('operator:hello', hello)).toMatchObject({ code: 'unauthorised' })
    stranger.disconnect()
    const token = await rig.operatorToken()
    const welcome = await ask('operator:hello', { protocol: PROTOCOL_VERSION, token })
    expect(welcome).toMatchObject({ ok: true, eventName: 'Fanreel', floor: { status: { open: false, reason: 'no-nodes' } } })
  })

  it('V7: sees the floor change, whole, and at most once a second', async () => {
    const { visitId } = await kiosk.record()
    const node = await rig.node('node-a')
    const offer = await node.nextOffer()
    await vi.waitFor(
      async () => {
        await node.beat(offer, 0.5)
        const floor = floors.at(-1)?.floor
        expect(floor?.nodes).toMatchObject([{ nodeId: 'node-a', state: 'online', running: [{ renderId: `${visitId}-r1` }] }])
        expect(floor?.kiosks).toMatchObject([{ kioskId: 'kiosk-1', online: true }])
        expect(floor?.visits[0]).toMatchObject({ visitId, state: 'rendering' })
        expect(floor?.queues.find((row) => row.tier === 'cpu')).toMatchObject({ waiting: 0, active: 1 })
        expect(floor?.counts).toEqual({ rendering: 1 })
      },
      { timeout: 20_000, interval: 200 },
    )
    await node.deliver(offer, reel)
    await vi.waitFor(() => expect(floors.at(-1)?.floor.nodes[0]).toMatchObject({ done: 1, running: [] }), { timeout: 10_000 })
    const gaps = floors.slice(1).map((each, at) => each.at - floors[at]!.at)
    for (const gap of gaps) expect(gap).toBeGreaterThan(800)
    node.close()
  })

  it('V7: finds a visit with its history, and shows its code again', async () => {
    const { visitId, pickupToken } = await kiosk.record()
    const found = await ask('visit:find', { visitId })
    expect(found).toMatchObject({ ok: true, story: { visit: { visitId, state: 'queued', place: 0 } } })
    expect(found.ok && found.story.history.map((entry) => entry.state)).toEqual(['started', 'recorded', 'uploading', 'queued'])
    expect(await ask('visit:pickup', { visitId })).toEqual({ ok: true, pickupUrl: `https://film.example/v/${pickupToken}` })
    const unknown = { visitId: visitId.replace(/^.{4}/, '0000') }
    expect(await ask('visit:find', unknown)).toMatchObject({ code: 'visit-unknown' })
    expect(await ask('visit:delete', { visitId })).toEqual({ ok: true })
    expect(await ask('visit:pickup', { visitId })).toMatchObject({ code: 'visit-state' })
    expect(await ask('visit:find', { visitId })).toMatchObject({ ok: true, story: { visit: { state: 'deleted' } } })
  })

  it('R2: may try a failed visit once more, with a number of its own', async () => {
    const { visitId } = await kiosk.record()
    const node = await rig.node('node-b')
    for (let attempt = 1; attempt <= 3; attempt++) {
      await node.ask('render:failed', { ...(await node.nextOffer()), code: 'engine-failed', class: 'retry' })
    }
    await rig.until(visitId, 'failed')
    expect(await ask('visit:retry', { visitId })).toEqual({ ok: true })
    const offer = await node.nextOffer()
    expect(offer.renderId).toBe(`${visitId}-r2`)
    await node.deliver(offer, reel)
    await rig.until(visitId, 'ready')
    await vi.waitFor(async () => expect((await rig.store.get(visitId))?.clip).toBeUndefined())
    // The clip is gone: there is nothing to render again.
    expect(await ask('visit:retry', { visitId })).toMatchObject({ code: 'visit-state' })
    node.close()
  })

  it('V8: a pause reaches every kiosk and stops nobody who has recorded', async () => {
    const told: unknown[] = []
    kiosk.socket.on('event:status', (status) => told.push(status))
    const node = await rig.node('node-c')
    expect(await ask('event:pause', { paused: true })).toEqual({ ok: true })
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ open: false, reason: 'paused', nodes: 1 }), { timeout: 10_000 })
    const { visitId } = await kiosk.record()
    await node.deliver(await node.nextOffer(), reel)
    await rig.until(visitId, 'ready')
    expect(await ask('event:pause', { paused: false })).toEqual({ ok: true })
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ open: true, nodes: 1 }), { timeout: 10_000 })
    expect(told.at(-1)).toHaveProperty('waitMs')
    node.close()
  })

  it('V9: one kiosk is closed and opened, at once where it is there and at its hello where it was away', async () => {
    const other = await rig.kiosk('kiosk-2')
    const [here, elsewhere]: unknown[][] = [[], []]
    kiosk.socket.on('kiosk:closed', (told) => here!.push(told))
    other.socket.on('kiosk:closed', (told) => elsewhere!.push(told))
    const row = (kioskId: string) => floors.at(-1)?.floor.kiosks.find((each) => each.kioskId === kioskId)
    expect(await ask('kiosk:close', { kioskId: 'kiosk-1', closed: 'paused' })).toEqual({ ok: true })
    await vi.waitFor(() => expect(here).toEqual([{ eventId: rig.eventId, kioskId: 'kiosk-1', closed: 'paused' }]))
    await vi.waitFor(() => expect(row('kiosk-1')?.closed).toBe('paused'), { timeout: 10_000 })
    expect(row('kiosk-2')).not.toHaveProperty('closed')
    expect(await kiosk.hello()).toMatchObject({ ok: true, closed: 'paused' })
    // It closes a door, and takes nothing from whoever is inside.
    expect((await kiosk.record()).visitId).toBeTruthy()
    expect(await ask('kiosk:close', { kioskId: 'kiosk-1' })).toEqual({ ok: true })
    await vi.waitFor(() => expect(here?.at(-1)).toEqual({ eventId: rig.eventId, kioskId: 'kiosk-1' }))
    expect(await kiosk.hello()).not.toHaveProperty('closed')
    expect(await ask('kiosk:close', { kioskId: 'kiosk-1', closed: 'asleep' })).toMatchObject({ code: 'bad-message' })
    expect(elsewhere).toEqual([])
    other.close()
  })

  it('V9: what a kiosk finds wrong with itself stands on the floor until it says otherwise', async () => {
    const trouble = () => floors.at(-1)?.floor.kiosks.find(({ kioskId }) => kioskId === 'kiosk-1')?.trouble
    expect(await kiosk.ask('kiosk:report', { trouble: 'camera' })).toEqual({ ok: true })
    await vi.waitFor(() => expect(trouble()).toBe('camera'), { timeout: 10_000 })
    expect(await kiosk.ask('kiosk:report', {})).toEqual({ ok: true })
    await vi.waitFor(() => expect(trouble()).toBeUndefined(), { timeout: 10_000 })
  })
})
