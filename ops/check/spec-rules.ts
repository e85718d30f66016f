/**
 * The SPEC.md files state numbered rules; every rule has a test whose title starts with its number, and no test claims a
 * number that no rule has. When test and document disagree, one of them is wrong.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { sourceFiles } from './source-files.ts'

const SPECS = ['orchestrator/SPEC.md', 'gpu-node/SPEC.md']
/** A conformance suite is a test that is run from others. */
const isTest = (name: string): boolean => /\.(test|conformance)\.tsx?$/.test(name)
/** Its samples look like titles. */
const OWN_TEST = 'ops/check/spec-rules.test.ts'

/** A rule stands at the start of a line, of a list entry or of a table row: `- **U3** text`, `U3. text`, `| U3 | text |`. */
const RULE = /^\s*(?:[-*|#]+\s*)?(?:\*\*|`)?([A-Z]\d{1,3})(?:\*\*|`)?\s*[.:|)\u2013\u2014 ]/
/** A title that proves rules: `U3: ...`, `U3, U4: ...`. */
const TITLE = /(?:\b(?:it|test|describe)\b[^'"`\n]*\(\s*)['"`]([A-Z]\d{1,3}(?:, [A-Z]\d{1,3})*): /g

/** The rules a document states, in its order. */
export const rulesOf = (markdown: string): string[] => markdown.split('\n').flatMap((line) => RULE.exec(line)?.[1] ?? [])

/** The rules whose numbers stand at the start of titles in a test's source. */
export const rulesProven = (source: string): string[] =>
  [...source.matchAll(TITLE)].flatMap(([, rules = '']) => rules.split(', '))

/** Compares both sides. */
export const compareRules = (stated: readonly string[], proven: ReadonlyMap<string, string>): string[] => [
  ...stated.filter((rule, index) => stated.indexOf(rule) !== index).map((rule) => `${rule} is stated twice`),
  ...stated.filter((rule) => !proven.has(rule)).map((rule) => `${rule} has no test whose title starts with "${rule}: "`),
  ...[...proven]
    .filter(([rule]) => !stated.includes(rule))
    .map(([rule, file]) => `${file} proves ${rule}, which no SPEC.md states`),
]

/** One line a rule without a test, a test without a rule, and a number used twice. */
export const specProblems = async (root: string): Promise<string[]> => {
  const missing = SPECS.filter((spec) => !existsSync(join(root, spec)))
  if (missing.length > 0) return missing.map((spec) => `${spec} is missing`)
  const stated = (await Promise.all(SPECS.map(async (spec) => rulesOf(await readFile(join(root, spec), 'utf8'))))).flat()
  const proven = new Map<string, string>()
  for (const path of await sourceFiles(root, isTest)) {
    const file = relative(root, path)
    if (file === OWN_TEST) continue
    for (const rule of rulesProven(await readFile(path, 'utf8'))) proven.set(rule, file)
  }
  return stated.length === 0 ? ['no rule was found in any SPEC.md'] : compareRules(stated, proven)
}
