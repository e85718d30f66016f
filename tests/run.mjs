/**
 * Runs the tests and ends with the count: `N passed, N failed`, and `, N skipped` where there are any.
 *
 *   node tests/run.mjs [media] [file or vitest flag ...]
 *
 * Without a suite's name: the units beside the source, integration, faults and the browser's flow. `media`: every awkward clip
 * to its end. With CI=true nothing may be skipped while the media folder is there.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseCLI, startVitest } from 'vitest/node'
import { countLine, skippedLines, summarise } from './support/summary.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const [first, ...rest] = process.argv.slice(2)
const isMedia = first === 'media'
const { filter, options } = parseCLI(['vitest', 'run', ...(isMedia ? rest : process.argv.slice(2))])

const mediaFolder = process.env.FANREEL_MEDIA ?? join(root, '..', 'shared', 'media')
process.env.FANREEL_MEDIA = mediaFolder
const hasMedia = existsSync(mediaFolder)

const vitest = await startVitest('test', filter, {
  ...options,
  watch: false,
  silent: options.silent ?? 'passed-only',
  project: options.project ?? [isMedia ? 'media' : '!media'],
})
const summary = summarise(vitest.state.getTestModules(), vitest.state.getUnhandledErrors())
await vitest.close()

const forbiddenSkips = process.env.CI === 'true' && hasMedia && summary.skipped.length > 0
for (const line of skippedLines(summary.skipped, hasMedia ? undefined : mediaFolder)) console.log(line)
if (forbiddenSkips) console.log('Nothing may be skipped here: the media folder is in place.')
if (summary.passed + summary.failed === 0) console.log('No test was run.')
console.log(countLine(summary))
process.exit(summary.failed > 0 || summary.passed === 0 || forbiddenSkips ? 1 : 0)
