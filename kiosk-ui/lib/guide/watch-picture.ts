/** Hands pictures of a video to the worker, one at a time, and tells what it saw. */
import type { Look } from './look.ts'
import type { GuideAnswer, GuideRequest } from './worker-messages.ts'

/** At most one look in so many milliseconds: enough to follow a person, and half of a core at most. */
const LOOK_EVERY_MS = 160

export type PictureWatch = {
  /**
   * Looks at this video from now on, at most once in `everyMs` milliseconds, in place of any other; answers with the way to stop.
   */
  watch(video: HTMLVideoElement, tell: (look: Look) => void, everyMs?: number): () => void
  close(): void
}

/**
 * Starts the worker; its networks load once and serve every visitor.
 * @param onFault hears, once, that a look failed or that there will be none: then the kiosk does without
 */
export const openPictureWatch = (onFault: (reason: string) => void): PictureWatch => {
  const worker = new Worker(new URL('./guide-worker.ts', import.meta.url), { type: 'module', name: 'guide' })
  let ready = false
  let busy = false
  let told = false
  let listener: ((look: Look) => void) | undefined
  worker.onmessage = ({ data }: MessageEvent<GuideAnswer>) => {
    if (data.kind === 'ready') ready = true
    else busy = false
    if (data.kind === 'look') listener?.(data.look)
    if (data.kind === 'failed' || (data.kind === 'blind' && !told)) {
      told = true
      onFault(data.reason)
    }
  }
  worker.onerror = (event) => onFault(event.message)

  return {
    watch(video, tell, everyMs = LOOK_EVERY_MS) {
      listener = tell
      const timer = setInterval(async () => {
        if (!ready || busy || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return
        busy = true
        try {
          const picture = await createImageBitmap(video)
          worker.postMessage({ picture } satisfies GuideRequest, [picture])
        } catch {
          // The picture went away between two frames; the next one is looked at.
          busy = false
        }
      }, everyMs)
      return () => {
        clearInterval(timer)
        if (listener === tell) listener = undefined
      }
    },
    close: () => worker.terminate(),
  }
}
