/** Faults of this machine's own disk and handles, told from those of a network or a file. */

/** What this machine's own disk and handles can refuse (errno). */
const MACHINE_FAULTS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM'])
/** Whether a fault is this machine's own, not the network's. */
export const isMachineFault = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && MACHINE_FAULTS.has(String(error.code))
