import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type NodeHello, type NodeWelcome, PROTOCOL_VERSION, type Refusal, refuse } from '@fanreel/protocol'
import { Server as SocketServer } from 'socket.io'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Link, openLink } from './link.ts'

const hello: NodeHello = {
  protocol: PROTOCOL_VERSION,
  eventId: 'demo',
  nodeId: 'node-a',
  token: 'x'.repeat(40),
  version: '0.1.0',
  tiers: ['cpu'],
  engines: ['studio'],
  slots: 1,
  cloudSlots: 0,
  running: [],
}
const welcome: NodeWelcome = {
  ok: true,
  protocol: PROTOCOL_VERSION,
  eventId: 'event',
  packKey: 'A'.repeat(60),
  serverTime: 1,
  beatMs: 50,
  keep: [],
  revoke: [],
}
const lease = {
  eventId: 'demo',
  renderId: '01890a5d-ac96-774b-bcce-b302099a8057-r1',
  leaseToken: `event.node-a.${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`,
}

let http: Server
let io: SocketServer
let link: Link | undefined
let answerHello: (hello: NodeHello) => NodeWelcome | Refusal
const heard = { welcomes: 0, refusals: [] as Refusal[], revoked: [] as string[], lost: 0 }

const dial = () => {
  link = openLink(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
    hello: () => hello,
    onWelcome: () => void heard.welcomes++,
    onOffer: () => ({ accept: true }),
    onRevoke: (token) => void heard.revoked.push(token),
    onRefused: (refusal) => void heard.refusals.push(refusal),
    onLost: () => void heard.lost++,
  })
  return link
}

beforeEach(async () => {
  Object.assign(heard, { welcomes: 0, refusals: [], revoked: [], lost: 0 })
  answerHello = () => welcome
  http = createServer()
  io = new SocketServer(http, { transports: ['websocket'] })
  io.of('/node').on('connection', (socket) => {
    socket.on('node:hello', (said: NodeHello, ack: (answer: unknown) => void) => ack(answerHello(said)))
    socket.on('render:beat', (_beat, ack: (answer: unknown) => void) => ack({ nonsense: true }))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  link?.close()
  await io.close()
})

describe('link', () => {
  it('says hello first and again after every lost connection', async () => {
    dial()
    await expect.poll(() => heard.welcomes).toBe(1)
    io.of('/node').disconnectSockets(true)
    await expect.poll(() => heard.welcomes, { timeout: 10_000 }).toBe(2)
    expect(heard.lost).toBe(1)
  })
  it('dials again when the connection breaks while it says hello', async () => {
    let hellos = 0
    answerHello = () => {
      hellos++
      if (hellos === 1) for (const socket of io.of('/node').sockets.values()) socket.conn.close()
      return welcome
    }
    dial()
    await expect.poll(() => heard.welcomes, { timeout: 10_000 }).toBe(1)
    expect(hellos).toBe(2)
  })
  it('dials again when the server has turned it away', async () => {
    let turnedAway = 0
    io.of('/node').use((_socket, next) => next(turnedAway++ === 0 ? new Error('overloaded') : undefined))
    dial()
    await expect.poll(() => heard.welcomes, { timeout: 10_000 }).toBe(1)
    expect(turnedAway).toBe(2)
  })
  it('hears a refusal and keeps trying', async () => {
    answerHello = () => refuse('protocol-version', { protocol: 99 })
    const dialled = dial()
    await expect.poll(() => heard.refusals[0]).toMatchObject({ code: 'protocol-version', protocol: 99 })
    expect(dialled.connected).toBe(false)
    answerHello = () => welcome
    await expect.poll(() => heard.welcomes, { timeout: 10_000 }).toBe(1)
  })
  it('answers requests itself where the orchestrator does not, and refuses answers that do not parse', async () => {
    const dialled = dial()
    expect(await dialled.request('render:brief', lease)).toMatchObject({ ok: false, code: 'unavailable', retryable: true })
    await expect.poll(() => dialled.connected).toBe(true)
    expect(await dialled.request('render:brief', lease, 100)).toMatchObject({ ok: false, code: 'unavailable' })
    expect(await dialled.request('render:beat', { ...lease, stage: 'draw', fraction: 0.5 })).toMatchObject({
      code: 'bad-message',
    })
  })
  it('answers offers, refuses malformed ones and passes revocations on', async () => {
    const dialled = dial()
    await expect.poll(() => dialled.connected).toBe(true)
    const offer = {
      ...lease,
      visitId: lease.renderId.slice(0, -3),
      tier: 'cpu',
      attempt: 1,
      packId: 'figure-skating',
      packHash: 'a'.repeat(64),
    }
    const whole = { ...offer, policy: { prefer: [], redrawAbove: 0.35 }, leaseMs: 15_000, deadlineMs: 1 }
    const ask = async (payload: unknown) => vi.waitFor(() => io.of('/node').timeout(1_000).emitWithAck('render:offer', payload))
    expect(await ask(whole)).toEqual([{ accept: true }])
    expect(await ask(offer)).toEqual([{ accept: false, reason: 'unfit' }])
    io.of('/node').emit('render:revoke', { eventId: 'event', leaseToken: lease.leaseToken, code: 'lease-lost' })
    await expect.poll(() => heard.revoked).toEqual([lease.leaseToken])
  })
})
