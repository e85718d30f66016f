/**
 * What a test may say of a kiosk's camera, microphone and recorder, and of what its guide sees; loaded before the page. All of
 * them are the browser's own where nothing is said. `window.cameraFault` is the name of a DOMException (or of none) with which the
 * next `getUserMedia` ends, and `'silent'` keeps it waiting; with `window.soundFault` it has no microphone (`'none'`) or one that
 * hears nothing (`'silent'`); with `window.recorderFault` no recording begins; `window.dressedLook` is what the guide sees.
 */
import type { Page } from 'playwright-core'
import type { Look } from '../../kiosk-ui/lib/guide/look.ts'

export const DOCTORED = `(() => {
  const media = navigator.mediaDevices
  if (!media) return
  const open = media.getUserMedia.bind(media)
  media.getUserMedia = async (wanted) => {
    const { cameraFault, soundFault } = window
    if (cameraFault === 'silent') return new Promise(() => undefined)
    if (cameraFault) throw new DOMException('as asked', cameraFault)
    const stream = await open(soundFault === 'none' ? { ...wanted, audio: false } : wanted)
    if (soundFault === 'silent') for (const track of stream.getAudioTracks()) track.enabled = false
    return stream
  }
  const start = MediaRecorder.prototype.start
  MediaRecorder.prototype.start = function (piece) {
    if (window.recorderFault) throw new DOMException('as asked', window.recorderFault)
    return start.call(this, piece)
  }
  const ask = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (message, transfer) {
    const look = window.dressedLook
    if (!look || !message?.picture) return ask.call(this, message, transfer)
    message.picture.close()
    this.dispatchEvent(new MessageEvent('message', { data: { kind: 'look', look } }))
  }
})()`

export type Doctoring = {
  cameraFault?: string
  soundFault?: 'none' | 'silent'
  recorderFault?: string
  dressedLook?: Look
}

/** Says what is from here on; what is given as undefined is the browser's own again, and the rest stays as it was. */
export const doctor = (page: Page, said: { [K in keyof Doctoring]: Doctoring[K] | undefined }): Promise<void> =>
  page.evaluate(
    `${Object.entries(said)
      .map(([name, value]) => `window.${name} = ${value === undefined ? 'undefined' : JSON.stringify(value)}`)
      .join('; ')}; undefined`,
  )
