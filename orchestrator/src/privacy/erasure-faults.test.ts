/** An erasure in which something fails: nobody is told that it is done, and it goes on until it is. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshVisit } from '../../../tests/support/made-visit.ts'
import { type RedisServer, startRedis } from '../../../tests/support/redis-server.ts'
import { systemClock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { createDiskStore } from '../media/disk-store.ts'
import type { MediaStore } from '../media/media-store.ts'
import { eventKey } from '../queue/keys.ts'
import { connectRedis, type Redis } from '../queue/redis.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import { createLiveProgress } from '../visits/live-progress.ts'
import { clipKey } from '../visits/media-keys.ts'
import { createVisitStore, type VisitStore } from '../visits/visit-store.ts'
import { createErasure, type Erasure } from './erasure.ts'

const eventId = 'test-event'
const PUT_MS = 5_000
const log = pino({ level: 'silent' })
let server: RedisServer
let redis: Redis
let root: string
let media: MediaStore
let store: VisitStore
let erasure: Erasure
let now: number
const removeAll = vi.fn<MediaStore['removeAll']>()
const takeOut = vi.fn<RenderQueue['remove']>()

beforeAll(async () => {
  server = await startRedis()
  redis = await connectRedis({ url: server.socket, log })
  store = createVisitStore({ redis, eventId, log })
})
afterAll(async () => {
  await redis.close()
  await server.stop()
})
const erasureOn = (own: MediaStore): Erasure =>
  createErasure({
    redis,
    eventId,
    store,
    live: createLiveProgress({ redis, eventId }),
    book: { clear: () => Promise.resolve() },
    notices: { clear: () => Promise.resolve() },
    queue: { remove: takeOut } as unknown as RenderQueue,
    media: own,
    clock: { now: () => now },
    log,
    putMs: PUT_MS,
  })
beforeEach(async () => {
  now = 1_000_000
  root = await mkdtemp(join(tmpdir(), 'fanreel-erasure-'))
  media = await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
  removeAll.mockReset().mockImplementation((prefix) => media.removeAll(prefix))
  takeOut.mockReset().mockResolvedValue(true)
  erasure = erasureOn({ ...media, removeAll })
})
afterEach(async () => {
  await redis.call((client) => client.flushAll())
  await rm(root, { recursive: true, force: true })
})

/** A queued visit with a clip. */
const queued = async () => {
  const visit = freshVisit({ state: 'queued', changedAt: now, expiresAt: now + 86_400_000 })
  const { visitId } = visit
  const bytes = Buffer.from(visitId)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const key = clipKey(eventId, visitId, sha256)
  await media.put(key, bytes, { bytes: bytes.length, sha256 })
  const clip = { key, sha256, bytes: bytes.length, mime: 'video/mp4' }
  await store.create({ ...visit, clip, render: { renderId: `${visitId}-r1`, number: 1, tier: 'cpu', queuedAt: 1, folders: [] } })
  return { visitId, key }
}
const notes = () => redis.call((client) => client.zRange(eventKey(eventId, 'erasures'), 0, -1))
const fails = () => Promise.reject(new AppError('internal'))

describe('an erasure that meets a fault', () => {
  it('E2: deletes the media though the queue cannot be reached', async () => {
    const { visitId, key } = await queued()
    takeOut.mockImplementation(fails)
    expect(await erasure.end(visitId, { type: 'delete' })).toMatchObject({ state: 'deleted' })
    expect(takeOut).toHaveBeenCalledWith('cpu', `${visitId}-r1`)
    expect(await media.stat(key)).toBeUndefined()
  })

  it('E2: is reported as not done, may be asked for again, and is done then', async () => {
    const { visitId, key } = await queued()
    removeAll.mockImplementation(fails)
    for (let asked = 0; asked < 2; asked++) {
      expect(await erasure.end(visitId, { type: 'delete' })).toMatchObject({ ok: false, code: 'unavailable', retryable: true })
    }
    expect(await store.get(visitId)).toMatchObject({ state: 'deleted' })
    expect(await media.stat(key)).toBeDefined()
    removeAll.mockImplementation((prefix) => media.removeAll(prefix))
    const before = await store.get(visitId)
    expect(await erasure.end(visitId, { type: 'delete' })).toEqual(before)
    expect(await media.stat(key)).toBeUndefined()
  })

  it('E2: goes on by itself, and holds up no other', async () => {
    const stuck = await queued()
    const other = await queued()
    removeAll.mockImplementation(fails)
    await erasure.end(stuck.visitId, { type: 'cancel' })
    await erasure.end(other.visitId, { type: 'cancel' })
    removeAll.mockImplementation((prefix) => (prefix.includes(stuck.visitId) ? fails() : media.removeAll(prefix)))
    await erasure.sweep()
    expect(await media.stat(other.key)).toBeUndefined()
    expect(await media.stat(stuck.key)).toBeDefined()
    removeAll.mockImplementation((prefix) => media.removeAll(prefix))
    now += 60_000
    await erasure.sweep()
    expect(await media.stat(stuck.key)).toBeUndefined()
    expect(await notes()).toEqual([])
  })

  it('E2: a note that stands before its visit is marked is not swept away', async () => {
    const { visitId } = await queued()
    await redis.call((client) => client.zAdd(eventKey(eventId, 'erasures'), { score: now, value: visitId }))
    now += 1_000
    await erasure.sweep()
    expect(await notes()).toEqual([visitId])
    // A minute later nobody is about to end it any more.
    now += 60_000
    await erasure.sweep()
    expect(await notes()).toEqual([])
    expect(await store.get(visitId)).toMatchObject({ state: 'queued' })
  })

  it('S4: where nodes write by themselves, looks when addresses run out and again when the last write must be done', async () => {
    const LATE_MS = 60_000
    const direct = { sign: () => '', lateMs: LATE_MS }
    const own = erasureOn({ ...media, direct })
    const { visitId, key } = await queued()
    await own.end(visitId, { type: 'delete' })
    const late = async () => {
      const bytes = Buffer.from('late')
      await media.put(key, bytes, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
    }
    await late()
    now += PUT_MS
    await own.sweep()
    expect(await media.stat(key)).toBeUndefined()
    expect(await notes()).toEqual([visitId])
    await late()
    now += LATE_MS
    await own.sweep()
    expect(await media.stat(key)).toBeUndefined()
    expect(await notes()).toEqual([])
  })
})
