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

const again = async <T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
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
  again(async () => (await checked(await fetch(url, { signal })).json()) as unknown, signal)

/** Fetches into a file. @throws TransferRefused, and TransferFailed where length or hash differ from what was expected, after several tries */
export const download = (
  url: string,
  path: string,
  expected: { sha256: string; bytes: number },
  signal: AbortSignal,
): Promise<void> =>
  again(async () => {
    const response = checked(await fetch(url, { signal }))
    if (!response.body) throw new Error('empty answer')
    const hash = createHash('sha256')
    let bytes = 0
    const count = new Transform({
      transform(piece: Buffer, _encoding, done) {
        bytes += piece.length
        hash.update(piece)
        done(bytes > expected.bytes ? new Error('longer than announced') : null, piece)
      },
    })
    await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), count, createWriteStream(path), {
      signal,
    })
    if (bytes !== expected.bytes || hash.digest('hex') !== expected.sha256) throw new Error('not what was announced')
  }, signal)

/** Writes a file to a signed address. */
export const uploadFile = (url: string, path: string, mime: string, bytes: number, signal: AbortSignal): Promise<void> =>
  again(async () => {
    const body = Readable.toWeb(createReadStream(path)) as ReadableStream
    const headers = { 'content-type': mime, 'content-length': String(bytes) }
    const response = await fetch(url, { method: 'PUT', body, headers, signal, duplex: 'half' } as RequestInit)
    await checked(response).arrayBuffer()
  }, signal)

/** Writes bytes in memory to a signed address. */
export const uploadBytes = (url: string, body: Uint8Array<ArrayBuffer>, mime: string, signal: AbortSignal): Promise<void> =>
  again(async () => {
    const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': mime }, signal })
    await checked(response).arrayBuffer()
  }, signal)
