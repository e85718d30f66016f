/**
 * Sends one clip in acknowledged pieces. The receiver's durable offset is the truth: after any disconnect, lost answer
 * or mismatch the upload is opened again and goes on where the receiver stands, so that a piece is never skipped and
 * little is sent twice.
 */
import {
  CHUNK_BYTES,
  type CLIP_MIMES,
  MOST_PIECES_UNDER_WAY,
  type Refusal,
  type UploadOpened,
  type UploadStored,
  type VisitId,
  type VisitView,
} from '@fanreel/protocol'
import CRC32 from 'crc-32'
import { KioskRefusal } from './kiosk-refusal.ts'
import type { Link } from './link.ts'
import { backOffMs, pause } from './pause.ts'

export type ClipSource = Blob | Uint8Array
export type ClipMime = (typeof CLIP_MIMES)[number]
export type SendProgress = { sentBytes: number; bytes: number; fraction: number }
export type SendOptions = {
  visitId: VisitId
  source: ClipSource
  mime: ClipMime
  onProgress?: (progress: SendProgress) => void
  signal?: AbortSignal
}

/** States in which the clip is already with the orchestrator: sending again has nothing to do. */
const HAS_CLIP: ReadonlySet<VisitView['state']> = new Set(['queued', 'rendering', 'held', 'ready'])
/** Codes after which the upload is opened again at once, since its answer tells where to go on. */
const REOPEN: ReadonlySet<string> = new Set([
  'offset-mismatch',
  'upload-gone',
  'hash-mismatch',
  'length-mismatch',
  'checksum-mismatch',
])
/** How often an upload may be opened in a row without one byte gained before the fault is named. */
const MOST_FRUITLESS = 6
/**
 * Two pieces hide the round trip; more are sent while acknowledgements come quickly, so that one sync of the receiver's disk
 * covers several, and fewer where the line is slow: nothing waits in it until its answer counts as lost.
 */
const WINDOW_AT_FIRST = 2
const QUICK_MS = 500
const RETRY_MIN_MS = 300
const RETRY_MAX_MS = 10_000

const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** SHA-256 in lower-case hex. Needs a secure context in a browser (https or localhost). */
export const sha256Hex = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', bytes))

/** The same bytes; copied only where another thread might write to them. */
const unshared = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes)

const bytesOf = async (source: ClipSource): Promise<Uint8Array<ArrayBuffer>> =>
  source instanceof Uint8Array ? unshared(source) : new Uint8Array(await source.arrayBuffer())

type Outcome = UploadStored | Refusal | 'lost'

/**
 * Resolves with the visit once the clip is committed. Waits out lost networks and retryable refusals for as long as
 * the signal allows.
 * @throws KioskRefusal where waiting does not help: `taken-over`, `visit-state`, `consent-missing`...
 */
export const sendClip = async (link: Link, eventId: string, options: SendOptions): Promise<VisitView> => {
  const { visitId, mime, onProgress, signal } = options
  const bytes = await bytesOf(options.source)
  const sha256 = await sha256Hex(bytes)
  /** Pieces under way at once; one after a mismatch, so that order cannot be the cause. */
  let window = WINDOW_AT_FIRST
  let careful = false
  let durable = 0
  let fruitless = 0
  let waits = 0

  const tell = (offset: number) => {
    if (offset > durable) {
      fruitless = 0
      waits = 0
    }
    durable = offset
    onProgress?.({ sentBytes: offset, bytes: bytes.length, fraction: offset / bytes.length })
  }
  /** Returns when the upload may be opened again; throws where that is of no use. */
  const weigh = async (refusal: Refusal): Promise<void> => {
    if (REOPEN.has(refusal.code)) {
      fruitless += 1
      if (fruitless > MOST_FRUITLESS) throw new KioskRefusal(refusal)
      if (refusal.code !== 'upload-gone') careful = true
      if (careful) window = 1
      return
    }
    if (!refusal.retryable) throw new KioskRefusal(refusal)
    await pause(backOffMs(waits++, RETRY_MIN_MS, RETRY_MAX_MS), signal)
  }

  const adapt = (ackMs: number) => {
    if (careful) return
    window = ackMs > QUICK_MS ? Math.max(WINDOW_AT_FIRST, window - 1) : Math.min(MOST_PIECES_UNDER_WAY, window + 1)
  }

  /** Sends all that is not durable yet. Answers the first outcome that is no acknowledgement, once nothing is under way. */
  const sendPieces = async (upload: UploadOpened): Promise<'stored' | Exclude<Outcome, UploadStored>> => {
    const pieceBytes = Math.min(upload.chunkBytes, CHUNK_BYTES)
    let next = upload.offset
    const underWay: { sentAt: number; answer: Promise<Outcome> }[] = []
    for (;;) {
      signal?.throwIfAborted()
      while (next < bytes.length && underWay.length < window) {
        const piece = bytes.subarray(next, next + pieceBytes)
        const request = { eventId, uploadId: upload.uploadId, offset: next, crc32: CRC32.buf(piece) >>> 0 }
        underWay.push({ sentAt: performance.now(), answer: link.ask('upload:chunk', request, piece) })
        next += piece.length
      }
      const first = underWay.shift()
      if (!first) return 'stored'
      const outcome = await first.answer
      if (outcome !== 'lost' && outcome.ok) {
        tell(outcome.offset)
        adapt(performance.now() - first.sentAt)
        continue
      }
      await Promise.all(underWay.map(({ answer }) => answer))
      return outcome
    }
  }

  for (;;) {
    signal?.throwIfAborted()
    await link.online(signal)
    const opened = await link.ask('upload:open', { eventId, visitId, bytes: bytes.length, sha256, mime })
    if (opened === 'lost') {
      await pause(backOffMs(waits++, RETRY_MIN_MS, RETRY_MAX_MS), signal)
      continue
    }
    if (!opened.ok) {
      // The commit may have succeeded although its answer was lost: then the visit has moved on.
      const seen = opened.code === 'visit-state' ? await link.ask('visit:watch', { eventId, visitId }) : opened
      if (seen === 'lost') continue
      if (seen.ok && HAS_CLIP.has(seen.visit.state)) {
        tell(bytes.length)
        return seen.visit
      }
      await weigh(opened)
      continue
    }
    tell(opened.offset)
    const outcome = await sendPieces(opened)
    const last = outcome === 'stored' ? await link.ask('upload:commit', { eventId, uploadId: opened.uploadId }) : outcome
    if (last === 'lost') await pause(backOffMs(waits++, RETRY_MIN_MS, RETRY_MAX_MS), signal)
    else if (last.ok) return last.visit
    else await weigh(last)
  }
}
