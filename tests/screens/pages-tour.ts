/** Stops at the pages that are no kiosk's: a visitor's pickup page in every state, and the operators' floor on a good day and a bad one. */
import type { Language } from '@fanreel/protocol'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { newToken } from '../../orchestrator/src/http/front-door.fixture.ts'
import { standing } from '../support/accessibility.ts'
import { goodBox, openFloor, sickBox } from './floor.ts'
import { until } from './looks.ts'
import { PICKUP_STATES } from './screen-names.ts'
import type { Stage } from './stage.ts'

type Tour = {
  stage: Stage
  /** `look` names the shape and the light. */
  onPage: (page: Page, name: string, look: string) => Promise<void>
  wanted: (name: string) => boolean
}

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  reducedMotion: 'reduce',
}
/** Browsers inside other apps: one that leads out by a link, and one that does so by its menu alone. */
const IN_APPS = {
  'ready-in-app':
    'Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36 Instagram 360.0',
  'ready-in-app-menu': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/22B83 Instagram 360.0',
}
/** A name as it is written where the language is spoken. */
const NAMES: Partial<Record<Language, string>> = { ar: 'ليلى', ja: 'さくら', ko: '서연', zh: '小雨' }

/** A phone in front of one visit after another, by night and by day. */
export const tourPickup = async ({ stage, language, onPage, wanted }: Tour & { language: Language }): Promise<void> => {
  const { door } = stage
  const { film, poster } = await stage.film()
  const floor = await openFloor(stage)
  const context = await stage.browser.newContext({ ...PHONE, locale: language })
  const page = await context.newPage()
  const look = async (name: string, path: string, prepare: () => Promise<void> = async () => undefined) => {
    if (!wanted(name)) return
    for (const [light, colorScheme] of [
      ['phone', 'dark'],
      ['phone-light', 'light'],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${stage.url}${path}`)
      await page.evaluate('document.fonts.ready.then(() => undefined)')
      await prepare()
      await standing(page)
      await onPage(page, name, light)
    }
  }
  try {
    await look('not-here-yet', `/v/${newToken()}`)
    await look('no-such-page', '/v/this-is-no-token')
    await look('code', '/code')
    await look('code-wrong', '/code', async () => {
      await page.locator('.code input').fill('ABCD-2345')
      await page.locator('.code button').click()
      await page.locator('.code .wrong').waitFor()
    })
    for (const state of PICKUP_STATES) {
      if (state === 'queued') await look(state, `/v/${await floor.waiting(language)}`)
      else if (state === 'rendering') await look(state, await floor.rendering(language, poster))
      else {
        const { path } = await door.putVisit(state, {
          language,
          ...(state === 'failed' && { code: 'clip-too-dark' as const }),
          ...(state === 'deleted' && { erased: ['film', 'recording', 'frames', 'name', 'work'] }),
        })
        await look(state, path)
      }
    }
    const firstName = NAMES[language] ?? 'Ada'
    const { path } = await door.putReady(film, poster, { language, firstName })
    await look('ready', path)
    await look('ready-delete', path, async () => {
      await page.locator('details.erase summary').click()
      await page.locator('details.erase').scrollIntoViewIfNeeded()
    })
    for (const [name, agent] of Object.entries(IN_APPS)) {
      await page.setExtraHTTPHeaders({ 'user-agent': agent })
      await look(name, path)
    }
    await page.setExtraHTTPHeaders({})
    if (!wanted('away')) return
    await door.redisServer.kill()
    await look('away', path).finally(() => door.redisServer.restart())
    await until(async () => (await fetch(`${stage.url}${path}`)).ok)
  } finally {
    await context.close()
    floor.close()
  }
}

/** The operators' door and floor, at work and in trouble. */
export const tourOperator = async ({ stage, onPage, wanted }: Tour): Promise<void> => {
  const { door } = stage
  const context = await stage.browser.newContext({ viewport: { width: 1680, height: 1050 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const look = async (name: string) => {
    if (!wanted(name)) return
    await standing(page)
    await onPage(page, name, 'desk')
    await page.setViewportSize({ width: 1024, height: 1366 })
    await onPage(page, name, 'tablet')
    await page.setViewportSize({ width: 1680, height: 1050 })
  }
  const floor = await openFloor(stage)
  const openVisit = async (state: string) => {
    await page
      .locator('tr', { hasText: state })
      .getByRole('button', { name: /^Open visit/ })
      .first()
      .click()
    await page.getByRole('dialog').waitFor()
  }
  const closeVisit = async () => {
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  try {
    await page.goto(`${stage.url}/operator`)
    await page.getByRole('button').first().waitFor()
    await look('sign-in')
    await floor.report('north', goodBox)
    for (const state of ['ready', 'held', 'uploading', 'expired', 'deleted'] as const) await door.putVisit(state)
    await floor.waiting('en')
    await page.getByLabel('Operator token').fill(await floor.operatorToken())
    await page.getByRole('button', { name: 'Open the floor' }).click()
    await page.getByText('camera in use').waitFor()
    await look('floor')
    await openVisit('rendering')
    await look('visit')
    await closeVisit()
    await floor.report('south', sickBox)
    await floor.finding('north', 'microphone')
    await door.putVisit('failed', { code: 'engine-failed' })
    await page.getByText('has lost its camera').waitFor()
    await page.getByText('kiosk-north has no sound').waitFor()
    await look('floor-troubled')
    await openVisit('failed')
    await look('visit-failed')
  } finally {
    await context.close()
    floor.close()
  }
}
