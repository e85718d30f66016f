/** Two orchestrators on one Redis and one bucket: the whole way of a visit, a store that goes away, a Redis that is lost. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { CHUNK_BYTES } from '@fanreel/protocol'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type FakeKiosk, madeClip } from '../../../../tests/support/fake-kiosk.ts'
import { makeReel, posterOf, shotListOf } from '../../../../tests/support/made-reel.ts'
import { EVENT_KEY, type Rig, startRig } from '../../../../tests/support/orchestrator-rig.ts'
import { S3_KEYS, type S3Server, startS3Server } from '../../../../tests/support/s3-server.ts'
import { createSealer } from '../../access/sealer.ts'
import { systemClock } from '../../clock.ts'
import type { Orchestrator } from '../../orchestrator.ts'
import { createVisitSheets } from '../../privacy/visit-sheet.ts'
import { openRenderQueue } from '../../queue/render-queue.ts'
import { createEventSheet } from '../../recovery/event-sheet.ts'
import { rebuild } from '../../recovery/rebuild.ts'
import { createS3Store } from './s3-store.ts'

const log = pino({ level: 'silent' })
const AWAY = { status: 500, code: 'InternalError' }
let server: S3Server
let rig: Rig
let second: Orchestrator
/** An installation for the tests of a group. */
const installed = (env: Record<string, string> = {}) => {
  beforeAll(async () => {
    server = await startS3Server()
    rig = await startRig({ ...server.env, FANREEL_LEASE_MS: '20000', ...env })
    second = await rig.startOrchestrator()
  })
  afterEach(() => server.refuse(undefined))
  afterAll(async () => {
    await rig?.stop()
    await server.stop()
  })
}

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const ofVisit = async (visitId: string) => (await server.keys()).filter((key) => key.includes(visitId))
const piecesStaged = async () => (await server.keys()).filter((key) => key.startsWith('staging/'))
const openAt = (kiosk: FakeKiosk, visitId: string, clip: Buffer) =>
  kiosk.ask('upload:open', { visitId, bytes: clip.length, sha256: sha256Of(clip), mime: 'video/mp4' })
const sendPiece = (kiosk: FakeKiosk, uploadId: string, clip: Buffer, offset: number) => {
  const piece = clip.subarray(offset, offset + CHUNK_BYTES)
  return kiosk.ask('upload:chunk', { uploadId, offset, crc32: crc32(piece) }, piece)
}
const statusOf = async (path: string) => (await fetch(`${rig.urlOf()}${path}`)).status

describe('orchestrators that share a bucket', () => {
  installed()

  it('S1, S3: take a clip in turns, have its film made past the door, show it at the door, and leave nothing', async () => {
    const reel = await makeReel()
    const clip = madeClip(2.5 * CHUNK_BYTES)
    const here = await rig.kiosk()
    const { visitId, pickupToken } = await here.start()
    const opened = await openAt(here, visitId, clip)
    if (!opened.ok) throw new Error(opened.code)
    expect(await sendPiece(here, opened.uploadId, clip, 0)).toMatchObject({ ok: true, offset: CHUNK_BYTES })
    // The other instance knows how far it has come, and is the one that may write from then on.
    const there = await rig.kiosk('kiosk-1', rig.urlOf(second))
    expect(await openAt(there, visitId, clip)).toMatchObject({ ok: true, offset: CHUNK_BYTES })
    expect(await sendPiece(here, opened.uploadId, clip, CHUNK_BYTES)).toMatchObject({ code: 'taken-over' })
    expect(await there.send(visitId, clip)).toMatchObject({ ok: true })
    expect(await piecesStaged()).toEqual([])

    const node = await rig.node('node-a')
    const offer = await node.nextOffer()
    const brief = await node.ask('render:brief', offer)
    if (!brief.ok) throw new Error(brief.code)
    expect(brief.clip.url).toMatch(new RegExp(`^${server.endpoint}/`))
    expect(Buffer.from(await (await fetch(brief.clip.url)).arrayBuffer()).equals(clip)).toBe(true)
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')

    const pickup = `${rig.urlOf(second)}/v/${pickupToken}`
    const part = await fetch(`${pickup}/reel`, { headers: { range: 'bytes=100-199' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${reel.length}`])
    expect(Buffer.from(await part.arrayBuffer()).equals(reel.subarray(100, 200))).toBe(true)
    expect(Buffer.from(await (await fetch(`${pickup}/reel`)).arrayBuffer()).equals(reel)).toBe(true)
    // Nothing that a browser is told leads to the bucket.
    expect(await (await fetch(pickup)).text()).not.toContain(String(server.port))
    await vi.waitFor(async () => expect((await ofVisit(visitId)).filter((key) => key.includes('/clip-'))).toEqual([]))

    node.close()
    expect((await fetch(pickup, { method: 'DELETE' })).status).toBe(204)
    expect(await ofVisit(visitId)).toEqual([])
  })

  it('M3, S3: put a reference where whoever has its address may read it, and keep it no longer than the clip', async () => {
    await rig.settings.change({ tiers: ['cloud'] })
    const agreed = { textSha256: 'c'.repeat(64), language: 'en', agreedAt: 1, kioskId: 'kiosk-1', ofAgeOrGuardian: true }
    const kiosk = await rig.kiosk()
    const { visitId, pickupToken } = await kiosk.start({ consent: { ...agreed, purposes: ['make-film', 'cloud'] } })
    expect(await kiosk.send(visitId, madeClip())).toMatchObject({ ok: true })
    const node = await rig.node('node-cloud', { tiers: ['cloud'] })
    const offer = await node.nextOffer()
    const body = Buffer.from('five seconds of a visitor')
    expect(await node.put(offer, 'reference', body)).toMatchObject({ status: 200 })
    const granted = await node.ask('render:put', { ...offer, kind: 'reference', sha256: sha256Of(body), bytes: body.length })
    if (!granted.ok || !granted.readUrl) throw new Error('no address to read from')
    expect(await (await fetch(granted.readUrl)).text()).toBe(body.toString())
    expect(await node.deliver(offer, await makeReel())).toEqual({ ok: true, outcome: 'accepted' })
    await vi.waitFor(async () => expect((await ofVisit(visitId)).filter((key) => key.includes('reference'))).toEqual([]))
    expect((await fetch(granted.readUrl)).status).toBe(404)
    node.close()
    expect((await fetch(`${rig.urlOf()}/v/${pickupToken}`, { method: 'DELETE' })).status).toBe(204)
    await rig.settings.change({ tiers: ['gpu', 'cpu'] })
  })

  it('S6: lose nothing while the bucket is away, in the middle of a clip and of a result', async () => {
    const clip = madeClip(1.5 * CHUNK_BYTES)
    const kiosk = await rig.kiosk()
    const { visitId } = await kiosk.start()
    const opened = await openAt(kiosk, visitId, clip)
    if (!opened.ok) throw new Error(opened.code)
    await sendPiece(kiosk, opened.uploadId, clip, 0)
    await server.halt()
    const away = { ok: false, code: 'unavailable', retryable: true }
    expect(await sendPiece(kiosk, opened.uploadId, clip, CHUNK_BYTES)).toMatchObject(away)
    expect(await kiosk.ask('upload:commit', { uploadId: opened.uploadId })).toMatchObject(away)
    expect(await statusOf('/ready')).toBe(503)
    await server.restart()
    expect(await kiosk.send(visitId, clip)).toMatchObject({ ok: true })
    expect(await statusOf('/ready')).toBe(200)

    // Away while a node is free: nothing is claimed, and no attempt counted.
    const node = await rig.node('node-b', { quiet: true })
    server.refuse(AWAY)
    await vi.waitFor(async () => expect(await statusOf('/ready')).toBe(503), { timeout: 10_000, interval: 100 })
    await node.hello()
    await node.ready()
    const asked = server.requests('HEAD')
    await vi.waitFor(() => expect(server.requests('HEAD')).toBeGreaterThan(asked + 6), { timeout: 20_000 })
    expect(node.offers).toEqual([])
    server.refuse(undefined)
    const offer = await node.nextOffer()
    expect(offer.attempt).toBe(1)

    const reel = await makeReel()
    for (const kind of ['poster', 'shot-list', 'reel'] as const) {
      const body = { poster: posterOf(), 'shot-list': shotListOf(), reel }[kind]
      expect(await node.put(offer, kind, body)).toMatchObject({ status: 200 })
    }
    server.refuse(AWAY)
    const delivered = { sha256: sha256Of(reel), bytes: reel.length }
    expect(await node.sendResult(offer, delivered)).toMatchObject(away)
    expect(await node.put(offer, 'preview', posterOf())).toMatchObject(away)
    // Past its deadline (L6) it is given time all the same: it was not the node that was slow.
    await rig.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, render: { ...visit.render!, deadlineAt: 1 } }))
    // Each instance believes what it has heard of the bucket for a moment.
    const readyThere = async () => (await fetch(`${rig.urlOf(second)}/ready`)).status
    await vi.waitFor(async () => expect(await readyThere()).toBe(503), { timeout: 10_000, interval: 100 })
    await node.redial(rig.urlOf(second))
    expect(await node.hello([offer])).toMatchObject({ keep: [offer.leaseToken] })
    expect(await node.beat(offer)).toMatchObject({ ok: true, cancel: false })
    server.refuse(undefined)
    expect(await node.beat(offer)).toMatchObject({ ok: true, cancel: false })
    expect(await node.sendResult(offer, delivered)).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')
    expect(await piecesStaged()).toEqual([])
    node.close()
  })

  it('E8: are rebuilt from the bucket when Redis has lost everything', async () => {
    const kiosk = await rig.kiosk()
    const { visitId } = await kiosk.record()
    await vi.waitFor(async () => expect(await server.keys()).toContain(`objects/${rig.eventId}/event-sheet`), { timeout: 10_000 })
    const { redis, eventId, store } = rig
    await redis.call((client) => client.flushAll())
    await vi.waitFor(async () => expect(await statusOf('/ready')).toBe(503), { timeout: 10_000 })

    const place = {
      ...S3_KEYS,
      region: 'us-east-1',
      endpoint: server.endpoint,
      bucket: server.bucket,
      addressing: 'path' as const,
    }
    const media = await createS3Store({ place, prefix: '', deadlineMs: 5_000, clock: systemClock, log })
    const sealer = createSealer({ eventKey: EVENT_KEY })
    const sheets = createVisitSheets({ media, sealer })
    const eventSheet = createEventSheet({ redis, eventId, media, sealer })
    const queue = await openRenderQueue({
      url: rig.server.socket,
      eventId,
      clock: systemClock,
      log,
      leaseMs: 10_000,
      stalledMs: 5_000,
      retryMs: 100,
    })
    try {
      const found = await rebuild({ redis, eventId, media, sheets, eventSheet, store, queue, now: Date.now, log })
      expect(found).toMatchObject({ visits: 2, queued: 1, ready: 1, unread: 0 })
    } finally {
      await queue.close()
    }
    await vi.waitFor(async () => expect(await statusOf('/ready')).toBe(200), { timeout: 10_000 })
    const node = await rig.node('node-c')
    const offer = await node.nextOffer()
    expect(offer.visitId).toBe(visitId)
    expect(await node.deliver(offer, await makeReel())).toEqual({ ok: true, outcome: 'accepted' })
  })
})

describe('orchestrators whose nodes cannot reach the bucket', () => {
  installed({ FANREEL_S3_DIRECT: 'no', FANREEL_UPLOAD_LIFETIME_MS: '2500' })

  it('S3: have everything go through the door', async () => {
    const kiosk = await rig.kiosk()
    const clip = madeClip()
    const { visitId } = await kiosk.record(clip)
    const node = await rig.node('node-a')
    const offer = await node.nextOffer()
    const brief = await node.ask('render:brief', offer)
    if (!brief.ok) throw new Error(brief.code)
    const fetched = await fetch(new URL(brief.clip.url, rig.urlOf()))
    expect(Buffer.from(await fetched.arrayBuffer()).equals(clip)).toBe(true)
    expect(await node.deliver(offer, await makeReel())).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(visitId, 'ready')
  })

  it('S2: discard what nobody goes on with, whichever of them does it', async () => {
    const clip = madeClip(2.5 * CHUNK_BYTES)
    const kiosk = await rig.kiosk()
    const { visitId } = await kiosk.start()
    const opened = await openAt(kiosk, visitId, clip)
    if (!opened.ok) throw new Error(opened.code)
    await sendPiece(kiosk, opened.uploadId, clip, 0)
    await sendPiece(kiosk, opened.uploadId, clip, CHUNK_BYTES)
    expect((await rig.until(visitId, 'failed')).code).toBe('upload-gone')
    expect(await piecesStaged()).toEqual([])
    // Asked once more where an answer took too long.
    expect(server.addresses('DELETE', opened.uploadId)).toHaveLength(2)
  })
})
