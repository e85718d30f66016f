/** One demo at a time: two would write the same Redis files. A lock whose holder is gone is taken over. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DemoFault } from './fault.ts'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Takes the lock and answers with the way to give it back.
 * @throws DemoFault when another demo holds it
 */
export const takeLock = (home: string): (() => void) => {
  const path = join(home, 'lock')
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = Number(readFileSync(path, 'utf8'))
    if (holder && isAlive(holder)) throw new DemoFault(`A demo is running already (process ${holder}): stop it first`)
    rmSync(path, { force: true })
  }
}
