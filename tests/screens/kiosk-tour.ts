/** Walks the kiosk from the invitation to the goodbye, past everything that can go wrong, and stops at each screen. */
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import { CANDIDATES_SHOWN } from '../../kiosk-ui/lib/keyboard/pinyin.ts'
import { GREETINGS } from '../../kiosk-ui/lib/language-names.ts'
import type { wordsOf } from '../e2e/visitor-walk.ts'
import { KIOSK_PARTS, type KioskPart } from './screen-names.ts'
import { atHome, atOtherDoors, inSettings } from './tour-home.ts'
import { pastFaults, record, roll, underGuidance } from './tour-studio.ts'
import { LONGER_MS, type Tour, tools, unseen } from './tour-tools.ts'

const toConsent = async (tour: Tour) => {
  const { page, words, touch, stop, says } = tools(tour)
  await touch(words.attract.touch)
  await stop('language', says(words.language.title))
  await page.getByRole('button', { name: GREETINGS[tour.language] }).first().click()
  await says(words.consent.title).waitFor()
}

/** The first syllable has become its first character; for the next one all candidates are shown. */
const writeChinese = async (page: Page, words: ReturnType<typeof wordsOf>) => {
  const candidates = page.getByRole('group', { name: words.name.candidates }).getByRole('button')
  await page.keyboard.type('wang')
  await candidates.first().click()
  await page.keyboard.type('xiaoming')
  await candidates.nth(CANDIDATES_SHOWN).waitFor()
}

const toName = async (tour: Tour) => {
  const { page, words, touch, stop, says } = tools(tour)
  await page.getByRole('button', { name: `${words.common.language}: ` }).click()
  await stop('language-menu', page.getByRole('menu'))
  await page.keyboard.press('Escape')
  await stop('consent', says(words.consent.title))
  await touch(words.consent.agree)
  await stop('consent-reminded', says(words.consent.missingFirst))
  for (const box of await page.getByRole('checkbox').all()) await box.click()
  await stop('consent-agreed', says(words.consent.title))
  await touch(words.consent.agree)
  await stop('world', says(words.world.title))
  await page.getByRole('button', { name: words.world.choose }).first().click()
  await stop('name', says(words.name.title))
  const keys = page.getByRole('group', { name: words.name.keyboard }).getByRole('button')
  if (tour.language === 'zh') await writeChinese(page, words)
  else for (const index of [1, 11, 2, 12, 3]) await keys.nth(index).click()
  await stop('name-typed', says(words.name.title))
  await page.keyboard.type('www.fan')
  await stop('name-refused', says(words.name.another))
  for (let count = 0; count < 7; count++) await page.keyboard.press('Backspace')
  await touch('ÀÉÑ')
  await stop('name-accents', says(words.name.title))
}

const pickUp = async (tour: Tour) => {
  const { dressing } = tour.kiosk
  const { page, words, touch, stop, says, button } = tools(tour)
  await touch(words.review.send)
  await page.getByTestId('qr').waitFor()
  const kind = (name: string) => page.locator(`[data-kind=${name}]`)
  const { poster } = await tour.stage.film()
  const frame = `/media/packs/${createHash('sha256').update(poster).digest('hex')}`
  const previews = Array.from({ length: 6 }, (_, index) => `${frame}?${index}`)
  dressing.view({ state: 'uploading' })
  await stop('pickup-sending', kind('sending'))
  dressing.view({ state: 'queued', place: 3, waitMs: 4 * 60_000 })
  await stop('pickup-queued', kind('queued'))
  dressing.view({ state: 'rendering', stage: 'draw', fraction: 0.46, waitMs: 50_000, previews })
  await stop('pickup-rendering', page.getByRole('group', { name: words.pickup.frames }).locator('img').last())
  dressing.view({ state: 'held', previews })
  await stop('pickup-held', kind('held'))
  dressing.view({ state: 'ready', previews })
  await stop('pickup-ready', kind('ready'))
  dressing.view({ state: 'deleted' })
  await stop('pickup-gone', kind('gone'))
  dressing.view({ state: 'rejected' })
  await stop('pickup-ended', kind('ended'))
  dressing.view({ state: 'failed', code: 'engine-failed' })
  await stop('pickup-failed', kind('failed'))
  dressing.view({ state: 'failed', code: 'clip-too-dark' })
  await stop('pickup-refused', button(words.pickup.again))
  dressing.view({ state: 'uploading' })
  dressing.cut(true)
  await stop('pickup-offline', kind('offline'))
  dressing.cut(false)
  await page.clock.fastForward(FLOW_MS.PATIENCE.pickup)
  await stop('idle', page.getByRole('alertdialog'))
  await touch(words.idle.stay)
  await touch(words.pickup.done)
  await stop('goodbye', says(words.goodbye.title))
  dressing.undress()
  await touch(words.common.startOver)
}

/** One more visitor, in a hurry, whose recording does not leave the kiosk before they do. */
const withoutNetwork = async (tour: Tour) => {
  const { dressing } = tour.kiosk
  const { page, words, touch, stop, says, button } = tools(tour)
  await toConsent(unseen(tour))
  for (const box of await page.getByRole('checkbox').all()) await box.click()
  await touch(words.consent.agree)
  await page.getByRole('button', { name: words.world.choose }).first().click()
  await touch(words.name.skip)
  await roll(unseen(tour))
  await button(words.review.send).waitFor({ timeout: LONGER_MS })
  dressing.cut(true)
  await touch(words.review.send)
  await page.getByTestId('qr').waitFor()
  await touch(words.pickup.done)
  await stop('goodbye-offline', says(words.goodbye.textOffline))
  await touch(words.common.startOver)
  await stop('attract-waiting', page.getByTestId('waiting'))
  dressing.cut(false)
  await page.getByTestId('waiting').waitFor({ state: 'detached', timeout: LONGER_MS })
}

const refuse = async (tour: Tour) => {
  const { words, touch, stop, says } = tools(tour)
  await toConsent(unseen(tour))
  await touch(words.consent.refuse)
  await stop('refused', says(words.refused.title))
}

const welcome = async (tour: Tour) => {
  await toConsent(tour)
  await toName(tour)
}

const WALKS = {
  home: atHome,
  settings: inSettings,
  doors: atOtherDoors,
  welcome,
  faults: pastFaults,
  guidance: underGuidance,
  take: record,
  pickup: pickUp,
  offline: withoutNetwork,
  refusal: refuse,
} satisfies Record<KioskPart, (tour: Tour) => Promise<void>>
/** Parts that nothing after them stands on: left out where none of their screens is wanted. */
const ASIDE: ReadonlySet<KioskPart> = new Set(['settings', 'doors', 'faults', 'guidance', 'offline'])

/** One visitor through everything that is wanted. The kiosk's page must not have been opened before. */
export const tourKiosk = async (tour: Tour): Promise<void> => {
  const { wanted = () => true } = tour
  const parts = Object.keys(WALKS) as KioskPart[]
  const isWanted = (part: KioskPart) => KIOSK_PARTS[part].some(wanted)
  const last = parts.findLastIndex(isWanted)
  await tour.kiosk.page.clock.install()
  for (const part of parts.slice(0, last + 1)) if (isWanted(part) || !ASIDE.has(part)) await WALKS[part](tour)
}
