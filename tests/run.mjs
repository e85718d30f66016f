/**
 * Runs the tests and ends with the count: `N passed, N failed`, and `, N skipped` where there are any.
 *
 *   node tests/run.mjs [whole|media|faults|screens] [file or vitest flag ...]
 *
 * Without a suite's name: the units beside the source, integration, the faults in short and the browser's flow. `whole`: the
 * same, and what those leave out. `media`: every awkward clip to its end. `faults`: every fault with an event's own timings, then once more without its guard; the whole suite
 * writes ops/reliability.md. `screens`: every screen in every language, measured and tried by axe. With CI=true nothing may be
 * skipped while the media folder is there.
 */
import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseCLI, startVitest } from 'vitest/node'
import { forgetFindings, writeReliabilityPage } from './faults/reliability-page.mjs'
import { countLine, skippedLines, summarise } from './support/summary.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

/** The projects of a plain run. */
const EVERY_TIME = ['services', 'pictures', 'installations', 'alone']

const [first, ...rest] = process.argv.slice(2)
const isWhole = first === 'whole'
const isMedia = first === 'media'
const isFaults = first === 'faults'
const isScreens = first === 'screens'
/** `faults --random [--seed S] [--minutes M]`: one schedule of random faults; it says its seed, and the seed runs it again. */
const isRandom = isFaults && rest.includes('--random')
if (isRandom) {
  const { values } = parseArgs({
    args: rest,
    options: { random: { type: 'boolean' }, seed: { type: 'string' }, minutes: { type: 'string' } },
  })
  process.env.FANREEL_RANDOM_SEED = values.seed ?? String(randomInt(2 ** 31))
  process.env.FANREEL_RANDOM_MINUTES = values.minutes ?? '5'
  console.log(`seed ${process.env.FANREEL_RANDOM_SEED}, ${process.env.FANREEL_RANDOM_MINUTES} minutes`)
  rest.splice(0, rest.length, 'tests/faults/random')
}
const isSuite = isWhole || isMedia || isFaults || isScreens
const { filter, options } = parseCLI(['vitest', 'run', ...(isSuite ? rest : process.argv.slice(2))])
const isWholeFaults = isFaults && rest.length === 0
if (isFaults) {
  process.env.FANREEL_FAULTS = 'full'
  if (filter.length === 0) filter.push('tests/faults')
}
if (isWholeFaults) forgetFindings()
if (isWhole || isMedia) process.env.FANREEL_TESTS = 'whole'

const mediaFolder = process.env.FANREEL_MEDIA ?? join(root, '..', 'shared', 'media')
process.env.FANREEL_MEDIA = mediaFolder
const hasMedia = existsSync(mediaFolder)

/**
 * Ctrl-C lets the tests under way come to their end, which stops whatever they have started; what comes after them is left out. A second
 * one is what it is everywhere.
 */
const stopGently = {
  onInit: (/** @type {import('vitest/node').Vitest} */ running) =>
    process.once('SIGINT', () => {
      console.log('Stopping what the tests under way have started. Once more, and it is left running.')
      void running.cancelCurrentRun('keyboard-input')
    }),
}

const vitest = await startVitest('test', filter, {
  ...options,
  reporters: [...(options.reporter ?? ['default']), stopGently],
  watch: false,
  silent: options.silent ?? 'passed-only',
  // Another root has projects of its own, or none.
  project: options.project ?? (options.root ? undefined : isMedia ? ['media'] : isScreens ? ['screens'] : EVERY_TIME),
})
const summary = summarise(vitest.state.getTestModules(), vitest.state.getUnhandledErrors())
await vitest.close()
if (isWholeFaults) writeReliabilityPage()

const forbiddenSkips = process.env.CI === 'true' && hasMedia && summary.skipped.length > 0
for (const line of skippedLines(summary.skipped, hasMedia ? undefined : mediaFolder)) console.log(line)
if (forbiddenSkips) console.log('Nothing may be skipped here: the media folder is in place.')
if (summary.passed + summary.failed === 0) console.log('No test was run.')
console.log(countLine(summary))
process.exit(summary.failed > 0 || summary.passed === 0 || forbiddenSkips ? 1 : 0)
