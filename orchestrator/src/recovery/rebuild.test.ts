/** Redis loses everything; what lies sealed in the media store brings it back. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeReel } from '../../../tests/support/made-reel.ts'
import { EVENT_KEY, type Rig, startRig } from '../../../tests/support/orchestrator-rig.ts'
import { createSealer } from '../access/sealer.ts'
import { systemClock } from '../clock.ts'
import { createDiskStore } from '../media/disk-store.ts'
import { createVisitSheets } from '../privacy/visit-sheet.ts'
import { openRenderQueue } from '../queue/render-queue.ts'
import { createEventSheet } from './event-sheet.ts'
import { rebuild } from './rebuild.ts'

const log = pino({ level: 'silent' })
let rig: Rig
beforeEach(async () => {
  rig = await startRig()
})
afterEach(() => rig.stop())

const runRebuild = async () => {
  const { redis, eventId, store } = rig
  const media = await createDiskStore({ root: rig.mediaRoot, clock: { now: Date.now }, minFreeBytes: 0 })
  const sealer = createSealer({ eventKey: EVENT_KEY })
  const sheets = createVisitSheets({ media, sealer })
  const url = rig.server.socket
  const queue = await openRenderQueue({ url, eventId, clock: systemClock, log, leaseMs: 10_000, stalledMs: 5_000, retryMs: 100 })
  const eventSheet = createEventSheet({ redis, eventId, media, sealer })
  try {
    return await rebuild({ redis, eventId, media, sheets, eventSheet, store, queue, now: Date.now, log })
  } finally {
    await queue.close()
  }
}
const readiness = async () => (await fetch(`${rig.urlOf()}/ready`)).status
/** What the event's own sheet holds: how many peers, and the settings by name. */
const eventSheetHolds = async () => {
  const sealed = await readFile(join(rig.mediaRoot, 'objects', rig.eventId, 'event-sheet'), 'utf8')
  const facts = JSON.parse(createSealer({ eventKey: EVENT_KEY }).open(sealed, 'event-sheet')) as Record<string, object>
  const peers = ['kiosk', 'node', 'operator'].flatMap((kind) => Object.keys(facts[kind] ?? {}))
  return { peers: peers.sort(), settings: facts.settings }
}
const kept = (peers: string[], settings: object = {}) =>
  vi.waitFor(async () => expect(await eventSheetHolds()).toMatchObject({ peers, settings }), { timeout: 10_000 })

describe('a Redis that has lost everything', () => {
  it('E8: is rebuilt: films that are there, films to be made, peers and settings; what was deleted stays deleted', async () => {
    const kiosk = await rig.kiosk()
    // Before its node has a lease that could run out meanwhile.
    const reel = await makeReel()
    const node = await rig.node('node-a')
    const done = await kiosk.record()
    await node.deliver(await node.nextOffer(), reel)
    await rig.until(done.visitId, 'ready')
    await node.ready(0)
    const waiting = await kiosk.record()
    const gone = await kiosk.record()
    await kiosk.ask('visit:cancel', { visitId: gone.visitId })
    await rig.until(gone.visitId, 'cancelled')
    await rig.settings.change({ keepDays: 5 })
    await kept(['kiosk-1', 'node-a'], { keepDays: '5' })

    await rig.redis.call((client) => client.flushAll())
    expect(await runRebuild()).toEqual({ visits: 2, known: 0, queued: 1, ready: 1, failed: 0, unread: 0, sheetless: 0, peers: 2 })

    expect((await rig.store.get(done.visitId))?.reel?.sha256).toBeDefined()
    expect(await rig.store.get(gone.visitId)).toBeUndefined()
    expect((await rig.settings.read()).keepDays).toBe(5)
    // Its token is good again: the node goes on with what waits.
    await node.ready(1)
    const offer = await node.nextOffer()
    expect(offer.visitId).toBe(waiting.visitId)
    expect(await node.deliver(offer, reel)).toEqual({ ok: true, outcome: 'accepted' })
    await rig.until(waiting.visitId, 'ready')
    // Once more changes nothing.
    expect(await runRebuild()).toMatchObject({ visits: 0, known: 2, peers: 0 })
  })

  it('E8: tells of a clip whose sheet was never written: its kiosk has not been told that it is taken', async () => {
    const kiosk = await rig.kiosk()
    const [first, second] = [await kiosk.record(), await kiosk.record()]
    await rm(join(rig.mediaRoot, 'objects', rig.eventId, 'visits', second.visitId, 'sheet'))
    await rig.redis.call((client) => client.flushAll())
    expect(await runRebuild()).toMatchObject({ visits: 1, queued: 1, sheetless: 1 })
    expect(await rig.store.get(first.visitId)).toBeDefined()
    expect(await rig.store.get(second.visitId)).toBeUndefined()
  })

  it('E9: is noticed: the instance is not ready until it is rebuilt, and writes no sheet of nothing', async () => {
    const kiosk = await rig.kiosk()
    const { visitId } = await kiosk.record()
    await kept(['kiosk-1'])
    expect(await readiness()).toBe(200)
    await rig.redis.call((client) => client.flushAll())
    await vi.waitFor(async () => expect(await readiness()).toBe(503), { timeout: 10_000 })
    // One that starts now finds visits on its disk and none in Redis.
    const second = await rig.startOrchestrator()
    expect((await fetch(`${rig.urlOf(second)}/ready`)).status).toBe(503)
    await createEventSheet({
      redis: rig.redis,
      eventId: rig.eventId,
      media: await createDiskStore({ root: rig.mediaRoot, clock: { now: Date.now }, minFreeBytes: 0 }),
      sealer: createSealer({ eventKey: EVENT_KEY }),
    }).keep()
    await kept(['kiosk-1'])
    expect(await runRebuild()).toMatchObject({ visits: 1, queued: 1, peers: 1 })
    await vi.waitFor(async () => expect(await readiness()).toBe(200), { timeout: 10_000 })
    expect((await rig.store.get(visitId))?.state).toBe('queued')
  })

  it('E9: is noticed before the first visit too: no pairing is lost, and nobody is told that their token is worth nothing', async () => {
    const kiosk = await rig.kiosk()
    await rig.node('node-a')
    await kept(['kiosk-1', 'node-a'])
    await rig.redis.call((client) => client.flushAll())
    expect(await kiosk.hello()).toMatchObject({ ok: false, code: 'unavailable', retryable: true })
    const second = await rig.startOrchestrator()
    expect((await fetch(`${rig.urlOf(second)}/ready`)).status).toBe(503)
    await kept(['kiosk-1', 'node-a'])
    expect(await runRebuild()).toMatchObject({ visits: 0, peers: 2 })
    expect(await kiosk.hello()).toMatchObject({ ok: true })
  })
})
