/** Puts news in place: new values where the page stays what it is, a new stage where it becomes another. */
import { enhanceFilm } from './film.ts'
import { enhanceTell, forgetTelling } from './tell.ts'

export type News = {
  kind: string
  key: string
  title: string
  live: boolean
  html: string
  notice: string
  values: Record<string, string>
  fraction?: number
  previews?: string[]
  backdrop?: string
}

/** A frame's address without its signature, which changes while the frame does not. */
const frameOf = (address: string): string => address.split('?')[0] ?? address

const showFrames = (stage: HTMLElement, previews: readonly string[]) => {
  const strip = stage.querySelector<HTMLElement>('[data-frames]')
  if (!strip) return
  const known = new Set([...strip.querySelectorAll('img')].map((image) => frameOf(image.getAttribute('src') ?? '')))
  for (const address of previews) {
    if (known.has(frameOf(address))) continue
    const image = new Image()
    image.alt = strip.dataset.alt ?? ''
    image.src = address
    strip.append(image)
  }
  while (strip.childElementCount > 12) strip.firstElementChild?.remove()
  strip.scrollTo({ left: strip.scrollWidth, behavior: 'smooth' })
  const newest = previews.at(-1)
  if (newest !== undefined) showBehind(newest)
}

/** The newest frame fills the page behind the words. */
const showBehind = (address: string) => {
  const backdrop = document.querySelector<HTMLElement>('.backdrop')
  const last = backdrop?.querySelector<HTMLImageElement>('.newest:last-of-type')
  if (!backdrop || (last && frameOf(last.getAttribute('src') ?? '') === frameOf(address))) return
  const image = new Image()
  image.alt = ''
  image.className = 'newest'
  image.src = address
  image.decode().then(
    () => {
      backdrop.append(image)
      // What is covered may go once the newer one has faded in.
      setTimeout(() => last?.remove(), 1_600)
    },
    () => undefined,
  )
}

/** The picture of the new stage; what stood there goes once it is seen. */
const changeBackdrop = (address: string) => {
  const backdrop = document.querySelector<HTMLElement>('.backdrop')
  const old = backdrop?.querySelector<HTMLImageElement>('img:not(.newest)')
  if (!backdrop || old?.getAttribute('src') === address) return
  const image = new Image()
  image.alt = ''
  image.src = address
  image.decode().then(
    () => {
      if (old) old.replaceWith(image)
      else backdrop.prepend(image)
    },
    () => undefined,
  )
}

/** In a pocket a phone is felt; where it may not be, nothing happens. */
const BUZZ_MS = [160, 90, 260]

export const showNews = (stage: HTMLElement, news: News): void => {
  if (stage.dataset.key !== news.key) {
    stage.innerHTML = news.html
    stage.dataset.key = news.key
    document.body.dataset.kind = news.kind
    document.title = document.title.replace(/^.*?(?= · )/, news.title)
    const notice = document.querySelector('[data-notice]')
    if (notice) notice.textContent = news.notice
    if (news.kind !== 'rendering') for (const image of document.querySelectorAll('.backdrop .newest')) image.remove()
    if (news.backdrop !== undefined) changeBackdrop(news.backdrop)
    enhanceFilm(stage)
    enhanceTell(stage)
    if (news.kind === 'ready') navigator.vibrate?.(BUZZ_MS)
    if (!news.live) forgetTelling(stage)
  }
  stage.dataset.live = news.live ? '1' : '0'
  for (const place of stage.querySelectorAll<HTMLElement>('[data-value]')) {
    const text = news.values[place.dataset.value ?? '']
    if (text !== undefined && place.textContent !== text) place.textContent = text
  }
  const bar = stage.querySelector('progress')
  if (bar && news.fraction !== undefined) bar.value = Math.max(bar.value, news.fraction)
  if (news.previews) showFrames(stage, news.previews)
}
