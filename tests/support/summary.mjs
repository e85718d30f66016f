/** What a test run came to: the counts of its last line, and what was left out and why. */

/** Titles of tests that need clips of real people carry these words where the folder is absent. */
const FOR_LACK_OF_MEDIA = 'media folder missing'

/**
 * A file that does not load, a hook that throws and an error nobody caught each count as one failure, so that the count and
 * the exit code can never disagree.
 * @param {Iterable<import('vitest/node').TestModule>} modules
 * @param {readonly unknown[]} unhandled errors outside any test
 */
export const summarise = (modules, unhandled) => {
  const summary = { passed: 0, failed: unhandled.length, skipped: [] }
  for (const module of modules) {
    if (module.errors().length > 0) summary.failed++
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) summary.failed++
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') summary.passed++
      else if (state === 'failed') summary.failed++
      else summary.skipped.push({ file: module.relativeModuleId, title: test.fullName })
    }
  }
  return summary
}

const byFile = (skipped) => {
  const files = new Map()
  for (const entry of skipped) files.set(entry.file, [...(files.get(entry.file) ?? []), entry])
  return files
}

/** One line a file with what was skipped in it, those for lack of the media folder first. */
export const skippedLines = (skipped, missingFolder) => {
  const lines = []
  const forMedia = []
  const others = []
  for (const [file, tests] of byFile(skipped)) {
    const lacking = tests.filter(({ title }) => title.includes(FOR_LACK_OF_MEDIA)).length
    if (lacking > 0) forMedia.push(`  ${file}: ${lacking}`)
    if (tests.length > lacking) others.push(`  ${file}: ${tests.length - lacking}`)
  }
  if (forMedia.length > 0) lines.push(`Skipped, media folder missing${missingFolder ? ` (${missingFolder})` : ''}:`, ...forMedia)
  if (others.length > 0) lines.push('Skipped:', ...others)
  return lines
}

/** `N passed, N failed`, with `, N skipped` where there are any. */
export const countLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`
