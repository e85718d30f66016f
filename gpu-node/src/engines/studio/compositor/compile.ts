/**
 * Compiles the compositor's AssemblyScript to WebAssembly at first use and keeps the result beside other caches, named by
 * the hash of its sources: an edited source or another compiler compiles anew, everything else starts at once. The compiler
 * runs as a process of its own: inside the node it would cost 150 MB for good.
 */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SOURCES = fileURLToPath(new URL('./assembly/', import.meta.url))
const FLAGS = ['--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert', '--initialMemory', '32']
/** A compiler that is not done by then hangs. */
const COMPILE_MS = 120_000

const require = createRequire(import.meta.url)

const readSources = async (): Promise<[name: string, text: string][]> => {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts')).sort()
  return Promise.all(names.map(async (name): Promise<[string, string]> => [name, await readFile(join(SOURCES, name), 'utf8')]))
}

const compile = async (outFile: string): Promise<void> => {
  const compiler = require.resolve('assemblyscript/bin/asc.js')
  await promisify(execFile)(process.execPath, [compiler, 'index.ts', '--outFile', outFile, ...FLAGS], {
    cwd: SOURCES,
    timeout: COMPILE_MS,
  }).catch((cause: unknown) => {
    throw new Error('the compositor does not compile', { cause })
  })
}

/**
 * The compiled compositor. Takes seconds the first time and milliseconds afterwards.
 * @param cacheDir where the binary is kept; made where it is missing
 */
export const loadCompositorModule = async (cacheDir: string): Promise<WebAssembly.Module> => {
  const sources = await readSources()
  const { version } = require('assemblyscript/package.json') as { version: string }
  const hash = createHash('sha256')
    .update(JSON.stringify([version, FLAGS, sources]))
    .digest('hex')
  const file = join(cacheDir, `compositor-${hash.slice(0, 32)}.wasm`)
  const kept = await readFile(file).catch(() => undefined)
  if (kept) return WebAssembly.compile(new Uint8Array(kept))
  await mkdir(cacheDir, { recursive: true })
  // Written aside and renamed, so that another process never reads half a file.
  const aside = `${file}.${randomUUID()}`
  try {
    await compile(aside)
    await rename(aside, file)
  } finally {
    await rm(aside, { force: true })
  }
  return WebAssembly.compile(new Uint8Array(await readFile(file)))
}
