/**
 * The SPEC.md files state numbered rules; every rule has a test whose title starts with its number and is cited by the code
 * that keeps it, and no test claims a number that no rule has. When test and document disagree, one of them is wrong.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { sourceFiles } from './source-files.ts'

const SPECS = ['orchestrator/SPEC.md', 'gpu-node/SPEC.md']
/** Those whose every rule is cited by the code that keeps it. */
const CITED_SPECS = ['orchestrator/SPEC.md', 'gpu-node/SPEC.md']
/** A conformance suite is a test that is run from others. */
const isTest = (name: string): boolean => /\.(test|conformance)\.tsx?$/.test(name)
/** Code that keeps rules: neither a test nor what serves tests alone. */
const isCode = (name: string): boolean => /\.(ts|tsx|mts|mjs)$/.test(name) && !isTest(name) && !name.includes('.fixture.')
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

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gm
/** `P1-P4` at the top of a file says which rules it is about, not where each is kept. */
const RANGE = /[A-Z]\d{1,3}\s*[-\u2013]\s*[A-Z]\d{1,3}/g

/** The numbers that stand in a source's comments, each on its own. */
export const rulesCited = (source: string): string[] =>
  [...source.matchAll(COMMENT)].flatMap(([comment]) => comment.replace(RANGE, '').match(/\b[A-Z]\d{1,3}\b/g) ?? [])

/** One line a rule that no code cites. */
export const uncitedRules = (spec: string, stated: readonly string[], cited: ReadonlySet<string>): string[] =>
  stated.filter((rule) => !cited.has(rule)).map((rule) => `${rule} of ${spec} is cited by no code that keeps it`)

/** Compares both sides. */
export const compareRules = (stated: readonly string[], proven: ReadonlyMap<string, string>): string[] => [
  ...stated.filter((rule, index) => stated.indexOf(rule) !== index).map((rule) => `${rule} is stated twice`),
  ...stated.filter((rule) => !proven.has(rule)).map((rule) => `${rule} has no test whose title starts with "${rule}: "`),
  ...[...proven]
    .filter(([rule]) => !stated.includes(rule))
    .map(([rule, file]) => `${file} proves ${rule}, which no SPEC.md states`),
]

/** One line a rule without a test or a citation, a test without a rule, and a number used twice. */
export const specProblems = async (root: string): Promise<string[]> => {
  const missing = SPECS.filter((spec) => !existsSync(join(root, spec)))
  if (missing.length > 0) return missing.map((spec) => `${spec} is missing`)
  const statedIn = new Map<string, string[]>()
  for (const spec of SPECS) statedIn.set(spec, rulesOf(await readFile(join(root, spec), 'utf8')))
  const stated = [...statedIn.values()].flat()
  if (stated.length === 0) return ['no rule was found in any SPEC.md']
  const proven = new Map<string, string>()
  for (const path of await sourceFiles(root, isTest)) {
    const file = relative(root, path)
    if (file === OWN_TEST) continue
    for (const rule of rulesProven(await readFile(path, 'utf8'))) proven.set(rule, file)
  }
  const uncited: string[] = []
  for (const spec of CITED_SPECS) {
    const cited = new Set<string>()
    for (const path of await sourceFiles(join(root, dirname(spec)), isCode))
      for (const rule of rulesCited(await readFile(path, 'utf8'))) cited.add(rule)
    uncited.push(...uncitedRules(spec, statedIn.get(spec) ?? [], cited))
  }
  return [...compareRules(stated, proven), ...uncited]
}
