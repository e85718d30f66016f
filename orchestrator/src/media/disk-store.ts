/**
 * The media store on one disk. Three folders under the root: `objects` holds what is finished, `staging` the append files
 * of uploads, `incoming` what is being written whole; a rename on the same file system is the only way into `objects`.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, link, open, opendir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { type AppendFile, createAppendFile } from './append-file.ts'
import { FILE_MODE, faultName, makeFolder, publishFile, storeFault, syncFolder, writeAll } from './durable-files.ts'
import type { MediaStore } from './media-store.ts'
import { objectKey, objectPrefix } from './object-key.ts'
import { createTurns } from './turns.ts'

/** What a crash left in `incoming` is removed at start when it is older than this. */
const LEFTOVER_MS = 60 * 60_000
/** Films of clips that were taken are let in further than new clips: down to this share of the floor, 0..1. */
const DELIVERY_FLOOR_SHARE = 0.5
/** Staged uploads that are remembered between their pieces: more than move at once at any event. */
const MOST_STAGED = 2_000

/** How many segments of a key name whose it is: `<event>/visits/<visit>/...`. */
const OWNER_SEGMENTS = 3
/** The start of the names of one owner's drafts: what a crash leaves of them is found and deleted with everything else of the owner. */
const draftsOf = (key: string): string => {
  const owner = key.split('/').slice(0, OWNER_SEGMENTS).join('/')
  return `${createHash('sha256').update(owner).digest('hex').slice(0, 16)}-`
}

const walk = async function* (folder: string): AsyncIterable<string> {
  let entries: Awaited<ReturnType<typeof opendir>>
  try {
    entries = await opendir(folder)
  } catch (error) {
    if (faultName(error) === 'ENOENT') return
    throw storeFault(error)
  }
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else yield path
  }
}

const removeUnder = async (folder: string): Promise<number> => {
  let count = 0
  for await (const _ of walk(folder)) count++
  await rm(folder, { recursive: true, force: true })
  return count
}

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (faultName(error) === 'ENOENT') return undefined
    throw storeFault(error)
  }
}

/**
 * Opens the store in `root`, which is made where it is missing.
 * @param options `minFreeBytes` stay free on the disk: a piece of an upload that would go below is refused with
 *   `disk-full`, and so is an object that would go below half of it
 * @throws AppError where the folder cannot be written
 */
export const createDiskStore = async (options: { root: string; clock: Clock; minFreeBytes: number }): Promise<MediaStore> => {
  const { root, clock, minFreeBytes } = options
  const folders = { objects: join(root, 'objects'), staging: join(root, 'staging'), incoming: join(root, 'incoming') }
  const objectPath = (key: string) => join(folders.objects, objectKey(key))
  const stagingPath = (id: string) => join(folders.staging, objectKey(id))
  const turns = createTurns()

  const freeAbove = async (floor: number): Promise<number> => {
    const disk = await statfs(root)
    return Math.max(0, disk.bavail * disk.bsize - floor)
  }
  const freeBytes = () => freeAbove(minFreeBytes)
  const needRoom = async (bytes: number, floor: number): Promise<void> => {
    if ((await freeAbove(floor)) < bytes) throw new AppError('disk-full')
  }
  const checkHash = async (path: string, sha256: string): Promise<void> => {
    const hash = createHash('sha256')
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece)
    if (hash.digest('hex') !== sha256) throw new AppError('hash-mismatch')
  }
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw storeFault(error)
    }
  }

  /** Uploads whose pieces come to this instance; of those that moved longest ago nothing needs to be remembered. */
  const staging = new Map<string, AppendFile>()
  const appending = (stagingId: string): AppendFile => {
    const known = staging.get(stagingId) ?? createAppendFile(stagingPath(stagingId))
    staging.delete(stagingId)
    staging.set(stagingId, known)
    for (const [oldest, file] of staging) {
      if (staging.size <= MOST_STAGED || !file.isIdle()) break
      staging.delete(oldest)
    }
    return known
  }
  /** Works on a staged upload while none of its pieces is under way. */
  const inRest = <T>(stagingId: string, work: (staged: AppendFile) => Promise<T>): Promise<T> =>
    turns.run(stagingId, () =>
      guarded(async () => {
        const staged = staging.get(stagingId) ?? createAppendFile(stagingPath(stagingId))
        await staged.settled()
        return work(staged)
      }),
    )

  await guarded(async () => {
    for (const folder of Object.values(folders)) await makeFolder(folder)
    for (const name of await readdir(folders.incoming)) {
      const path = join(folders.incoming, name)
      if ((await stat(path)).mtimeMs < clock.now() - LEFTOVER_MS) await rm(path, { force: true })
    }
  })

  return {
    storeId: () =>
      guarded(async () => {
        // Made once, the same ever after (A13).
        const path = join(root, 'store-id')
        if ((await sizeOf(path)) === undefined) {
          const draft = join(folders.incoming, randomUUID())
          const file = await open(draft, 'wx', FILE_MODE)
          try {
            await file.writeFile(randomUUID())
            await file.sync()
          } finally {
            await file.close()
          }
          // Of two instances that start at once one links first; both then read the same id.
          await link(draft, path).catch((error: unknown) => {
            if (faultName(error) !== 'EEXIST') throw error
          })
          await syncFolder(root)
          await rm(draft)
        }
        return (await readFile(path, 'utf8')).trim()
      }),
    freeBytes: () => guarded(freeBytes),

    append: (stagingId, offset, piece) =>
      guarded(async () => {
        const room = needRoom(piece.length, minFreeBytes)
        // Looked at meanwhile, and judged before it is written.
        room.catch(() => undefined)
        const { landed } = await turns.run(stagingId, () => appending(stagingId).write(offset, piece, room))
        await landed
        return offset + piece.length
      }),
    stagedBytes: (stagingId) => inRest(stagingId, async (staged) => (await staged.durableBytes()) ?? 0),
    publish: (stagingId, key, expected) =>
      inRest(stagingId, async (staged) => {
        const to = objectPath(key)
        const bytes = await staged.durableBytes()
        // A repeated publish finds its work done.
        if (bytes === undefined && (await sizeOf(to)) === expected.bytes) return checkHash(to, expected.sha256)
        if (bytes !== expected.bytes) throw new AppError('length-mismatch')
        const sha256 = await staged.hashed()
        if (sha256 === undefined) await checkHash(stagingPath(stagingId), expected.sha256)
        else if (sha256 !== expected.sha256) throw new AppError('hash-mismatch')
        await publishFile(stagingPath(stagingId), to)
        staging.delete(stagingId)
      }),
    discard: (stagingId) =>
      inRest(stagingId, async () => {
        await rm(stagingPath(stagingId), { force: true })
        staging.delete(stagingId)
      }),
    async *stagedBefore(before) {
      for await (const path of walk(folders.staging)) {
        const found = await stat(path).catch(() => undefined)
        if (found && found.mtimeMs < before) yield relative(folders.staging, path)
      }
    },

    put: (key, body, expected) =>
      guarded(async () => {
        const to = objectPath(key)
        // A sender may go away at any moment, also before its first byte is read.
        let senderLost = false
        if (body instanceof Readable) {
          body.once('error', () => {
            senderLost = true
          })
        }
        await needRoom(expected.bytes, minFreeBytes * DELIVERY_FLOOR_SHARE)
        const draft = join(folders.incoming, draftsOf(key) + randomUUID())
        const file = await open(draft, 'wx', FILE_MODE)
        const hash = createHash('sha256')
        let bytes = 0
        try {
          for await (const piece of body instanceof Readable ? body : [body]) {
            const part: Uint8Array = piece
            if (bytes + part.length > expected.bytes) throw new AppError('length-mismatch')
            await writeAll(file, part, bytes)
            hash.update(part)
            bytes += part.length
          }
          if (bytes !== expected.bytes) throw new AppError('length-mismatch')
          if (hash.digest('hex') !== expected.sha256) throw new AppError('hash-mismatch')
          await file.sync()
          await publishFile(draft, to)
        } catch (error) {
          await rm(draft, { force: true })
          // What came is not the whole.
          throw senderLost ? new AppError('length-mismatch', { cause: error }) : error
        } finally {
          await file.close()
        }
      }),
    stat: (key) =>
      guarded(async () => {
        const found = await stat(objectPath(key)).catch((error: unknown) => {
          if (faultName(error) === 'ENOENT' || faultName(error) === 'ENOTDIR') return undefined
          throw error
        })
        return found?.isFile() ? { bytes: found.size, modifiedAt: Math.round(found.mtimeMs) } : undefined
      }),
    read: (key, range) =>
      guarded(async () => {
        const file = await open(objectPath(key), 'r')
        return file.createReadStream({ ...range, highWaterMark: 256 * 1024 })
      }),
    async *list(prefix) {
      for await (const path of walk(join(folders.objects, objectPrefix(prefix)))) yield relative(folders.objects, path)
    },
    remove: (key) => guarded(() => rm(objectPath(key), { force: true })),
    removeAll: (prefix) =>
      guarded(async () => {
        const folder = objectPrefix(prefix)
        const isWhole = folder.split('/').length === OWNER_SEGMENTS + 1
        const drafts = isWhole ? (await readdir(folders.incoming)).filter((name) => name.startsWith(draftsOf(folder))) : []
        await Promise.all(drafts.map((name) => rm(join(folders.incoming, name), { force: true })))
        const objects = await removeUnder(join(folders.objects, folder))
        return drafts.length + objects + (await removeUnder(join(folders.staging, folder)))
      }),
    removeBut: (prefix, kept) =>
      guarded(async () => {
        let count = 0
        for await (const path of walk(join(folders.objects, objectPrefix(prefix)))) {
          const key = relative(folders.objects, path)
          if (kept.some((keep) => (keep.endsWith('/') ? key.startsWith(keep) : key === keep))) continue
          await rm(path, { force: true })
          count++
        }
        return count
      }),
    ready: (bytes = 1) =>
      guarded(async () => {
        await access(folders.incoming, constants.W_OK)
        await needRoom(bytes, minFreeBytes * DELIVERY_FLOOR_SHARE)
      }),
  }
}
