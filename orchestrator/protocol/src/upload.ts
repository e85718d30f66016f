/**
 * Resumable uploads over one socket, with the guarantees of tus 1.0: the offset is the receiver's truth, a piece is
 * acknowledged only when it is durable, a wrong offset changes nothing.
 */
import { z } from 'zod'
import { Refusal } from './codes.ts'
import { EventId, Sha256, VisitId } from './ids.ts'
import { VisitView } from './visit.ts'

/** Bytes in one piece; the last may be shorter. */
export const CHUNK_BYTES = 262_144
/**
 * Pieces of one clip under way at once, at most. A disk needs some ten milliseconds for a sync however much it covers: with
 * eight the line is busy meanwhile. More would only fill memory.
 */
export const MOST_PIECES_UNDER_WAY = 8
/** Largest clip that is taken. Eight seconds at a kiosk's bitrate need a tenth of it. */
export const MAX_CLIP_BYTES = 64 * 1024 * 1024

/** What a recorder may call its container. The bytes are looked at all the same. */
export const CLIP_MIMES = ['video/webm', 'video/mp4', 'video/x-matroska', 'video/quicktime', 'application/octet-stream'] as const

export const UploadOpen = z.object({
  eventId: EventId,
  visitId: VisitId,
  bytes: z.number().int().min(1),
  sha256: Sha256,
  mime: z.enum(CLIP_MIMES),
})
export type UploadOpen = z.infer<typeof UploadOpen>
export const UploadOpened = z.object({
  ok: z.literal(true),
  uploadId: z.string().max(80),
  /** Bytes that are durable already; go on from here. */
  offset: z.number().int().nonnegative(),
  chunkBytes: z.number().int().positive(),
  expiresAt: z.number().int().positive(),
})
export type UploadOpened = z.infer<typeof UploadOpened>

/** Travels with exactly one binary argument: the piece. */
export const UploadChunk = z.object({
  eventId: EventId,
  uploadId: z.string().max(80),
  offset: z.number().int().nonnegative(),
  /** CRC-32 (IEEE) of the piece, unsigned. */
  crc32: z.number().int().min(0).max(0xffff_ffff),
})
export type UploadChunk = z.infer<typeof UploadChunk>
export const UploadStored = z.object({ ok: z.literal(true), offset: z.number().int().nonnegative() })
export type UploadStored = z.infer<typeof UploadStored>

export const UploadCommit = z.object({ eventId: EventId, uploadId: z.string().max(80) })
export type UploadCommit = z.infer<typeof UploadCommit>
export const UploadCommitted = z.object({ ok: z.literal(true), visit: VisitView })
export type UploadCommitted = z.infer<typeof UploadCommitted>

export const UploadOpenAck = z.union([UploadOpened, Refusal])
export const UploadChunkAck = z.union([UploadStored, Refusal])
export const UploadCommitAck = z.union([UploadCommitted, Refusal])
