/** The shapes and wishes in which a screen is looked at. */
import type { Page } from 'playwright-core'
import { besidePage } from '../support/accessibility.ts'

export type Look = { width: number; height: number; wishes?: Readonly<Record<string, string>> }

const PORTRAIT = { width: 1080, height: 1920 }
export const LOOKS = {
  portrait: PORTRAIT,
  landscape: { width: 1920, height: 1080 },
  contrast: { ...PORTRAIT, wishes: { 'data-contrast': 'high' } },
  low: { ...PORTRAIT, wishes: { 'data-reach': 'low' } },
  large: { ...PORTRAIT, wishes: { 'data-text': 'large' } },
  /** All of these wishes at once. */
  seated: { ...PORTRAIT, wishes: { 'data-reach': 'low', 'data-text': 'large', 'data-contrast': 'high' } },
  /** And all of them on a screen that lies. */
  lying: { width: 1920, height: 1080, wishes: { 'data-reach': 'low', 'data-text': 'large', 'data-contrast': 'high' } },
  /** A tablet's window, and a laptop's. */
  small: { width: 540, height: 960 },
  window: { width: 1280, height: 720 },
  phone: { width: 390, height: 844 },
} as const satisfies Record<string, Look>
export type LookName = keyof typeof LOOKS

const SOON_MS = 60_000
/** Two looks so far apart that show everything in one place: nothing is being laid out or moved any more. */
const APART_MS = 120
/** Asks again and again: the page's own clock, by which it could wait, may stand still. */
export const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + SOON_MS
  while (!(await holds())) if (performance.now() > end) throw new Error(`not within ${SOON_MS} ms: ${holds}`)
}

/**
 * Two frames that the browser really draws. It hears of a new size first and lays out by it with the next frame: in between,
 * a screen measures as a mixture of both shapes (viewport units of the one, media queries of the other), and stands still so.
 */
export const drawn = (page: Page): Promise<boolean> =>
  besidePage(page, 'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))')

/** Where all words and buttons lie. */
const PLACES = `JSON.stringify([...document.querySelectorAll('h1, p, span, dd, button, label')].map((part) => {
  const { x, y, width, height } = part.getBoundingClientRect()
  return [x, y, width, height].map(Math.round)
}))`

/** Shows the present screen of the kiosk in a look, as a visitor's wishes would, and takes them back. */
export const inLook = async (page: Page, name: LookName, look: () => Promise<void>): Promise<void> => {
  const { width, height, wishes = {} }: Look = LOOKS[name]
  const setAll = (values: Readonly<Record<string, string | null>>) =>
    page.evaluate(`for (const [name, value] of ${JSON.stringify(Object.entries(values))}) {
      const stage = document.querySelector('.kiosk')
      if (value === null) stage?.removeAttribute(name)
      else stage?.setAttribute(name, value)
    }`)
  const size = page.viewportSize()
  if (size?.width !== width || size.height !== height) await page.setViewportSize({ width, height })
  await setAll(wishes)
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  // A busy browser hears of its new size a while later: whoever looks before that sees one shape laid out for another.
  await until(() =>
    page.evaluate<boolean>(`(() => {
      const stage = document.querySelector('.kiosk')
      return innerWidth === ${width} && innerHeight === ${height} && (!stage || stage.getBoundingClientRect().height === ${height})
    })()`),
  )
  let before = ''
  await until(async () => {
    await drawn(page)
    await new Promise((resolve) => setTimeout(resolve, APART_MS))
    const now = await page.evaluate<string>(PLACES)
    const stands = now === before
    before = now
    return stands
  })
  await look()
  await setAll(Object.fromEntries(Object.keys(wishes).map((wish) => [wish, null])))
}
