/**
 * Puts in place whatever Fanreel needs and does not find: packages, system programs, the kiosk's built screens. Plain Node,
 * because it runs before anything is installed. Everything it does can be interrupted and repeated; what is in place is left
 * alone, so a second start takes a fraction of a second. All words go to stderr: stdout belongs to whoever runs next.
 *
 *   node ops/setup.mjs --for demo | dev | kiosk | test | bench | check
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildKioskScreens } from './setup/kiosk-screens.mjs'
import { withLock } from './setup/lock.mjs'
import { checkNodeVersion } from './setup/node-version.mjs'
import { installPackages } from './setup/packages.mjs'
import { createReport, Missing } from './setup/report.mjs'
import { provideSystemPrograms } from './setup/system-programs.mjs'

/** What each purpose needs beyond Node and the npm packages. `optional` programs are used where they exist. */
const PURPOSES = {
  check: { programs: [], optional: [], screens: false },
  dev: { programs: ['redis-server', 'ffmpeg'], optional: ['bwrap'], screens: false },
  bench: { programs: ['redis-server', 'ffmpeg'], optional: ['bwrap'], screens: false },
  demo: { programs: ['redis-server', 'ffmpeg'], optional: ['bwrap'], screens: true },
  kiosk: { programs: ['chromium'], optional: ['fswebcam'], screens: true },
  test: { programs: ['redis-server', 'ffmpeg', 'chromium'], optional: ['bwrap', 'fswebcam', 'cjk-font'], screens: true },
}

const root = fileURLToPath(new URL('..', import.meta.url))

const main = async () => {
  const { values } = parseArgs({ options: { for: { type: 'string', default: 'demo' } } })
  const purpose = PURPOSES[values.for]
  if (!purpose) throw new Missing(`--for takes ${Object.keys(PURPOSES).join(', ')}, not ${values.for}`)
  checkNodeVersion()
  await withLock(root, async () => {
    const report = createReport(root)
    await installPackages(root, report)
    await provideSystemPrograms({ root, report, ...purpose, forTests: values.for === 'test' })
    if (purpose.screens) await buildKioskScreens(root, report)
    report.end()
  })
}

main().catch((error) => {
  process.stderr.write(error instanceof Missing ? `\nSet-up stops here: ${error.message}\n` : `\n${error.stack}\n`)
  process.exit(1)
})
