/** Brings an answer's clip to the disk, bounded: what comes is another program's, and the disk is ours. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EngineFault } from './engine-fault.ts'

/** A clip of some seconds is some megabytes; more is no shot. */
const MOST_BYTES = 200 * 1024 * 1024

/**
 * Writes a body into a file. Throws `lost` where it breaks off, `unfit` where it is too large, and the signal's reason on abort;
 * leaves no file then.
 */
export const saveClip = async (body: ReadableStream, path: string, signal: AbortSignal): Promise<void> => {
  let bytes = 0
  const bounded = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length
      done(bytes > MOST_BYTES ? new EngineFault('unfit', 'more bytes than a shot has') : null, piece)
    },
  })
  try {
    const from = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
    await pipeline(from, bounded, createWriteStream(path, { mode: 0o600 }), { signal })
  } catch (error) {
    await rm(path, { force: true })
    signal.throwIfAborted()
    throw error instanceof EngineFault ? error : new EngineFault('lost', 'the download broke off half way', error)
  }
}

/** Once more where it broke off: the file is whole there. */
export const twiceIfLost = async (download: () => Promise<void>, signal: AbortSignal): Promise<void> => {
  try {
    await download()
  } catch (error) {
    if (signal.aborted || !(error instanceof EngineFault) || error.reason !== 'lost') throw error
    await download()
  }
}
