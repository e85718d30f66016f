/** One set-up at a time: a second one waits for the first, and takes over from one that died. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { tryLock } from './file-lock.mjs'

const POLL_MS = 200

/** Runs `work` while holding `.fanreel/setup.lock`. */
export const withLock = async (root, work) => {
  const folder = join(root, '.fanreel')
  const path = join(folder, 'setup.lock')
  mkdirSync(folder, { recursive: true })
  let lock = tryLock(path)
  if ('holder' in lock) process.stderr.write(`Waiting for another set-up (process ${lock.holder})\n`)
  while ('holder' in lock) {
    await wait(POLL_MS)
    lock = tryLock(path)
  }
  try {
    return await work()
  } finally {
    lock.release()
  }
}
