/**
 * Every screen in every language: nothing runs out of its box or off the screen, nothing lies over anything else, every
 * target can be hit by a gloved finger, and axe finds nothing that keeps anybody out.
 */
import { LANGUAGES, type Language } from '@fanreel/protocol'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LANGUAGE_NAMES } from '../../kiosk-ui/lib/language-names.ts'
import { wordsOf } from '../e2e/visitor-walk.ts'
import { accessibilityFaults } from '../support/accessibility.ts'
import { tourKiosk } from './kiosk-tour.ts'
import { drawn, inLook, LOOKS, type LookName } from './looks.ts'
import { LEAST_TARGET, measurePage } from './measure.ts'
import { tourOperator, tourPickup } from './pages-tour.ts'
import { KIOSK_SCREENS } from './screen-names.ts'
import { openStage, type Stage } from './stage.ts'

/** The width of a key in a window so narrow that eleven of them stand side by side: WCAG 2.5.5. Their height is as everywhere. */
const LEAST_KEY = 44
/** And on a phone or an operator's tablet: WCAG 2.5.5. */
const LEAST_OF_PAGES = 44
/** The part of an upright screen that is out of reach from a seat, from its top (kiosk-ui/README, 8.3). */
const OUT_OF_REACH = 0.38
/** For the team's hands alone: its settings fill the screen. */
const isForTheTeam = (name: string) => name.startsWith('admin')
/** Phones of the size of most, of the narrowest that are still carried, and on their side. */
const PHONES = [
  { width: 390, height: 844 },
  { width: 320, height: 844 },
  { width: 844, height: 390 },
]

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
}, 120_000)
afterAll(() => stage?.stop())

const ALL_LOOKS: LookName[] = ['portrait', 'landscape', 'small', 'window', 'low', 'large', 'contrast', 'seated', 'lying']
/** Where all that is touched lies on a screen. */
const touchedAt = (page: Page): Promise<string> =>
  page.evaluate(`JSON.stringify([...document.querySelectorAll('.kiosk .screens :is(button, label)')].map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect()
    return [x, y, width, height].map(Math.round)
  }))`)

/** Shapes that a language is measured in; the visitor's wishes in the language of the longest words, and in the one from right to left. */
const looksIn = (language: string): LookName[] =>
  language === 'de' || language === 'ar' ? ALL_LOOKS : ['portrait', 'landscape', 'small']
/** Where axe looks: what it judges, the other shapes share. */
const IN_AXE: ReadonlySet<LookName> = new Set(['portrait', 'contrast', 'low', 'seated'])
/** Read at two metres on a panel of 43 inches and more (the arithmetic is in kiosk-ui/README.md), at 1080x1920. */
const LEAST_TEXT = 26
/** Windows too narrow for eleven keys of the full size. */
const NARROW: ReadonlySet<LookName> = new Set(['small', 'window'])

describe('the rule that measures', () => {
  it('finds what it is there to find', async () => {
    const page = await stage.browser.newPage({ viewport: { width: 400, height: 400 } })
    const found = async (html: string, above = 0, leastKey = LEAST_TARGET) => {
      await page.setContent(`<main class="kiosk" style="font: 16px sans-serif">${html}</main>`)
      return (await measurePage(page, LEAST_TARGET, { above, leastKey })).map((fault) => fault.split(/[,:]| by /)[0])
    }
    const fine = '<button style="width: 90px; height: 90px">Go</button>'
    expect(await found(fine)).toEqual([])
    const forVoices = 'position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap'
    expect(await found(`<span style="${forVoices}">Words that are heard</span>`)).toEqual([])
    expect(await measurePage(page, LEAST_TARGET, { leastText: 20 })).toEqual([])
    await page.setContent('<main class="kiosk" style="font: 16px sans-serif">Words</main>')
    expect(await measurePage(page, LEAST_TARGET, { leastText: 20 })).toEqual(['letters of 16px: <main> “Words”'])
    expect(await found('<button style="width: 60px; height: 90px">Go</button>')).toEqual(['too small'])
    const key = '<button class="key" style="width: 60px; height: 90px">Q</button>'
    expect(await found(key)).toEqual(['too small'])
    expect(await found(key, 0, LEAST_KEY)).toEqual([])
    expect(await found(key.replace('60px', '40px'), 0, LEAST_KEY)).toEqual(['too small'])
    expect(await found('<button style="width: 90px; height: 90px; white-space: nowrap">Donaudampfschifffahrt</button>')).toEqual([
      'out of its box',
    ])
    expect(await found('<p style="width: 60px; overflow: hidden; white-space: nowrap">Donaudampfschifffahrt</p>')).toContain(
      'cut off',
    )
    expect(await found('<p style="position: absolute; left: 380px">Words</p>')).toEqual(['out of the screen'])
    expect(await found(`${fine}<i style="position: absolute; inset: 0"></i>`)).toEqual(['covered'])
    expect(await found('<p style="position: absolute; top: 0">One</p><p style="position: absolute; top: 4px">Other</p>')).toEqual(
      ['one over the other'],
    )
    const heading = (lineHeight: number) =>
      `<h1 style="position: absolute; top: 0; width: 90px; font: 800 40px/${lineHeight} sans-serif; text-transform: uppercase">Schön für dich</h1>`
    expect(await found(heading(0.86))).toEqual(['accents touch the line above'])
    expect(await found(heading(1.2))).toEqual([])
    const bar = (width: number) =>
      `<header class="chrome" style="display: flex; width: 200px; box-sizing: border-box; padding: 0 20px"><i style="flex: none; width: ${width}px">Bar</i></header>`
    expect(await found(bar(160))).toEqual([])
    expect(await found(bar(180))).toEqual([expect.stringContaining("over the bar's margin")])
    expect(await found('<button style="width: 90px; height: 90px; opacity: 0.5">Go</button>')).toEqual(['looks disabled'])
    expect(await found('<button disabled style="width: 90px; height: 90px; opacity: 0.5">Go</button>')).toEqual([])
    const buttonAt = (top: number) => `<button style="position: absolute; top: ${top}px; width: 90px; height: 90px">Go</button>`
    expect(await found(buttonAt(400 * OUT_OF_REACH - 3), OUT_OF_REACH)).toEqual(['out of reach'])
    expect(await found(buttonAt(400 * OUT_OF_REACH), OUT_OF_REACH)).toEqual([])
    await page.close()
  })
})

describe('axe', () => {
  it('finds what keeps somebody out, also while the page’s clock stands still', async () => {
    const page = await stage.browser.newPage()
    await page.clock.install()
    await page.setContent('<html lang="en"><title>A page</title><main><h1>Words</h1><img src="data:,"></main>')
    await page.clock.pauseAt((await page.evaluate<number>('Date.now()')) + 1_000)
    expect((await accessibilityFaults(page)).map((fault) => fault.split(':')[0])).toEqual(['image-alt'])
    await page.close()
  })
})

describe('every screen', () => {
  it.each(LANGUAGES)(
    'can be read, touched and used by everybody in %s',
    async (language) => {
      const kiosk = await stage.openKiosk(LOOKS.portrait, language)
      const faults: string[] = []
      // Unticked, reminded, ticked: nothing jumps under a finger.
      const consents = new Set<string>()
      const onScreen = async (name: string, page: Page) => {
        const note = (look: string, found: string[]) => faults.push(...found.map((fault) => `${name}, ${look}: ${fault}`))
        for (const look of looksIn(language))
          await inLook(page, look, async () => {
            const fromASeat = (look === 'low' || look === 'seated') && !isForTheTeam(name)
            const keys = NARROW.has(look) && { leastKey: LEAST_KEY }
            const letters = look === 'portrait' && { leastText: LEAST_TEXT }
            note(look, await measurePage(page, LEAST_TARGET, { above: fromASeat ? OUT_OF_REACH : 0, ...keys, ...letters }))
            if (look === 'portrait' && name.startsWith('consent')) consents.add(await touchedAt(page))
            if (IN_AXE.has(look)) note(`${look} (axe)`, await accessibilityFaults(page))
          })
      }
      // What was found before a tour came to its end too early is told first.
      const broken = await tourKiosk({ stage, kiosk, language, onScreen }).then(
        () => undefined,
        (error: unknown) => error,
      )
      await kiosk.close()
      expect(faults).toEqual([])
      if (broken) throw broken
      expect([...consents]).toHaveLength(1)
      expect(kiosk.faults).toEqual([])
    },
    1_200_000,
  )
})

describe('the language', () => {
  /** Words of the present screen, as they are read. */
  const wordsOn = (page: Page) => page.evaluate<string>("document.querySelector('.kiosk').innerText")

  it('is switched on every screen that has its switch, and nobody loses their place', async () => {
    const kiosk = await stage.openKiosk(LOOKS.portrait, 'en')
    const { page } = kiosk
    const switched: string[] = []
    const lost: string[] = []
    const switchTo = async (from: Language, to: Language) => {
      await page.getByRole('button', { name: `${wordsOf(from).common.language}: ` }).click()
      await page.getByRole('menuitem', { name: LANGUAGE_NAMES[to], exact: true }).click()
      await page.getByRole('button', { name: `${wordsOf(to).common.language}: ` }).waitFor()
    }
    const onScreen = async (name: string, shown: Page) => {
      const opener = page.getByRole('button', { name: `${wordsOf('en').common.language}: ` })
      // On the first screen a language is the answer; what lies over a screen takes every touch.
      const isOpen = !['language', 'language-menu', 'idle'].includes(name) && !name.startsWith('admin')
      if (shown !== page || !isOpen || (await opener.count()) === 0) return
      // A screen that has just come hears no touch.
      await page.clock.runFor(500)
      const before = await wordsOn(page)
      await switchTo('en', 'ar')
      const there = await wordsOn(page)
      await switchTo('ar', 'en')
      // Words that were agreed to were those of another language: they are asked anew.
      if (name === 'consent-reminded') await page.getByRole('button', { name: wordsOf('en').consent.agree }).click()
      if (name === 'consent-agreed') for (const box of await page.getByRole('checkbox').all()) await box.click()
      if (there === before || (await wordsOn(page)) !== before) lost.push(name)
      switched.push(name)
    }
    await tourKiosk({ stage, kiosk, language: 'en', onScreen })
    await kiosk.close()
    expect(lost).toEqual([])
    const without = KIOSK_SCREENS.filter((name) => !switched.includes(name) && !/^(attract|admin)/.test(name))
    // In the panel, and while the camera has the eyes, it is one touch away; whether somebody is there any touch answers.
    expect(without).toEqual(['comfort', 'language', 'language-menu', 'studio-countdown', 'studio-recording', 'idle'])
  }, 600_000)
})

describe('every page', () => {
  const look = async (page: Page, name: string, shape: string, faults: string[]) => {
    const found = [
      ...(await measurePage(page, LEAST_OF_PAGES)),
      ...(await accessibilityFaults(page)).map((fault) => `axe: ${fault}`),
    ]
    faults.push(...found.map((fault) => `${name}, ${shape}: ${fault}`))
  }

  it.each(LANGUAGES)(
    'of a phone can be read and used by everybody in %s, by day and by night',
    async (language) => {
      const faults: string[] = []
      const onPage = async (page: Page, name: string, light: string) => {
        for (const size of PHONES) {
          await page.setViewportSize(size)
          await drawn(page)
          await look(page, name, `${light} ${size.width}`, faults)
        }
      }
      await tourPickup({ stage, language, onPage, wanted: () => true })
      expect(faults).toEqual([])
    },
    600_000,
  )

  it('of the operators can be read and used by everybody, at a desk and on a tablet', async () => {
    const faults: string[] = []
    const onPage = async (page: Page, name: string, shape: string) => {
      await drawn(page)
      await look(page, name, shape, faults)
    }
    await tourOperator({ stage, onPage, wanted: () => true })
    expect(faults).toEqual([])
  }, 600_000)
})
