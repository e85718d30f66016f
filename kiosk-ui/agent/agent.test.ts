/** The agent against a real browser, fswebcam's own picture, and an orchestrator of a few lines. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { KioskHealth } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Agent, startAgent } from './agent.ts'
import { openLine } from './orchestrator-line.ts'
import { practiceEnv, type Served, serve, TOKEN } from './practice-box.fixture.ts'
import { readVitals } from './vitals.ts'

const run = promisify(execFile)

/** A page that draws, and that freezes at the first look at `/freeze`; stands in for the built screens. */
const SCREENS = `
const { createServer } = require('node:http')
let freeze = false
createServer((request, response) => {
  if (request.url === '/settings') return response.end(JSON.stringify({ brand: process.env.FANREEL_BRAND, pin: process.env.FANREEL_KIOSK_PIN, kept: process.env.FANREEL_BROWSER_KEPT }))
  if (request.url === '/freeze') { freeze = true; return response.end() }
  if (request.url === '/news') { const told = freeze; freeze = false; return response.end(told ? 'freeze' : '') }
  response.setHeader('content-type', 'text/html')
  response.end("<!doctype html><p>screens<script>setInterval(() => fetch('/news').then((a) => a.text()).then((t) => { if (t) for (;;); }), 100)</script>")
}).listen(Number(process.env.PORT), process.env.HOSTNAME)
`
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createNetServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

describe('the agent of a kiosk box', () => {
  let folder: string
  let server: string
  let orchestrator: Served
  let url: string
  let skewMs = 0
  const reports: KioskHealth[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-agent-'))
    server = join(folder, 'server.cjs')
    await writeFile(server, SCREENS)
    orchestrator = await serve((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const known = request.headers.authorization === `Bearer ${TOKEN}` && request.url === '/api/kiosks/kiosk-1/health'
        if (known) reports.push(KioskHealth.parse(JSON.parse(Buffer.concat(parts).toString())))
        response.statusCode = known ? 200 : 403
        response.end(JSON.stringify(known ? { ok: true, serverTime: Date.now() - skewMs } : { ok: false }))
      })
    })
    url = orchestrator.url
  })
  afterAll(async () => {
    await orchestrator.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const envWith = (change: Record<string, string> = {}) =>
    practiceEnv(
      { url, home: join(folder, 'home') },
      { FANREEL_REPORT_MS: '200', FANREEL_BEAT_MS: '1000', FANREEL_SILENT_BEATS: '2', ...change },
    )

  it('serves the screens, keeps a browser on them through a freeze and a death, reports, and leaves nothing behind', async () => {
    const lines: object[] = []
    let agent: Agent | undefined
    vi.stubEnv('FANREEL_BRAND', '/etc/fanreel/brand')
    vi.stubEnv('FANREEL_KIOSK_PIN', '2468')
    try {
      agent = await startAgent({
        env: envWith({ FANREEL_BROWSER_ARGS: '--headless --no-sandbox --disable-gpu --disable-quic --disable-sync' }),
        server,
        port: await freePort(),
        log: (line) => lines.push(line),
      })
      expect(await (await fetch(agent.url)).text()).toContain('screens')
      expect(await (await fetch(`${agent.url}/settings`)).json()).toEqual({
        brand: '/etc/fanreel/brand',
        pin: '2468',
        kept: 'yes',
      })
      const { health } = agent
      /** Runs again, started more often than before. */
      const runs = (moreThan: number) =>
        vi.waitFor(
          async () => {
            const { state, restarts } = (await health()).browser
            expect([state, restarts > moreThan]).toEqual(['running', true])
            return restarts
          },
          { timeout: 90_000, interval: 300 },
        )
      const first = await runs(-1)
      expect((await health()).browser.memoryBytes).toBeGreaterThan(20_000_000)
      await vi.waitFor(() => expect(reports.length).toBeGreaterThan(1), { timeout: 20_000 })
      expect(reports.at(-1)).toMatchObject({ version: '0.1.0', skewMs: expect.any(Number), roundTripMs: expect.any(Number) })

      await fetch(`${agent.url}/freeze`)
      const second = await runs(first)
      expect(JSON.stringify(lines)).toContain('it draws no more')
      const { browserPid } = agent
      if (browserPid === undefined) throw new Error('no browser')
      const { stdout: environment } = await run('cat', [`/proc/${browserPid}/environ`])
      expect(environment).toContain('PATH=')
      expect(environment).not.toContain('FANREEL_')
      process.kill(browserPid, 'SIGKILL')
      await runs(second)
      expect(JSON.stringify(lines)).not.toContain(TOKEN)
    } finally {
      await agent?.stop()
      vi.unstubAllEnvs()
    }
    await expect(fetch(agent?.url ?? '')).rejects.toThrow()
    const left = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    for (const id of left) {
      const { stdout } = await run('cat', [`/proc/${id}/cmdline`]).catch(() => ({ stdout: '' }))
      expect(stdout).not.toContain(folder)
    }
  }, 300_000)

  it('reads the hottest sensor that can be believed, and the memory that programs may have', async () => {
    const thermal = join(folder, 'thermal')
    for (const [zone, temp] of [
      ['thermal_zone0', '48200\n'],
      ['thermal_zone1', '61500\n'],
      ['thermal_zone2', '-274000\n'],
      ['cooling_device0', '99000\n'],
    ] as const) {
      await mkdir(join(thermal, zone), { recursive: true })
      await writeFile(join(thermal, zone, 'temp'), temp)
    }
    await writeFile(join(folder, 'meminfo'), 'MemTotal: 8 kB\nMemFree: 1 kB\nMemAvailable:    4000 kB\n')
    const vitals = await readVitals(folder, { proc: folder, thermal })
    expect([vitals.celsius, vitals.memory.freeBytes]).toEqual([61.5, 4_096_000])
    expect(vitals.disk.freeBytes).toBeGreaterThan(0)
    expect(await readVitals(folder, { thermal: join(folder, 'none') })).not.toHaveProperty('celsius')
  })

  it('tells its clock’s error, a token that is refused and an orchestrator that is away', async () => {
    const [report] = reports
    if (!report) throw new Error('no report')
    skewMs = 90_000
    expect(
      Math.abs(
        Number(((await openLine({ url, kioskId: 'kiosk-1', token: TOKEN }).send(report)) as { skewMs: number }).skewMs) - 90_000,
      ),
    ).toBeLessThan(5_000)
    skewMs = 0
    expect(await openLine({ url, kioskId: 'kiosk-1', token: `${TOKEN}x` }).send(report)).toMatchObject({
      ok: false,
      why: 'refused',
    })
    expect(await openLine({ url: 'http://127.0.0.1:9', kioskId: 'kiosk-1', token: TOKEN }).send(report)).toMatchObject({
      why: 'away',
    })
  })

  it('is a command: help, a report for programs, and an exit code that says which', async () => {
    const main = fileURLToPath(new URL('main.ts', import.meta.url))
    const call = (args: string[], env: Record<string, string> = {}) =>
      run(process.execPath, ['--import', 'tsx', main, ...args], {
        env: { NODE_ENV: 'test', PATH: process.env.PATH, HOME: folder, ...env },
      }).then(
        ({ stdout }) => ({ code: 0, stdout }),
        (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, stdout: error.stdout + error.stderr }),
      )
    expect(await call(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--preflight') })
    expect(await call([])).toMatchObject({ code: 2, stdout: expect.stringContaining('FANREEL_KIOSK_TOKEN') })
    const settings = {
      FANREEL_EVENT_ID: 'practice',
      FANREEL_KIOSK_ID: 'kiosk-1',
      FANREEL_KIOSK_TOKEN: TOKEN,
      FANREEL_ORCHESTRATOR_URL: url,
      FANREEL_CAMERA: '/dev/video99',
      FANREEL_AGENT_HOME: join(folder, 'command'),
      FANREEL_SCREENS_SERVER: server,
      FANREEL_VOICES_MS: '300',
    }
    const looked = await call(['--preflight', '--json'], settings)
    expect(looked.code).toBe(1)
    expect(JSON.parse(looked.stdout)).toMatchObject({ mayOpen: false, findings: expect.arrayContaining([]) })
  }, 120_000)
})
