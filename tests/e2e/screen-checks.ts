/** What may be asked of any screen: whether it stands, whether everybody can use it, whether it keeps anything. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import jsqr from 'jsqr'
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds on the present screen, as `rule: element`; nothing on a good one. */
export const accessibilityFaults = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  })
}

/** Resolves when what comes onto the screen once has come; what moves for ever does not count. */
export const standing = async (page: Page): Promise<void> => {
  await page.evaluate(`Promise.all(document.getAnimations().map((one) =>
    one.effect.getTiming().iterations === 1 ? one.finished.catch(() => undefined) : undefined)).then(() => undefined)`)
}

/** What the QR code on the screen says, decoded from a picture of the whole screen. */
export const codeOn = async (page: Page): Promise<string> => {
  const { data, width, height } = PNG.sync.read(await page.screenshot({ animations: 'disabled' }))
  const found = jsqr.default(new Uint8ClampedArray(data), width, height)
  if (!found) throw new Error('no QR code on the screen')
  return found.data
}

/** How many pieces of recordings lie on the kiosk's disk. */
export const piecesLeft = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('fanreel-kiosk')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const count = opening.result.transaction('pieces').objectStore('pieces').count()
      count.onsuccess = () => { opening.result.close(); resolve(count.result) }
    }
  })`)
