/** Redis goes away, comes back, fills up: kiosks and nodes are told so soon, and everything goes on by itself. */
import { pino } from 'pino'
import { createClient, ErrorReply } from 'redis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type FakeKiosk, newPickupToken, newVisitId } from '../../../tests/support/fake-kiosk.ts'
import { makeReel } from '../../../tests/support/made-reel.ts'
import { type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'
import { startRedis } from '../../../tests/support/redis-server.ts'
import { AppError } from '../errors.ts'
import { connectRedis, redisFault, withDeadline } from './redis.ts'

const DEADLINE_MS = 1_500

let rig: Rig
let reel: Buffer
let kiosk: FakeKiosk
beforeAll(async () => {
  ;[rig, reel] = await Promise.all([startRig({ FANREEL_REDIS_DEADLINE_MS: String(DEADLINE_MS) }), makeReel()])
  kiosk = await rig.kiosk()
})
afterAll(() => rig.stop())

const startOf = () => ({
  visitId: newVisitId(),
  pickupToken: newPickupToken(),
  packId: 'figure-skating',
  language: 'en',
  consent: {
    textSha256: 'c'.repeat(64),
    language: 'en',
    agreedAt: 1,
    kioskId: 'kiosk-1',
    purposes: ['make-film'],
    ofAgeOrGuardian: true,
  },
})

describe('Redis', () => {
  it('Q7: gone, a kiosk and a node are told so within a moment; back, the render goes on to its reel', async () => {
    const { visitId } = await kiosk.record()
    const node = await rig.node('node-a')
    const offer = await node.nextOffer()
    await rig.until(visitId, 'rendering')
    await rig.server.kill()

    const askedAt = Date.now()
    const [started, beaten] = await Promise.all([kiosk.ask('visit:start', startOf()), node.beat(offer)])
    expect(started).toMatchObject({ ok: false, code: 'unavailable', retryable: true })
    expect(beaten).toMatchObject({ ok: false, code: 'unavailable', retryable: true })
    // One deadline for each call that was tried, and the machine's own slowness.
    expect(Date.now() - askedAt).toBeLessThan(5 * DEADLINE_MS)

    await rig.server.restart()
    const again = startOf()
    await vi.waitFor(async () => expect(await kiosk.ask('visit:start', again)).toMatchObject({ ok: true }), {
      timeout: 20_000,
      interval: 200,
    })
    // The lease may have run out meanwhile; then the same node is offered the render again.
    const outcome = await vi.waitFor(
      async () => {
        await node.ready()
        const answer = await node.deliver(node.offers.at(-1)!, reel)
        expect(answer).toMatchObject({ ok: true })
        return answer
      },
      { timeout: 30_000, interval: 300 },
    )
    expect(outcome).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')
    // New work flows, notices included.
    await kiosk.ask('visit:watch', { visitId: again.visitId })
    await kiosk.send(
      again.visitId,
      Buffer.concat([Buffer.from('0000001866747970', 'hex'), Buffer.from('isom'), Buffer.alloc(800, 5)]),
    )
    await node.ready()
    await vi.waitFor(() => expect(node.offers.at(-1)?.visitId).toBe(again.visitId), { timeout: 20_000 })
    await node.deliver(node.offers.at(-1)!, reel)
    await vi.waitFor(() => expect(kiosk.views.get(again.visitId)?.at(-1)?.state).toBe('ready'), { timeout: 10_000 })
    node.close()
  })

  it('Q7: there, but still reading its files, a kiosk is told so within a moment, and everything goes on by itself', async () => {
    // Redis listens to others once in 1,024 of the commands that it reads again.
    await rig.redis.call((client) => Promise.all(Array.from({ length: 8_000 }, (_, at) => client.set(`filler:${at}`, ''))))
    await rig.server.kill()
    const restarted = rig.server.restart('--key-load-delay', '300')
    const stranger = createClient({ socket: { path: rig.server.socket, tls: false, reconnectStrategy: 20 } })
    stranger.on('error', () => undefined)
    await stranger.connect()
    await expect(stranger.ping()).rejects.toThrow(/^LOADING/)
    const askedAt = Date.now()
    const again = startOf()
    expect(await kiosk.ask('visit:start', again)).toMatchObject({ ok: false, code: 'unavailable', retryable: true })
    expect(Date.now() - askedAt).toBeLessThan(5 * DEADLINE_MS)
    await restarted
    stranger.destroy()
    await vi.waitFor(async () => expect(await kiosk.ask('visit:start', again)).toMatchObject({ ok: true }), {
      timeout: 20_000,
      interval: 200,
    })
  })

  it('Q7: full, a kiosk is told that the house is', async () => {
    await rig.redis.call((client) => client.configSet('maxmemory', '1mb'))
    expect(await kiosk.ask('visit:start', startOf())).toMatchObject({ ok: false, code: 'overloaded', retryable: true })
    await rig.redis.call((client) => client.configSet('maxmemory', '0'))
    expect(await kiosk.ask('visit:start', startOf())).toMatchObject({ ok: true })
  })

  it('Q7: what it says of itself becomes a code, by its first word', () => {
    expect(redisFault(new ErrorReply('LOADING Redis is loading the dataset in memory')).code).toBe('unavailable')
    expect(redisFault(new ErrorReply('OOM command not allowed when used memory > maxmemory')).code).toBe('overloaded')
    expect(redisFault(new ErrorReply('WRONGTYPE Operation against a key')).code).toBe('internal')
    expect(redisFault(new TypeError('a fault of ours')).code).toBe('internal')
    expect(redisFault(new AppError('disk-full')).code).toBe('disk-full')
  })

  it('Q7: nobody waits longer than the deadline', async () => {
    await expect(withDeadline(new Promise(() => undefined), 20)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(withDeadline(Promise.resolve(7), 20)).resolves.toBe(7)
  })

  it('Q7: a connection that is closed while Redis stands still is closed for good', async () => {
    const server = await startRedis()
    const admin = createClient({ socket: { path: server.socket, tls: false } })
    admin.on('error', () => undefined)
    try {
      await admin.connect()
      const pipes = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
      const before = pipes()
      const own = await connectRedis({ url: server.socket, log: pino({ level: 'silent' }), deadlineMs: 200 })
      expect(pipes()).toBe(before + 2)
      await admin.sendCommand(['CLIENT', 'PAUSE', '60000', 'ALL'])
      await expect(own.call((client) => client.ping())).rejects.toMatchObject({ code: 'unavailable' })
      own.call((client) => client.get('never')).catch(() => undefined)
      await own.close()
      await vi.waitFor(() => expect(pipes()).toBe(before))
    } finally {
      admin.destroy()
      await server.stop()
    }
  })
})
