/**
 * Compiles the matte's kernel: `node build.mjs` writes kernel.wasm beside this file. The compiler's version is pinned and
 * its output deterministic; a test compiles again and compares.
 */
import { writeFile } from 'node:fs/promises'
import { main } from 'assemblyscript/asc'

const folder = new URL('.', import.meta.url)

/** Compiles and returns the module's bytes. */
export const compileKernel = async () => {
  const files = new Map()
  const { error, stderr } = await main(
    [
      'assembly/index.ts',
      '--outFile',
      'kernel.wasm',
      '--optimizeLevel',
      '3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
    ],
    { writeFile: (name, contents) => files.set(name, contents), baseDir: undefined, readFile: undefined, cwd: undefined },
  )
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  return files.get('kernel.wasm')
}

if (process.argv[1] === new URL(import.meta.url).pathname) await writeFile(new URL('kernel.wasm', folder), await compileKernel())
