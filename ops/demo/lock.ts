/** One demo at a time: two would write the same Redis files. A lock whose holder is gone is taken over. */
import { join } from 'node:path'
import { tryLock } from '../setup/file-lock.mjs'
import { DemoFault } from './fault.ts'

/**
 * Takes the lock and answers with the way to give it back.
 * @throws DemoFault when another demo holds it
 */
export const takeLock = (home: string): (() => void) => {
  const lock = tryLock(join(home, 'lock'))
  if ('holder' in lock) throw new DemoFault(`A demo is running already (process ${lock.holder}): stop it first`)
  return lock.release
}
