/** Faults of this machine's own disk and handles, told from those of a network or a file. */
import { statfs } from 'node:fs/promises'
import { ToolFault } from './tool-fault.ts'

/** What this machine's own disk and handles can refuse (errno). */
const MACHINE_FAULTS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM'])
/** Of these, what passes: somebody makes room, another program lets handles go. */
const LACKS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'])
/** Below this much room a disk counts as full, in bytes: a program that broke off on it says so in words alone. */
const LEAST_ROOM_BYTES = 64 * 1024 * 1024

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Whether this machine lacks something just now that it may have again in a moment: room on its disk, or handles. */
export const isLacking = async (error: unknown, folder: string): Promise<boolean> => {
  if (LACKS.has(codeOf(error))) return true
  if (!(error instanceof ToolFault)) return false
  const room = await statfs(folder).catch(() => undefined)
  return room !== undefined && room.bavail * room.bsize < LEAST_ROOM_BYTES
}
/** Whether a fault is this machine's own, not the network's. */
export const isMachineFault = (error: unknown): boolean => MACHINE_FAULTS.has(codeOf(error))
