/** The runner itself: its last line, its exit code, and what it says of tests that were left out. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Runs the given test files by `tests/run.mjs`, in a folder of their own where `vitest` is found all the same. */
const run = (files: Record<string, string>, env: NodeJS.ProcessEnv = {}): Promise<{ exitCode: number; lines: string[] }> => {
  mkdirSync(join(root, '.fanreel'), { recursive: true })
  const folder = mkdtempSync(join(root, '.fanreel', 'run-'))
  folders.push(folder)
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {}')
  for (const [name, source] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { beforeAll, describe, expect, it } from 'vitest'\n${source}\n`)
  }
  // vitest marks its own processes by VITEST*: the one started here must not take itself for a worker.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
  const runner = join(root, 'tests', 'run.mjs')
  return new Promise((resolve) => {
    execFile(process.execPath, [runner, '--root', folder], { env: { ...own, CI: '', ...env } }, (error, stdout) => {
      resolve({ exitCode: error ? Number(error.code) : 0, lines: stdout.trimEnd().split('\n') })
    })
  })
}

const PASSES = "it('adds', () => { expect(1 + 1).toBe(2) })"
const LACKS_MEDIA = "describe.skipIf(true)('media folder missing', () => { it('sees', () => {}) })"

it('ends with the count and 0 when all is well', async () => {
  const { exitCode, lines } = await run({ 'a.test.ts': PASSES })
  expect(lines.at(-1)).toBe('1 passed, 0 failed')
  expect(exitCode).toBe(0)
})

it('counts failed tests, hooks that throw and files that do not load', async () => {
  const { exitCode, lines } = await run({
    'a.test.ts': `${PASSES}\nit('fails', () => { expect(1).toBe(2) })`,
    'b.test.ts': "describe('suite', () => { beforeAll(() => { throw new Error('no') }); it('waits', () => {}) })",
    'c.test.ts': "import './nowhere.ts'",
  })
  expect(lines.at(-1)).toBe('1 passed, 3 failed, 1 skipped')
  expect(exitCode).toBe(1)
})

it('fails when nothing was run', async () => {
  const { exitCode, lines } = await run({})
  expect(lines.at(-1)).toBe('0 passed, 0 failed')
  expect(exitCode).toBe(1)
})

it('names what was skipped for lack of the media folder, and passes', async () => {
  const { exitCode, lines } = await run(
    { 'a.test.ts': PASSES, 'b.test.ts': LACKS_MEDIA },
    { CI: 'true', FANREEL_MEDIA: '/nowhere/media' },
  )
  expect(lines.slice(-3)).toEqual([
    'Skipped, media folder missing (/nowhere/media):',
    '  b.test.ts: 1',
    '1 passed, 0 failed, 1 skipped',
  ])
  expect(exitCode).toBe(0)
})

it('fails in CI when something is skipped although the media folder is there', async () => {
  const { exitCode, lines } = await run(
    { 'a.test.ts': `${PASSES}\nit.skip('later', () => {})` },
    { CI: 'true', FANREEL_MEDIA: root },
  )
  expect(lines.slice(-2)).toEqual(['Nothing may be skipped here: the media folder is in place.', '1 passed, 0 failed, 1 skipped'])
  expect(exitCode).toBe(1)
})
