/**
 * The media store in an S3 bucket. Under the store's prefix `objects/` holds what is finished, `staging/` the pieces of uploads. A
 * clip is composed of them in one write, which S3 does whole or not at all (S2); what a crash leaves in between is found by its
 * age (U9) or goes with its visit (A12).
 */
import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import { AppError } from '../../errors.ts'
import type { MediaStore } from '../media-store.ts'
import { objectKey, objectPrefix } from '../object-key.ts'
import { createBucket, forEach } from './bucket.ts'
import { checkBucket } from './bucket-check.ts'
import { createS3Client, type S3Place, type S3Try } from './client.ts'
import { createDirect } from './direct.ts'
import { createStaging } from './staging.ts'
import { wholeOnly } from './whole.ts'

export type S3StoreOptions = {
  place: S3Place
  /** Before every key, so that a bucket may hold other things too: empty, or ending in `/`. */
  prefix: string
  /** Where nodes reach the server; absent where they read and write through the front door. */
  nodeEndpoint?: string
  /** A request that nothing has moved for so long is given up, in milliseconds. */
  deadlineMs: number
  clock: Clock
  log: Logger
  random?: () => number
  /** Objects in one page of a listing, 1 to 1,000. */
  pageSize?: number
  /** Hears of every try of a request. */
  onTry?: (tried: S3Try) => void
}

/** A new store's id is read again after this, where two made one at once and the server took both, in milliseconds. */
const SETTLE_MS = 300
/** After a write that found no room the store counts as full for so long, in milliseconds. */
const FULL_MS = 15_000
/** An answer this recent says that the store is well, in milliseconds. */
const WELL_MS = 2_000
const PAGE_SIZE = 1_000

type Expected = { bytes: number; sha256: string }

/** Opens the store. @throws AppError `internal` that says in a sentence what is wrong with the bucket (S5) */
export const createS3Store = async (options: S3StoreOptions): Promise<MediaStore> => {
  const { place, prefix, nodeEndpoint, deadlineMs, clock, log, pageSize = PAGE_SIZE } = options
  const client = createS3Client(options)
  await checkBucket(client, place, log)
  const bucket = createBucket(client, pageSize)
  const roots = {
    objects: `${prefix}objects/`,
    staging: `${prefix}staging/`,
    id: `${prefix}store-id`,
    probes: `${prefix}probes/`,
  }
  const staging = createStaging(bucket, roots.staging)
  const objectAt = (key: string) => `${roots.objects}${objectKey(key)}`
  let fullUntil = Number.NEGATIVE_INFINITY

  /** Who finds no room says so for the next (S6). */
  const noting = async <T>(write: Promise<T>): Promise<T> => {
    try {
      return await write
    } catch (error) {
      if (error instanceof AppError && error.code === 'disk-full') fullUntil = clock.now() + FULL_MS
      throw error
    }
  }
  const freeBytes = async (): Promise<number> => {
    const { wellAt } = client
    if (wellAt === undefined || clock.now() - wellAt > WELL_MS) await client.ask({ method: 'HEAD' })
    return fullUntil > clock.now() ? 0 : Number.MAX_SAFE_INTEGER
  }

  const hashOf = async (path: string): Promise<string> => {
    const hash = createHash('sha256')
    await pipeline(await bucket.read(path), hash)
    return hash.digest('hex')
  }
  /** Writes what may turn out to be something else. A server that keeps half an object loses it again. */
  const putWhole = async (path: string, expected: Expected, from: () => Readable, once: boolean): Promise<void> => {
    let senderLost = false
    const checked = () => {
      const whole = wholeOnly(expected)
      const source = from()
      // A sender may go away at any moment. One that is cut off because nobody takes it any more is no such sender.
      source.once('error', (error) => {
        senderLost = !whole.destroyed && !(error instanceof AppError)
      })
      // What goes wrong in it, goes wrong in what reads from it.
      pipeline(source, whole).catch(() => undefined)
      return whole
    }
    try {
      await noting(client.ask({ method: 'PUT', key: path, body: { ...expected, from: checked, once } }))
    } catch (error) {
      const left = await bucket.head(path).catch(() => undefined)
      if (left && left.bytes !== expected.bytes) await bucket.remove(path).catch(() => undefined)
      throw senderLost ? new AppError('length-mismatch', { cause: error }) : error
    }
  }

  const direct =
    nodeEndpoint === undefined
      ? undefined
      : await createDirect({
          client,
          place,
          root: roots.objects,
          probeRoot: roots.probes,
          nodeEndpoint,
          deadlineMs,
          clock,
        })

  const readId = async (): Promise<string | undefined> => {
    if (!(await bucket.head(roots.id))) return undefined
    return Buffer.concat(await (await bucket.read(roots.id)).toArray()).toString('utf8')
  }

  return {
    storeId: async () => {
      const known = await readId()
      if (known !== undefined) return known
      // Of two that are first at once, one is refused; where the server knows no such condition, the later one stays (A13).
      await bucket.put(roots.id, Buffer.from(randomUUID()), { 'if-none-match': '*' }).catch(async (error: unknown) => {
        if ((await readId()) === undefined) throw error
      })
      await delay(SETTLE_MS)
      const made = await readId()
      if (made === undefined) throw new AppError('unavailable', { detail: 'the store forgets its id' })
      return made
    },
    freeBytes,

    append: async (stagingId, offset, piece) => noting(staging.append(objectKey(stagingId), offset, piece)),
    stagedBytes: async (stagingId) => staging.bytes(objectKey(stagingId)),
    publish: async (stagingId, key, expected) => {
      const path = objectAt(key)
      await staging.use(objectKey(stagingId), async (bytes, read) => {
        const found = await bucket.head(path)
        // A repeated publish finds its work done, but perhaps not its pieces deleted.
        if (found?.bytes === expected.bytes && (await hashOf(path)) === expected.sha256) return
        if (bytes !== expected.bytes) throw new AppError('length-mismatch')
        await putWhole(path, expected, read, false)
      })
    },
    discard: async (stagingId) => staging.discard(objectKey(stagingId)),
    stagedBefore: (before) => staging.untouchedSince(before),

    put: async (key, body, expected) => {
      const path = objectAt(key)
      if (body instanceof Readable) return putWhole(path, expected, () => body, true)
      if (body.length !== expected.bytes) throw new AppError('length-mismatch')
      if (createHash('sha256').update(body).digest('hex') !== expected.sha256) throw new AppError('hash-mismatch')
      await noting(bucket.put(path, body))
    },
    stat: async (key) => bucket.head(objectAt(key)),
    read: async (key, range) => bucket.read(objectAt(key), range),
    async *list(under) {
      for await (const { key } of bucket.list(`${roots.objects}${objectPrefix(under)}`)) yield key.slice(roots.objects.length)
    },
    remove: async (key) => bucket.remove(objectAt(key)),
    removeAll: async (under) => {
      const folder = objectPrefix(under)
      const objects = await bucket.empty(`${roots.objects}${folder}`)
      const pieces = await bucket.empty(`${roots.staging}${folder}`)
      staging.forget(folder)
      return new Set(objects).size + new Set(pieces.map((key) => key.slice(0, key.lastIndexOf('/')))).size
    },
    removeBut: async (under, kept) => {
      const others: string[] = []
      for await (const { key } of bucket.list(`${roots.objects}${objectPrefix(under)}`)) {
        const object = key.slice(roots.objects.length)
        if (!kept.some((keep) => (keep.endsWith('/') ? object.startsWith(keep) : object === keep))) others.push(key)
      }
      await forEach(others, bucket.remove)
      return others.length
    },
    ready: async () => {
      if ((await freeBytes()) === 0) throw new AppError('disk-full')
    },
    ...(direct && { direct }),
  }
}
