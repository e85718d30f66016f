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

/** Notes every stream that a page opens, for `liveTracks`: to run before the page does. */
export const NOTE_STREAMS = `(() => {
  const devices = navigator.mediaDevices
  const real = devices.getUserMedia.bind(devices)
  window.streams = []
  devices.getUserMedia = async (asked) => {
    const stream = await real(asked)
    window.streams.push(stream)
    return stream
  }
})()`

/** Kinds of the tracks whose lights are on. */
export const liveTracks = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `window.streams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === 'live').map((track) => track.kind).sort()`,
  )

/** What lies on the kiosk's disk as it lies there: whether the key may be taken out, and the first bytes of each piece. */
export const onDisk = (page: Page): Promise<{ extractable: boolean; heads: number[][] }> =>
  page.evaluate<{ extractable: boolean; heads: number[][] }>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('fanreel-kiosk')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const db = opening.result
      const read = db.transaction(['keys', 'pieces'])
      const key = read.objectStore('keys').get('clips')
      const pieces = read.objectStore('pieces').getAll()
      read.oncomplete = () => {
        db.close()
        const heads = pieces.result.map(({ sealed }) => [...new Uint8Array(sealed).slice(0, 4096)])
        resolve({ extractable: key.result.extractable, heads })
      }
    }
  })`)

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
