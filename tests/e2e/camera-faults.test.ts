/** A camera that is refused, missing, taken, unplugged or frozen: each has its own words, and a kiosk that goes on by itself. */
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { accessibilityFaults, standing } from '../support/accessibility.ts'
import { floorOf } from '../support/floor-of.ts'
import { sampleVisitor } from '../support/media.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { walk } from './visitor-walk.ts'

const at = useInstallation()
let browser: KioskBrowser | undefined
afterEach(() => browser?.close())

/**
 * Stands between the page and the browser's camera. `camera.fault`: the name of the error that is answered; `drawn`: a
 * picture of our own with a sound of its own, which stands still as long as `camera.frozen`; `deaf`: the name of the error that
 * is answered to whoever asks for the sound too.
 */
const CAMERA = `(() => {
  const camera = (window.camera = { fault: undefined, deaf: undefined, drawn: false, frozen: false })
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  const tone = () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()
  const draw = (heard) => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 540, height: 720 })
    const context = canvas.getContext('2d')
    const paint = () => {
      if (!camera.frozen) context.fillRect(0, 0, 1 + (performance.now() % 500), 20)
      requestAnimationFrame(paint)
    }
    paint()
    const picture = canvas.captureStream(30).getTracks()
    return new MediaStream(heard ? [...picture, ...tone()] : picture)
  }
  navigator.mediaDevices.getUserMedia = async (asked) => {
    const fault = camera.fault ?? (asked.audio ? camera.deaf : undefined)
    if (fault) throw new DOMException('', fault)
    return camera.drawn ? draw(asked.audio) : real(asked)
  }
})()`

const set = (page: Page, change: { fault?: string | null; deaf?: string | null; frozen?: boolean }) =>
  page.evaluate((camera) => Object.assign((globalThis as unknown as { camera: object }).camera, camera), change)
/** What the operators' floor says is wrong with the kiosk. */
const trouble = async () => (await floorOf(at.installation)).kiosks[0]?.trouble
/** As the browser tells that a device came or went. */
const plug = (page: Page) => page.evaluate(`navigator.mediaDevices.dispatchEvent(new Event('devicechange'))`)
const unplug = (page: Page) =>
  page.evaluate(`document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))`)

describe('a camera', () => {
  it('that gives no picture is named, by each fault’s own words, and goes on by itself once it does', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor })
    const { page } = browser
    await page.addInitScript(CAMERA)
    const visit = walk({ page, language: 'en', url: at.installation.kioskUrl })
    const { camera, common, frame, attract } = visit.words
    await page.addInitScript(`window.camera.fault = 'NotFoundError'`)
    await visit.walkToCamera([])
    await page.getByText(camera.missing).waitFor()
    for (const [fault, said] of [
      ['NotAllowedError', camera.denied],
      ['NotReadableError', camera.busy],
      ['OverconstrainedError', camera.unsuitable],
      ['SecurityError', camera.insecure],
      ['TypeError', camera.unknown],
    ] as const) {
      await set(page, { fault })
      await visit.touch(common.retry)
      await page.getByText(said, { exact: true }).waitFor()
      // Each screen's looks are the screens' own suite's to judge.
      if (!IS_WHOLE) continue
      await standing(page)
      expect(await accessibilityFaults(page), fault).toEqual([])
    }
    // Nobody touches anything: the cable goes back in.
    await set(page, { fault: null })
    await plug(page)
    const begin = page.getByRole('button', { name: frame.record, disabled: false })
    await begin.waitFor({ timeout: 60_000 })

    // Whoever gives up leaves a kiosk that says so, and opens again when it can.
    await set(page, { fault: 'NotReadableError' })
    await unplug(page)
    await page.getByText(camera.lost).or(page.getByText(camera.busy)).first().waitFor()
    await visit.touch(common.startOver)
    await page.getByText(attract.outOfOrderWhy).waitFor()
    await set(page, { fault: null })
    await page.getByRole('button', { name: attract.touch }).waitFor({ timeout: 60_000 })
  }, 240_000)

  it('that is unplugged or freezes in front of a visitor is noticed and found again', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor })
    const { page } = browser
    await page.addInitScript(CAMERA)
    const visit = walk({ page, language: 'en', url: at.installation.kioskUrl })
    const { camera, frame, attract } = visit.words
    // A picture of stripes: no face in it, so that no take begins by itself.
    await page.addInitScript(`Object.assign(window.camera, { drawn: true, deaf: 'NotReadableError' })`)
    await visit.walkToCamera([])
    const begin = page.getByRole('button', { name: frame.record, disabled: false })
    await begin.waitFor()
    // Another program has the microphone, which is no reason to send anybody away; operators are told.
    await page.getByText(frame.noSound).waitFor()
    await expect.poll(trouble, { timeout: 10_000 }).toBe('microphone')
    await set(page, { deaf: null })
    for (const gone of [
      () => set(page, { frozen: true }),
      () => set(page, { fault: 'NotReadableError' }).then(() => unplug(page)),
    ]) {
      await gone()
      await page.getByText(camera.lost).waitFor({ timeout: 60_000 })
      await set(page, { frozen: false, fault: null })
      await begin.waitFor({ timeout: 60_000 })
    }
    await expect.poll(trouble, { timeout: 10_000 }).toBeUndefined()
    // Loaded again while it says that the camera is lost, before a camera that works: the next visitor is invited.
    await set(page, { fault: 'NotReadableError' })
    await unplug(page)
    await page.getByText(camera.lost).or(page.getByText(camera.busy)).first().waitFor()
    await page.reload()
    await page.getByRole('button', { name: attract.touch }).waitFor({ timeout: 45_000 })
  }, 240_000)
})
