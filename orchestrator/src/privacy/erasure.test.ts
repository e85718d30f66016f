/** Consent at every hop, and the end of a visit: that everything of the visitor goes, wherever it is just then. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type FakeKiosk, madeClip } from '../../../tests/support/fake-kiosk.ts'
import type { FakeNode } from '../../../tests/support/fake-node.ts'
import { makeReel, posterOf } from '../../../tests/support/made-reel.ts'
import { EVENT_KEY, type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'
import { createSealer } from '../access/sealer.ts'
import { checkStoreId } from '../boot-checks.ts'
import { systemClock } from '../clock.ts'
import { createDiskStore } from '../media/disk-store.ts'
import { visitPrefix } from '../visits/media-keys.ts'
import { sheetSealName } from './visit-sheet.ts'

let rig: Rig
let reel: Buffer
let kiosk: FakeKiosk
beforeAll(async () => {
  ;[rig, reel] = await Promise.all([startRig(), makeReel()])
  kiosk = await rig.kiosk()
})
afterAll(() => rig.stop())

const nodes: FakeNode[] = []
const newNode = async (): Promise<FakeNode> => {
  const node = await rig.node(`node-${nodes.length}`)
  nodes.push(node)
  return node
}
afterEach(() => {
  for (const node of nodes) node.close()
})
const nothingLeft = (visitId: string) => vi.waitFor(async () => expect(await rig.objectsOf(visitId)).toEqual([]))
const isQueued = (visitId: string) =>
  rig.redis.call((client) => client.exists(`fanreel:{${rig.eventId}}:render-cpu:${visitId}-r1`))

describe('consent', () => {
  it('E1: without it there is no visit', async () => {
    const consent = { textSha256: 'c'.repeat(64), language: 'en', agreedAt: 1, ofAgeOrGuardian: true }
    const own = { ...consent, kioskId: 'kiosk-1', purposes: ['cloud'] }
    await expect(kiosk.start({ consent: own })).rejects.toThrow('consent-missing')
    const strange = { ...consent, kioskId: 'kiosk-9', purposes: ['make-film'] }
    await expect(kiosk.start({ consent: strange })).rejects.toThrow('consent-missing')
  })

  it('E1: what is not covered by it is not rendered, and the visit ends', async () => {
    const { visitId } = await kiosk.record()
    await rig.store.update(visitId, (visit) => ({
      ...visit,
      seq: visit.seq + 1,
      consent: { ...visit.consent, purposes: ['cloud'] },
    }))
    const node = await newNode()
    expect((await rig.until(visitId, 'cancelled')).history.at(-1)?.note).toBe('consent-missing')
    expect(node.offers).toHaveLength(0)
    await nothingLeft(visitId)
  })

  it('E1: a node that holds the lease gets nothing of the person without it', async () => {
    const { visitId } = await kiosk.record()
    const node = await newNode()
    const offer = await node.nextOffer()
    expect(await node.ask('render:brief', offer)).toMatchObject({ ok: true, clip: { bytes: expect.any(Number) } })
    await rig.until(visitId, 'rendering')
    await rig.store.update(visitId, (visit) => ({
      ...visit,
      seq: visit.seq + 1,
      consent: { ...visit.consent, purposes: ['cloud'] },
    }))
    expect(await node.ask('render:brief', offer)).toEqual({ ok: false, code: 'consent-missing', retryable: false })
    await kiosk.ask('visit:cancel', { visitId })
    node.close()
  })
})

describe('deletion', () => {
  it('E2: takes waiting work out of the queue', async () => {
    const { visitId } = await kiosk.record()
    expect(await isQueued(visitId)).toBe(1)
    expect(await kiosk.ask('visit:cancel', { visitId })).toMatchObject({ ok: true, visit: { state: 'cancelled' } })
    expect(await isQueued(visitId)).toBe(0)
    await nothingLeft(visitId)
  })

  it('E2: stops running work at once, refuses its result, and erases what a node was writing just then', async () => {
    const { visitId } = await kiosk.record()
    const node = await newNode()
    const offer = await node.nextOffer()
    await rig.until(visitId, 'rendering')
    await node.put(offer, 'preview', posterOf())
    const body = posterOf()
    const put = await node.ask('render:put', {
      ...offer,
      kind: 'poster',
      sha256: await sha256Of(body),
      bytes: body.length,
    })
    expect(put.ok).toBe(true)
    expect(await kiosk.ask('visit:cancel', { visitId })).toMatchObject({ ok: true })
    await vi.waitFor(() => expect(node.revoked).toContain(offer.leaseToken))
    expect(await node.beat(offer)).toMatchObject({ ok: true, cancel: true })
    expect(await node.deliver(offer, reel)).toMatchObject({ ok: false, code: 'render-cancelled' })
    // The address was good when it was given; by now there is nothing to write for.
    const late = await fetch(new URL(put.ok ? put.url : '', rig.urlOf()), { method: 'PUT', body: new Uint8Array(body) })
    expect(late.status).toBe(410)
    await nothingLeft(visitId)
    // A write that was under way when the visit was erased lands right after: the second round finds it.
    const media = await createDiskStore({ root: rig.mediaRoot, clock: systemClock, minFreeBytes: 0 })
    const key = `${visitPrefix(rig.eventId, visitId)}renders/late/poster`
    await media.put(key, body, { bytes: body.length, sha256: await sha256Of(body) })
    expect(await rig.objectsOf(visitId)).toHaveLength(1)
    await vi.waitFor(async () => expect(await rig.objectsOf(visitId)).toEqual([]), { timeout: 15_000, interval: 100 })
  })

  it('E3: leaves a tombstone: kiosks that hold something of the visit are told, whenever they come', async () => {
    const { visitId, pickupToken } = await kiosk.record()
    const other = await kiosk.record()
    await kiosk.ask('visit:cancel', { visitId })
    await vi.waitFor(() => expect(kiosk.released).toContain(visitId))
    expect(await kiosk.hello([visitId, other.visitId])).toMatchObject({ ok: true, release: [visitId] })
    const stored = JSON.stringify(await rig.store.get(visitId))
    expect(stored).not.toContain(pickupToken)
    expect(JSON.parse(stored)).not.toHaveProperty('sealedToken')
    expect(await kiosk.ask('visit:cancel', { visitId })).toMatchObject({ ok: true, visit: { state: 'cancelled' } })
    await kiosk.ask('visit:cancel', { visitId: other.visitId })
  })
})

describe('what is kept', () => {
  it('E5: a sheet beside the clip tells of the visit to whoever has the key, and to nobody else', async () => {
    const { visitId, pickupToken } = await kiosk.record()
    const paths = await rig.objectsOf(visitId)
    const sheet = await readFile(join(rig.mediaRoot, paths.find((path) => path.endsWith('/sheet'))!), 'utf8')
    expect(sheet).not.toContain(visitId)
    expect(sheet).not.toContain(pickupToken)
    const opened = createSealer({ eventKey: EVENT_KEY }).open(sheet, sheetSealName(visitId))
    expect(JSON.parse(opened)).toMatchObject({ visitId, state: 'queued', clip: { mime: 'video/mp4' } })
    expect(() => createSealer({ eventKey: EVENT_KEY }).open(sheet, sheetSealName('another'))).toThrow()
    await kiosk.ask('visit:cancel', { visitId })
  })

  it('E5: a clip whose sheet cannot be written is not acknowledged, and is when it can', async () => {
    const { visitId } = await kiosk.start()
    const clip = madeClip()
    const sheet = join(rig.mediaRoot, 'objects', rig.eventId, 'visits', visitId, 'sheet')
    // No file comes to lie where a folder does.
    await mkdir(join(sheet, 'in-the-way'), { recursive: true })
    expect(await kiosk.send(visitId, clip)).toMatchObject({ ok: false })
    expect((await rig.store.get(visitId))?.state).toBe('uploading')
    await rm(sheet, { recursive: true })
    expect(await kiosk.send(visitId, clip)).toMatchObject({ ok: true, visit: { state: 'queued' } })
    expect(await rig.objectsOf(visitId)).toContainEqual(expect.stringMatching(/\/sheet$/))
    await kiosk.ask('visit:cancel', { visitId })
  })

  it('E6: a reel expires on its date, an abandoned visit is deleted, a tombstone is forgotten', async () => {
    const { visitId } = await kiosk.record()
    const node = await newNode()
    await node.deliver(await node.nextOffer(), reel)
    const ready = await rig.until(visitId, 'ready')
    expect(ready.expiresAt).toBeGreaterThan(Date.now() + 13 * 86_400_000)
    expect((await rig.objectsOf(visitId)).length).toBeGreaterThan(0)
    const abandoned = await kiosk.start()
    for (const each of [visitId, abandoned.visitId]) {
      await rig.store.update(each, (visit) => ({ ...visit, seq: visit.seq + 1, expiresAt: Date.now() - 1 }))
    }
    await rig.until(visitId, 'expired')
    await nothingLeft(visitId)
    await rig.until(abandoned.visitId, 'deleted')
    await rig.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, expiresAt: Date.now() - 1 }))
    await vi.waitFor(async () => expect(await rig.store.get(visitId)).toBeUndefined(), { timeout: 10_000 })
  })

  it('E7: an orchestrator whose disk is another than this Redis knows does not start', async () => {
    const root = await mkdtemp(join(tmpdir(), 'fanreel-other-disk-'))
    try {
      const media = await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
      const says = `the media store in ${root} is ${await media.storeId()}`
      await expect(checkStoreId({ redis: rig.redis, eventId: rig.eventId, media, place: root })).rejects.toThrow(says)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})

async function sha256Of(body: Buffer): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(body))).toString('hex')
}
