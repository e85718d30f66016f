/**
 * Saving and sharing a finished film. A phone's share sheet is the way into its photo library: it wants the file itself,
 * nothing else, and within moments of the tap, so the file is fetched before.
 */

/** Whether this browser would share a film at all. */
const canShareFilm = (): boolean => {
  const probe = new File([new Uint8Array(1)], 'film.mp4', { type: 'video/mp4' })
  return typeof navigator.canShare === 'function' && navigator.canShare({ files: [probe] })
}

const fetchFilm = async (
  { address, bytes, name }: { address: string; bytes: number; name: string },
  progress: (share: number) => void,
): Promise<File> => {
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
  return new File(parts, name || 'fanreel.mp4', { type: 'video/mp4' })
}

/** Whoever saves data fetches a film when they ask for it, and not before. */
const savesData = (): boolean => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true

const enhanceSave = (stage: HTMLElement) => {
  const button = stage.querySelector<HTMLElement>('[data-save]')
  const video = stage.querySelector<HTMLVideoElement>('[data-film]')
  const label = button?.querySelector<HTMLElement>('[data-label]')
  const { film: address, bytes, name = '' } = video?.dataset ?? {}
  if (!button || !video || !label || address === undefined || !canShareFilm()) return
  let file: File | undefined
  let fetching = false
  button.hidden = false
  const give = () => {
    button.hidden = true
  }
  const ready = () => {
    button.removeAttribute('aria-busy')
    label.textContent = label.dataset.done ?? ''
  }
  /** The line broke, or the film is gone: a tap tries again, and the page looks whether it is. */
  const failed = () => {
    fetching = false
    ready()
    stage.dispatchEvent(new Event('film-lost'))
  }
  const prepare = async () => {
    fetching = true
    button.setAttribute('aria-busy', 'true')
    label.textContent = label.dataset.preparing ?? ''
    file = await fetchFilm({ address, bytes: Number(bytes), name }, (share) => {
      button.style.setProperty('--loaded', String(share))
    })
    ready()
    // What is here already is not fetched a second time to be played.
    if (video.paused && video.currentTime === 0) {
      video.preload = 'metadata'
      video.src = URL.createObjectURL(file)
    }
  }
  // The cover comes first: the film waits until the page stands.
  const begin = () => void prepare().catch(failed)
  if (!savesData()) {
    if (document.readyState === 'complete') begin()
    else addEventListener('load', begin, { once: true })
  }
  button.addEventListener('click', () => {
    if (!file) {
      // A tap is good for a few seconds only: the film comes with this one and is handed over with the next.
      if (!fetching) begin()
      return
    }
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

/** Inside another app the link is taken along; some let no page reach the clipboard but by a selection. */
const enhanceCopy = (stage: HTMLElement) => {
  const button = stage.querySelector<HTMLElement>('[data-copy]')
  const label = button?.querySelector<HTMLElement>('[data-label]')
  if (!button || !label) return
  const url = location.href.split(/[?#]/)[0] ?? location.href
  button.hidden = false
  const copySelected = () => {
    const field = document.createElement('textarea')
    field.value = url
    field.readOnly = true
    button.after(field)
    field.select()
    const done = document.execCommand('copy')
    // Where not even that works, the selected link stays for a long press.
    if (done) field.remove()
    else button.hidden = true
    return done
  }
  button.addEventListener('click', async () => {
    const done = await (navigator.clipboard?.writeText(url).then(() => true, copySelected) ?? copySelected())
    if (done) label.textContent = button.dataset.copied ?? ''
  })
}

/** Brings a finished film's buttons to life; does nothing on any other stage. */
export const enhanceFilm = (stage: HTMLElement): void => {
  enhanceSave(stage)
  enhanceShare(stage)
  enhanceCopy(stage)
  stage.querySelector('video')?.addEventListener('error', () => stage.dispatchEvent(new Event('film-lost')))
}
