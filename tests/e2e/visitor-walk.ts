/** A visitor's hands and eyes: walks the kiosk's screens by what they say, in the visitor's language. */
import { readFileSync } from 'node:fs'
import type { Language } from '@fanreel/protocol'
import jsqr from 'jsqr'
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'

type Words = typeof import('../../kiosk-ui/words/en.json', { with: { 'resolution-mode': 'import' }})

const wordsOf = (language: Language): Words =>
  JSON.parse(readFileSync(new URL(`../../kiosk-ui/words/${language}.json`, import.meta.url), 'utf8')) as Words

const OWN_NAME: Record<Language, string> = { en: 'English', it: 'Italiano', ar: 'العربية', ja: '日本語' }
const GREETING: Record<Language, string> = { en: 'Hello', it: 'Ciao', ar: 'مرحبًا', ja: 'こんにちは' }

export type Visit = {
  words: Words
  /** Touches the button that says so. */
  touch(name: string): Promise<void>
  /** Waits for the attract screen's call and goes as far as the camera's picture. */
  walkToCamera(name: string[]): Promise<void>
  /** From the picture to the review of the take. */
  record(): Promise<void>
  /** The address in the QR code, decoded from a screenshot of the whole screen. */
  readCode(): Promise<string>
}

export type WalkOptions = { page: Page; language: Language; url: string; onScreen?: (name: string) => Promise<void> }

export const walk = ({ page, language, url, onScreen = async () => undefined }: WalkOptions): Visit => {
  const words = wordsOf(language)
  const touch = (name: string) => page.getByRole('button', { name, exact: true }).click({ timeout: 45_000 })
  const seen = async (name: string, mark: string) => {
    await page.getByText(mark, { exact: true }).first().waitFor({ timeout: 45_000 })
    await onScreen(name)
  }
  return {
    words,
    touch,
    async walkToCamera(name) {
      await page.goto(url)
      if (language !== 'en') await touch(OWN_NAME[language])
      await seen('attract', words.attract.touch)
      await touch(words.attract.touch)
      await seen('language', words.language.title)
      await page.getByRole('button', { name: GREETING[language] }).click()
      await seen('consent', words.consent.title)
      for (const box of await page.getByRole('checkbox').all()) await box.click()
      await touch(words.consent.agree)
      await seen('world', words.world.title)
      await page.getByRole('button', { name: words.world.choose }).click()
      await seen('name', words.name.title)
      for (const key of name) await touch(key)
      await touch(name.length > 0 ? words.common.next : words.name.skip)
    },
    async record() {
      await page.getByRole('button', { name: words.frame.record, disabled: false }).waitFor({ timeout: 45_000 })
      await onScreen('frame')
      await touch(words.frame.record)
      await page.getByRole('button', { name: words.review.send }).waitFor({ timeout: 45_000 })
      await onScreen('review')
    },
    async readCode() {
      await page.getByTestId('qr').waitFor()
      const { data, width, height } = PNG.sync.read(await page.screenshot({ animations: 'disabled' }))
      const found = jsqr.default(new Uint8ClampedArray(data), width, height)
      if (!found) throw new Error('no QR code on the screen')
      return found.data
    },
  }
}
