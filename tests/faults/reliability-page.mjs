/** Writes ops/reliability.md from what the last whole run of the fault suite has found: generated, never typed. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

const FINDINGS = fileURLToPath(new URL('../../.fanreel/faults.jsonl', import.meta.url))
const PAGE = fileURLToPath(new URL('../../ops/reliability.md', import.meta.url))

/** @typedef {{ name: string, injected: string, invariant: string, recovery: string, boundMs: number, recoveryMs: number, proof: string, guard?: string }} Finding */

/** Lets go of what an earlier run has found. */
export const forgetFindings = () => rmSync(FINDINGS, { force: true })

const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(1)} s`

const sectionOf = (/** @type {Finding} */ { name, injected, invariant, recovery, boundMs, recoveryMs, proof, guard }) =>
  [
    `## ${name}`,
    '',
    `- **Injected:** ${injected}.`,
    `- **It struck:** ${proof}.`,
    `- **Must hold:** ${invariant}.`,
    `- **Recovery:** ${seconds(recoveryMs)} (${recovery}); at most ${seconds(boundMs)}.`,
    ...(guard ? [`- **Without its guard** (${guard}) the same test fails.`] : []),
    '',
  ].join('\n')

/** The page as text. @param {readonly Finding[]} findings @param {string} day @param {number} cores */
export const reliabilityPage = (findings, day, cores) =>
  [
    '# What happens when something breaks',
    '',
    `Written by \`npm run test:faults\`, last on ${day} on ${cores} cores: real processes, a real Redis, a proxy that misbehaves as`,
    'networks do. Nodes are real but for their engine, whose films were made before. After every fault each visit has ended as it',
    'should, no film was accepted twice, nothing is left in the queue and nothing half-sent on the disk.',
    '',
    '| Fault | Recovery | At most |',
    '| --- | ---: | ---: |',
    ...findings.map(({ name, recoveryMs, boundMs }) => `| ${name} | ${seconds(recoveryMs)} | ${seconds(boundMs)} |`),
    '',
    ...findings.map(sectionOf),
  ].join('\n')

/** Writes the page. A fault that was not survived is not on it; the run has failed then. */
export const writeReliabilityPage = () => {
  if (!existsSync(FINDINGS)) return
  const lines = readFileSync(FINDINGS, 'utf8').trim().split('\n')
  const findings = lines.map((line) => /** @type {Finding} */ (JSON.parse(line))).sort((a, b) => a.name.localeCompare(b.name))
  writeFileSync(PAGE, reliabilityPage(findings, new Date().toISOString().slice(0, 10), availableParallelism()))
}
