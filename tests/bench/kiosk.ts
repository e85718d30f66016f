/**
 * How long a visitor needs, how soon a touch is answered, and whether the kiosk's browser grows over many visits: a whole
 * installation, a real Chromium, a scripted visitor.
 *
 *   npm run bench:kiosk -- [--visitors 3] [--visits 500] [--json]
 *
 * With --json stdout is one line. Figures hold for the machine they were measured on; its load stands beside them.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import { openKioskBrowser } from '../e2e/kiosk-browser.ts'
import { startInstallation } from '../support/installation.ts'
import { playNode } from '../support/installed-node.ts'
import { sampleVisitor } from '../support/media.ts'
import { median, quantile, say } from './figures.ts'
import { type Grown, manyVisits, refuseAll } from './many-visits.ts'
import { type Scripted, scriptedVisit } from './scripted-visit.ts'

/** The bars of a kiosk, and what is aimed at. */
const BARS = { qrMs: [35_000, 25_000], touches: [8, 6], touchP95Ms: [100, 50], growth: [0.1, 0.03] } as const

const { values } = parseArgs({
  options: {
    visitors: { type: 'string', default: '3' },
    visits: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
})
const [visitors, visits] = [Number(values.visitors), Number(values.visits)]
if (!Number.isSafeInteger(visitors) || visitors < 0) throw new Error('--visitors: a whole number from 0')
if (!Number.isSafeInteger(visits) || visits < 0) throw new Error('--visits: a whole number from 0')
const run = promisify(execFile)

/** Visitors who take their time, each on a page of their own: what a visitor sees and waits for. */
const inPerson = async (url: string): Promise<Scripted[]> => {
  const browser = await openKioskBrowser({ clip: sampleVisitor, touch: true, motion: true, guided: true })
  try {
    const each: Scripted[] = []
    for (let count = 0; count < visitors; count++) {
      const page = await browser.context.newPage()
      const one = await scriptedVisit(page, url)
      each.push(one)
      await page.close()
      const answers = one.answers.map(
        ({ landedMs, ms, waitMs, workMs }) => `${landedMs}/${ms} (${Math.round(waitMs)} + ${Math.round(workMs)})`,
      )
      say(`code after ${(one.qrMs / 1_000).toFixed(1)} s; touches seen/answered after ${answers.join(', ')} ms (wait + own work)`)
    }
    return each
  } finally {
    await browser.close()
  }
}

/** A small picture of few frames: what a camera's work costs is not what is measured over many visits. */
const inACrowd = async (url: string): Promise<Grown> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-crowd-'))
  const film = { picture: join(folder, 'camera.mjpeg'), sound: join(folder, 'microphone.wav') }
  const quiet = ['-v', 'error', '-nostdin', '-y', '-i', sampleVisitor, '-t', '12']
  const small = '-an -vf scale=-2:360,fps=15 -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg'
  await run('ffmpeg', [...quiet, ...small.split(' '), film.picture])
  await run('ffmpeg', [...quiet, ...'-vn -ar 48000 -ac 2 -c:a pcm_s16le'.split(' '), film.sound])
  const browser = await openKioskBrowser({
    film,
    viewport: { width: 360, height: 640 },
    touch: true,
    guided: true,
    collects: true,
  })
  try {
    return await manyVisits({ browser, url, visits, say })
  } finally {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  }
}

// Films are never waited for here: no queue is too long.
const installation = await startInstallation({
  screens: 'front-door',
  nodes: 0,
  orchestratorEnv: { FANREEL_MAX_WAIT_MS: String(24 * 3_600_000) },
})
try {
  const node = await playNode(installation)
  refuseAll(node)
  try {
    const each = await inPerson(installation.kioskUrl)
    const answers = each.flatMap((one) => one.answers)
    const grown = visits === 0 ? undefined : await inACrowd(installation.kioskUrl)
    const [qrMs, touches] = [median(each.map((one) => one.qrMs)), Math.max(...each.map((one) => one.touches))]
    const p95 = (values: number[]) => quantile(values, 0.95)
    // The bar is for what answers a finger first; how soon the next screen begins to show stands beside it.
    const [touchP95Ms, screenP95Ms] = [p95(answers.map(({ landedMs }) => landedMs)), p95(answers.map(({ ms }) => ms))]
    const result = {
      ...(each.length > 0 && {
        qrMs: Math.round(qrMs),
        touches,
        takeMs: FLOW_MS.TAKE,
        touchP95Ms,
        screenP95Ms,
        touchesMeasured: answers.length,
      }),
      ...grown,
      load: loadavg()[0],
      ok: {
        ...(each.length > 0 && {
          qr: qrMs <= BARS.qrMs[0],
          touches: touches <= BARS.touches[0],
          touch: touchP95Ms <= BARS.touchP95Ms[0],
        }),
        ...(grown && { heap: grown.heapGrowth <= BARS.growth[0], memory: grown.memoryGrowth <= BARS.growth[0] }),
      },
    }
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`)
    process.exitCode = Object.values(result.ok).every(Boolean) ? 0 : 1
  } finally {
    node.close()
  }
} finally {
  await installation.stop()
}
