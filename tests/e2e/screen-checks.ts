/** What may be asked of any screen: what code it shows, whether it keeps anything. */
import jsqr from 'jsqr'
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'

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
