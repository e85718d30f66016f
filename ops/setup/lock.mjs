/** One set-up at a time: a second one waits for the first, and takes over from one that died. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const POLL_MS = 200

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const holderOf = (path) => {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Runs `work` while holding `.fanreel/setup.lock`, a file with the holder's process id. */
export const withLock = async (root, work) => {
  const folder = join(root, '.fanreel')
  const path = join(folder, 'setup.lock')
  mkdirSync(folder, { recursive: true })
  for (let told = false; ; ) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = holderOf(path)
    if (holder && isAlive(holder)) {
      if (!told) process.stderr.write(`Waiting for another set-up (process ${holder})\n`)
      told = true
      await wait(POLL_MS)
    } else rmSync(path, { force: true })
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}
