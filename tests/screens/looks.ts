/** The shapes and wishes in which a screen is looked at. */
import type { Page } from 'playwright-core'

export type Look = { width: number; height: number; wishes?: Readonly<Record<string, string>> }

const PORTRAIT = { width: 1080, height: 1920 }
export const LOOKS = {
  portrait: PORTRAIT,
  landscape: { width: 1920, height: 1080 },
  contrast: { ...PORTRAIT, wishes: { 'data-contrast': 'high' } },
  low: { ...PORTRAIT, wishes: { 'data-reach': 'low' } },
  large: { ...PORTRAIT, wishes: { 'data-text': 'large' } },
  /** A tablet's window, and a laptop's. */
  small: { width: 540, height: 960 },
  window: { width: 1280, height: 720 },
  phone: { width: 390, height: 844 },
} as const satisfies Record<string, Look>
export type LookName = keyof typeof LOOKS

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
  // Two frames: what hears of the new size draws in the first, and what that moved in the second.
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  await look()
  await setAll(Object.fromEntries(Object.keys(wishes).map((wish) => [wish, null])))
}
