/**
 * How long a visitor needs, how soon a touch is answered, and whether the kiosk's browser grows over many visits: a whole
 * installation, a real Chromium, a scripted visitor.
 *
 *   npm run bench:kiosk -- [--visits 500] [--json]
 *
 * With --json stdout is one line. Figures hold for the machine they were measured on; its load stands beside them.
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import { openKioskBrowser } from '../e2e/kiosk-browser.ts'
import { startInstallation } from '../support/installation.ts'
import { playNode } from '../support/installed-node.ts'
import { sampleVisitor } from '../support/media.ts'
import { manyVisits, refuseAll } from './many-visits.ts'
import { scriptedVisit } from './scripted-visit.ts'

/** The bars of a kiosk, and what is aimed at. */
const BARS = { qrMs: [35_000, 25_000], touches: [8, 6], touchP95Ms: [100, 50], growth: [0.1, 0.03] } as const

const { values } = parseArgs({
  options: { visits: { type: 'string', default: '500' }, json: { type: 'boolean', default: false } },
})
const visits = Number(values.visits)
if (!Number.isSafeInteger(visits) || visits < 0) throw new Error('--visits: a whole number from 0')
const say = (line: string) => process.stderr.write(`${line}\n`)

// Films are never waited for here: no queue is too long.
const installation = await startInstallation({
  screens: 'front-door',
  nodes: 0,
  orchestratorEnv: { FANREEL_MAX_WAIT_MS: String(24 * 3_600_000) },
})
try {
  const node = await playNode(installation)
  refuseAll(node)
  const browser = await openKioskBrowser({ clip: sampleVisitor, viewport: { width: 540, height: 960 }, touch: true })
  try {
    say('one visitor, two seconds on each screen')
    const { qrMs, touches, touchMs } = await scriptedVisit(browser.page, installation.kioskUrl)
    const sorted = touchMs.toSorted((a, b) => a - b)
    const touchP95Ms = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0
    const grown = visits === 0 ? undefined : await manyVisits({ browser, url: installation.kioskUrl, visits, say })
    const result = {
      qrMs: Math.round(qrMs),
      touches,
      takeMs: FLOW_MS.TAKE,
      touchP95Ms,
      touchesMeasured: touchMs.length,
      ...grown,
      load: loadavg()[0],
      ok: {
        qr: qrMs <= BARS.qrMs[0],
        touches: touches <= BARS.touches[0],
        touch: touchP95Ms <= BARS.touchP95Ms[0],
        ...(grown && { heap: grown.heapGrowth <= BARS.growth[0], memory: grown.memoryGrowth <= BARS.growth[0] }),
      },
    }
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`)
    process.exitCode = Object.values(result.ok).every(Boolean) ? 0 : 1
  } finally {
    await browser.close()
    node.close()
  }
} finally {
  await installation.stop()
}
