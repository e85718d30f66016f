/**
 * `npm ci` refuses a lock file that does not name every optional package, those for other platforms included; yet npm leaves them
 * out when the registry it asks does not carry them. `npm run check` sees the gap, `node --import tsx ops/check/lock-file.ts` fills
 * it: these packages are pinned by the one that wants them, and their names say for which machine they are.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

type Entry = {
  version?: string
  dev?: boolean
  license?: string
  engines?: Record<string, string>
  optionalDependencies?: Record<string, string>
  [other: string]: unknown
}
export type Lock = { packages: Record<string, Entry>; [other: string]: unknown }

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const PROCESSORS = ['arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64', 'arm']
const EXACT = /^\d+\.\d+\.\d+(?:[-+][\w.-]+)?$/

/** The folders in which Node looks for what the package at `path` wants: its own, then each above. */
const foldersAbove = (path: string): string[] => {
  const parts = path.split('/node_modules/')
  return parts
    .map((_, index) => `${parts.slice(0, parts.length - index).join('/node_modules/')}/node_modules/`)
    .concat('node_modules/')
}

const isLocked = (lock: Lock, path: string, name: string): boolean =>
  foldersAbove(path).some((folder) => lock.packages[folder + name] !== undefined)

type Gap = { name: string; version: string; wanted: Entry }

/** The optional packages that the lock file does not name. */
export const gapsOf = (lock: Lock): Gap[] =>
  Object.entries(lock.packages).flatMap(([path, wanted]) =>
    Object.entries(wanted.optionalDependencies ?? {})
      .filter(([name]) => !isLocked(lock, path, name))
      .map(([name, version]) => ({ name, version, wanted })),
  )

/**
 * What the lock file would say of such a package, had npm seen it.
 * @throws Error when its version or machine cannot be told
 */
export const entryFor = ({ name, version, wanted: { dev, license, engines } }: Gap): Entry => {
  const words = name.split(/[/-]/)
  const os = SYSTEMS.filter((system) => words.includes(system))
  const cpu = PROCESSORS.filter((processor) => words.includes(processor)).slice(0, 1)
  if (!EXACT.test(version) || (os.length === 0 && !cpu.includes('wasm32')))
    throw new Error(`${name}@${version} cannot be told from its name`)
  const libc = os.includes('linux') ? (/musl/.test(name) ? ['musl'] : /gnu/.test(name) ? ['glibc'] : undefined) : undefined
  return {
    version,
    cpu,
    ...(dev ? { dev } : {}),
    ...(libc ? { libc } : {}),
    ...(license ? { license } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
    ...(engines ? { engines } : {}),
  }
}

const read = async (root: string): Promise<Lock> => JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock

/** One line a package that `npm ci` would miss. */
export const lockProblems = async (root: string): Promise<string[]> => {
  const gaps = gapsOf(await read(root))
  const remedy = 'fill the gaps by: node --import tsx ops/check/lock-file.ts'
  return gaps.length === 0
    ? []
    : [...gaps.map(({ name, version }) => `package-lock.json does not name ${name}@${version}`), remedy]
}

const fillGaps = async (root: string): Promise<void> => {
  const lock = await read(root)
  const gaps = gapsOf(lock)
  for (const gap of gaps) lock.packages[`node_modules/${gap.name}`] = entryFor(gap)
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
  await writeFile(join(root, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${gaps.length} packages added to package-lock.json`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await fillGaps(fileURLToPath(new URL('../..', import.meta.url)))
