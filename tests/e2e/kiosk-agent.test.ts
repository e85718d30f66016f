/**
 * A kiosk box under its own agent, started as its unit starts it: the agent serves the built screens, starts Chromium before a
 * camera, and gives it leave to use it. A visitor's clip outlives a browser that is killed and one that is hung.
 */
import { readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { pickupFinding } from '../../kiosk-ui/agent/pickup-address.ts'
import { type Child, startChild } from '../support/child.ts'
import { floorOf } from '../support/floor-of.ts'
import { sampleVisitor } from '../support/media.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { CHROMIUM, filmOf } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { piecesLeft } from './screen-checks.ts'
import { walk, wordsOf } from './visitor-walk.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The orchestrator has to know the box's origin before the box serves anything. */
const port = await new Promise<number>((resolve) => {
  const probe = createServer()
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address()
    probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
  })
})
const url = `http://127.0.0.1:${port}`
const at = useInstallation({ screens: 'none', orchestratorEnv: { FANREEL_KIOSK_ORIGINS: url } })
const { attract, review } = wordsOf('en')

const PIN = '4711'

/** Questions to the browser, and how many it may leave unanswered: seconds instead of the twenty of a real box. */
const BEATS = { FANREEL_BEAT_MS: '2000', FANREEL_SILENT_BEATS: '3' }

describe('the agent of a box', () => {
  let agent: Child
  let home: string
  beforeAll(async () => {
    const { installation } = at
    home = join(installation.folder, 'kiosk')
    const { picture, sound } = await filmOf(sampleVisitor, installation.folder)
    agent = startChild({
      name: 'the agent',
      command: process.execPath,
      args: ['--import', 'tsx', join(root, 'kiosk-ui', 'agent', 'main.ts')],
      cwd: root,
      logFile: join(installation.folder, 'logs', 'agent.log'),
      env: {
        FANREEL_EVENT_ID: installation.eventId,
        FANREEL_KIOSK_ID: installation.kioskId,
        FANREEL_KIOSK_TOKEN: installation.kioskToken,
        FANREEL_ORCHESTRATOR_URL: installation.url,
        FANREEL_AGENT_PORT: String(port),
        FANREEL_AGENT_HOME: home,
        FANREEL_BROWSER: CHROMIUM,
        // No flag gives leave to use the camera: that is the agent's to give. The port is the test's hands and eyes.
        FANREEL_BROWSER_ARGS: [
          '--headless --no-sandbox --disable-gpu --window-size=540,960 --force-prefers-reduced-motion --remote-debugging-port=0',
          `--use-fake-device-for-media-stream --use-file-for-fake-video-capture=${picture}`,
          `--use-file-for-fake-audio-capture=${sound}`,
        ].join(' '),
        FANREEL_CAMERA: 'TEST',
        FANREEL_KIOSK_PIN: PIN,
        FANREEL_REPORT_MS: '500',
        ...BEATS,
      },
    })
    expect(await agent.ready).toMatchObject({ url })
  }, 120_000)
  afterAll(() => agent?.stop())

  /** The page that the agent's newest browser shows. */
  const pageOfBrowser = async (): Promise<Page> => {
    const whereItListens = join(home, 'profile', 'DevToolsActivePort')
    const listensAt = await vi.waitFor(
      async () => {
        const [written] = /^\d+(?=\n)/.exec(await readFile(whereItListens, 'utf8')) ?? []
        if (written === undefined) throw new Error('not written yet')
        return written
      },
      { timeout: 90_000, interval: 100 },
    )
    // A browser that is killed leaves it behind, and the next one's is waited for.
    await rm(whereItListens)
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${listensAt}`)
    const page = browser.contexts()[0]?.pages()[0]
    if (!page) throw new Error('the browser shows nothing')
    return page
  }
  /** The process by which the browser lives and dies. */
  const browserPid = async (): Promise<number> => {
    for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')
      if (command.includes(join(home, 'profile')) && !command.includes('--type=') && !command.includes('crashpad'))
        return Number(id)
    }
    throw new Error('no browser runs')
  }
  const floor = () => floorOf(at.installation)

  it('asks the address in a code as a phone would, and is answered by a pickup page', async () => {
    const { url: centre } = at.installation
    // Everything is one machine here, which is said; what answers there is the pickup page, or this would fail.
    expect(await pickupFinding(`${centre}/v/`, centre)).toMatchObject({ outcome: 'warn', todo: 'Good for a trial.' })
    expect(await pickupFinding(`${centre}/code/`, centre)).toMatchObject({ outcome: 'fail' })
  })

  const ask = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}/admin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })

  it('restarts its browser for somebody with the PIN, who is asked twice, and for no page of another origin', async () => {
    const before = await browserPid()
    const page = await pageOfBrowser()
    await page.getByRole('button', { name: attract.touch }).waitFor({ timeout: 30_000 })
    for (const headers of [
      { origin: 'http://127.0.0.1:9', 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { 'content-type': 'text/plain' },
    ])
      expect((await ask({ pin: PIN }, headers)).status, JSON.stringify(headers)).toBe(403)
    expect(await (await ask({ pass: '0'.repeat(32), wish: 'restart' })).json()).toEqual({ answer: 'expired' })

    for (let touch = 0; touch < 5; touch++) await page.getByTestId('admin-corner').click()
    const settings = page.getByRole('dialog')
    for (const digit of [...PIN, 'OK']) await settings.getByRole('button', { name: digit, exact: true }).click()
    await settings.getByText('keeps this browser').waitFor()
    await settings.getByRole('button', { name: 'Restart the browser' }).click()
    await settings.getByRole('button', { name: 'Not now' }).click()
    expect(await browserPid()).toBe(before)
    await settings.getByRole('button', { name: 'Restart the browser' }).click()
    // The browser may be gone before the touch is told of.
    await settings
      .getByRole('button', { name: 'Restart now' })
      .click()
      .catch(() => undefined)
    await expect.poll(() => browserPid().catch(() => before), { timeout: 20_000 }).not.toBe(before)
  }, 60_000)

  // Beats, silences and pauses of a hung browser add up to more than a minute.
  if (IS_WHOLE)
    it('brings a visitor to the code, starts a killed and a hung browser anew, and the clip that was not sent arrives', async () => {
      const page = await pageOfBrowser()
      await page.getByRole('button', { name: attract.touch }).waitFor({ timeout: 30_000 })
      expect(new URL(page.url()).origin).toBe(url)
      const visit = walk({ page, language: 'en', url })
      await visit.walkToCamera([])
      await visit.record()
      await at.installation.orchestrator.kill()
      await visit.touch(review.send)
      const pickupUrl = await visit.readCode()
      expect(pickupUrl).toMatch(/\/v\/[0-9A-HJKMNP-TV-Z]{26}$/)

      process.kill(await browserPid(), 'SIGKILL')
      const second = await pageOfBrowser()
      // The team sees on the invitation that something waits here.
      await second.getByTestId('waiting').waitFor({ timeout: 30_000 })
      process.kill(await browserPid(), 'SIGSTOP')
      const third = await pageOfBrowser()
      await third.getByTestId('waiting').waitFor({ timeout: 30_000 })
      expect(await piecesLeft(third)).toBeGreaterThan(0)

      await at.installation.restart('orchestrator')
      const state = async () => await (await fetch(`${pickupUrl}/state`)).text()
      await expect.poll(state, { timeout: 60_000, interval: 300 }).toMatch(/queued|rendering/)
      await third.getByTestId('waiting').waitFor({ state: 'detached', timeout: 30_000 })
      // What the operators read of it: a busy machine may have cost the browser one more life.
      const box = async () => {
        const health = (await floor()).kiosks.find(({ kioskId }) => kioskId === at.installation.kioskId)?.health
        return health && [health.camera, health.browser.state, health.browser.restarts >= 3]
      }
      await expect.poll(box, { timeout: 20_000 }).toEqual(['seen', 'running', true])
    }, 300_000)
})
