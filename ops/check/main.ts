/**
 * `npm run check`: types, lint and format, unused code, import directions, licences and the numbered rules, side by side. One
 * line a check with its time; the whole output of those that fail, and exit code 1.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { licenceProblems } from './licences.ts'
import { lockProblems } from './lock-file.ts'
import { specProblems } from './spec-rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a check found wrong, one entry a problem; empty when all is well. */
type Check = { name: string; find: () => Promise<string[]> }

/** A tool of node_modules, run to its end: its output is the problem when it does not exit with 0. */
const tool = (name: string, program: string, args: readonly string[]): Check => ({
  name,
  find: () =>
    new Promise((resolve, reject) => {
      const child = spawn(join(root, 'node_modules', '.bin', program), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
      const output: Buffer[] = []
      child.stdout.on('data', (piece: Buffer) => output.push(piece))
      child.stderr.on('data', (piece: Buffer) => output.push(piece))
      child.once('error', reject)
      child.once('close', (code) =>
        resolve(code === 0 ? [] : [Buffer.concat(output).toString().trimEnd() || `${program} ended with ${code}`]),
      )
    }),
})

const workspaces = ['orchestrator', 'gpu-node', 'content-packs', 'kiosk-ui', 'ops', 'tests']
const checks: Check[] = [
  tool('types', 'tsc', ['--project', '.', '--pretty', 'false']),
  ...(existsSync(join(root, 'kiosk-ui', 'tsconfig.json'))
    ? [tool('types of the kiosk', 'tsc', ['--noEmit', '--project', 'kiosk-ui', '--pretty', 'false'])]
    : []),
  ...['client', 'worker'].map((part) =>
    tool(`types of the pickup ${part}`, 'tsc', ['--noEmit', '--project', `orchestrator/src/pickup/${part}`, '--pretty', 'false']),
  ),
  tool('lint and format', 'biome', ['check', '--error-on-warnings', '--max-diagnostics=200', '--colors=off']),
  tool('import directions', 'depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...workspaces]),
  tool('unused code', 'knip', ['--no-progress']),
  { name: 'lock file', find: () => lockProblems(root) },
  { name: 'licences', find: () => licenceProblems(root) },
  { name: 'numbered rules', find: () => specProblems(root) },
]

const runCheck = async ({ name, find }: Check): Promise<boolean> => {
  const begun = performance.now()
  const problems = await find().catch((error: unknown) => [String(error)])
  const time = `${((performance.now() - begun) / 1000).toFixed(1)} s`
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(24)} ${time.padStart(7)}`)
  for (const problem of problems) console.log(problem.replace(/^/gm, '      '))
  return problems.length === 0
}

const waiting = [...checks]
const results: boolean[] = []
const worker = async () => {
  for (let check = waiting.shift(); check; check = waiting.shift()) results.push(await runCheck(check))
}
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker))
process.exit(results.every(Boolean) ? 0 : 1)
