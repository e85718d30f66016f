/** A kiosk that takes nobody in: closed by an operator from the dashboard, or at the kiosk itself by somebody with its PIN. */
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { eventKey } from '../../orchestrator/src/queue/keys.ts'
import { connectRedis } from '../../orchestrator/src/queue/redis.ts'
import { createRenderTimes } from '../../orchestrator/src/visits/render-times.ts'
import { accessibilityFaults, standing } from '../support/accessibility.ts'
import { sampleVisitor } from '../support/media.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { wordsOf } from './visitor-walk.ts'

const PIN = '4711'
/** Notes the pitch of every tone that is begun. */
const NOTE_TONES = `(() => {
  window.tones = []
  const start = AudioScheduledSourceNode.prototype.start
  AudioScheduledSourceNode.prototype.start = function (...when) {
    window.tones.push(this.frequency?.value)
    return start.apply(this, when)
  }
})()`
const at = useInstallation({ screensEnv: { FANREEL_KIOSK_PIN: PIN } })
const browsers: KioskBrowser[] = []
const open = async (...given: Parameters<typeof openKioskBrowser>) => {
  const browser = await openKioskBrowser(...given)
  browsers.push(browser)
  return browser
}
afterEach(() => Promise.all(browsers.splice(0).map((browser) => browser.close())))
const { attract } = wordsOf('en')

describe('a closed kiosk', () => {
  it('is closed and opened on the dashboard, and says on its screen which of the two it is', async () => {
    const { page: kiosk } = await open({ clip: sampleVisitor })
    const { page: operator } = await open({ viewport: { width: 1680, height: 1050 } })
    await kiosk.goto(at.installation.kioskUrl)
    await kiosk.getByRole('button', { name: attract.touch }).waitFor({ timeout: 60_000 })
    await operator.goto(`${at.installation.url}/operator`)
    await operator.getByLabel('Operator token').fill(at.installation.operatorToken)
    await operator.getByRole('button', { name: 'Open the floor' }).click()
    const { kioskId } = at.installation
    const closings = [
      [`Pause ${kioskId}`, 'paused', attract.pausedWhy],
      // Out of order it is put at the kiosk itself as well, below.
      [`Put ${kioskId} out of order`, 'out-of-order', attract.outOfOrderWhy],
    ] as const
    for (const [button, state, said] of IS_WHOLE ? closings : closings.slice(0, 1)) {
      await operator.getByRole('button', { name: button, exact: true }).click()
      await kiosk.getByText(said).waitFor()
      await operator.getByRole('region', { name: 'Kiosks' }).getByText(state, { exact: true }).waitFor()
      expect(await accessibilityFaults(operator)).toEqual([])
      // A reload forgets nothing of it, and no touch leads in.
      await kiosk.reload()
      await kiosk.getByText(said).waitFor({ timeout: 60_000 })
      await standing(kiosk)
      await kiosk.mouse.click(270, 480)
      expect(await kiosk.getByText(said).isVisible()).toBe(true)
      await operator.getByRole('button', { name: `Open ${kioskId}`, exact: true }).click()
      await kiosk.getByRole('button', { name: attract.touch }).waitFor()
    }
  }, 240_000)

  // Why a kiosk is closed is the flow's to tell; here it goes the same way as a pause.
  if (IS_WHOLE)
    it('V8: says that too many films are being made, lets no touch in, and opens by itself when that is over', async () => {
      const { page } = await open({ clip: sampleVisitor, viewport: { width: 540, height: 960 } })
      await page.goto(at.installation.kioskUrl)
      await page.getByRole('button', { name: attract.touch }).waitFor({ timeout: 60_000 })
      const { folder, eventId } = at.installation
      const redis = await connectRedis({ url: join(folder, 'redis.sock'), log: pino({ level: 'silent' }) })
      try {
        // A film takes an hour here: longer than anybody is asked to wait.
        await createRenderTimes({ redis, eventId }).measured('cpu', 3_600_000)
        await page.getByText(attract.overloadedWhy).waitFor({ timeout: 30_000 })
        await standing(page)
        await page.mouse.click(270, 480)
        expect(await page.getByText(attract.overloadedWhy).isVisible()).toBe(true)
        expect(await page.getByRole('button', { name: attract.touch }).count()).toBe(0)
        expect(await accessibilityFaults(page)).toEqual([])
        await redis.call((client) => client.del(eventKey(eventId, 'render-times')))
        await page.getByRole('button', { name: attract.touch }).waitFor({ timeout: 30_000 })
      } finally {
        await redis.close()
      }
    }, 240_000)

  it('shows its own settings after five touches in the corner and the PIN, and can be closed there', async () => {
    const { page } = await open({ clip: sampleVisitor })
    await page.goto(at.installation.kioskUrl)
    await page.getByRole('button', { name: attract.touch }).waitFor({ timeout: 60_000 })
    const corner = page.getByTestId('admin-corner')
    for (let touch = 0; touch < 4; touch++) await corner.click()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await corner.click()
    const settings = page.getByRole('dialog')
    const type = async (pin: string) => {
      for (const digit of pin) await settings.getByRole('button', { name: digit, exact: true }).click()
      await settings.getByRole('button', { name: 'OK' }).click()
    }
    await type('0000')
    await settings.getByText('Not this one.').waitFor()
    await type(PIN)
    await settings.getByText(at.installation.kioskId, { exact: true }).waitFor()
    await settings.getByText('online', { exact: true }).waitFor()
    await settings.getByRole('button', { name: 'Try camera and microphone' }).click()
    await settings.getByText(/\d+ x \d+, \d+ a second/).waitFor()
    await standing(page)
    expect(await accessibilityFaults(page)).toEqual([])
    await settings.getByRole('button', { name: 'Camera off' }).click()
    await settings.getByText('0.1.0', { exact: true }).waitFor()
    await page.evaluate(NOTE_TONES)
    await settings.getByRole('button', { name: 'Play a tone' }).click()
    expect(await page.evaluate('window.tones')).toEqual([440])
    await settings.getByRole('button', { name: 'Put out of order' }).click()
    await settings.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByText(attract.outOfOrderWhy).waitFor()
    for (let touch = 0; touch < 5; touch++) await corner.click()
    await type(PIN)
    // No agent keeps this browser, which is said; the page that is loaded again forgets nothing of the closed door.
    await settings.getByRole('button', { name: 'Load the page again' }).click()
    await settings.getByText('No agent keeps this browser').waitFor()
    await standing(page)
    expect(await accessibilityFaults(page)).toEqual([])
    const loaded = page.waitForEvent('load')
    await settings.getByRole('button', { name: 'Load it now' }).click()
    await loaded
    await page.getByText(attract.outOfOrderWhy).waitFor({ timeout: 60_000 })
    for (let touch = 0; touch < 5; touch++) await corner.click()
    await type(PIN)
    await settings.getByRole('button', { name: 'Open this kiosk' }).click()
    await settings.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByRole('button', { name: attract.touch }).waitFor()
    // The PIN is decided by the server and never given away.
    expect(await page.evaluate<string>(`fetch('/settings').then((answer) => answer.text())`)).not.toContain(PIN)
  }, 240_000)
})
