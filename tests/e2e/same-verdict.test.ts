/** What the kiosk lets pass the node does not refuse: both judge the same takes, of good clips and of awkward ones. */
import { CLIP_WORDS, type ClipCode } from '@fanreel/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Installation, startInstallation } from '../support/installation.ts'
import { awkwardClip, hasMedia, needsMedia, visitorClip } from '../support/media.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { walk } from './visitor-walk.ts'

const CLIPS: readonly [string, string][] = [
  ...['man-a-take-1', 'man-a-take-2', 'man-b-gestures-with-speech', 'woman-a'].map((name): [string, string] => [
    name,
    visitorClip(`${name}.mp4`),
  ]),
  ...['very_dark', 'overexposed', 'head_cut_off', 'person_half_out_of_frame', 'two_people_side_by_side', 'out_of_focus'].map(
    (name): [string, string] => [name, awkwardClip(`${name}.mp4`)],
  ),
]
/** The clip's code by the words that say it in English. */
const codeOf = (said: string): ClipCode | undefined =>
  (Object.entries(CLIP_WORDS.en) as [ClipCode, string][]).find(([, words]) => words === said)?.[0]

/** Longer than a busy machine takes for the first half of a film. */
const JUDGED_MS = 120_000

if (IS_WHOLE)
  describe.runIf(hasMedia)(`a take is judged alike by the kiosk and by the node${needsMedia}`, () => {
    let installation: Installation
    let browser: KioskBrowser | undefined
    beforeAll(async () => {
      installation = await startInstallation({ screens: 'front-door', nodes: 1 })
    }, 240_000)
    afterEach(async () => {
      await browser?.close()
      browser = undefined
    })
    afterAll(() => installation?.stop())

    it.each(CLIPS)(
      '%s',
      async (name, clip) => {
        browser = await openKioskBrowser({ clip, guided: true })
        const { page } = browser
        const visit = walk({ page, language: 'en', url: installation.kioskUrl })
        const { review, pickup } = visit.words
        await visit.walkToCamera([])
        await visit.record()
        const headline = async () => codeOf((await page.getByRole('heading', { level: 1 }).textContent()) ?? '')
        const kioskSays = (await page.getByRole('button', { name: review.sendAnyway }).isVisible()) ? await headline() : undefined
        await page
          .getByRole('button', { name: review.send })
          .or(page.getByRole('button', { name: review.sendAnyway }))
          .click()
        const pickupUrl = await visit.readCode()
        const refused = page.getByRole('button', { name: pickup.again })
        const taken = page.getByText(pickup.stage.direct, { exact: true }).or(page.getByText(pickup.stage.draw, { exact: true }))
        await refused.or(taken).first().waitFor({ timeout: JUDGED_MS })
        const nodeSays = (await refused.isVisible()) ? await headline() : undefined
        process.stdout.write(`${name}: the kiosk says ${kioskSays ?? 'fit'}, the node ${nodeSays ?? 'fit'}\n`)
        expect((await fetch(pickupUrl, { method: 'DELETE' })).ok).toBe(true)
        // The reasons may differ: a face that is blurred or cut off is none at all to the smaller pictures that the kiosk looks at.
        expect(kioskSays !== undefined).toBe(nodeSays !== undefined)
      },
      JUDGED_MS + 120_000,
    )
  })
