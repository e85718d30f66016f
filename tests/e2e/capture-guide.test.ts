/** The guide in a real browser, before a camera that plays all that may be wrong. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeGuideFilm } from './guide-film.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { walk } from './visitor-walk.ts'

const at = useInstallation()
let folder: string
let browser: KioskBrowser | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-guide-'))
})
afterEach(() => browser?.close())
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Notes whatever the guide says and each phase of the studio, in order, as the page shows them. */
const NOTE_ALL = `(() => {
  window.noted = []
  const note = () => {
    const said = document.querySelector('[data-instruction]')?.dataset.instruction
    const now = document.querySelector('[role=timer]') ? 'countdown' : said
    if (now && window.noted.at(-1) !== now) window.noted.push(now)
    if (said === 'oneStar')
      window.ofSeveral = { said: document.querySelector('[data-instruction]').textContent, starred: !!document.querySelector('.oval-star') }
    const { width, height } = document.querySelector('[data-testid=picture]')?.getBoundingClientRect() ?? {}
    if (said && height) window.shown = width / height
  }
  new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true })
})()`

describe('the guide before the camera', () => {
  it('says one thing after the other, and begins by itself when all is well and not before', async () => {
    browser = await openKioskBrowser({ film: await makeGuideFilm(folder), guided: true })
    const { page, faults } = browser
    await page.addInitScript(NOTE_ALL)
    const visit = walk({ page, language: 'en', url: at.installation.kioskUrl })
    await visit.walkToCamera([])
    // Nobody touches the screen from here on.
    const taken = await page
      .getByRole('button', { name: visit.words.review.send })
      .waitFor({ timeout: 120_000 })
      .catch((late: unknown) => late)
    const noted = await page.evaluate<string[]>('window.noted')
    // On a busy machine the film may begin anew before the take is over: then all is said once more.
    const begun = noted.indexOf('countdown')
    expect(begun < 0 ? noted : noted.slice(0, begun + 1)).toEqual([
      'stepIn',
      'closer',
      'right',
      'light',
      'oneStar',
      'speak',
      'ready',
      'countdown',
    ])
    expect(taken).toBeUndefined()
    // The star is marked, and the others are asked to step aside and cheer.
    expect(await page.evaluate('window.ofSeveral')).toEqual({
      said: expect.stringContaining(visit.words.frame.others),
      starred: true,
    })
    // Of the tall picture all was shown, and all is in the take.
    const [whole, shown] = [720 / 1280, await page.evaluate<number>('window.shown')]
    expect(shown).toBeCloseTo(whole, 2)
    const takeSize = 'const { videoWidth, videoHeight } = document.querySelector("video"); return [videoWidth, videoHeight]'
    await expect.poll(() => page.evaluate<number[]>(`(() => { ${takeSize} })()`)).toEqual([720, 1280])
    expect(faults).toEqual([])
  }, 300_000)
})
