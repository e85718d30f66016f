/** A disk of a few megabytes in memory, for filling it up. Needs the right to mount. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type SmallDisk = { unmount(): void }

/** Mounts a disk of `bytes` on `folder`, which is made where it is missing. @throws Error where that is not allowed */
export const mountSmallDisk = (folder: string, bytes: number): SmallDisk => {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs', folder], { stdio: 'ignore' })
  // Lazily: a process that is just being ended may still hold a file of it.
  return { unmount: () => execFileSync('umount', ['-l', folder], { stdio: 'ignore' }) }
}

/** Forbids all writing on a disk that was mounted here, or allows it again. @throws Error while a file on it is being written */
export const setReadOnly = (folder: string, readOnly: boolean): void => {
  execFileSync('mount', ['-o', `remount,${readOnly ? 'ro' : 'rw'}`, folder], { stdio: 'ignore' })
}

/** Whether this process may mount. */
export const mayMount = (): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'fanreel-mount-'))
  try {
    mountSmallDisk(folder, 1 << 20).unmount()
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}
