/** A power cut takes the last second of what Redis held, a visit with it whose clip was acknowledged. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { VisitId } from '@fanreel/protocol'
import { expect, it } from 'vitest'
import type { ClipVault, HeldVisit } from '../../kiosk-ui/lib/outbox/held-visit.ts'
import { createOutbox } from '../../kiosk-ui/lib/outbox/outbox.ts'
import { newVisitKeys } from '../../kiosk-ui/lib/uploader/index.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import { type Fleet, startFleet } from '../support/fleet.ts'
import { sendVisitor } from '../support/visitor.ts'
import { SHORT_TIMINGS } from './fault.ts'

const LONG = { timeout: 60_000, interval: 100 }

const filesOf = (fleet: Fleet) => join(dirname(fleet.server.socket), 'appendonlydir')
/** Copies what Redis has on disk, once it has written down all it was told: it does so at least once a second. */
const keepFiles = async (fleet: Fleet, into: string): Promise<void> => {
  await expect.poll(() => fleet.redis.call((client) => client.info('persistence')), LONG).toContain('aof_pending_bio_fsync:0')
  await cp(filesOf(fleet), into, { recursive: true })
}
/** Redis dies and comes back with what it held then. */
const setBack = async (fleet: Fleet, from: string): Promise<void> => {
  await fleet.server.kill()
  await rm(filesOf(fleet), { recursive: true })
  await cp(from, filesOf(fleet), { recursive: true })
  await fleet.server.restart()
}

it('U15: a visit that is gone with the last second of Redis is brought again by its kiosk, and gets its film', async () => {
  const fleet = await startFleet({ env: SHORT_TIMINGS })
  const before = await mkdtemp(join(tmpdir(), 'fanreel-aof-'))
  const stop = new AbortController()
  try {
    const rows = new Map<VisitId, HeldVisit>()
    const take = new Uint8Array(madeClip(50_000))
    const vault = {
      hold: async (held) => void rows.set(held.visit.visitId, held),
      held: async () => [...rows.values()],
      letGo: async (visitId) => void rows.delete(visitId),
      read: async () => take,
    } as Pick<ClipVault, 'hold' | 'held' | 'letGo' | 'read'> as ClipVault
    const kiosk = await fleet.kiosk('kiosk-1')
    const nodeToken = fleet.token('node', 'node-a')
    await Promise.all([kiosk.online(), nodeToken])
    await keepFiles(fleet, before)

    const outbox = createOutbox({ vault, uploader: () => kiosk, onNews: () => undefined })
    const running = outbox.run(stop.signal)
    const { visitId, pickupToken } = newVisitKeys()
    const consent = {
      ...{ textSha256: 'a'.repeat(64), language: 'en', agreedAt: Date.now(), kioskId: 'kiosk-1' },
      ...{ purposes: ['make-film'], ofAgeOrGuardian: true },
    } as HeldVisit['visit']['consent']
    const visit = { visitId, pickupToken, packId: 'tiny', language: 'en', consent } as const
    await outbox.put({ visit, takeId: 'take', mime: 'video/mp4' })
    await expect.poll(() => rows.get(visitId)?.sent, LONG).toBe(true)
    expect((await fleet.store.get(visitId))?.state).toBe('queued')

    await setBack(fleet, before)
    expect(await fleet.store.get(visitId)).toBeUndefined()
    await fleet.startNodes(['node-a'])
    await expect.poll(async () => (await fleet.store.get(visitId))?.state, LONG).toBe('ready')
    await expect.poll(() => rows.size, LONG).toBe(0)
    stop.abort()
    await running
  } finally {
    stop.abort()
    await fleet.stop()
    await rm(before, { recursive: true, force: true })
  }
}, 180_000)

it('E10: a film that was told of, and a deletion, outlive the last second of Redis in which they were noted', async () => {
  const fleet = await startFleet({ env: SHORT_TIMINGS })
  const before = await mkdtemp(join(tmpdir(), 'fanreel-aof-'))
  try {
    const kiosk = await fleet.kiosk('kiosk-1')
    await fleet.startNodes(['node-a'], { makeMs: 2_500 })
    const at = { kioskId: 'kiosk-1', url: fleet.url }
    const come = () => sendVisitor(kiosk, at, { clip: madeClip(50_000), packId: 'tiny', firstName: 'Ada' })
    const leaving = await come()
    await leaving.until((view) => view.state === 'ready')
    const filmed = await come()
    await filmed.until((view) => view.state === 'rendering')
    await keepFiles(fleet, before)
    await filmed.until((view) => view.state === 'ready')
    // Its clip is gone by then: no film could be made of it again.
    const objectsOf = (visitId: string) => readdir(join(fleet.mediaRoot, 'objects', fleet.eventId, 'visits', visitId))
    await expect.poll(() => objectsOf(filmed.visitId), LONG).toEqual(['renders', 'sheet'])
    expect((await fetch(`${leaving.pickupUrl}/delete`, { method: 'POST', redirect: 'manual' })).status).toBe(303)

    await setBack(fleet, before)
    expect((await fleet.store.get(filmed.visitId))?.state).toBe('rendering')
    expect((await fleet.store.get(leaving.visitId))?.sealedName).toBeDefined()
    await expect.poll(async () => (await fleet.store.get(filmed.visitId))?.state, LONG).toBe('ready')
    expect((await fleet.store.get(filmed.visitId))?.history.filter(({ state }) => state === 'rendering')).toHaveLength(1)
    const film = await fetch(`${filmed.pickupUrl}/reel`)
    expect([film.status, film.headers.get('content-type')]).toEqual([200, 'video/mp4'])
    await expect.poll(async () => (await fleet.store.get(leaving.visitId))?.state, LONG).toBe('deleted')
    expect(await fleet.store.get(leaving.visitId)).not.toHaveProperty('sealedName')
  } finally {
    await fleet.stop()
    await rm(before, { recursive: true, force: true })
  }
}, 180_000)
