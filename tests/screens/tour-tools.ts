/** What every walk through a kiosk has at hand: words, buttons, and a way to stop at a screen while its clocks stand still. */
import type { Language } from '@fanreel/protocol'
import type { Locator, Page } from 'playwright-core'
import { wordsOf } from '../e2e/visitor-walk.ts'
import { standing } from '../support/accessibility.ts'
import type { Stage, StagedKiosk } from './stage.ts'

export type Tour = {
  stage: Stage
  kiosk: StagedKiosk
  /** Of the visitor, and of the place. */
  language: Language
  /** Called at each screen, whose clocks stand still meanwhile. `page` is the kiosk's, or a second one where two are needed. */
  onScreen: (name: string, page: Page) => Promise<void>
  /** Which screens to stop at; the tour ends after the last of them. All, where it is not given. */
  wanted?: (name: string) => boolean
}

/** Longer than a busy machine takes for a screen. */
export const LONGER_MS = 60_000

/** The same walk without a stop. */
export const unseen = (tour: Tour): Tour => ({ ...tour, wanted: () => false })

/** Stops the page's clocks for as long as `look` takes. A pause lies in the page's future, which a busy machine may have passed. */
export const frozen = async (page: Page, look: () => Promise<void>) => {
  const pauseIn = async (ms: number) => page.clock.pauseAt((await page.evaluate<number>('Date.now()')) + ms)
  const isPaused = await [300, 900, 1_800, 4_000].reduce<Promise<boolean>>(
    async (before, ms) =>
      (await before) ||
      pauseIn(ms).then(
        () => true,
        () => false,
      ),
    Promise.resolve(false),
  )
  await look()
  if (isPaused) await page.clock.resume()
}

export const tools = ({ kiosk: { page }, onScreen, wanted = () => true, language }: Tour) => {
  const words = wordsOf(language)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  return {
    words,
    page,
    button,
    touch: (name: string) => button(name).first().click({ timeout: LONGER_MS }),
    /** Waits for what marks a screen, lets it arrive, and stops all clocks of the page while it is looked at. */
    stop: async (name: string, mark: Locator) => {
      await mark.first().waitFor({ timeout: LONGER_MS })
      if (!wanted(name)) return
      await standing(page)
      await frozen(page, () => onScreen(name, page))
    },
    says: (text: string) => page.getByText(text, { exact: true }),
  }
}
