/**
 * The append file of one staged upload. Pieces are written in the order in which they came and stand on disk together: one
 * fdatasync covers whatever was written before it began (group commit), and a piece counts only after its own. Syncing once
 * for each piece, one after the other, would cost a slow disk's ten milliseconds each time.
 */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open as openFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../errors.ts'
import { FILE_MODE, faultName, makeFolder, syncFolder, writeAll } from './durable-files.ts'

export type AppendFile = {
  /**
   * Writes a piece at the end of the file; whoever calls sees to it that one write is over before the next.
   * @param room rejects where the disk has no room for the piece
   * @returns `landed` resolves when the piece is on disk, and rejects where it is not and will not be
   * @throws AppError `offset-mismatch` where the file does not end at `offset`
   */
  write(offset: number, piece: Uint8Array, room: Promise<void>): Promise<{ landed: Promise<void> }>
  /** Whether nothing is under way. */
  isIdle(): boolean
  /** Resolves when nothing is under way and the file is closed. */
  settled(): Promise<void>
  /** Bytes on disk, whoever wrote them; undefined where there is no file. Only while nothing is under way. */
  durableBytes(): Promise<number | undefined>
  /** SHA-256 in hex of the file as it lies there, where every byte of it passed through here; else undefined. Only while nothing is under way. */
  hashed(): Promise<string | undefined>
}

type Open = {
  file: FileHandle
  /** Written, and of that on disk. */
  size: number
  durable: number
  /** Its name is not on disk yet. */
  isNew: boolean
  /** A sync that failed: what the system kept of it nobody knows, so nothing goes on before the rest was cut off. */
  fault: unknown
}

/** Its length, and what tells it from every other file that ever had its name: systems give an inode that is free to the next file. */
const lookAt = async (file: FileHandle): Promise<{ size: number; id: string }> => {
  const { size, ino, birthtimeNs } = await file.stat({ bigint: true })
  return { size: Number(size), id: `${ino} ${birthtimeNs}` }
}

export const createAppendFile = (path: string, options: { open?: typeof openFile } = {}): AppendFile => {
  const { open = openFile } = options
  let opened: Open | undefined
  /** Pieces that are not on disk yet, by their ends. */
  const underWay = new Set<Promise<unknown>>()
  let users = 0
  let syncing: Promise<void> = Promise.resolve()
  let nextSync: Promise<void> | undefined
  let closing: Promise<void> = Promise.resolve()
  /** What passed through here from the first byte on, in a file that is still the same. */
  let running: { hash: Hash; bytes: number; file: string } | undefined

  const openExisting = async (): Promise<FileHandle | undefined> => {
    try {
      return await open(path, 'r+')
    } catch (error) {
      if (faultName(error) === 'ENOENT') return undefined
      throw error
    }
  }
  const openAt = async (offset: number, room: Promise<void>): Promise<Open> => {
    await closing.catch(() => undefined)
    const known = await openExisting()
    if (!known && offset !== 0) throw new AppError('offset-mismatch')
    if (!known) {
      await room
      await makeFolder(dirname(path))
    }
    const file = known ?? (await open(path, 'wx', FILE_MODE))
    const { size, id } = await lookAt(file)
    if (size === 0) running = { hash: createHash('sha256'), bytes: 0, file: id }
    else if (running?.file !== id || running.bytes !== size) running = undefined
    // What lies there may be another instance's that has died between writing and syncing; the first sync covers it.
    return { file, size, durable: size, isNew: !known, fault: undefined }
  }

  const flush = async (now: Open): Promise<void> => {
    const covered = now.size
    try {
      if (now.fault) throw now.fault
      await now.file.datasync()
      if (now.isNew) await syncFolder(dirname(path))
      now.isNew = false
      now.durable = covered
    } catch (error) {
      now.fault = error
      throw error
    }
  }
  /** The next sync that begins: all that was written by then shares it. */
  const sync = (now: Open): Promise<void> => {
    if (nextSync) return nextSync
    const mine = syncing
      .catch(() => undefined)
      .then(() => {
        syncing = mine
        nextSync = undefined
        return flush(now)
      })
    nextSync = mine
    return mine
  }
  const close = async ({ file, fault, durable }: Open): Promise<void> => {
    try {
      if (!fault) return
      running = undefined
      await file.truncate(durable)
    } finally {
      await file.close()
    }
  }
  const release = async (): Promise<void> => {
    users -= 1
    if (users > 0 || !opened) return
    closing = close(opened)
    opened = undefined
    await closing
  }

  const land = async (now: Open): Promise<void> => {
    try {
      await sync(now)
    } finally {
      await release()
    }
  }

  const put = async (offset: number, piece: Uint8Array, room: Promise<void>): Promise<Open> => {
    opened ??= await openAt(offset, room)
    const now = opened
    if (now.size !== offset) throw new AppError('offset-mismatch')
    await room
    try {
      await writeAll(now.file, piece, offset)
    } catch (error) {
      await now.file.truncate(offset)
      throw error
    }
    if (now.fault) throw now.fault
    now.size = offset + piece.length
    if (running?.bytes === offset) {
      running.hash.update(piece)
      running.bytes = now.size
    }
    return now
  }

  return {
    write: async (offset, piece, room) => {
      users += 1
      let now: Open
      try {
        now = await put(offset, piece, room)
      } catch (error) {
        await release()
        throw error
      }
      const landed = land(now)
      const over: Promise<unknown> = landed.then(
        () => underWay.delete(over),
        () => underWay.delete(over),
      )
      underWay.add(over)
      return { landed }
    },
    isIdle: () => users === 0,
    settled: async () => {
      await Promise.all(underWay)
    },
    durableBytes: async () => {
      const file = await openExisting()
      if (!file) return undefined
      try {
        // An instance that wrote and died before its sync has left bytes that a power cut would take.
        await file.datasync()
        return (await file.stat()).size
      } finally {
        await file.close()
      }
    },
    hashed: async () => {
      if (!running) return undefined
      const file = await openExisting()
      if (!file) return undefined
      try {
        const { size, id } = await lookAt(file)
        return running.bytes === size && running.file === id ? running.hash.copy().digest('hex') : undefined
      } finally {
        await file.close()
      }
    },
  }
}
