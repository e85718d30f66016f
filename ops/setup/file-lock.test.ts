/** A lock that a dead process has left, and many that want it in the same moment. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tryLock } from './file-lock.mjs'

const HELPER = new URL('./file-lock.mjs', import.meta.url).href
/** No process has this id: it is beyond the largest that Linux gives. */
const NOBODY = 4_194_305

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fanreel-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is held by one, and free again when given back', () => {
  const lock = tryLock(path)
  expect(tryLock(path)).toEqual({ holder: process.pid })
  if ('release' in lock) lock.release()
  expect(tryLock(path)).toHaveProperty('release')
  expect(readdirSync(folder)).toEqual(['lock'])
})

it.each([
  ['a dead holder', `${NOBODY} 0a`],
  ['a dead holder of an older version', `${NOBODY}`],
  ['nobody', ''],
])('is taken over from %s', (_, held) => {
  writeFileSync(path, held)
  expect(tryLock(path)).toHaveProperty('release')
  expect(readdirSync(folder)).toEqual(['lock'])
})

it('is taken over though one who was just taking it over died too', () => {
  writeFileSync(path, `${NOBODY} 0a`)
  writeFileSync(`${path}.after-0a`, `${NOBODY} 0b`)
  expect(tryLock(path)).toHaveProperty('release')
  expect(readdirSync(folder)).toEqual(['lock'])
})

it('is left alone by whoever found its holder dead, where another was faster', () => {
  writeFileSync(path, `${NOBODY} 0a`)
  let first: ReturnType<typeof tryLock> | undefined
  const second = tryLock(path, () => {
    first ??= tryLock(path)
  })
  expect(first).toHaveProperty('release')
  expect(second).toEqual({ holder: process.pid })
})

it('is given back by nobody who holds it no longer', () => {
  const lock = tryLock(path)
  writeFileSync(path, `${process.pid} 0c`)
  if ('release' in lock) lock.release()
  expect(readdirSync(folder)).toEqual(['lock'])
})

/** Takes a lock that the process before it has left dead, again and again, and says so whenever somebody else was inside. */
const RIVAL = `
  import { rmSync, writeFileSync } from 'node:fs'
  import { tryLock } from '${HELPER}'
  const [path] = process.argv.slice(1)
  let meetings = 0
  for (let taken = 0; taken < 60; ) {
    const lock = tryLock(path)
    if ('holder' in lock) continue
    taken++
    try {
      writeFileSync(path + '-inside', '', { flag: 'wx' })
    } catch {
      meetings++
    }
    rmSync(path + '-inside', { force: true })
    writeFileSync(path, '${NOBODY} ' + taken.toString(16) + process.pid.toString(16))
  }
  console.log(meetings)
`

it('is held by one process at a time, though each leaves it as the dead do', { timeout: 60_000 }, async () => {
  const rivals = Array.from({ length: 3 }, () =>
    promisify(execFile)(process.execPath, ['--input-type=module', '--eval', RIVAL, path]),
  )
  const meetings = (await Promise.all(rivals)).map(({ stdout }) => stdout.trim())
  expect(meetings).toEqual(['0', '0', '0'])
})
