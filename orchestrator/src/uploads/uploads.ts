/**
 * Resumable uploads with the guarantees of tus 1.0: the durable size of the staged file is the offset, a
 * wrong offset changes nothing, a piece is acknowledged when it is on disk, and nothing of a clip is used before the
 * whole has been checked. Any instance can go on with an upload that another began.
 */
import { crc32 } from 'node:zlib'
import {
  CHUNK_BYTES,
  type EventId,
  type KioskId,
  MAX_CLIP_BYTES,
  type Refusal,
  refuse,
  type UploadChunk,
  type UploadCommitted,
  type UploadOpen,
  type UploadOpened,
  type UploadStored,
  VisitId,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { createTurns } from '../media/turns.ts'
import { clipKey, visitPrefix } from '../visits/media-keys.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { Visits } from '../visits/visits.ts'
import { SNIFF_BYTES, sniffClip } from './container.ts'
import type { UploadRecord, UploadRecords } from './upload-records.ts'

/** Who uploads: a kiosk, over one connection. A later connection takes over from an earlier one. */
export type Uploader = { kioskId: KioskId; connection: string }

export type Uploads = {
  open(from: Uploader, request: UploadOpen): Promise<UploadOpened | Refusal>
  chunk(from: Uploader, request: UploadChunk, piece: Uint8Array): Promise<UploadStored | Refusal>
  commit(from: Uploader, request: { uploadId: string }): Promise<UploadCommitted | Refusal>
  /** Discards what has not moved for the uploads' lifetime; answers how many. Safe from every instance at once. */
  sweep(): Promise<number>
}

/** How many uploads of one kiosk may move at once (U13), and how long one counts as moving. */
const MAX_MOVING = 2
const MOVING_MS = 30_000
/** How many uploads of one kiosk may be begun and not finished: more than a kiosk leaves behind that is switched off again and again. */
const MAX_BEGUN = 8
/** How often a moving upload is noted as such. */
const TOUCH_MS = 5_000
/** How many visits one sweep looks at. */
const SWEEP_BATCH = 500

/** The visit's id and the start of the clip's hash: the same clip of the same visit is the same upload, everywhere. */
const uploadIdOf = (visitId: VisitId, sha256: string): string => `${visitId}-${sha256.slice(0, 32)}`
const visitIdOf = (uploadId: string): VisitId | undefined => {
  const visitId = VisitId.safeParse(uploadId.slice(0, 36))
  return visitId.success ? visitId.data : undefined
}

/** What a visitor must have agreed to before a byte of them is taken (rule U10). */
const consents = (visit: Visit): boolean => visit.consent.purposes.includes('make-film') && visit.consent.ofAgeOrGuardian

const AWAITS_CLIP: ReadonlySet<Visit['state']> = new Set(['started', 'recorded', 'uploading'])

export const createUploads = (options: {
  eventId: EventId
  media: MediaStore
  visits: Pick<Visits, 'get' | 'view' | 'beginUpload' | 'restartUpload' | 'clipStored' | 'failUpload'>
  records: UploadRecords
  clock: Clock
  log: Logger
  /** Visits that have been `uploading` since before that time, at most so many. */
  uploadingSince: (before: number, limit: number) => Promise<VisitId[]>
  /** A staged upload lives this long after its last piece, in milliseconds. */
  lifetimeMs: number
}): Uploads => {
  const { eventId, media, visits, records, clock, log, uploadingSince, lifetimeMs } = options
  const turns = createTurns()
  const stagingOf = (visitId: VisitId, uploadId: string) => `${visitPrefix(eventId, visitId)}${uploadId}`

  const discard = async (visitId: VisitId, record: UploadRecord): Promise<void> => {
    await media.discard(stagingOf(visitId, record.uploadId))
    await records.drop(visitId, record.kioskId)
  }

  /** The upload as this connection may use it, or why it may not. */
  const owned = async (from: Uploader, uploadId: string): Promise<{ visitId: VisitId; record: UploadRecord } | Refusal> => {
    const visitId = visitIdOf(uploadId)
    const record = visitId === undefined ? undefined : await records.get(visitId)
    if (visitId === undefined || !record || record.uploadId !== uploadId || record.kioskId !== from.kioskId)
      return refuse('upload-gone')
    if (record.expiresAt <= clock.now()) return refuse('upload-gone')
    // The newest connection that opened it owns it (U8).
    if (record.owner !== from.connection) return refuse('taken-over')
    return { visitId, record }
  }

  /** No retry makes such a clip smaller: the visit says so, on the kiosk and on the phone, and may be recorded again (U7). */
  const failTooLarge = async (visitId: VisitId, known: UploadRecord | undefined): Promise<void> => {
    if (known) await discard(visitId, known)
    const begun = await visits.beginUpload(visitId)
    if (!isRefusal(begun)) await visits.failUpload(visitId, 'clip-too-large')
  }

  /** An upload that stood still is over; its visit says so and may be recorded again (U9). */
  const failGone = async (visitId: VisitId): Promise<void> => {
    if ((await visits.get(visitId))?.state === 'uploading') await visits.failUpload(visitId, 'upload-gone')
  }

  const open = async (from: Uploader, request: UploadOpen): Promise<UploadOpened | Refusal> => {
    const { visitId, bytes, sha256 } = request
    const visit = await visits.get(visitId)
    if (!visit || visit.kioskId !== from.kioskId) return refuse('visit-unknown')
    if (!consents(visit)) return refuse('consent-missing')
    const uploadId = uploadIdOf(visitId, sha256)
    const known = await records.get(visitId)
    if (bytes > MAX_CLIP_BYTES) {
      if (AWAITS_CLIP.has(visit.state)) await failTooLarge(visitId, known)
      return refuse('clip-too-large')
    }
    const expiresAt = clock.now() + lifetimeMs
    if (!AWAITS_CLIP.has(visit.state)) {
      // Its commit was answered, but the answer was lost: the whole is durable.
      if (!known?.done || known.uploadId !== uploadId || known.bytes !== bytes) return refuse('visit-state')
      return { ok: true, uploadId, offset: bytes, chunkBytes: CHUNK_BYTES, expiresAt: known.expiresAt }
    }
    if ((await media.freeBytes()) < bytes) return refuse('disk-full')
    const now = clock.now()
    const bounds = { since: now - MOVING_MS, moving: MAX_MOVING, begun: MAX_BEGUN }
    const tooMany = await records.claim(visitId, from.kioskId, { now, expiresAt, ...bounds })
    if (!tooMany) return refuse('overloaded')
    // Their kiosk has the clips yet, and is told `upload-gone` when it goes on with one.
    for (const other of tooMany) {
      const record = await records.get(other)
      if (record && !record.done) await discard(other, record)
    }
    if (known && (known.uploadId !== uploadId || known.bytes !== bytes || known.done)) await discard(visitId, known)
    const begun = await visits.beginUpload(visitId)
    if (isRefusal(begun)) {
      await records.release(visitId, from.kioskId)
      return begun
    }
    await records.put(visitId, { uploadId, kioskId: from.kioskId, bytes, sha256, owner: from.connection, done: false, expiresAt })
    await records.touch(visitId, from.kioskId, clock.now(), expiresAt)
    const offset = await media.stagedBytes(stagingOf(visitId, uploadId))
    return { ok: true, uploadId, offset, chunkBytes: CHUNK_BYTES, expiresAt }
  }

  /** When each upload of this instance was noted to move: not with every piece, but well before it counts as standing still. */
  const touched = new Map<VisitId, number>()
  const touchNowAndThen = async (visitId: VisitId, kioskId: KioskId): Promise<void> => {
    const now = clock.now()
    if (now - (touched.get(visitId) ?? Number.NEGATIVE_INFINITY) < Math.min(TOUCH_MS, lifetimeMs / 4)) return
    touched.set(visitId, now)
    for (const [other, at] of touched) if (now - at > MOVING_MS) touched.delete(other)
    await records.touch(visitId, kioskId, now, now + lifetimeMs)
  }

  type Begun = { answer: UploadStored | Refusal } | { visitId: VisitId; record: UploadRecord; landing: Promise<number> }
  /** Judges a piece and hands it to the store: pieces come here one after the other, as they were sent. */
  const beginChunk = async (from: Uploader, request: UploadChunk, piece: Uint8Array): Promise<Begun> => {
    // Asked for together: both are needed for every piece.
    const named = visitIdOf(request.uploadId)
    const [found, visit] = await Promise.all([owned(from, request.uploadId), named === undefined ? undefined : visits.get(named)])
    if (isRefusal(found)) return { answer: found }
    const { visitId, record } = found
    const staging = stagingOf(visitId, record.uploadId)
    if (record.done) return { answer: { ok: true, offset: record.bytes } }
    // More than was announced: none of it can be trusted (U6).
    if (request.offset + piece.length > record.bytes) {
      await discard(visitId, record)
      await visits.restartUpload(visitId)
      return { answer: refuse('length-mismatch', { offset: 0 }) }
    }
    // Damaged on the way (U4): where it would have been taken.
    if (crc32(piece) !== request.crc32) {
      const durable = await media.stagedBytes(staging)
      const answer =
        request.offset === durable ? refuse('checksum-mismatch', { offset: durable }) : elsewhere(request, piece, durable)
      return { answer }
    }
    if (visit?.state !== 'uploading') return { answer: refuse('visit-state') }
    return { visitId, record, landing: media.append(staging, request.offset, piece) }
  }

  /** What is on disk is the offset (U1); what lies wholly below came before (U3), anything else must begin there (U2). */
  const elsewhere = ({ offset }: UploadChunk, piece: Uint8Array, durable: number): UploadStored | Refusal =>
    offset + piece.length <= durable ? { ok: true, offset: durable } : refuse('offset-mismatch', { offset: durable })

  const stillUploads = async (visitId: VisitId, record: UploadRecord): Promise<boolean> => {
    if ((await visits.get(visitId))?.state === 'uploading') return true
    await discard(visitId, record)
    return false
  }

  /** A piece waits for the disk outside its turn, so that one sync can cover those that came meanwhile. */
  const chunk = async (from: Uploader, request: UploadChunk, piece: Uint8Array): Promise<UploadStored | Refusal> => {
    if (piece.length === 0 || piece.length > CHUNK_BYTES) return refuse('bad-message')
    const begun = await turns.run(request.uploadId.slice(0, 36), () => beginChunk(from, request, piece))
    if ('answer' in begun) return begun.answer
    const { visitId, record } = begun
    let offset: number
    try {
      offset = await begun.landing
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'offset-mismatch') throw error
      return elsewhere(request, piece, await media.stagedBytes(stagingOf(visitId, record.uploadId)))
    }
    // A visit that was deleted meanwhile must not be left with a file that was just made (U14).
    if (request.offset === 0 && !(await turns.run(visitId, () => stillUploads(visitId, record)))) return refuse('visit-state')
    await touchNowAndThen(visitId, from.kioskId)
    return { ok: true, offset }
  }

  const answerDone = async (visitId: VisitId): Promise<UploadCommitted | Refusal> => {
    const visit = await visits.view(visitId)
    return visit ? { ok: true, visit } : refuse('visit-unknown')
  }

  const headOf = async (key: string, bytes: number): Promise<Buffer> => {
    const parts: Buffer[] = []
    for await (const part of await media.read(key, { start: 0, end: Math.min(bytes, SNIFF_BYTES) - 1 })) parts.push(part)
    return Buffer.concat(parts)
  }

  const commit = async (from: Uploader, { uploadId }: { uploadId: string }): Promise<UploadCommitted | Refusal> => {
    const startedAt = clock.now()
    const visitId = visitIdOf(uploadId)
    const known = visitId === undefined ? undefined : await records.get(visitId)
    if (visitId !== undefined && known?.done && known.uploadId === uploadId && known.kioskId === from.kioskId)
      return answerDone(visitId)
    const found = await owned(from, uploadId)
    if (isRefusal(found)) return found
    const { bytes, sha256, kioskId } = found.record
    const staging = stagingOf(found.visitId, uploadId)
    const key = clipKey(eventId, found.visitId, sha256)
    // An object only whole: of the length and the hash that were announced (U5).
    try {
      await media.publish(staging, key, { bytes, sha256 })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'length-mismatch') return refuse('length-mismatch', { offset: await media.stagedBytes(staging) })
      if (error.code !== 'hash-mismatch') throw error
      // These bytes are not the clip; the next open begins at nothing.
      await discard(found.visitId, found.record)
      await visits.restartUpload(found.visitId)
      return refuse('hash-mismatch', { offset: 0 })
    }
    // Whatever the recorder called it (U11).
    const mime = sniffClip(await headOf(key, bytes))
    const stored = mime
      ? await visits.clipStored(found.visitId, { key, sha256, bytes, mime })
      : await visits.failUpload(found.visitId, 'clip-unreadable')
    if (isRefusal(stored) || !mime) {
      await media.remove(key)
      await records.drop(found.visitId, kioskId)
      return isRefusal(stored) ? stored : refuse('clip-unreadable')
    }
    await records.finish(found.visitId, kioskId)
    log.info({ visitId: found.visitId, bytes, ms: clock.now() - startedAt }, 'clip stored')
    return answerDone(found.visitId)
  }

  return {
    open: (from, request) => turns.run(request.visitId, () => open(from, request)),
    chunk,
    commit: (from, request) => turns.run(request.uploadId.slice(0, 36), () => commit(from, request)),
    async sweep() {
      const before = clock.now() - lifetimeMs
      let count = 0
      for await (const staged of media.stagedBefore(before)) {
        await media.discard(staged)
        count++
        const visitId = visitIdOf(staged.split('/').at(-1) ?? '')
        if (visitId !== undefined) await failGone(visitId)
      }
      // Those that never sent a byte have nothing staged.
      for (const visitId of await uploadingSince(before, SWEEP_BATCH)) {
        const record = await records.get(visitId)
        if (!record || record.expiresAt <= clock.now()) await failGone(visitId)
      }
      if (count > 0) log.info({ count }, 'stale uploads discarded')
      return count
    },
  }
}
