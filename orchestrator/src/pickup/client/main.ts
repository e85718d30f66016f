/**
 * What a pickup page does once it is there: it looks for news by server-sent events, by polling where those do not come
 * through (P3), and puts what is new in place. Without it the page still shows, plays, downloads and deletes.
 */
import { enhanceFilm } from './film.ts'
import { type News, showNews } from './news.ts'
import { enhanceTell, forgetTelling } from './tell.ts'

const stage = document.querySelector<HTMLElement>('[data-stage]')

/** Without a sign for this long the stream counts as dead: the server sends one every 15 s. */
const SILENCE_MS = 40_000
const POLL_MS = 4_000
const MAX_POLL_MS = 20_000
/** How often an open page asks whether its film is still there. */
const FILM_LOOK_MS = 60_000

const follow = (place: HTMLElement, path: string, query: string) => {
  let source: EventSource | undefined
  let timer = 0
  let pauseMs = POLL_MS

  const show = (text: string) => {
    const news: News = JSON.parse(text)
    showNews(place, news)
    if (news.live) return true
    stop()
    return false
  }
  const stop = () => {
    source?.close()
    source = undefined
    clearTimeout(timer)
  }
  const poll = async () => {
    try {
      const answer = await fetch(`${path}/state${query}`, { cache: 'no-store' })
      // Where many wait behind one address, the server asks each to come less often (P10).
      const wishedMs = Number(answer.headers.get('retry-after') ?? 0) * 1_000
      pauseMs = answer.ok ? Math.min(Math.max(POLL_MS, wishedMs), MAX_POLL_MS) : Math.min(pauseMs * 2, MAX_POLL_MS)
      if (answer.ok) {
        const text = await answer.text()
        // A page that is known by now has a stream.
        if (!show(text) || (JSON.parse(text).kind !== 'not-here-yet' && listen())) return
      }
    } catch {
      pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)
    }
    timer = setTimeout(poll, pauseMs)
  }
  /** Streams in a row that did not last. */
  let failures = 0
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(fall, SILENCE_MS)
  }
  /** The stream does not come through: ask instead. */
  const fall = () => {
    failures++
    source?.close()
    source = undefined
    clearTimeout(timer)
    timer = setTimeout(poll, 500)
  }
  const listen = (): boolean => {
    if (typeof EventSource === 'undefined' || failures > 2) return false
    source = new EventSource(`${path}/events${query}`)
    source.addEventListener('news', (event) => {
      alive()
      show(event.data)
    })
    // Only a stream that lasts counts: one that is cut again and again would be opened twice a second.
    source.addEventListener('beat', () => {
      failures = 0
      alive()
    })
    source.onerror = fall
    alive()
    return true
  }

  document.addEventListener('visibilitychange', () => {
    // A phone that wakes up looks at once.
    if (document.visibilityState !== 'visible' || place.dataset.live !== '1') return
    stop()
    failures = 0
    void poll()
  })
  if (place.dataset.key === 'not-here-yet' || place.dataset.key === 'unavailable') timer = setTimeout(poll, POLL_MS)
  else if (!listen()) void poll()
}

/** A finished film may be gone when it is wanted: its time is over, or whoever else has the link has deleted it (P22). */
const watchFilm = (place: HTMLElement, path: string, query: string) => {
  const look = async () => {
    if (place.dataset.live === '1') return
    const answer = await fetch(`${path}/state${query}`, { cache: 'no-store' }).catch(() => undefined)
    if (!answer?.ok) return
    const news: News = await answer.json()
    if (news.kind === 'unavailable') return
    if (news.live) location.reload()
    else showNews(place, news)
  }
  const lookWhereSeen = () => {
    if (document.visibilityState === 'visible' && document.body.dataset.kind === 'ready') void look()
  }
  place.addEventListener('film-lost', () => void look())
  document.addEventListener('visibilitychange', lookWhereSeen)
  setInterval(lookWhereSeen, FILM_LOOK_MS)
}

if (stage) {
  enhanceFilm(stage)
  enhanceTell(stage)
  const { path, query = '', live } = stage.dataset
  if (path !== undefined) watchFilm(stage, path, query)
  if (path !== undefined && live === '1') follow(stage, path, query)
  else forgetTelling(stage)
}
