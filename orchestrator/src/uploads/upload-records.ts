/**
 * What must be known of an upload to go on with it elsewhere (U12): one small hash in Redis for each visit. How far it has come
 * is not in it: that is the staged file's size, and nothing else (rule U2).
 */
import type { EventId, KioskId, VisitId } from '@fanreel/protocol'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

export type UploadRecord = {
  uploadId: string
  kioskId: KioskId
  bytes: number
  sha256: string
  /** The connection that may write: the newest that opened it. */
  owner: string
  /** Whether its clip has been handed to the visit. */
  done: boolean
  expiresAt: number
}

export type UploadRecords = {
  get(visitId: VisitId): Promise<UploadRecord | undefined>
  put(visitId: VisitId, record: UploadRecord): Promise<void>
  /** The upload moved on: it lives longer, and counts as active for its kiosk. */
  touch(visitId: VisitId, kioskId: KioskId, now: number, expiresAt: number): Promise<void>
  finish(visitId: VisitId, kioskId: KioskId): Promise<void>
  drop(visitId: VisitId, kioskId: KioskId): Promise<void>
  /** Visits of the kiosk whose upload moved since `since`. */
  active(kioskId: KioskId, since: number): Promise<VisitId[]>
}

/** A finished upload still answers a repeated commit for this long. */
const KEEP_FINISHED_MS = 24 * 60 * 60_000

export const createUploadRecords = (options: { redis: Pick<Redis, 'call'>; eventId: EventId }): UploadRecords => {
  const { redis, eventId } = options
  const recordKey = (visitId: VisitId) => eventKey(eventId, 'upload', visitId)
  const activeKey = (kioskId: KioskId) => eventKey(eventId, 'uploads', kioskId)

  return {
    async get(visitId) {
      const found = await redis.call((client) => client.hGetAll(recordKey(visitId)))
      const { uploadId, kioskId, bytes, sha256, owner, done, expiresAt } = found
      if (!uploadId || !kioskId || !sha256 || !owner) return undefined
      return { uploadId, kioskId, sha256, owner, bytes: Number(bytes), done: done === '1', expiresAt: Number(expiresAt) }
    },
    async put(visitId, record) {
      const fields = {
        ...record,
        bytes: String(record.bytes),
        done: record.done ? '1' : '0',
        expiresAt: String(record.expiresAt),
      }
      await redis.call((client) =>
        client
          .multi()
          .del(recordKey(visitId))
          .hSet(recordKey(visitId), fields)
          .pExpireAt(recordKey(visitId), record.expiresAt)
          .exec(),
      )
    },
    async touch(visitId, kioskId, now, expiresAt) {
      await redis.call((client) =>
        client
          .multi()
          .hSet(recordKey(visitId), 'expiresAt', String(expiresAt))
          .pExpireAt(recordKey(visitId), expiresAt)
          .zAdd(activeKey(kioskId), { score: now, value: visitId })
          .pExpireAt(activeKey(kioskId), expiresAt)
          .exec(),
      )
    },
    async finish(visitId, kioskId) {
      await redis.call((client) =>
        client
          .multi()
          .hSet(recordKey(visitId), 'done', '1')
          .pExpire(recordKey(visitId), KEEP_FINISHED_MS)
          .zRem(activeKey(kioskId), visitId)
          .exec(),
      )
    },
    async drop(visitId, kioskId) {
      await redis.call((client) => client.multi().del(recordKey(visitId)).zRem(activeKey(kioskId), visitId).exec())
    },
    active: (kioskId, since) => redis.call((client) => client.zRange(activeKey(kioskId), since, '+inf', { BY: 'SCORE' })),
  }
}
