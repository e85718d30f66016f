/**
 * What must be known of an upload to go on with it elsewhere (U12): one small hash in Redis for each visit. How far it has come
 * is not in it: that is the staged file's size, and nothing else (rule U2).
 */
import { type EventId, type KioskId, VisitId } from '@fanreel/protocol'
import { z } from 'zod'
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
  /**
   * Counts the visit among those whose upload moves, unless `moving` others of its kiosk have moved since `since`: decided in one
   * step, so that many asked for at once are no more than one after the other (U13).
   * @param at `begun`: how many of one kiosk may be begun and not finished, moving or not
   * @returns visits beyond that number whose uploads moved longest ago, and count no more; undefined where the visit must wait
   */
  claim(
    visitId: VisitId,
    kioskId: KioskId,
    at: { now: number; since: number; moving: number; begun: number; expiresAt: number },
  ): Promise<VisitId[] | undefined>
  /** The visit's upload does not move after all. */
  release(visitId: VisitId, kioskId: KioskId): Promise<void>
}

const CLAIM = `
local moved = redis.call('zscore', KEYS[1], ARGV[1])
local moves = moved and tonumber(moved) >= tonumber(ARGV[3])
if not moves and redis.call('zcount', KEYS[1], ARGV[3], '+inf') >= tonumber(ARGV[4]) then return false end
redis.call('zadd', KEYS[1], ARGV[2], ARGV[1])
redis.call('pexpireat', KEYS[1], ARGV[6])
local over = redis.call('zcard', KEYS[1]) - tonumber(ARGV[5])
if over <= 0 then return {} end
local oldest = redis.call('zrange', KEYS[1], 0, over - 1)
redis.call('zremrangebyrank', KEYS[1], 0, over - 1)
return oldest`

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
    async claim(visitId, kioskId, { now, since, moving, begun, expiresAt }) {
      const words = [visitId, ...[now, since, moving, begun, expiresAt].map(String)]
      const oldest = await redis.call((client) => client.eval(CLAIM, { keys: [activeKey(kioskId)], arguments: words }))
      return z
        .array(VisitId)
        .optional()
        .parse(oldest ?? undefined)
    },
    async release(visitId, kioskId) {
      await redis.call((client) => client.zRem(activeKey(kioskId), visitId))
    },
  }
}
