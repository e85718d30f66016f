/**
 * A lock between processes of one machine: a file that names its holder. It is taken by one step that either happens or does not
 * (a hard link), with its content already in it; one whose holder is gone is taken over by one process and no other.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** What stands in the file, or undefined where there is none. */
const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
const nameOf = (text) => /^\d+ ([0-9a-f-]+)$/.exec(text)?.[1] ?? 'unnamed'

/**
 * Takes the lock at `path`, or says which process holds it. Whoever takes over from a dead holder first takes a lock of the same kind
 * on that very holder's name, so that of several who found it dead one goes on, and none removes what another has just taken.
 *
 * @param {string} path
 * @param {() => void} [foundDead] hears that the holder was found dead, before anything is done about it: where others may be faster
 * @returns {{ release: () => void } | { holder: number }}
 */
export const tryLock = (path, foundDead) => {
  const own = `${process.pid} ${randomUUID()}`
  const draft = `${path}.${nameOf(own)}`
  writeFileSync(draft, own)
  const release = () => {
    if (read(path) === own) rmSync(path, { force: true })
  }
  try {
    for (;;) {
      try {
        linkSync(draft, path)
        return { release }
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      }
      const held = read(path)
      if (held === undefined) continue
      const holder = Number.parseInt(held, 10)
      if (holder && isAlive(holder)) return { holder }
      foundDead?.()
      const succession = tryLock(`${path}.after-${nameOf(held)}`)
      if ('holder' in succession) continue
      try {
        if (read(path) !== held) continue
        renameSync(draft, path)
        return { release }
      } finally {
        succession.release()
      }
    }
  } finally {
    rmSync(draft, { force: true })
  }
}
