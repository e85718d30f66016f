/** A kiosk left alone: it asks, hears the answer that was meant, forgets, and keeps its disk in order. On a touch screen, by a clock of its own. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import { sampleVisitor } from '../support/media.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { liveTracks, NOTE_STREAMS, onDisk, piecesLeft } from './screen-checks.ts'
import { type Visit, walk } from './visitor-walk.ts'

const at = useInstallation()
let browser: KioskBrowser
let page: Page
let visit: Visit
beforeEach(async () => {
  browser = await openKioskBrowser({ clip: sampleVisitor, touch: true })
  page = browser.page
  await page.clock.install()
  visit = walk({ page, language: 'it', url: at.installation.kioskUrl, leaps: true })
})
afterEach(() => browser?.close())

const tap = (name: string) => page.getByRole('button', { name, exact: true }).tap()
/** As long as a world is shown on the invitation, and a little. */
const WORLD_TURN_MS = 13_000
/** A world takes a second to appear over another, and longer on a busy machine. */
const SOON = { timeout: 20_000 }
const question = () => page.getByRole('alertdialog')
/** Nobody touches anything for this long. */
const wait = (ms: number) => page.clock.fastForward(ms)
const asked = async (afterMs: number) => {
  await wait(afterMs)
  await question().waitFor()
  await (await question().elementHandle())?.waitForElementState('stable')
}
const atHome = () => page.getByRole('button', { name: 'Touch to begin' }).waitFor()

describe('a kiosk that nobody touches', () => {
  const worlds = () => page.locator('[data-world]')
  const idsAfter = async (turns: number) => {
    const ids: string[] = []
    for (let turn = 0; turn < turns; turn++) {
      await expect.poll(() => worlds().count(), SOON).toBe(1)
      ids.push((await worlds().getAttribute('data-world')) ?? '')
      await wait(WORLD_TURN_MS)
      await expect.poll(() => worlds().last().getAttribute('data-world'), SOON).not.toBe(ids.at(-1))
      // Two for as long as the one appears over the other, and never more.
      expect(await page.locator('.attract video').count()).toBeLessThanOrEqual(2)
    }
    return ids
  }
  it.each(IS_WHOLE ? (['reduce', 'no-preference'] as const) : (['reduce'] as const))(
    'shows every world that is open, in turn, to eyes that wish motion to be "%s"',
    async (reducedMotion) => {
      await page.emulateMedia({ reducedMotion })
      await page.goto(at.installation.kioskUrl)
      await atHome()
      const ids = await idsAfter(5)
      expect(new Set(ids).size).toBe(2)
      expect([ids[0], ids[1]]).toEqual([ids[2], ids[3]])
      const moves = await page.evaluate('[...document.querySelectorAll(".attract video")].some((film) => !film.paused)')
      expect(moves).toBe(reducedMotion === 'no-preference')
    },
  )
})

describe('still there?', () => {
  it('is answered by its own buttons alone', async () => {
    await visit.walkToConsent()
    await asked(FLOW_MS.PATIENCE.consent)
    const beneath = await page.locator('.screens :is([role=checkbox], .button)').all()
    expect(beneath.length).toBe(3)
    // Wherever a finger lands, on the question or beside it, what lies beneath is not touched.
    const places = await Promise.all(beneath.map((tick) => tick.boundingBox()))
    places.push({ x: 4, y: 4, width: 0, height: 0 })
    for (const place of places) {
      if (!place) throw new Error('a tick or a button has no place on the screen')
      await page.touchscreen.tap(place.x + place.width / 2, place.y + place.height / 2)
    }
    expect(await question().isVisible()).toBe(true)
    await tap(visit.words.idle.stay)
    await question().waitFor({ state: 'detached' })
    await page.getByText(visit.words.consent.title).waitFor()
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0)
    expect(await page.getByText(visit.words.consent.missing).count()).toBe(0)

    await asked(FLOW_MS.PATIENCE.consent)
    await tap(visit.words.common.startOver)
    await atHome()
    expect(await page.getByText(visit.words.consent.title).count()).toBe(0)
  }, 90_000)

  it('leaves nothing of a visitor who does not answer', async () => {
    await page.addInitScript(NOTE_STREAMS)
    await visit.walkToCamera(['Z', 'o', 'e'])
    await expect.poll(() => liveTracks(page), { timeout: 30_000 }).toEqual(['audio', 'video'])
    await visit.record()
    expect(await piecesLeft(page)).toBeGreaterThan(0)
    // Nobody is filmed who looks at the take, and the take is noise to whoever carries the disk away.
    expect(await liveTracks(page)).toEqual([])
    const { extractable, heads } = await onDisk(page)
    expect(extractable).toBe(false)
    for (const head of heads) expect(Buffer.from(head).toString('latin1')).not.toMatch(/ftyp|moov|moof|mdat|matroska|webm/)
    await asked(FLOW_MS.PATIENCE.review)
    await wait(FLOW_MS.ASK)
    await atHome()
    await expect.poll(() => piecesLeft(page)).toBe(0)
    const left = await page.evaluate('document.documentElement.outerHTML + JSON.stringify([localStorage, sessionStorage])')
    expect(left).not.toContain('Zoe')
    await page.getByRole('button', { name: 'Touch to begin' }).tap()
    await page.getByText('Choose your language').waitFor()
  }, 120_000)
})

describe('the disk', () => {
  it('holds one row that nobody can read: it goes by itself, and the kiosk takes visitors', async () => {
    const onVisits = (request: string) =>
      page.evaluate<number>(`new Promise((resolve, reject) => {
        const opening = indexedDB.open('fanreel-kiosk')
        opening.onsuccess = () => {
          const asked = opening.result.transaction('visits', 'readwrite').objectStore('visits').${request}
          asked.onerror = () => reject(asked.error)
          asked.onsuccess = () => { opening.result.close(); resolve(Number(asked.result)) }
        }
      })`)
    await page.goto(at.installation.kioskUrl)
    await atHome()
    await onVisits(`put({ iv: new Uint8Array(12), sealed: new ArrayBuffer(40) }, '7')`)
    await page.reload()
    await atHome()
    expect(await onVisits('count()')).toBe(0)
  }, 60_000)
})
