/**
 * Compiles the matte's kernel; run as a program (`npx tsx compile-kernel.ts`) it writes kernel.wasm beside this file. The
 * few kilobytes are kept in the repository so that a node starts without a compiler; a test compiles again and compares.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const SOURCES = new URL('./assembly/', import.meta.url)
export const KERNEL = new URL('./kernel.wasm', import.meta.url)
/** Pages of 64 KB the kernel's memory may grow to. */
const MAXIMUM_PAGES = 8_192
const FLAGS = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
  // Decoded pictures are written straight into the kernel's memory by another thread.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', `${MAXIMUM_PAGES}`],
]

/** The module's bytes: the same for the same source and compiler. Takes some seconds. */
export const compileKernel = async (): Promise<Uint8Array> => {
  const { default: asc } = await import('assemblyscript/asc')
  const sources = new Map<string, string>()
  for (const name of await readdir(SOURCES)) sources.set(name, await readFile(new URL(name, SOURCES), 'utf8'))
  let binary: Uint8Array | undefined
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernel.wasm', ...FLAGS], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm' && typeof contents !== 'string') binary = contents
    },
    listFiles: () => [],
  })
  if (error || !binary) throw new Error(`the matte's kernel does not compile: ${stderr.toString()}`, { cause: error })
  return binary
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(KERNEL, await compileKernel())
