/** The kiosk in a real browser, in front of a real face and voice: from the first touch to a film on a phone. */

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, standing } from '../support/accessibility.ts'
import { filesUnder } from '../support/files-under.ts'
import { expectGoodFilm, expectNothingKept } from '../support/good-film.ts'
import { type Installation, startInstallation } from '../support/installation.ts'
import { hasMedia, needsMedia, sampleVisitor, visitorClip } from '../support/media.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { piecesLeft } from './screen-checks.ts'
import { walk } from './visitor-walk.ts'

/** Of a page's image, what is asked here. */
type Picture = { naturalWidth: number; decode(): Promise<void> }
/** No dictionary, log format or code holds this name by chance. */
const NAME = [...'Zebulonius']
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const root = fileURLToPath(new URL('../..', import.meta.url))
let browser: KioskBrowser | undefined
afterEach(async ({ task }) => {
  // What the visitor saw last, for the person who asks why.
  if (task.result?.state === 'fail')
    await browser?.page.screenshot({ path: join(root, '.fanreel', 'logs', `e2e-${task.id}.png`) })
  await browser?.close()
  browser = undefined
})

describe('behind one front door', () => {
  let installation: Installation
  beforeAll(async () => {
    installation = await startInstallation({ screens: 'front-door' })
  }, 120_000)
  afterAll(async () => installation?.stop())

  const filmOf = async (clip: string) => {
    browser = await openKioskBrowser({ clip, motion: true, guided: true })
    const { page, faults } = browser
    const broken: string[] = []
    const onScreen = async (name: string) => {
      // Screens arrive in less than a second; a contrast is measured when they stand.
      await standing(page)
      broken.push(...(await accessibilityFaults(page)).map((fault) => `${name}: ${fault}`))
    }
    const visit = walk({ page, language: 'en', url: installation.kioskUrl, onScreen })
    await visit.walkToCamera([...NAME])
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
    await page.setViewportSize({ width: 540, height: 960 })
    expect(await visit.readCode()).toBe(pickupUrl)

    const [visitId = ''] = (await filesUnder(join(installation.folder, 'media'))).flatMap((file) => UUID.exec(file) ?? [])
    await expectGoodFilm(installation, { visitId, pickupUrl })
    await expectNothingKept(installation, [NAME.join(''), new URL(pickupUrl).pathname.slice('/v/'.length)])

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
})
