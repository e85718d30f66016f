/**
 * Files that survive a power cut: a write counts only after fsync, a new name only after fsync of its folder. Faults of
 * the file system become codes here and nowhere else.
 */
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../errors.ts'

/** Nobody but the orchestrator's own user reads a visitor's media. */
export const FOLDER_MODE = 0o700
export const FILE_MODE = 0o600

/** The system's name for a fault, e.g. `ENOENT`. */
export const faultName = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** A fault of the file system as the store's callers know it. Those that carry a code already stay as they are. */
export const storeFault = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  const name = faultName(error)
  if (name === 'ENOENT' || name === 'ENOTDIR' || name === 'EISDIR') return new AppError('object-unknown', { cause: error })
  if (name === 'ENOSPC' || name === 'EDQUOT') return new AppError('disk-full', { cause: error })
  if (name === 'EMFILE' || name === 'ENFILE' || name === 'EROFS' || name === 'EIO')
    return new AppError('unavailable', { cause: error })
  return new AppError('internal', { cause: error })
}

/** Makes the names in a folder durable. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const makeAll = async (folder: string): Promise<string | undefined> => {
  try {
    return await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  } catch (error) {
    if (faultName(error) !== 'ENOENT') throw error
    // What it does not expect, a disk that may not be written for one, Node calls a folder that is not there: step by step it is told.
    const above = await makeAll(dirname(folder))
    await mkdir(folder, { mode: FOLDER_MODE })
    return above ?? folder
  }
}

/** Makes a folder and those above it, durably. */
export const makeFolder = async (folder: string): Promise<void> => {
  const first = await makeAll(folder)
  if (first === undefined) return
  const stop = dirname(first)
  for (let above = dirname(folder); above.length >= stop.length; above = dirname(above)) {
    await syncFolder(above)
    if (above === dirname(above)) return
  }
}

/** Gives a finished file its final name, atomically and durably. */
export const publishFile = async (from: string, to: string): Promise<void> => {
  await makeFolder(dirname(to))
  await rename(from, to)
  await syncFolder(dirname(to))
}

/** Writes all of `bytes` at `position`: the system may take fewer at a time. */
export const writeAll = async (file: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
