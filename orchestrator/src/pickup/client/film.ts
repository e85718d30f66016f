/**
 * Saving and sharing a finished film. A phone's share sheet is the way into its photo library: it wants the file itself,
 * nothing else, and within moments of the tap, so the file is fetched before.
 */

/** Whether this browser would share a film at all. */
const canShareFilm = (): boolean => {
  const probe = new File([new Uint8Array(1)], 'film.mp4', { type: 'video/mp4' })
  return typeof navigator.canShare === 'function' && navigator.canShare({ files: [probe] })
}

const fetchFilm = async (address: string, bytes: number, progress: (share: number) => void): Promise<File> => {
  const answer = await fetch(address)
  if (!answer.ok || !answer.body) throw new Error(`film: ${answer.status}`)
  const parts: BlobPart[] = []
  const reader = answer.body.getReader()
  for (let loaded = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    loaded += value.length
    progress(bytes > 0 ? Math.min(1, loaded / bytes) : 0)
  }
  return new File(parts, 'fanreel.mp4', { type: 'video/mp4' })
}

const enhanceSave = (stage: HTMLElement) => {
  const button = stage.querySelector<HTMLElement>('[data-save]')
  const video = stage.querySelector<HTMLVideoElement>('[data-film]')
  const label = button?.querySelector<HTMLElement>('[data-label]')
  const address = video?.dataset.film
  if (!button || !video || !label || address === undefined || !canShareFilm()) return
  let file: File | undefined
  button.hidden = false
  button.setAttribute('aria-busy', 'true')
  const prepare = async () => {
    file = await fetchFilm(address, Number(video.dataset.bytes), (share) => {
      button.style.setProperty('--loaded', String(share))
    })
    button.removeAttribute('aria-busy')
    label.textContent = label.dataset.done ?? ''
  }
  const give = () => {
    button.hidden = true
  }
  prepare().catch(give)
  button.addEventListener('click', () => {
    if (!file) return
    // `files` alone: iOS refuses a share that names anything beside them. Some versions never settle the promise.
    navigator.share({ files: [file] }).catch((error: unknown) => {
      if (!(error instanceof DOMException) || (error.name !== 'AbortError' && error.name !== 'NotAllowedError')) give()
    })
  })
}

const enhanceShare = (stage: HTMLElement) => {
  const button = stage.querySelector<HTMLElement>('[data-share]')
  const label = button?.querySelector<HTMLElement>('[data-label]')
  const canShare = typeof navigator.share === 'function'
  if (!button || !label || !(canShare || navigator.clipboard)) return
  const url = location.href.split(/[?#]/)[0] ?? location.href
  button.hidden = false
  button.addEventListener('click', () => {
    if (canShare) {
      navigator.share({ url }).catch(() => undefined)
      return
    }
    navigator.clipboard.writeText(url).then(
      () => {
        const before = label.textContent
        label.textContent = button.dataset.copied ?? ''
        setTimeout(() => {
          label.textContent = before
        }, 2_400)
      },
      () => {
        button.hidden = true
      },
    )
  })
}

/** Whatever lies over the film steps aside while it plays. */
const enhancePlaying = (stage: HTMLElement) => {
  const video = stage.querySelector<HTMLVideoElement>('[data-film]')
  delete document.body.dataset.playing
  video?.addEventListener('playing', () => {
    document.body.dataset.playing = '1'
  })
  for (const name of ['pause', 'ended'] as const) video?.addEventListener(name, () => delete document.body.dataset.playing)
}

/** Brings a finished film's buttons to life; does nothing on any other stage. */
export const enhanceFilm = (stage: HTMLElement): void => {
  enhancePlaying(stage)
  enhanceSave(stage)
  enhanceShare(stage)
}
