/** Notices a camera that is there and shows nothing new: a cable half out, a driver that hangs. */

/** A live camera brings a picture at least this often, even in the dark, in milliseconds. */
const FROZEN_MS = 4_000
const LOOK_MS = 500

/**
 * Calls back once when no new picture has come for too long. Answers with the way to stop.
 * Counts from the first picture on; a camera that never shows one is the flow's to give up. What passes while the page is
 * hidden does not count: a hidden page is drawn no pictures.
 */
export const watchFrames = (video: HTMLVideoElement, onFrozen: () => void): (() => void) => {
  let newest: number | undefined
  let request = 0
  const note = () => {
    newest = performance.now()
    request = video.requestVideoFrameCallback(note)
  }
  request = video.requestVideoFrameCallback(note)
  const timer = setInterval(() => {
    if (newest === undefined) return
    if (document.hidden) newest = performance.now()
    if (performance.now() - newest < FROZEN_MS) return
    stop()
    onFrozen()
  }, LOOK_MS)
  const stop = () => {
    clearInterval(timer)
    video.cancelVideoFrameCallback(request)
  }
  return stop
}
