/** The kiosk's screens, built once for each state of their sources. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whatever a build reads, relative to the repository's top. */
const SOURCES = ['kiosk-ui', 'orchestrator/protocol', 'content-packs/schema', 'package-lock.json']
const NOT_SOURCES =
  /^(node_modules|agent|\.next|\.fanreel|out|generated)$|\.test\.tsx?$|\.tsbuildinfo$|^next-env\.d\.ts$|^README\.md$/

const filesUnder = (path) => {
  const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !NOT_SOURCES.test(name))
  return entries.flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)])).sort()
}

const hashOfSources = (root) => {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(root, source)
    for (const file of source.endsWith('.json') ? [path] : filesUnder(path)) {
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex')
}

/** Next leaves static files and `public/` to whoever deploys its standalone server: beside the server they are served by it. */
const completeStandalone = (ui, server) => {
  const beside = join(server, '..')
  cpSync(join(ui, '.next', 'static'), join(beside, '.next', 'static'), { recursive: true })
  if (existsSync(join(ui, 'public'))) cpSync(join(ui, 'public'), join(beside, 'public'), { recursive: true })
}

/** `next build`, when the sources differ from those of the last build. */
export const buildKioskScreens = async (root, report) => {
  const ui = join(root, 'kiosk-ui')
  if (!existsSync(join(ui, 'app'))) return
  const server = join(ui, '.next', 'standalone', 'kiosk-ui', 'server.js')
  const stamp = join(ui, '.next', 'built-from')
  const hash = hashOfSources(root)
  if (existsSync(server) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  await report.step("the kiosk's screens", async () => {
    await report.run('kiosk-build', 'npm', ['run', 'build', '--workspace', '@fanreel/kiosk-ui'], {
      env: { NEXT_TELEMETRY_DISABLED: '1' },
    })
    completeStandalone(ui, server)
    mkdirSync(join(ui, '.next'), { recursive: true })
    writeFileSync(stamp, hash)
  })
}
