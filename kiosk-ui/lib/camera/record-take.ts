/** Records one take. Each second is sealed into the vault as it comes; nothing waits in memory for the end. */
import type { Take } from '../flow/flow-types.ts'
import type { ClipVault } from '../outbox/held-visit.ts'

/** H.264 in MP4 is the lightest to record and plays everywhere; AAC where the browser has it, else Opus. */
const TYPES = [
  'video/mp4;codecs=avc1.42E01E,mp4a.40.2',
  'video/mp4;codecs=avc1.42E01E,opus',
  'video/webm;codecs=vp9,opus',
  'video/webm;codecs=vp8,opus',
  'video/webm',
  'video/mp4',
]
const PIECE_MS = 1_000
const BITS_PER_SECOND = { videoBitsPerSecond: 5_000_000, audioBitsPerSecond: 128_000 }

/** What the container is really called; a recorder may answer with another than was asked for. */
export const containerOf = (mime: string): Take['mime'] => {
  const bare = mime.split(';')[0]?.trim()
  return bare === 'video/mp4' || bare === 'video/webm' || bare === 'video/x-matroska' ? bare : 'application/octet-stream'
}

/**
 * Records `ms` milliseconds of the stream into the vault.
 * @returns the take, or `undefined` when the signal ended it; then nothing of it is left
 * @throws DOMException when the recorder or the disk fails
 */
export const recordTake = async (
  stream: MediaStream,
  options: { ms: number; vault: ClipVault; signal: AbortSignal },
): Promise<Take | undefined> => {
  const { ms, vault, signal } = options
  const takeId = crypto.randomUUID()
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))
  const recorder = new MediaRecorder(stream, { ...BITS_PER_SECOND, ...(mimeType ? { mimeType } : {}) })
  const stored: Promise<void>[] = []
  const stop = () => {
    if (recorder.state !== 'inactive') recorder.stop()
  }
  try {
    await new Promise<void>((resolve, reject) => {
      recorder.ondataavailable = ({ data }) => {
        if (data.size === 0) return
        const piece = vault.append(takeId, stored.length, data)
        piece.catch(reject)
        stored.push(piece)
      }
      recorder.onstop = () => resolve()
      recorder.onerror = (event) =>
        reject(event instanceof ErrorEvent ? event.error : new DOMException('recorder', 'UnknownError'))
      recorder.start(PIECE_MS)
      setTimeout(stop, ms)
      signal.addEventListener('abort', stop, { once: true })
    })
    await Promise.all(stored)
  } catch (error) {
    stop()
    await vault.drop(takeId)
    throw error
  }
  if (!signal.aborted) return { takeId, mime: containerOf(recorder.mimeType) }
  await vault.drop(takeId)
  return undefined
}
