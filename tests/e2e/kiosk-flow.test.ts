/** The kiosk in a real browser, in front of a real face and voice: from the first touch to a film on a phone. */

import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GREETINGS } from '../../kiosk-ui/lib/language-names.ts'
import { accessibilityFaults, standing } from '../support/accessibility.ts'
import type { FakeNode } from '../support/fake-node.ts'
import { type Installation, startInstallation } from '../support/installation.ts'
import { playNode } from '../support/installed-node.ts'
import { hasMedia, needsMedia, sampleVisitor, visitorClip } from '../support/media.ts'
import { INSECURE_HOST, type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { codeOn, piecesLeft } from './screen-checks.ts'
import { walk, wordsOf } from './visitor-walk.ts'

const run = promisify(execFile)
/** Of a page's image, what is asked here. */
type Picture = { naturalWidth: number; decode(): Promise<void> }
const root = fileURLToPath(new URL('../..', import.meta.url))
let browser: KioskBrowser | undefined
afterEach(async ({ task }) => {
  // What the visitor saw last, for the person who asks why.
  if (task.result?.state === 'fail')
    await browser?.page.screenshot({ path: join(root, '.fanreel', 'logs', `e2e-${task.id}.png`) })
  await browser?.close()
  browser = undefined
})

/** The status of an answer to a request that names this host. */
const statusFor = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) =>
    request(url, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end(),
  )

describe('behind one front door', () => {
  let installation: Installation
  beforeAll(async () => {
    installation = await startInstallation({ screens: 'front-door' })
  }, 120_000)
  afterAll(async () => installation?.stop())

  const filmOf = async (clip: string) => {
    browser = await openKioskBrowser({ clip, viewport: { width: 1080, height: 1920 }, motion: true })
    const { page, faults } = browser
    const broken: string[] = []
    const onScreen = async (name: string) => {
      // Screens arrive in less than a second; a contrast is measured when they stand.
      await standing(page)
      broken.push(...(await accessibilityFaults(page)).map((fault) => `${name}: ${fault}`))
    }
    const visit = walk({ page, language: 'en', url: installation.kioskUrl, onScreen })
    await visit.walkToCamera(['A', 'd', 'a'])
    await visit.record()
    await visit.touch(visit.words.review.send)

    const pickupUrl = await visit.readCode()
    expect(pickupUrl).toMatch(/\/v\/[0-9A-HJKMNP-TV-Z]{26}$/)
    await visit.stayUntil('rendering', 60_000)
    await onScreen('pickup')
    // Beams of light drawn without a graphics card take the very cores the film is drawn on: it is watched on a small, still screen.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 360, height: 640 })
    const frame = page.getByRole('group', { name: visit.words.pickup.frames }).locator('img').first()
    const widthOfFrame = frame.waitFor({ timeout: 270_000 }).then(
      () =>
        frame.evaluate((image) => (image as unknown as Picture).decode().then(() => (image as unknown as Picture).naturalWidth)),
      () => 0,
    )
    await visit.stayUntil('ready', 270_000)
    expect(await Promise.race([widthOfFrame, Promise.resolve('no frame was shown')])).toBeGreaterThan(0)
    await page.setViewportSize({ width: 1080, height: 1920 })
    expect(await visit.readCode()).toBe(pickupUrl)

    const answer = await fetch(`${pickupUrl}/reel?download=1`)
    expect(answer.headers.get('content-type')).toBe('video/mp4')
    const path = join(installation.folder, 'from-the-code.mp4')
    await writeFile(path, new Uint8Array(await answer.arrayBuffer()))
    const { stdout } = await run('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format=duration:stream=codec_name',
      '-of',
      'json',
      path,
    ])
    const { streams, format } = JSON.parse(stdout) as { streams: { codec_name: string }[]; format: { duration: string } }
    expect(streams.map((stream) => stream.codec_name).sort()).toEqual(['aac', 'h264'])
    expect(Number(format.duration)).toBeGreaterThan(12)

    await visit.touch(visit.words.pickup.done)
    await page.getByText(visit.words.goodbye.title).waitFor()
    await page.getByRole('button', { name: visit.words.attract.touch }).waitFor({ timeout: 30_000 })
    const left = await piecesLeft(page)
    expect(left).toBe(0)
    expect(broken).toEqual([])
    expect(faults).toEqual([])
  }

  it.skipIf(!hasMedia)(
    `makes a film of a real man in front of the camera${needsMedia}`,
    () => filmOf(visitorClip('man-b-gestures-with-speech.mp4')),
    420_000,
  )
  if (!hasMedia) it('makes a film of the sample visitor in front of the camera', () => filmOf(sampleVisitor), 420_000)

  it('says what to do on a page that cannot film, and on one that is not the station’s own', async () => {
    browser = await openKioskBrowser({})
    const { page, context } = browser
    const words = wordsOf('en')
    await page.goto(installation.kioskUrl.replace('127.0.0.1', INSECURE_HOST))
    await page.getByText(words.camera.insecureWhy).waitFor()
    // As a reverse proxy on this machine names a visitor's phone.
    await context.setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.9' })
    await page.goto(installation.kioskUrl)
    await page.getByText(words.attract.notTheStationWhy).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    const settings = await page.evaluate<string>(`fetch('/settings').then((answer) => answer.text())`)
    expect(settings).not.toContain(installation.kioskToken)
  }, 60_000)

  it('says what to do when the browser refuses the camera, in the visitor’s language', async () => {
    browser = await openKioskBrowser({ viewport: { width: 1920, height: 1080 } })
    const { page } = browser
    const visit = walk({ page, language: 'ar', url: installation.kioskUrl })
    await visit.walkToCamera([])
    await page.getByText(visit.words.camera.denied).waitFor({ timeout: 30_000 })
    expect(await page.evaluate('document.documentElement.dir')).toBe('rtl')
    expect(await accessibilityFaults(page)).toEqual([])
    await visit.touch(visit.words.common.startOver)
    // Whatever took the picture away from this visitor would take it from the next.
    await page.getByText(wordsOf('en').attract.outOfOrderWhy).waitFor()
  }, 120_000)
})

describe('on a kiosk box of its own', () => {
  let installation: Installation
  let node: FakeNode
  beforeAll(async () => {
    installation = await startInstallation({ screens: 'own-box', nodes: 0 })
    node = await playNode(installation)
  }, 120_000)
  afterAll(async () => {
    node?.close()
    await installation?.stop()
  })

  it('can be walked by Tab and Enter alone, as a keyboard or a switch sends them, from the invitation to the code', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor })
    const { page } = browser
    const words = wordsOf('en')
    /** Tabs as far as a thing on the screen, which shows that it has the focus, and enters it. */
    const press = async (target: Locator) => {
      await target.first().waitFor({ timeout: 45_000 })
      const focused = target.and(page.locator(':focus-visible'))
      for (let tabs = 0; (await focused.count()) === 0; tabs++) {
        expect(tabs, 'tabs before it was reached').toBeLessThan(40)
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('Enter')
    }
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    await page.goto(installation.kioskUrl)
    await press(button(words.attract.touch))
    await press(page.getByRole('button', { name: GREETINGS.en }))
    await page.getByText(words.consent.title, { exact: true }).waitFor()
    const boxes = page.getByRole('checkbox')
    for (let index = 0; index < (await boxes.count()); index++) await press(boxes.nth(index))
    await press(button(words.consent.agree))
    await press(page.getByRole('button', { name: words.world.choose }).first())
    await page.getByText(words.name.title, { exact: true }).waitFor()
    await page.keyboard.type('Ada')
    await press(button(words.common.next))
    // A take begins by itself when the guide finds nothing to mend: the button may be gone before it is reached.
    const begin = page.getByRole('button', { name: words.frame.record, disabled: false })
    await begin.or(page.getByRole('timer')).waitFor({ timeout: 45_000 })
    if (await begin.isVisible()) await press(begin).catch(() => undefined)
    await press(button(words.review.send))
    await page.getByTestId('qr').waitFor()
    expect(await codeOn(page)).toMatch(/\/v\/[0-9A-HJKMNP-TV-Z]{26}$/)
  }, 120_000)

  it('shows the code without the centre, keeps the clip through a reload, hours without a network and a browser that is killed, and sends it when the centre is back', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor, viewport: { width: 390, height: 844 } })
    const { page } = browser
    // The box itself says what its page may load: the orchestrator, and no other origin.
    const policy = (await fetch(installation.kioskUrl)).headers.get('content-security-policy')
    expect(policy).toContain(`connect-src 'self' ${installation.url} ws://127.0.0.1:${new URL(installation.url).port};`)
    // Its settings are for its own browser, not for a page under a name that was pointed here.
    expect(await statusFor(`${installation.kioskUrl}/settings`, 'kiosk.example')).toBe(403)
    expect(await statusFor(`${installation.kioskUrl}/settings`, new URL(installation.kioskUrl).host)).toBe(200)
    await page.clock.install()
    const visit = walk({ page, language: 'ja', url: installation.kioskUrl })
    await visit.walkToCamera(['は', 'る'])
    await visit.record()
    await installation.orchestrator.kill()
    await visit.touch(visit.words.review.send)
    const pickupUrl = await visit.readCode()
    await page.locator('[data-kind=offline]').waitFor({ timeout: 30_000 })

    await page.reload()
    await page
      .getByRole('button', { name: visit.words.attract.touch })
      .or(page.getByRole('button', { name: 'Touch to begin' }))
      .waitFor({ timeout: 30_000 })
    // The team sees that something waits here.
    await page.getByTestId('waiting').waitFor()
    await page.clock.fastForward('05:00:00')
    expect(await piecesLeft(page)).toBeGreaterThan(0)
    await browser.kill()
    browser = await browser.startAgain()
    const after = browser.page
    await after.goto(installation.kioskUrl)
    await after.getByTestId('waiting').waitFor({ timeout: 30_000 })
    expect(await piecesLeft(after)).toBeGreaterThan(0)
    await installation.restart('orchestrator')
    const stateOf = async () => (await (await fetch(`${pickupUrl}/state`)).json()) as { state?: string; kind?: string }
    await expect
      .poll(async () => JSON.stringify(await stateOf()), { timeout: 60_000, interval: 500 })
      .toMatch(/queued|rendering|ready/)
    await after.getByTestId('waiting').waitFor({ state: 'detached', timeout: 30_000 })
  }, 240_000)
})
