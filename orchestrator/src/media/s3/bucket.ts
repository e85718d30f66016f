/** What the store does to its bucket, by whole keys: write, look, read, list, delete. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { AppError } from '../../errors.ts'
import { type Listed, readPage } from './answers.ts'
import type { S3Client } from './client.ts'

export type Bucket = {
  put(key: string, bytes: Uint8Array, headers?: Record<string, string>): Promise<void>
  /** Undefined where there is none. */
  head(key: string): Promise<{ bytes: number; modifiedAt: number } | undefined>
  /** @throws AppError `object-unknown` */
  read(key: string, range?: { start: number; end: number }): Promise<Readable>
  list(prefix: string): AsyncIterable<Listed>
  remove(key: string): Promise<void>
  /** Deletes everything under `prefix` until a listing finds nothing more (S4); answers what it was. */
  empty(prefix: string): Promise<string[]>
}

/** Requests of one task that are under way at once. */
const AT_ONCE = 8
/** A prefix that fills faster than it is emptied is somebody at work on it. */
const MAX_ROUNDS = 10

/** Does the work for each, some at once; the first fault ends it. */
export const forEach = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
}

/** @param pageSize objects in one page of a listing, 1 to 1,000 */
export const createBucket = (client: S3Client, pageSize: number): Bucket => {
  const list = async function* (prefix: string): AsyncIterable<Listed> {
    // By the last key of each page, as the first version of this call has it: every server knows it, and it needs no token.
    for (let marker: string | undefined; ; ) {
      const query = { prefix, 'max-keys': String(pageSize), ...(marker !== undefined && { marker }) }
      const { objects, more } = readPage(await client.text({ method: 'GET', query }))
      yield* objects
      marker = objects.at(-1)?.key
      if (!more || marker === undefined) return
    }
  }
  const remove = async (key: string): Promise<void> => {
    await client.ask({ method: 'DELETE', key }).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'object-unknown') throw error
    })
  }

  return {
    put: async (key, bytes, headers = {}) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      await client.ask({ method: 'PUT', key, headers, body: { bytes: bytes.length, sha256, from: bytes } })
    },
    head: async (key) => {
      try {
        const headers = await client.ask({ method: 'HEAD', key })
        return { bytes: Number(headers['content-length']), modifiedAt: Date.parse(headers['last-modified'] ?? '') }
      } catch (error) {
        if (error instanceof AppError && error.code === 'object-unknown') return undefined
        throw error
      }
    },
    read: (key, range) =>
      client.read({ method: 'GET', key, ...(range && { headers: { range: `bytes=${range.start}-${range.end}` } }) }),
    list,
    remove,
    empty: async (prefix) => {
      const gone: string[] = []
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const found: string[] = []
        for await (const { key } of list(prefix)) found.push(key)
        if (found.length === 0) return gone
        await forEach(found, remove)
        gone.push(...found)
      }
      throw new AppError('unavailable', { detail: 'what is deleted comes again' })
    },
  }
}
