/**
 * Which licences may come with Fanreel. Packages used only for development are not given to anyone, so they are left out;
 * which those are is npm's own mark in the lock file.
 */
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { init, type ModuleInfos } from 'license-checker-rseidelsohn'

/** Permissive licences, as SPDX identifiers. OFL-1.1 covers the fonts. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Unlicense',
])

/** What else is in use, by the start of a package's name, and why that is right. */
const EXCEPTIONS: readonly { name: string; licence: string; reason: string }[] = [
  {
    name: '@img/sharp-',
    licence: 'LGPL-3.0-or-later',
    reason: 'libvips, loaded as a shared library by an optional part of Next.js',
  },
  { name: 'lightningcss', licence: 'MPL-2.0', reason: 'compiles styles when the kiosk is built; its files are used unchanged' },
  { name: 'caniuse-lite', licence: 'CC-BY-4.0', reason: "browser data read by Next.js' build; named in NOTICE" },
]

/** `A AND B` needs both, `A OR B` needs one; a trailing star marks a licence that was recognised by its text. */
export const isAllowed = (expression: string): boolean =>
  expression
    .replace(/[()*]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence.trim())))

const isException = (name: string, expression: string): boolean =>
  EXCEPTIONS.some((exception) => {
    const others = expression.split(' AND ').filter((licence) => licence !== exception.licence)
    return name.startsWith(exception.name) && expression.includes(exception.licence) && others.every(isAllowed)
  })

const readAll = (start: string): Promise<ModuleInfos> =>
  new Promise((resolve, reject) => init({ start }, (error, packages) => (error ? reject(error) : resolve(packages))))

type LockEntry = { dev?: boolean; devOptional?: boolean; link?: boolean }

/** One line a production package whose licence is neither allowed nor a named exception. */
export const licenceProblems = async (root: string): Promise<string[]> => {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockEntry> }
  const problems: string[] = []
  let seen = 0
  for (const [id, { licenses, path }] of Object.entries(await readAll(root))) {
    const entry = lock.packages[relative(root, path ?? '')]
    if (!entry || entry.link || entry.dev || entry.devOptional || !path?.includes('node_modules')) continue
    seen++
    const expression = Array.isArray(licenses) ? licenses.join(' AND ') : (licenses ?? 'none')
    const name = id.slice(0, id.lastIndexOf('@'))
    if (!isAllowed(expression) && !isException(name, expression)) problems.push(`${id}: ${expression}`)
  }
  return seen === 0 ? ['no package was seen: is node_modules in place?'] : problems
}
