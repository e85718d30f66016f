/** From a kiosk's screen to a phone that cannot scan: the short code typed, the film kept, deleted, and what went with it. */
import { type Browser, chromium } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { accessibilityFaults, standing } from '../support/accessibility.ts'
import { makeReel } from '../support/made-reel.ts'
import { sampleVisitor } from '../support/media.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { walk } from './visitor-walk.ts'

const BEAT_MS = 3_000

describe('a phone that cannot scan', () => {
  const at = useInstallation()
  let kiosk: KioskBrowser | undefined
  let phone: Browser | undefined
  let beats: NodeJS.Timeout | undefined
  afterEach(async () => {
    clearInterval(beats)
    await phone?.close()
    await kiosk?.close()
  })

  it('opens its page by the code beside the QR code, keeps the film, deletes it and reads what went', async () => {
    kiosk = await openKioskBrowser({ clip: sampleVisitor })
    await kiosk.page.clock.install()
    const visit = walk({ page: kiosk.page, language: 'en', url: at.installation.kioskUrl, leaps: true })
    await visit.walkToCamera(['A', 'd', 'a'])
    await visit.record()
    // However long the phone's owner takes to type, its node is at work meanwhile.
    const offered = at.node.nextOffer(120_000).then((offer) => {
      beats = setInterval(() => at.node.beat(offer).catch(() => undefined), BEAT_MS)
      return offer
    })
    await visit.touch(visit.words.review.send)
    const scanned = await visit.readCode()
    const shown = kiosk.page.getByTestId('short-code')
    await shown.waitFor({ timeout: 60_000 })
    expect(await accessibilityFaults(kiosk.page)).toEqual([])
    const code = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(await shown.innerText())?.[0] ?? ''
    expect(await shown.innerText()).toContain(`${new URL(scanned).host}/code`)

    phone = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ['--no-sandbox'] })
    const page = await phone.newPage({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'de' })
    await page.goto(new URL('/code', scanned).href)
    await page.getByLabel('Dein Code').fill('cccc cccc')
    await page.getByRole('button', { name: 'Meinen Film öffnen' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Dein Code').fill(code.toLowerCase())
    await page.getByRole('button', { name: 'Meinen Film öffnen' }).click()
    await page.waitForURL((url) => url.pathname === new URL(scanned).pathname)

    const offer = await offered
    clearInterval(beats)
    expect(await at.node.deliver(offer, await makeReel())).toMatchObject({ ok: true })
    await page.getByRole('heading', { name: 'Ada, dein Film' }).waitFor({ timeout: 30_000 })
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Herunterladen' }).click()
    expect((await download).suggestedFilename()).toMatch(/^Ada .+\.mp4$/)
    await page.getByText('Meinen Film löschen').click()
    await page.getByRole('button', { name: 'Ja, alles löschen' }).click()
    await page.getByRole('heading', { name: 'Alles gelöscht' }).waitFor()
    for (const part of ['Der Film und sein Titelbild', 'Dein Vorname']) await page.getByText(part).waitFor()
    await standing(page)
    expect(await accessibilityFaults(page)).toEqual([])
    // The code of what is gone is like any other that was never given.
    await page.goto(new URL('/code', scanned).href)
    await page.getByLabel('Dein Code').fill(code)
    await page.getByRole('button', { name: 'Meinen Film öffnen' }).click()
    await page.getByRole('alert').waitFor()
  }, 300_000)
})
