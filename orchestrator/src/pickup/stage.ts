/**
 * What stands on the stage of a pickup page: the markup of one kind of page, and the values that change while the kind
 * stays. The whole page is made of it on the server; the page's module only puts newer values, or a newer stage, in
 * place. Each kind has words of its own, a failure its sentence (P2).
 */
import { type Language, lineRoomOf, type VisitView } from '@fanreel/protocol'
import type { ErasedPart } from '../visits/erased-parts.ts'
import { icon } from './icons.ts'
import { type Markup, markup } from './markup.ts'
import { hasFilm, isDeletable, isLive, isOver, type PickupKind } from './pickup-kind.ts'
import { tellDay, tellNumber, tellShare, tellWait } from './telling-time.ts'
import { failureSentence, wordsOf } from './words/words-of.ts'

/** Everything a stage is made from. */
export type PickupFacts = {
  kind: PickupKind
  language: Language
  /** `/v/<token>`: the page's own path. */
  path: string
  /** `?lang=de` where a language was chosen on the page, else empty. */
  query: string
  view?: VisitView
  /** The visitor's first name, where they gave one. */
  firstName?: string
  /** `name` is what the film is called where it is saved. */
  reel?: { sha256: string; bytes: number; width: number; height: number; name: string }
  /** Of a visit that is over: what was deleted. */
  erased?: readonly ErasedPart[]
  /** The key by which a phone lets itself be told; absent where nobody is told. */
  pushKey?: string
  /** Address of a picture of the visit's world. */
  backdrop?: string
  /** Where the page stands inside another app: the way out of it, where there is one. */
  inApp?: { wayOut?: string }
}

export type Stage = {
  kind: PickupKind | 'code'
  /** The same key, the same markup: only `values` and `previews` differ. */
  key: string
  title: string
  live: boolean
  html: string
  /** That what is made here is AI-generated, as it stands on the page's foot (P13). */
  notice: string
  /** Texts by the name of the place they stand in. */
  values: Record<string, string>
  /** How much of the film is made, 0..1, while it is being made. */
  fraction?: number
  /** Addresses of frames of the film, oldest first. */
  previews?: readonly string[]
  /** Address of the picture behind it. */
  backdrop?: string
  /** Address of the film's cover: what is seen first of it. */
  cover?: string
}

const place = (name: string, text: string): Markup => markup`<span data-value="${name}">${text}</span>`

const eraseForm = ({ kind, language, path, query }: PickupFacts): Markup | undefined => {
  if (!isDeletable(kind)) return undefined
  const { erase } = wordsOf(language)
  return markup`<details class="erase"><summary>${erase.ask}</summary><p>${erase.text}</p>
    <form method="post" action="${path}/delete${query}"><button class="button danger">${erase.confirm}</button></form></details>`
}

/** Letters of the longest word up to which a headline is set at full size, and at the middle one. */
const FULL_SIZE_LETTERS = 9
const MIDDLE_SIZE_LETTERS = 14
/** Beyond so many letters in all, a headline at full size would leave nothing of the picture. */
const FULL_SIZE_TITLE = 20

/** A headline is set so large that its longest word, somebody's name perhaps, stands on one line of a phone. */
const fitOf = (title: string): 'full' | 'middle' | 'small' => {
  const longest = Math.max(...title.split(/\s+/).map((word) => [...word].length))
  if (longest <= FULL_SIZE_LETTERS && title.length <= FULL_SIZE_TITLE) return 'full'
  return longest <= MIDDLE_SIZE_LETTERS ? 'middle' : 'small'
}
/** `shown` is the title as it is marked up, where it holds more than words. */
const heading = (title: string, shown: Markup = markup`${title}`): Markup =>
  markup`<h1 data-fit="${fitOf(title)}" data-room="${lineRoomOf(title)}">${shown}</h1>`
export const headline = (title: string, text: string, shown?: Markup): Markup =>
  markup`${heading(title, shown)}<p class="lead">${text}</p>`
/** A sentence with somebody's name in it, which keeps its own direction whatever stands round it. */
const withName = (sentence: string, name: string): Markup => {
  const [before = '', after = ''] = sentence.split('{name}')
  return markup`${before}<bdi>${name}</bdi>${after}`
}

/** What this page, of whatever kind, says of AI. */
export const noticeOf = (kind: Stage['kind'], language: Language): string => {
  const { aiNotice, aiNoticeOfAll } = wordsOf(language)
  return kind !== 'code' && hasFilm(kind) ? aiNotice : aiNoticeOfAll
}
/** A light that says the page is awake, where something may come soon. */
const liveSign = (kind: PickupKind, language: Language): Markup | undefined =>
  isLive(kind) && kind !== 'failed' ? markup`<p class="live">${wordsOf(language).live}</p>` : undefined

/** Kinds of pages whose phone may be told what becomes of them, or whose page must stay open for it. */
const TELLS: ReadonlySet<PickupKind> = new Set(['started', 'uploading', 'queued', 'rendering', 'held'])
/** Asking to be told; its button shows where the phone can be, the words under it hold everywhere. */
const tellBlock = ({ kind, language, pushKey }: PickupFacts): Markup | undefined => {
  if (!TELLS.has(kind)) return undefined
  const { tell } = wordsOf(language)
  return markup`<div class="tell" data-tell data-key="${pushKey ?? ''}"><button class="button plain" data-ask hidden>${icon('bell')}${tell.ask}</button>
    <p class="note" data-asked="${tell.asked}">${tell.keepOpen}</p></div>`
}

/** What went with a visit that is over, in plain words. */
const erasedList = ({ language, erased = [] }: PickupFacts): Markup | undefined => {
  if (erased.length === 0) return undefined
  const { title, parts, beyondUs } = wordsOf(language).erased
  return markup`<section class="erased"><h2>${title}</h2><ul>${erased.map((part) => markup`<li>${icon('gone')}<span>${parts[part]}</span></li>`)}</ul>
    ${erased.includes('film') && markup`<p class="note">${beyondUs}</p>`}</section>`
}

/** The way to a page for whoever has a short code. */
const codeLink = ({ language, query }: PickupFacts): Markup =>
  markup`<p><a class="button plain" href="/code${query}">${wordsOf(language).code.have}</a></p>`

const queuedStage = ({ language, view }: PickupFacts) => {
  const words = wordsOf(language).queued
  const ahead = view?.place ?? 0
  const wait = view?.waitMs === undefined ? undefined : tellWait(language, view.waitMs)
  const values = { place: tellNumber(language, ahead), ...(wait !== undefined && { wait }) }
  const line = ahead > 0 && markup`<div><dt>${words.before}</dt><dd>${place('place', values.place)}</dd></div>`
  const time = wait !== undefined && markup`<div><dt>${words.wait}</dt><dd class="wait">${place('wait', wait)}</dd></div>`
  const numbers = (line || time) && markup`<dl class="numbers">${line}${time}</dl>`
  return {
    key: `queued-${ahead > 0 ? 'line' : 'next'}-${wait === undefined ? 'open' : 'known'}`,
    values,
    body: markup`${numbers}${wait === undefined && markup`<p class="note">${words.waitUnknown}</p>`}`,
    title: ahead > 0 ? undefined : words.next,
  }
}

const renderingStage = ({ language, view }: PickupFacts) => {
  const words = wordsOf(language)
  const fraction = view?.fraction ?? 0
  const stage = words.stages[view?.stage ?? 'fetch']
  const left =
    view?.waitMs !== undefined && view.waitMs > 0 ? `${tellWait(language, view.waitMs)} ${words.rendering.remaining}` : ''
  const values = { stage, share: tellShare(language, fraction), left: fraction > 0.9 ? words.rendering.almost : left }
  const previews = view?.previews ?? []
  const frames = previews.map((address) => markup`<img src="${address}" alt="${words.preview}">`)
  return {
    key: 'rendering',
    values,
    fraction,
    previews,
    body: markup`<div class="frames" data-frames data-alt="${words.preview}">${frames}</div>
      <div class="progress"><progress max="1" value="${String(fraction)}" aria-label="${stage}"></progress>
      <p class="progress-line"><b>${place('stage', values.stage)}</b>${place('share', values.share)}</p>
      <p class="note">${place('left', values.left)}</p></div>`,
  }
}

/** What to do inside another app, where neither saving nor downloading works. */
const wayOutBlock = ({ language, inApp }: PickupFacts): Markup | undefined => {
  if (!inApp) return undefined
  const { inApp: words, actions } = wordsOf(language)
  const open = inApp.wayOut !== undefined && markup`<a class="button primary" href="${inApp.wayOut}">${words.open}</a>`
  return markup`<div class="way-out">${open}
    <button class="button ${open ? 'plain' : 'primary'}" data-copy data-copied="${actions.copied}" hidden><span data-label>${words.copy}</span></button><p>${words.text}</p></div>`
}

const readyStage = (facts: PickupFacts): Markup => {
  const { language, path, view, reel, firstName, inApp } = facts
  const words = wordsOf(language)
  const { title, text } = words.kinds.ready
  const { actions } = words
  const name = firstName === undefined ? title : words.readyWithName.replace('{name}', () => firstName)
  const shown = firstName === undefined ? undefined : withName(words.readyWithName, firstName)
  const { width = 720, height = 1280, bytes = 0, name: fileName = '' } = reel ?? {}
  // Inside another app the way out is the one golden button (P21).
  // Film and cover carry the mark that they are AI-generated in their picture (F8): nothing of the page lies over them (P13).
  return markup`<div class="film"><video src="${path}/reel" poster="${path}/poster" width="${width}" height="${height}" controls playsinline
      preload="none" aria-label="${name}" data-film="${path}/reel" data-bytes="${bytes}" data-name="${fileName}"><track kind="captions"
      src="${path}/captions.vtt?lang=${language}" srclang="${language}" label="${words.captions.label}"></video></div>
    <div class="ready">${wayOutBlock(facts)}
      <div class="actions">
        <button class="button ${inApp ? 'plain' : 'primary'}" data-save hidden><span class="fill"></span>${icon('save')}<span data-label
          data-done="${actions.save}" data-preparing="${actions.preparing}">${actions.save}</span></button>
        <a class="button plain" href="${path}/reel?download=1" download>${icon('download')}${actions.download}</a>
        <button class="button plain" data-share data-copied="${actions.copied}" hidden>${icon('share')}<span
          data-label>${actions.share}</span></button>
      </div>
      ${headline(name, text, shown)}
      ${view?.expiresAt !== undefined && markup`<p class="note">${words.keptUntil.replace('{date}', tellDay(language, view.expiresAt))}</p>`}
      <p class="note">${words.shareNote}</p>
    </div>`
}

const failedStage = ({ language, view }: PickupFacts): Markup => {
  const words = wordsOf(language)
  const { title, text } = words.kinds.failed
  return markup`${heading(title)}<p class="lead">${view?.code ? failureSentence(language, view.code) : text}</p>
    <p class="note strong">${words.recordAgain}</p>`
}

/** Builds the stage that these facts ask for. */
export const stageOf = (facts: PickupFacts): Stage => {
  const { kind, language, reel, view, backdrop } = facts
  const words = wordsOf(language)
  const { title, text } = words.kinds[kind]
  const finish = (key: string, shownTitle: string, body: Markup, more: Partial<Stage> = {}): Stage => ({
    kind,
    key,
    title: shownTitle,
    live: isLive(kind),
    values: {},
    notice: noticeOf(kind, language),
    html: markup`${liveSign(kind, language)}${body}${tellBlock(facts)}${eraseForm(facts)}`.html,
    ...(backdrop !== undefined && { backdrop }),
    ...more,
  })
  switch (kind) {
    case 'queued': {
      const { key, values, body, title: nextTitle } = queuedStage(facts)
      return finish(key, nextTitle ?? title, markup`${headline(nextTitle ?? title, text)}${body}`, { values })
    }
    case 'rendering': {
      const { key, values, body, fraction, previews } = renderingStage(facts)
      return finish(key, title, markup`${headline(title, text)}${body}`, { values, fraction, previews })
    }
    case 'ready':
      return finish(`ready-${reel?.sha256.slice(0, 16)}`, words.tell.ready, readyStage(facts), { cover: `${facts.path}/poster` })
    case 'failed':
      return finish(`failed-${view?.code}`, title, failedStage(facts))
    case 'no-such-page':
      return finish(kind, title, markup`${headline(title, text)}${codeLink(facts)}`)
    case 'not-here-yet':
      return finish(kind, title, markup`${headline(title, text)}<p class="note">${words.patience}</p>`)
    default:
      return finish(
        kind,
        title,
        markup`${headline(title, text)}${isOver(kind) && markup`<p class="note strong">${words.another}</p>`}${erasedList(facts)}`,
      )
  }
}
