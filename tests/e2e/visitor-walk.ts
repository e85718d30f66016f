/** A visitor's hands and eyes: walks the kiosk's screens by what they say, in the visitor's language. */
import { readFileSync } from 'node:fs'
import type { Language } from '@fanreel/protocol'
import type { Page } from 'playwright-core'
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import { GREETINGS, LANGUAGE_NAMES } from '../../kiosk-ui/lib/language-names.ts'
import { codeOn } from './screen-checks.ts'

type Words = typeof import('../../kiosk-ui/words/en.json', { with: { 'resolution-mode': 'import' }})

/** Every word of the kiosk's screens in one language. */
export const wordsOf = (language: Language): Words =>
  JSON.parse(readFileSync(new URL(`../../kiosk-ui/words/${language}.json`, import.meta.url), 'utf8')) as Words

/** More often than the kiosk would ask. */
const TOUCH_EVERY_MS = 20_000

export type Visit = {
  words: Words
  /** Touches the button that says so. */
  touch(name: string): Promise<void>
  /** Waits for the attract screen's call and goes as far as the boxes to tick. */
  walkToConsent(): Promise<void>
  /** Goes as far as the camera's picture. */
  walkToCamera(name: string[]): Promise<void>
  /** From the picture to the review of the take. */
  record(): Promise<void>
  /** Stays in front of the code, and touches the screen now and then, until the film stands so. */
  stayUntil(kind: 'rendering' | 'ready', timeoutMs: number): Promise<void>
  /** The address in the QR code, decoded from a screenshot of the whole screen. */
  readCode(): Promise<string>
}

/**
 * A take of a second: its clock runs in leaps, each shorter than what counts as a frozen camera (4 s), and after each the
 * camera has time for pictures. A leap over the whole take had the camera given up, found again, and all filmed once more.
 */
const LEAPS = 4
const LEAP_MS = Math.ceil(FLOW_MS.TAKE / LEAPS)
/** Pictures of the camera between two leaps: a quarter of a second of them. */
const FILMED_PICTURES = 8
const FILM = `new Promise((done) => {
  let left = ${FILMED_PICTURES}
  const video = document.querySelector('video')
  const next = () => (--left > 0 ? video.requestVideoFrameCallback(next) : done())
  video.requestVideoFrameCallback(next)
})`

/** Lets the countdown and the take pass on a page whose clock the test has installed. */
export const leapThroughTake = async (page: Page, words: Words, timeoutMs: number): Promise<void> => {
  const recording = page.getByText(words.record.recording, { exact: true })
  await page.getByText(words.record.getReady, { exact: true }).or(recording).first().waitFor({ timeout: timeoutMs })
  if (!(await recording.isVisible())) await page.clock.runFor(FLOW_MS.COUNTDOWN)
  await recording.waitFor({ timeout: timeoutMs })
  for (let leap = 0; leap < LEAPS; leap++) {
    // On a busy machine the take may be over before: then no picture comes any more.
    await Promise.race([
      page.evaluate(FILM).catch(() => undefined),
      recording.waitFor({ state: 'detached', timeout: timeoutMs }).catch(() => undefined),
    ])
    if (!(await recording.isVisible())) return
    await page.clock.runFor(LEAP_MS)
  }
}

export type WalkOptions = {
  page: Page
  language: Language
  url: string
  onScreen?: (name: string) => Promise<void>
  /** The take is not what is tried: on a page whose clock the test has installed it passes in leaps. */
  leaps?: boolean
}

export const walk = ({ page, language, url, onScreen = async () => undefined, leaps = false }: WalkOptions): Visit => {
  const words = wordsOf(language)
  const touch = (name: string) => page.getByRole('button', { name, exact: true }).click({ timeout: 45_000 })
  const seen = async (name: string, mark: string) => {
    await page.getByText(mark, { exact: true }).first().waitFor({ timeout: 45_000 })
    await onScreen(name)
  }
  const walkToConsent = async () => {
    await page.goto(url)
    await seen('attract', wordsOf('en').attract.touch)
    const greet = async () => {
      await touch(words.attract.touch)
      await seen('language', words.language.title)
      await page.getByRole('button', { name: GREETINGS[language] }).click()
    }
    // The kiosk's own language is chosen on its screen, another on the invitation, which goes on at once or tells a long wait.
    if (language === 'en') await greet()
    else {
      await touch(LANGUAGE_NAMES[language])
      const told = page.getByRole('button', { name: words.attract.touch, exact: true })
      const consent = page.getByText(words.consent.title, { exact: true })
      await told.or(consent).first().waitFor({ timeout: 45_000 })
      if (await told.isVisible()) await greet()
    }
    await seen('consent', words.consent.title)
  }
  return {
    words,
    touch,
    walkToConsent,
    async walkToCamera(name) {
      await walkToConsent()
      for (const box of await page.getByRole('checkbox').all()) await box.click()
      await touch(words.consent.agree)
      await seen('world', words.world.title)
      await page.getByRole('button', { name: words.world.choose }).first().click()
      await seen('name', words.name.title)
      for (const key of name) await touch(key)
      await touch(name.length > 0 ? words.common.next : words.name.skip)
    },
    async record() {
      const begin = page.getByRole('button', { name: words.frame.record, disabled: false })
      // Before a picture that the node would refuse the take is sent all the same, or made again.
      const { send: plain, sendAnyway } = words.review
      const send = page.getByRole('button', { name: plain }).or(page.getByRole('button', { name: sendAnyway }))
      await begin.or(send).waitFor({ timeout: 45_000 })
      await onScreen('frame')
      // A take begins by itself when the guide finds nothing to mend: the button may be gone before a hand comes.
      const begun = page.getByRole('timer').or(send).first()
      for (let tries = 0; !(await begun.isVisible()); tries++) {
        if (tries === 9) throw new Error('no take began')
        if (
          await begin.click({ timeout: 5_000 }).then(
            () => true,
            () => false,
          )
        )
          break
      }
      if (leaps) await leapThroughTake(page, words, 45_000)
      await send.waitFor({ timeout: 45_000 })
      await onScreen('review')
    },
    async stayUntil(kind, timeoutMs) {
      const end = Date.now() + timeoutMs
      const wanted = page.locator(`[data-kind=${kind}]`)
      const over = page.locator('[data-kind=failed], [data-kind=gone]').or(page.getByRole('button', { name: words.pickup.again }))
      for (;;) {
        await wanted
          .or(over)
          .first()
          .waitFor({ timeout: TOUCH_EVERY_MS })
          .catch(() => undefined)
        if (await wanted.isVisible()) return
        if (await over.first().isVisible()) throw new Error(`the kiosk says: ${await page.locator('main').innerText()}`)
        if (Date.now() > end) throw new Error(`not ${kind} after ${timeoutMs} ms: ${await page.locator('main').innerText()}`)
        // Nobody is asked "still there?" who touches the screen.
        await page.mouse.click(2, 2)
      }
    },
    async readCode() {
      await page.getByTestId('qr').waitFor()
      return codeOn(page)
    },
  }
}
