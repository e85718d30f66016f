/** Walks the kiosk from the invitation to the goodbye, past everything that can go wrong, and stops at each screen. */
import { createHash } from 'node:crypto'
import type { Language } from '@fanreel/protocol'
import type { Locator, Page } from 'playwright-core'
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import { CANDIDATES_SHOWN } from '../../kiosk-ui/lib/keyboard/pinyin.ts'
import { GREETINGS, LANGUAGE_NAMES } from '../../kiosk-ui/lib/language-names.ts'
import { wordsOf } from '../e2e/visitor-walk.ts'
import { standing } from '../support/accessibility.ts'
import { KIOSK_PARTS, type KioskPart } from './screen-names.ts'
import { KIOSK_PIN, type Stage } from './stage.ts'

type Kiosk = Awaited<ReturnType<Stage['openKiosk']>>
export type Tour = {
  stage: Stage
  kiosk: Kiosk
  language: Language
  /** Called at each screen, whose clocks stand still meanwhile. */
  onScreen: (name: string) => Promise<void>
  /** Which screens to stop at; the tour ends after the last of them. All, where it is not given. */
  wanted?: (name: string) => boolean
}

/** Names of a DOMException by the screen that each brings up. */
const FAULTS = {
  denied: 'NotAllowedError',
  missing: 'NotFoundError',
  busy: 'NotReadableError',
  unsuitable: 'OverconstrainedError',
  insecure: 'SecurityError',
  unknown: 'OddError',
} as const

const LONGER_MS = 60_000

/** Stops the page's clocks for as long as `look` takes. A pause lies in the page's future, which a busy machine may have passed. */
const frozen = async (page: Page, look: () => Promise<void>) => {
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

const tools = ({ kiosk: { page }, onScreen, wanted = () => true, language }: Tour) => {
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
      await frozen(page, () => onScreen(name))
    },
    says: (text: string) => page.getByText(text, { exact: true }),
  }
}

const atHome = async (tour: Tour) => {
  const { stage, kiosk, language } = tour
  const { page, words, touch, stop, says } = tools(tour)
  // A kiosk that has just been switched on, and does not find its orchestrator yet.
  kiosk.dressing.cut(true)
  await page.goto(stage.url, { timeout: 180_000 })
  await says(wordsOf('en').attract.connecting).waitFor({ timeout: LONGER_MS })
  if (language !== 'en') await touch(LANGUAGE_NAMES[language])
  await stop('attract-connecting', says(words.attract.connecting))
  if (language !== 'en') await touch(LANGUAGE_NAMES.en)
  kiosk.dressing.cut(false)
  await page.getByRole('button', { name: wordsOf('en').attract.touch }).waitFor({ timeout: LONGER_MS })
  // Before an open door a language that is touched begins; before a closed one it is read in.
  kiosk.dressing.status({ open: false, reason: 'paused' })
  await says(wordsOf('en').attract.paused).waitFor({ timeout: LONGER_MS })
  if (language !== 'en') await touch(LANGUAGE_NAMES[language])
  const closed = { paused: 'paused', 'no-nodes': 'noNodes', overloaded: 'overloaded' } as const
  for (const [reason, key] of Object.entries(closed)) {
    kiosk.dressing.status({ open: false, reason: reason as keyof typeof closed })
    await stop(`attract-${reason}`, says(words.attract[key]))
  }
  kiosk.dressing.status({ open: true })
  kiosk.dressing.closed('out-of-order')
  await stop('attract-out-of-order', says(words.attract.outOfOrder))
  kiosk.dressing.closed(undefined)
  kiosk.dressing.status({ open: true, waitMs: 6 * 60_000 })
  await stop('attract-long-wait', says(words.attract.touch))
  kiosk.dressing.status({ open: true })
  await stop('attract', says(words.attract.touch))
  await touch(words.comfort.open)
  await stop('comfort', page.getByRole('dialog'))
  await touch(words.comfort.close)
  for (let count = 0; count < 5; count++) await page.getByTestId('admin-corner').click()
  await stop('admin-pin', page.getByRole('dialog'))
  for (const digit of KIOSK_PIN) await touch(digit)
  await touch('OK')
  await stop('admin', page.getByRole('dialog').locator('dl'))
  await touch('Close')
}

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

const pastFaults = async (tour: Tour) => {
  const { page, words, touch, stop, says } = tools(tour)
  for (const [fault, error] of Object.entries(FAULTS)) {
    await page.evaluate(`window.cameraFault = '${error}'`)
    await touch(words.common.next)
    await stop(`camera-${fault}`, says(words.camera[fault as keyof typeof FAULTS]))
    await touch(words.common.back)
  }
  await page.evaluate(`window.cameraFault = 'silent'`)
  await touch(words.common.next)
  await stop('studio-opening', says(words.frame.opening))
  await touch(words.common.back)
  await page.evaluate(`window.cameraFault = undefined`)
}

/** As the browser tells that the camera was unplugged. */
const UNPLUG = `document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))`

/** From the camera's picture to the take, past one that breaks off and one that cannot begin. */
const record = async (tour: Tour) => {
  const { page, words, touch, stop, says, button } = tools(tour)
  await touch(words.common.next)
  await roll(tour)
  await page.evaluate(`window.cameraFault = 'NotReadableError'; ${UNPLUG}`)
  await stop('camera-lost', says(words.camera.lost))
  await page.evaluate(`window.cameraFault = undefined; window.recorderFault = 'UnknownError'`)
  await touch(words.common.retry)
  await roll({ ...tour, wanted: () => false })
  await stop('camera-recorder', says(words.camera.recorder))
  await page.evaluate('window.recorderFault = undefined')
  await touch(words.common.retry)
  await roll({ ...tour, wanted: () => false })
  // Nobody was seen by a camera before a bare wall: the kiosk says so, and sends the take all the same.
  const send = button(words.review.send).or(button(words.review.sendAnyway))
  await stop('review', send)
  await send.click()
}

/** As far as the recording, by the page's own clock, which goes on only as far as the next screen. */
const roll = async (tour: Tour) => {
  const { page, words, says } = tools(tour)
  const begin = page.getByRole('button', { name: words.frame.record, disabled: false })
  await begin.waitFor({ timeout: LONGER_MS })
  await standing(page)
  const look = async (name: string) => ((tour.wanted?.(name) ?? true) ? tour.onScreen(name) : undefined)
  await frozen(page, async () => {
    await look('studio')
    await page.clock.runFor(500)
    // A take begins by itself when the guide finds nothing to mend: the button may be gone before a hand comes.
    await begin.click({ timeout: 5_000 }).catch(() => undefined)
    await says(words.record.getReady).first().waitFor()
    await look('studio-countdown')
    await page.clock.runFor(FLOW_MS.COUNTDOWN + 200)
    await says(words.record.recording).or(says(words.camera.recorder)).first().waitFor()
    await look('studio-recording')
  })
}

const pickUp = async (tour: Tour) => {
  const { dressing } = tour.kiosk
  const { page, words, touch, stop, says, button } = tools(tour)
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

const refuse = async (tour: Tour) => {
  const { page, words, touch, stop, says } = tools(tour)
  await page.getByRole('button', { name: wordsOf('en').attract.touch }).click({ timeout: LONGER_MS })
  await page.getByRole('button', { name: GREETINGS[tour.language] }).first().click()
  await touch(words.consent.refuse)
  await stop('refused', says(words.refused.title))
}

const welcome = async (tour: Tour) => {
  await toConsent(tour)
  await toName(tour)
}

const WALKS = { home: atHome, welcome, faults: pastFaults, take: record, pickup: pickUp, refusal: refuse } satisfies Record<
  KioskPart,
  (tour: Tour) => Promise<void>
>

/** One visitor through everything that is wanted. The kiosk's page must not have been opened before. */
export const tourKiosk = async (tour: Tour): Promise<void> => {
  const { wanted = () => true } = tour
  const parts = Object.keys(WALKS) as KioskPart[]
  const last = parts.findLastIndex((part) => KIOSK_PARTS[part].some(wanted))
  await tour.kiosk.page.clock.install()
  for (const part of parts.slice(0, last + 1)) await WALKS[part](tour)
}
