/** What a visit that goes on lets go of: on a real disk, with a real index, when things go wrong on the way. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshVisit } from '../../../tests/support/made-visit.ts'
import { type RedisServer, startRedis } from '../../../tests/support/redis-server.ts'
import { systemClock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { createDiskStore } from '../media/disk-store.ts'
import type { MediaStore } from '../media/media-store.ts'
import { connectRedis, type Redis } from '../queue/redis.ts'
import { createLiveProgress } from '../visits/live-progress.ts'
import { visitPrefix } from '../visits/media-keys.ts'
import type { Visit } from '../visits/visit.ts'
import { transition } from '../visits/visit-state.ts'
import { createVisitStore, type VisitStore } from '../visits/visit-store.ts'
import { createTidying } from './tidying.ts'

const eventId = 'test-event'
const log = pino({ level: 'silent' })
const FAILED_CLIP_MS = 3_600_000
let server: RedisServer
let redis: Redis
let root: string
let media: MediaStore
let store: VisitStore
let now: number
beforeAll(async () => {
  server = await startRedis()
  redis = await connectRedis({ url: server.socket, log })
  store = createVisitStore({ redis, eventId, log, failedClipMs: FAILED_CLIP_MS })
})
afterAll(async () => {
  await redis.close()
  await server.stop()
})
beforeEach(async () => {
  now = 1_000_000
  root = await mkdtemp(join(tmpdir(), 'fanreel-tidying-'))
  media = await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
})
afterEach(async () => {
  await redis.call((client) => client.flushAll())
  await rm(root, { recursive: true, force: true })
})

const tidyingOn = (own: Partial<MediaStore> = {}, writeSheet: (visit: Visit) => Promise<void> = () => Promise.resolve()) =>
  createTidying({
    eventId,
    store,
    live: createLiveProgress({ redis, eventId }),
    media: { ...media, ...own },
    writeSheet,
    putMs: 1_000,
    failedClipMs: FAILED_CLIP_MS,
    clock: { now: () => now },
    log,
  })

const put = async (key: string) => {
  const body = Buffer.from(key)
  const sha256 = createHash('sha256').update(body).digest('hex')
  await media.put(key, body, { bytes: body.length, sha256 })
  return { key, sha256, bytes: body.length }
}
/** A visit that is rendered, with clips of two takes and what two leases have left. */
const rendering = async () => {
  const made = freshVisit({ state: 'rendering', changedAt: now, expiresAt: now + 86_400_000 })
  const prefix = visitPrefix(eventId, made.visitId)
  await put(`${prefix}clip-old`)
  for (const name of ['previews/a/preview', 'renders/a/reel', 'renders/b/poster', 'renders/b/shot-list']) await put(prefix + name)
  await put(`${prefix}sheet`)
  const renderId = `${made.visitId}-r1`
  const render = { renderId, number: 1, tier: 'cpu' as const, queuedAt: now, folders: ['a', 'b'] }
  const visit: Visit = { ...made, clip: { ...(await put(`${prefix}clip-new`)), mime: 'video/mp4' }, render }
  await store.create(visit)
  const reel = { ...(await put(`${prefix}renders/b/reel`)), report: {} } as NonNullable<Visit['reel']>
  return { visitId: visit.visitId, renderId, reel, prefix }
}
const step = async (visitId: string, event: Parameters<typeof transition>[1]): Promise<Visit> => {
  const after = await store.update(visitId, (visit) => transition(visit, event, now))
  if ('ok' in after) throw new Error(after.code)
  return after
}
const ready = async () => {
  const made = await rendering()
  const { visitId, renderId, reel } = made
  return { ...made, visit: await step(visitId, { type: 'result', renderId, reel, expiresAt: now + 86_400_000 }) }
}
const left = async (prefix: string): Promise<string[]> => {
  const names = ['clip-old', 'clip-new', 'previews/a/preview', 'renders/a/reel', 'sheet', 'renders/b/reel', 'renders/b/poster']
  const found: string[] = []
  for (const name of names) if (await media.stat(prefix + name)) found.push(name)
  return found
}
const FILM = ['sheet', 'renders/b/reel', 'renders/b/poster']
const owed = () => store.toTidy(Number.MAX_SAFE_INTEGER, 10_000)

describe('tidying', () => {
  it('E4: leaves of a ready visit its film and its sheet, whatever else lies there', async () => {
    const { visit, visitId, prefix } = await ready()
    expect(await owed()).toEqual([{ visitId, dueAt: now }])
    await tidyingOn().tidy(visit)
    expect(await left(prefix)).toEqual(FILM)
    expect(await store.get(visitId)).not.toHaveProperty('clip')
    expect(await owed()).toEqual([])
  })

  it('E5: writes the sheet that tells of the film before the clip goes, and keeps the clip while it cannot', async () => {
    const { visit, prefix } = await ready()
    await tidyingOn({}, () => Promise.reject(new AppError('unavailable'))).tidy(visit)
    expect(await left(prefix)).toContain('clip-new')
    const atSheet: string[][] = []
    const writeSheet = async (told: Visit) => {
      expect(told.reel).toBeDefined()
      atSheet.push(await left(prefix))
    }
    now += 60_000
    await tidyingOn({}, writeSheet).sweep()
    expect(atSheet).toEqual([expect.arrayContaining(['clip-new'])])
    expect(await left(prefix)).toEqual(FILM)
  })

  it('E4: deletes the clip on a disk too full for its sheet, which follows when there is room', async () => {
    const { visit, visitId, prefix } = await ready()
    await tidyingOn({}, () => Promise.reject(new AppError('disk-full'))).tidy(visit)
    expect(await left(prefix)).toEqual(FILM)
    expect((await owed()).map((each) => each.visitId)).toEqual([visitId])
    await tidyingOn().sweep()
    expect(await owed()).toEqual([])
  })

  it('E4: a visit that cannot be tidied now keeps none of the others, and comes again', async () => {
    const stuck = await ready()
    now++
    const other = await ready()
    let broken = true
    const removeBut: MediaStore['removeBut'] = (prefix, kept) =>
      broken && prefix === stuck.prefix ? Promise.reject(new AppError('unavailable')) : media.removeBut(prefix, kept)
    const tidying = tidyingOn({ removeBut })
    expect(await tidying.sweep()).toBe(1)
    expect(await left(other.prefix)).toEqual(FILM)
    expect(await store.get(stuck.visitId)).toHaveProperty('clip')
    broken = false
    now += 60_000
    expect(await tidying.sweep()).toBe(1)
    expect(await left(stuck.prefix)).toEqual(FILM)
  })

  it('E4: finds a clip to delete behind a thousand films that are tidy', async () => {
    const tidy = Array.from({ length: 1_001 }, () => freshVisit({ state: 'ready', changedAt: 1 }))
    await Promise.all(tidy.map((visit) => store.create(visit)))
    const { prefix } = await ready()
    expect(await tidyingOn().sweep()).toBe(1)
    expect(await left(prefix)).toEqual(FILM)
  })

  it('E4: keeps the clip of a failed visit for an operator, for hours and no longer', async () => {
    const { visitId, prefix } = await rendering()
    await tidyingOn().tidy(await step(visitId, { type: 'fail', code: 'engine-failed' }))
    expect(await left(prefix)).toEqual(['clip-new', 'sheet'])
    now += FAILED_CLIP_MS - 1
    expect(await tidyingOn().sweep()).toBe(0)
    expect(await left(prefix)).toEqual(['clip-new', 'sheet'])
    now += 1
    expect(await tidyingOn().sweep()).toBe(1)
    expect(await left(prefix)).toEqual(['sheet'])
    expect(await store.get(visitId)).not.toHaveProperty('clip')
  })

  it('E4: a retry that came in time keeps its clip', async () => {
    const { visitId, prefix } = await rendering()
    await step(visitId, { type: 'fail', code: 'engine-failed' })
    await step(visitId, { type: 'retry', render: { renderId: `${visitId}-r2`, number: 2, tier: 'cpu' } })
    now += 2 * FAILED_CLIP_MS
    expect(await tidyingOn().sweep()).toBe(0)
    expect(await left(prefix)).toContain('clip-new')
  })

  it.each<[string, Parameters<typeof transition>[1][]]>([
    ['a fault of the clip', [{ type: 'fail', code: 'clip-too-dark' }]],
    ['another take', [{ type: 'fail', code: 'engine-failed' }, { type: 'retake' }]],
  ])('E4: after %s no clip stays', async (_, events) => {
    const { visitId, prefix } = await rendering()
    for (const event of events) await step(visitId, event)
    expect(await tidyingOn().sweep()).toBe(1)
    expect(await left(prefix)).toEqual(['sheet'])
    expect(await owed()).toEqual([])
  })

  it('S4: where nodes write by themselves, what another lease brings late goes too, and only then it is done', async () => {
    const direct = { sign: () => '', lateMs: 60_000 }
    const tidying = tidyingOn({ direct })
    const { visit, prefix } = await ready()
    await tidying.tidy(visit)
    expect(await left(prefix)).toEqual(FILM)
    await put(`${prefix}renders/a/reel`)
    now += 45_000
    await tidying.sweep()
    expect(await left(prefix)).toEqual(FILM)
    expect(await owed()).toHaveLength(1)
    await put(`${prefix}renders/a/reel`)
    now += 120_000
    await tidying.sweep()
    expect(await left(prefix)).toEqual(FILM)
    expect(await owed()).toEqual([])
  })
})
