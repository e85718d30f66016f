/** What a page of a kiosk lacks: a secure origin, the station's own, a camera, the guide's networks. Each is said, or done without. */
import { BrandFile, brandOf } from '@fanreel/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { accessibilityFaults } from '../support/accessibility.ts'
import { sampleVisitor } from '../support/media.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { INSECURE_HOST, type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { walk, wordsOf } from './visitor-walk.ts'

const at = useInstallation()
let browser: KioskBrowser | undefined
afterEach(() => browser?.close())

describe('a page', () => {
  it('that cannot film says what to do, and so does one that is not the station’s own', async () => {
    browser = await openKioskBrowser({})
    const { page, context } = browser
    const words = wordsOf('en')
    await page.goto(at.installation.kioskUrl.replace('127.0.0.1', INSECURE_HOST))
    await page.getByText(words.camera.insecureWhy).waitFor()
    // As a reverse proxy on this machine names a visitor's phone.
    await context.setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.9' })
    await page.goto(at.installation.kioskUrl)
    await page.getByText(words.attract.notTheStationWhy).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    const settings = await page.evaluate<string>(`fetch('/settings').then((answer) => answer.text())`)
    expect(settings).not.toContain(at.installation.kioskToken)
  }, 60_000)

  // What each camera fault says, and what it leaves behind, camera-faults.test.ts asks every time.
  if (IS_WHOLE)
    it('whose browser refuses the camera says what to do, in the visitor’s language', async () => {
      browser = await openKioskBrowser({ viewport: { width: 1920, height: 1080 } })
      const { page } = browser
      const visit = walk({ page, language: 'ar', url: at.installation.kioskUrl })
      await visit.walkToCamera([])
      await page.getByText(visit.words.camera.denied).waitFor({ timeout: 30_000 })
      expect(await page.evaluate('document.documentElement.dir')).toBe('rtl')
      expect(await accessibilityFaults(page)).toEqual([])
      await visit.touch(visit.words.common.startOver)
      // Whatever took the picture away from this visitor would take it from the next.
      await page.getByText(wordsOf('en').attract.outOfOrderWhy).waitFor()
    }, 120_000)

  it('whose brand has a broken picture shows the rest of it, and our own in that place', async () => {
    browser = await openKioskBrowser({})
    const { page, context } = browser
    const look = { name: 'Winter Games', logo: 'logo.svg', background: 'hall.jpg', colours: { accent: '#ff9d5c' } }
    const brand = { ...brandOf(BrandFile.parse(look)), logo: look.logo, background: look.background }
    await context.route('**/settings', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), brand } })
    })
    const drawn = { contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"/>' }
    const broken = { contentType: 'image/jpeg', body: 'no picture' }
    const gold = () => page.evaluate(`getComputedStyle(document.querySelector('.kiosk')).getPropertyValue('--gold').trim()`)
    const logo = page.getByRole('img', { name: look.name })
    const arena = page.locator('.arena')
    const hall = page.locator('img[src="/brand/hall.jpg"]')
    await context.route('**/brand/logo.svg', (route) => route.fulfill(drawn))
    await context.route('**/brand/hall.jpg', (route) => route.fulfill(broken))
    await page.goto(at.installation.kioskUrl)
    await arena.first().waitFor()
    await logo.waitFor()
    expect([await hall.count(), await gold()]).toEqual([0, look.colours.accent])
    // And the other way round.
    await context.route('**/brand/logo.svg', (route) => route.fulfill(broken))
    await context.route('**/brand/hall.jpg', (route) => route.fulfill(drawn))
    await page.reload()
    await hall.first().waitFor()
    await expect.poll(() => logo.count()).toBe(0)
    expect([await arena.count(), await gold()]).toEqual([0, look.colours.accent])
  }, 60_000)

  it('whose guide’s networks do not load does without: the visitor begins by touch', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor, guided: true })
    const { page, context } = browser
    await context.route('**/generated/vision/**', (route) => route.abort())
    await page.clock.install()
    const visit = walk({ page, language: 'en', url: at.installation.kioskUrl, leaps: true })
    await visit.walkToCamera([])
    await page.getByText(visit.words.frame.guide).waitFor()
    await visit.record()
    expect(await page.locator('[data-instruction]').count()).toBe(0)
  }, 120_000)
})
