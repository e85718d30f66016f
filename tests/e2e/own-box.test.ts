/** A kiosk box of its own, on an origin of its own: worked by keys alone, and without a centre for hours. */
import { request } from 'node:http'
import type { Locator } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { GREETINGS } from '../../kiosk-ui/lib/language-names.ts'
import { sampleVisitor } from '../support/media.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { codeOn, piecesLeft } from './screen-checks.ts'
import { walk, wordsOf } from './visitor-walk.ts'

let browser: KioskBrowser | undefined
afterEach(() => browser?.close())

/** A machine with a voice, which notes what it is given to say; headless browsers have none. */
const VOICE = `(() => {
  window.said = []
  const voice = { name: 'Test', lang: 'en-US', localService: true, default: true }
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } }
  Object.defineProperty(window, 'speechSynthesis', { value: Object.assign(new EventTarget(), {
    getVoices: () => [voice],
    speak: ({ text }) => window.said.push(text),
    cancel: () => window.said.push('...'),
  }) })
})()`

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

describe('on a kiosk box of its own', () => {
  const at = useInstallation({ screens: 'own-box' })

  it('can be walked by Tab and Enter alone, as a keyboard or a switch sends them, and by ear, from the invitation to the code', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor, guided: true })
    const { page } = browser
    await page.addInitScript(VOICE)
    const said = () => page.evaluate<string[]>('window.said')
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
    await page.goto(at.installation.kioskUrl)
    await press(button(words.attract.touch))
    await press(page.getByRole('button', { name: GREETINGS.en }))
    await page.getByText(words.consent.title, { exact: true }).waitFor()
    await press(button(words.comfort.open))
    expect(await said()).toEqual([])
    await press(page.getByRole('switch', { name: words.comfort.speech }))
    await press(button(words.comfort.close))
    // The headline of the screen, and whatever the focus comes to.
    await expect.poll(async () => (await said()).join(' ')).toContain(words.consent.title)
    const boxes = page.getByRole('checkbox')
    for (let index = 0; index < (await boxes.count()); index++) await press(boxes.nth(index))
    await press(button(words.consent.agree))
    expect(await said()).toContain(words.consent.agree)
    await press(page.getByRole('button', { name: words.world.choose }).first())
    await page.getByText(words.name.title, { exact: true }).waitFor()
    // A screen that has gone is not read to its end.
    await expect.poll(async () => (await said()).slice((await said()).lastIndexOf('...')).join(' ')).toContain(words.name.title)
    await page.keyboard.type('Ada')
    await press(button(words.common.next))
    // A take begins by itself when the guide finds nothing to mend: the button may be gone before it is reached.
    const begin = page.getByRole('button', { name: words.frame.record, disabled: false })
    await begin.or(page.getByRole('timer')).waitFor({ timeout: 45_000 })
    if (await begin.isVisible()) await press(begin).catch(() => undefined)
    await press(button(words.review.send))
    await page.getByTestId('qr').waitFor()
    expect(await codeOn(page)).toMatch(/\/v\/[0-9A-HJKMNP-TV-Z]{26}$/)
    await press(button(words.pickup.done))
    await page.getByText(words.goodbye.title).waitFor()
    // Loaded again while it says goodbye: the next visitor is invited, and nobody sees who went.
    await page.reload()
    await button(words.attract.touch).waitFor({ timeout: 45_000 })
    expect(await page.locator('body').innerText()).not.toContain('Ada')
  }, 120_000)

  it('shows the code without the centre, keeps the clip through a reload, hours without a network and a browser that is killed, and sends it when the centre is back', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor, viewport: { width: 390, height: 844 } })
    const { page } = browser
    // The box itself says what its page may load: the orchestrator, and no other origin.
    const policy = (await fetch(at.installation.kioskUrl)).headers.get('content-security-policy')
    expect(policy).toContain(`connect-src 'self' ${at.installation.url} ws://127.0.0.1:${new URL(at.installation.url).port};`)
    // Its settings are for its own browser, not for a page under a name that was pointed here.
    expect(await statusFor(`${at.installation.kioskUrl}/settings`, 'kiosk.example')).toBe(403)
    expect(await statusFor(`${at.installation.kioskUrl}/settings`, new URL(at.installation.kioskUrl).host)).toBe(200)
    await page.clock.install()
    const visit = walk({ page, language: 'ja', url: at.installation.kioskUrl, leaps: true })
    await visit.walkToCamera(['は', 'る'])
    await visit.record()
    await at.installation.orchestrator.kill()
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
    await after.goto(at.installation.kioskUrl)
    await after.getByTestId('waiting').waitFor({ timeout: 30_000 })
    expect(await piecesLeft(after)).toBeGreaterThan(0)
    await at.installation.restart('orchestrator')
    const stateOf = async () => (await (await fetch(`${pickupUrl}/state`)).json()) as { state?: string; kind?: string }
    await expect
      .poll(async () => JSON.stringify(await stateOf()), { timeout: 60_000, interval: 500 })
      .toMatch(/queued|rendering|ready/)
    await after.getByTestId('waiting').waitFor({ state: 'detached', timeout: 30_000 })
  }, 240_000)
})
