/** The operators' page in a real browser: who may in, what they see of a floor at work, and what they do for one visitor. */
import type { Uploader } from '@fanreel/kiosk-ui/uploader'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, standing } from '../support/accessibility.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import { openKiosk, sendVisitor } from '../support/visitor.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { codeOn } from './screen-checks.ts'

const at = useInstallation()
let kiosk: Uploader
let browser: KioskBrowser | undefined
beforeAll(() => {
  kiosk = openKiosk(at.installation)
})
afterEach(() => browser?.close())
afterAll(() => kiosk?.close())

describe('the operators’ page', () => {
  it('opens for an operator’s token alone, shows the floor at work, a visitor’s code, and deletes for good', async () => {
    const visitor = await sendVisitor(kiosk, at.installation, { clip: madeClip() })
    const offer = await at.node.nextOffer()
    expect(await at.node.beat(offer, 0.5)).toMatchObject({ ok: true })

    browser = await openKioskBrowser({ viewport: { width: 1680, height: 1050 } })
    const { page } = browser
    const signIn = async (token: string) => {
      await page.getByLabel('Operator token').fill(token)
      await page.getByRole('button', { name: 'Open the floor' }).click()
    }
    await page.goto(`${at.installation.url}/operator`)
    // Neither a word nor a kiosk's token opens it.
    for (const wrong of ['password', at.installation.kioskToken]) {
      await signIn(wrong)
      await page.getByRole('alert').filter({ hasText: 'not known here' }).waitFor()
    }
    await signIn(at.installation.operatorToken)

    const row = (panel: string, name: string) =>
      page.getByRole('region', { name: panel }).locator('tr, li').filter({ hasText: name })
    await row('Kiosks', at.installation.kioskId).getByText('online').waitFor()
    await row('Nodes', at.node.nodeId).getByText('draw 50 %').waitFor()
    await row('Queues', 'cpu').waitFor()
    await row('Visits', visitor.visitId.slice(-12)).getByText('rendering').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])

    await page.getByRole('button', { name: `Open visit ${visitor.visitId}` }).click()
    const story = page.getByRole('dialog')
    await story.getByRole('button', { name: 'Show code' }).click()
    await story.getByRole('img').waitFor()
    await standing(page)
    expect(await codeOn(page)).toBe(visitor.pickupUrl)
    expect(await story.getByRole('button', { name: 'Make again' }).isDisabled()).toBe(true)

    await story.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete for good' }).click()
    await story.getByText('deleted', { exact: true }).first().waitFor()
    expect(await story.getByRole('button', { name: 'Show code' }).isDisabled()).toBe(true)
    await expect.poll(() => at.node.revoked).toEqual([offer.leaseToken])
    expect((await fetch(`${visitor.pickupUrl}/reel`)).status).toBeGreaterThanOrEqual(400)

    await page.reload()
    await row('Visits', visitor.visitId.slice(-12)).getByText('deleted').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Operator token').waitFor()
  }, 90_000)
})
