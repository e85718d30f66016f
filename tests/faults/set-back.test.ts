/** A power cut takes the last second of what Redis held, a visit with it whose clip was acknowledged. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { VisitId } from '@fanreel/protocol'
import { expect, it } from 'vitest'
import type { ClipVault, HeldVisit } from '../../kiosk-ui/lib/outbox/held-visit.ts'
import { createOutbox } from '../../kiosk-ui/lib/outbox/outbox.ts'
import { newVisitKeys } from '../../kiosk-ui/lib/uploader/index.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import { startFleet } from '../support/fleet.ts'
import { SHORT_TIMINGS } from './fault.ts'

const LONG = { timeout: 60_000, interval: 100 }

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
    const aof = join(dirname(fleet.server.socket), 'appendonlydir')
    // Redis itself writes down what it is told at least once a second.
    await expect.poll(() => fleet.redis.call((client) => client.info('persistence')), LONG).toContain('aof_pending_bio_fsync:0')
    await cp(aof, before, { recursive: true })

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

    await fleet.server.kill()
    await rm(aof, { recursive: true })
    await cp(before, aof, { recursive: true })
    await fleet.server.restart()
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
