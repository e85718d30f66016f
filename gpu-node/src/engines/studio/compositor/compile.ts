/**
 * Compiles the compositor's AssemblyScript to WebAssembly at first use and keeps the result beside other caches, named by
 * the hash of its sources: an edited source or another compiler compiles anew, everything else starts at once.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('./assembly/', import.meta.url))
const FLAGS = ['--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert', '--initialMemory', '32']

const readSources = async (): Promise<Map<string, string>> => {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts')).sort()
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(SOURCES, name), 'utf8')] as const)))
}

const compile = async (sources: ReadonlyMap<string, string>): Promise<Uint8Array> => {
  const { default: asc } = await import('assemblyscript/asc')
  let binary: Uint8Array | undefined
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'compositor.wasm', ...FLAGS], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === 'compositor.wasm' && typeof contents !== 'string') binary = contents
    },
    listFiles: () => [],
  })
  if (error || !binary) throw new Error(`the compositor does not compile: ${stderr.toString()}`, { cause: error })
  return binary
}

/**
 * The compiled compositor. Takes seconds the first time and milliseconds afterwards.
 * @param cacheDir where the binary is kept; made where it is missing
 */
export const loadCompositorModule = async (cacheDir: string): Promise<WebAssembly.Module> => {
  const sources = await readSources()
  const { version } = await import('assemblyscript/asc')
  const hash = createHash('sha256')
    .update(JSON.stringify([version, FLAGS, [...sources]]))
    .digest('hex')
  const file = join(cacheDir, `compositor-${hash.slice(0, 32)}.wasm`)
  const kept = await readFile(file).catch(() => undefined)
  if (kept) return WebAssembly.compile(new Uint8Array(kept))
  const binary = await compile(sources)
  await mkdir(cacheDir, { recursive: true })
  // Written aside and renamed, so that another process never reads half a file.
  const aside = `${file}.${randomUUID()}`
  await writeFile(aside, binary)
  await rename(aside, file)
  return WebAssembly.compile(new Uint8Array(binary))
}
