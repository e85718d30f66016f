/** A kiosk whose page is loaded again in the middle of a visit, at any step of it: by its agent, a crash or a power cut. */
import { CLIP_WORDS } from '@fanreel/protocol'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { accessibilityFaults } from '../support/accessibility.ts'
import { sampleVisitor } from '../support/media.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { useInstallation } from './kiosk-installation.ts'
import { piecesLeft } from './screen-checks.ts'
import { type Visit, walk, wordsOf } from './visitor-walk.ts'

const at = useInstallation()
let browser: KioskBrowser | undefined
afterEach(() => browser?.close())

type Step = readonly [name: string, goOn: (page: Page, visit: Visit) => Promise<void>]
/** The steps of a visit, each with what leads to it from the one before. */
const STEPS: readonly Step[] = [
  ['consent', (_, visit) => visit.walkToConsent()],
  [
    'world',
    async (page, visit) => {
      for (const box of await page.getByRole('checkbox').all()) await box.click()
      await visit.touch(visit.words.consent.agree)
      await page.getByText(visit.words.world.title, { exact: true }).waitFor()
    },
  ],
  [
    'name',
    async (page, visit) => {
      await page.getByRole('button', { name: visit.words.world.choose }).first().click()
      await page.getByText(visit.words.name.title, { exact: true }).waitFor()
      for (const key of ['Z', 'o', 'e']) await visit.touch(key)
    },
  ],
  [
    'frame',
    async (page, visit) => {
      await visit.touch(visit.words.common.next)
      await page.locator('video').waitFor()
    },
  ],
  [
    'countdown',
    async (page, visit) => {
      const begin = page.getByRole('button', { name: visit.words.frame.record, disabled: false })
      const counting = page.getByRole('timer')
      await begin.or(counting).first().waitFor({ timeout: 45_000 })
      // A take begins by itself when the guide finds nothing to mend.
      await begin.click({ timeout: 2_000 }).catch(() => undefined)
      await counting.waitFor({ timeout: 45_000 })
    },
  ],
  [
    'recording',
    async (page, visit) => {
      await page.getByText(visit.words.record.recording, { exact: true }).waitFor({ timeout: 45_000 })
      await expect.poll(() => piecesLeft(page), { timeout: 20_000 }).toBeGreaterThan(0)
    },
  ],
  ['review', (page, visit) => page.getByRole('button', { name: visit.words.review.send }).waitFor({ timeout: 45_000 })],
]

/** With something of the visitor on the page, and on the disk: what the others leave is a part of it. */
const TELLING: ReadonlySet<string> = new Set(['name', 'recording'])

describe('a page that is loaded again', () => {
  it('at any step before a film is ordered invites the next visitor, and nothing of the last one is left', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor })
    const { page, faults } = browser
    for (const [index, [name]] of STEPS.entries()) {
      if (!IS_WHOLE && !TELLING.has(name)) continue
      const visit = walk({ page, language: 'fr', url: at.installation.kioskUrl })
      for (const [, goOn] of STEPS.slice(0, index + 1)) await goOn(page, visit)
      await page.reload()
      await page.getByRole('button', { name: wordsOf('en').attract.touch }).waitFor({ timeout: 45_000 })
      await expect.poll(() => piecesLeft(page), { message: `pieces left after a reload at ${name}`, timeout: 20_000 }).toBe(0)
      expect(await page.getByText('Zoe').count(), name).toBe(0)
      const kept = await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage, location.href])')
      expect(kept, name).not.toContain('Zoe')
    }
    // Nobody had sent anything: the centre was never asked for a film.
    expect(at.node.offers).toEqual([])
    expect(faults).toEqual([])
  }, 300_000)
})

/** What a phone reads at the address in a code. */
const stateOf = async (code: string) => (await (await fetch(`${code}/state`)).json()) as { kind?: string }

/** Lets this many pieces of a clip out and holds all that a page says after them, until `letGo`. */
const holdPieces = async (page: Page, afterPieces: number): Promise<{ pieces(): number; letGo(): void }> => {
  let pieces = 0
  let holds = true
  await page.routeWebSocket(/\/socket\.io\//, (kiosk) => {
    const orchestrator = kiosk.connectToServer()
    kiosk.onMessage((message) => {
      // Bytes are pieces; words that follow them are about pieces that never left.
      if (typeof message !== 'string') pieces++
      if (!holds || pieces <= afterPieces) orchestrator.send(message)
    })
  })
  return {
    pieces: () => pieces,
    letGo: () => {
      holds = false
    },
  }
}

/** A hand before the lens, for whoever looks at the picture: the guide sees black, and the take is recorded as it is. */
const DARKEN = `(() => {
  const look = window.createImageBitmap
  window.createImageBitmap = ({ videoWidth, videoHeight }) => {
    const black = new OffscreenCanvas(videoWidth, videoHeight)
    black.getContext('2d', { alpha: false })
    return look(black)
  }
})()`

describe('a page that is loaded again after a film is ordered', () => {
  it('in the middle of the clip’s way invites the next visitor, shows nothing of the last one, and sends the rest', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor, guided: true })
    const { page, faults } = browser
    const before = at.node.offers.length
    const way = await holdPieces(page, 2)
    await page.addInitScript(DARKEN)
    const visit = walk({ page, language: 'en', url: at.installation.kioskUrl })
    await visit.walkToCamera(['Z', 'o', 'e'])
    await visit.record()
    // What the node would refuse is said here, in its words; another take is what is offered first, and the visitor decides.
    await page.getByText(CLIP_WORDS.en['clip-too-dark'], { exact: true }).waitFor()
    expect(await page.locator('.button-primary').allTextContents()).toEqual([visit.words.review.retake])
    await visit.touch(visit.words.review.sendAnyway)
    const code = await visit.readCode()
    await expect.poll(way.pieces, { timeout: 20_000 }).toBeGreaterThan(2)
    await page.locator('[data-kind=sending]').waitFor()
    expect(await stateOf(code)).toMatchObject({ kind: 'uploading' })

    way.letGo()
    await page.reload()
    await page.getByRole('button', { name: visit.words.attract.touch }).waitFor({ timeout: 45_000 })
    expect(await page.getByTestId('qr').count()).toBe(0)
    expect(await page.locator('body').innerText()).not.toContain('Zoe')
    await expect.poll(() => at.node.offers.length, { timeout: 45_000 }).toBe(before + 1)
    await expect.poll(() => piecesLeft(page), { timeout: 20_000 }).toBe(0)
    expect(faults).toEqual([])
  }, 120_000)
})

describe('a second page of the same browser', () => {
  it('waits for its turn, and takes nothing from the visitor at the first', async () => {
    browser = await openKioskBrowser({ clip: sampleVisitor })
    const { page, context, faults } = browser
    await page.clock.install()
    const visit = walk({ page, language: 'en', url: at.installation.kioskUrl, leaps: true })
    await visit.walkToCamera([])
    await visit.record()
    const recorded = await piecesLeft(page)
    expect(recorded).toBeGreaterThan(0)

    const second = await context.newPage()
    await second.goto(at.installation.kioskUrl)
    // Whoever came second stands in line behind the page that is the kiosk.
    const inLine = () => second.evaluate<number>('navigator.locks.query().then(({ pending }) => pending.length)')
    await expect.poll(inLine, { timeout: 20_000 }).toBe(1)
    // It says why, in the language of whoever stands there, and what to do.
    await second.getByText(visit.words.attract.anotherPageWhy, { exact: true }).waitFor()
    await second.getByRole('button', { name: 'العربية' }).click()
    await second.getByText(wordsOf('ar').attract.anotherPageWhy, { exact: true }).waitFor()
    expect(await accessibilityFaults(second)).toEqual([])
    expect(await piecesLeft(page)).toBe(recorded)

    await page.bringToFront()
    await visit.touch(visit.words.review.send)
    const code = await visit.readCode()
    // The played node may be busy with a film that was ordered before.
    await expect.poll(async () => (await stateOf(code)).kind, { timeout: 45_000 }).toMatch(/^(queued|rendering)$/)
    await page.close()
    await second.getByRole('button', { name: visit.words.attract.touch }).waitFor({ timeout: 45_000 })
    expect(faults).toEqual([])
  }, 120_000)
})
