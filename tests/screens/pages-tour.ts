/** Stops at the pages that are no kiosk's: a visitor's pickup page in every state, and the operators' floor. */
import { type Language, VISIT_STATES } from '@fanreel/protocol'
import type { Browser, Page } from 'playwright-core'
import { newToken } from '../../orchestrator/src/http/front-door.fixture.ts'
import type { Stage } from './stage.ts'

export type OnPage = (page: Page, name: string) => Promise<void>

/** A phone in front of one visit after another. */
export const tourPickup = async (stage: Stage, browser: Browser, language: Language, onPage: OnPage): Promise<void> => {
  const { door } = stage
  const { film, poster } = await stage.film()
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: language,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const look = async (name: string, path: string) => {
    await page.goto(`${stage.url}${path}`)
    await page.evaluate('document.fonts.ready.then(() => undefined)')
    await onPage(page, name)
  }
  try {
    await look('not-here-yet', `/v/${newToken()}`)
    await look('no-such-page', '/v/this-is-no-token')
    for (const state of VISIT_STATES) {
      if (state === 'ready' || state === 'recorded') continue
      const { path } = await door.putVisit(state, {
        language,
        ...(state === 'failed' && { failure: { code: 'reel-black' } }),
      } as Parameters<typeof door.putVisit>[1])
      await look(state, path)
    }
    const { path } = await door.putReady(film, poster, {
      language,
      firstName: { ar: 'ليلى', ja: 'さくら', ko: '서연' }[language as string] ?? 'Ada',
    })
    await look('ready', path)
    await page.locator('details.erase summary').click()
    await page.locator('details.erase').scrollIntoViewIfNeeded()
    await onPage(page, 'ready-delete')
  } finally {
    await context.close()
  }
}

/** The operators' door and floor, with visits in every state. */
export const tourOperator = async (stage: Stage, browser: Browser, onPage: OnPage): Promise<void> => {
  const { door } = stage
  const context = await browser.newContext({ viewport: { width: 1680, height: 1050 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  try {
    await page.goto(`${stage.url}/operator`)
    await page.getByRole('button').first().waitFor()
    await onPage(page, 'sign-in')
    const { visit } = await door.putVisit('queued')
    await page.getByLabel('Operator token').fill(await door.tokens.issue(visit.eventId, 'operator', 'operator-1'))
    await page.getByRole('button', { name: 'Open the floor' }).click()
    await page.getByRole('region', { name: 'Visits' }).locator('tr').nth(1).waitFor()
    await onPage(page, 'floor')
    await page
      .getByRole('button', { name: /^Open visit/ })
      .first()
      .click()
    await page.getByRole('dialog').waitFor()
    await onPage(page, 'visit')
  } finally {
    await context.close()
  }
}
