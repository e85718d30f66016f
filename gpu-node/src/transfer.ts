/** Bytes to and from the orchestrator by signed addresses: checked by length and hash, tried again while it makes sense. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { isMachineFault } from './media/machine-fault.ts'

/** The orchestrator said no (4xx): trying again would change nothing. */
export class TransferRefused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`refused with ${status}`)
    this.name = 'TransferRefused'
    this.status = status
  }
}

/** Tried until it made no sense any more: the network or the other side is at fault. */
export class TransferFailed extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : 'failed', { cause })
    this.name = 'TransferFailed'
  }
}

const TRIES = 5
const FIRST_DELAY_MS = 300
/** A transfer of which nothing moves for so long is begun anew, in milliseconds: longer than a busy store takes over a write. */
const STILL_MS = 30_000

/** Does the work under a signal of its own, which ends it when nothing has `moved` for so long (N18). */
const whileMoving = async <T>(
  signal: AbortSignal,
  stillMs: number,
  work: (signal: AbortSignal, moved: () => void) => Promise<T>,
): Promise<T> => {
  const still = new AbortController()
  const stop = () => still.abort(new Error(`nothing moved for ${stillMs} ms`))
  let timer = setTimeout(stop, stillMs)
  const moved = () => {
    clearTimeout(timer)
    timer = setTimeout(stop, stillMs)
  }
  try {
    return await work(AbortSignal.any([signal, still.signal]), moved)
  } finally {
    clearTimeout(timer)
  }
}

const again = async <T>(
  attempt: (signal: AbortSignal, moved: () => void) => Promise<T>,
  signal: AbortSignal,
  stillMs = STILL_MS,
): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await whileMoving(signal, stillMs, attempt)
    } catch (error) {
      if (signal.aborted || error instanceof TransferRefused || isMachineFault(error)) throw error
      if (tries >= TRIES) throw new TransferFailed(error)
      await delay(FIRST_DELAY_MS * 2 ** tries, undefined, { signal })
    }
  }
}

const checked = (response: Response): Response => {
  if (response.status >= 400 && response.status < 500 && response.status !== 429) throw new TransferRefused(response.status)
  if (!response.ok) throw new Error(`answered ${response.status}`)
  return response
}

/** SHA-256 and length of a file. */
export const describeFile = async (path: string): Promise<{ sha256: string; bytes: number }> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { sha256: hash.digest('hex'), bytes: (await stat(path)).size }
}

/** Fetches a JSON answer. @throws TransferRefused, TransferFailed */
export const fetchJson = (url: string, signal: AbortSignal): Promise<unknown> =>
  again(async (own) => (await checked(await fetch(url, { signal: own })).json()) as unknown, signal)

/** Fetches into a file. @throws TransferRefused, and TransferFailed where length or hash differ from what was expected, after several tries */
export const download = (
  url: string,
  path: string,
  expected: { sha256: string; bytes: number },
  signal: AbortSignal,
  stillMs?: number,
): Promise<void> =>
  again(
    async (own, moved) => {
      const response = checked(await fetch(url, { signal: own }))
      if (!response.body) throw new Error('empty answer')
      const hash = createHash('sha256')
      let bytes = 0
      const count = new Transform({
        transform(piece: Buffer, _encoding, done) {
          moved()
          bytes += piece.length
          hash.update(piece)
          done(bytes > expected.bytes ? new Error('longer than announced') : null, piece)
        },
      })
      await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), count, createWriteStream(path), {
        signal: own,
      })
      if (bytes !== expected.bytes || hash.digest('hex') !== expected.sha256) throw new Error('not what was announced')
    },
    signal,
    stillMs,
  )

/** Writes a file to a signed address. */
export const uploadFile = (
  url: string,
  path: string,
  mime: string,
  bytes: number,
  signal: AbortSignal,
  stillMs?: number,
): Promise<void> =>
  again(
    async (own, moved) => {
      const body = Readable.toWeb(createReadStream(path).on('data', moved)) as ReadableStream
      const headers = { 'content-type': mime, 'content-length': String(bytes) }
      const response = await fetch(url, { method: 'PUT', body, headers, signal: own, duplex: 'half' } as RequestInit)
      await checked(response).arrayBuffer()
    },
    signal,
    stillMs,
  )

/** Writes bytes in memory to a signed address. */
export const uploadBytes = (url: string, body: Uint8Array<ArrayBuffer>, mime: string, signal: AbortSignal): Promise<void> =>
  again(async (own) => {
    const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': mime }, signal: own })
    await checked(response).arrayBuffer()
  }, signal)
