import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../../../media/scratch-folder.ts'
import { loadCompositorModule } from './compile.ts'

const cacheDir = await scratchFolder()
const COMPILE = new URL('./compile.ts', import.meta.url).href

/** Compiles into the empty cache in a process of its own; answers the most memory that process ever held, in MB. */
const memoryOfFirstUse = async (): Promise<number> => {
  const script = `
    import { readFileSync } from 'node:fs'
    const { loadCompositorModule } = await import(${JSON.stringify(COMPILE)})
    await loadCompositorModule(${JSON.stringify(cacheDir)})
    process.stdout.write(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])`
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
  return Number(stdout) / 1024
}

describe('loadCompositorModule', () => {
  it.runIf(existsSync('/proc/self/status'))('compiles at first use without keeping the compiler in its own memory', async () => {
    const megabytes = await memoryOfFirstUse()
    expect(megabytes).toBeGreaterThan(20)
    // The compiler alone takes more than a gigabyte.
    expect(megabytes).toBeLessThan(300)
  })

  it('compiles once and leaves one file', async () => {
    await loadCompositorModule(cacheDir)
    const [file = '', ...others] = await readdir(cacheDir)
    expect(others).toEqual([])
    const { ino } = await stat(join(cacheDir, file))
    const { exports } = await WebAssembly.instantiate(await loadCompositorModule(cacheDir), { env: { abort: () => undefined } })
    expect(Object.keys(exports)).toContain('person')
    expect((await stat(join(cacheDir, file))).ino).toBe(ino)
  })
})
