/** The whole document round a stage: head, link preview, backdrop, stage, footer. Nothing in it comes from elsewhere. */
import { directionOf, LANGUAGES, type Language } from '@fanreel/protocol'
import type { PickupAssets } from './assets.ts'
import { type Markup, markup } from './markup.ts'
import type { PickupFacts, Stage } from './stage.ts'
import { wordsOf } from './words/words-of.ts'

/** What a page says of itself where its link is shown: to people, and to the robots that draw previews (rule P8). */
export type LinkPreview = {
  url: string
  title: string
  description: string
  image?: { url: string; width?: number; height?: number }
}

const imageTags = ({ url, width, height }: NonNullable<LinkPreview['image']>, alt: string): Markup => markup`
<meta property="og:image" content="${url}">
<meta property="og:image:type" content="image/jpeg">
${
  width !== undefined &&
  height !== undefined &&
  markup`<meta property="og:image:width" content="${width}">
<meta property="og:image:height" content="${height}">`
}
<meta property="og:image:alt" content="${alt}">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:image" content="${url}">
<meta name="twitter:image:alt" content="${alt}">`

/** Of each language the country whose writing of it ours is, as Open Graph wants it: language_TERRITORY. */
const LOCALES: Record<Language, string> = {
  en: 'en_US',
  it: 'it_IT',
  ar: 'ar_AR',
  ja: 'ja_JP',
  fr: 'fr_FR',
  de: 'de_DE',
  es: 'es_ES',
  pt: 'pt_BR',
  ko: 'ko_KR',
  zh: 'zh_CN',
}

const previewTags = ({ url, title, description, image }: LinkPreview, siteName: string, language: Language): Markup => markup`
<meta name="description" content="${description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${siteName}">
<meta property="og:locale" content="${LOCALES[language]}">
<meta property="og:url" content="${url}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta name="twitter:title" content="${title}">
<meta name="twitter:description" content="${description}">${
  image
    ? imageTags(image, title)
    : markup`
<meta name="twitter:card" content="summary">`
}`

/** How often a page without JavaScript looks for news (P4), in seconds. */
const REFRESH_SECONDS = 12

/** Each language by the name its speakers give it. */
const ownName = (language: Language): string => {
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
}

/** The switch: links, so that it works without JavaScript. */
const languageSwitch = ({ path, language }: Pick<PickupFacts, 'path' | 'language'>): Markup => {
  const links = LANGUAGES.map((other) =>
    other === language
      ? markup`<li><b lang="${other}" aria-current="true">${ownName(other)}</b></li>`
      : markup`<li><a href="${path}?lang=${other}" lang="${other}" hreflang="${other}" rel="nofollow">${ownName(other)}</a></li>`,
  )
  return markup`<details class="languages"><summary><span class="hidden">${wordsOf(language).languages}: </span>${ownName(language)}</summary><ul>${links}</ul></details>`
}

export const pageOf = (options: {
  facts: Pick<PickupFacts, 'language' | 'path' | 'query' | 'backdrop'>
  stage: Stage
  assets: PickupAssets
  eventName: string
  /** The world's name in the visitor's language. */
  worldTitle?: string
  preview: LinkPreview
}): string => {
  const { facts, stage, assets, eventName, worldTitle, preview } = options
  const { language, path, query, backdrop } = facts
  // The words stand on the page's foot: drawn before the last of them is there, they would climb (`rel=expect`, HTML).
  // The picture is asked for before all else. Below a film the headline's letters may come late.
  const first = stage.cover ?? backdrop
  // The notice stands on every page, whatever its kind (P13).
  const document = markup`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
${first !== undefined && markup`<link rel="preload" href="${first}" as="image" fetchpriority="high">`}
<link rel="expect" href="#whole" blocking="render">
<style>${{ html: assets.style.text }}</style>
${stage.cover === undefined && assets.fontsOf(language).map((font) => markup`<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>`)}
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="${assets.around.night}">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="${assets.around.day}">
<meta name="color-scheme" content="dark light">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<title>${stage.title} · ${eventName}</title>${previewTags(preview, eventName, language)}
<link rel="icon" href="data:,">
${stage.live && markup`<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>`}
<script type="module" src="${assets.script}"></script>
</head>
<body data-kind="${stage.kind}">
<div class="backdrop" aria-hidden="true">${backdrop !== undefined && markup`<img src="${backdrop}" alt="" fetchpriority="high">`}</div>
<header><p class="event">${assets.logo ? markup`<img class="logo" src="${assets.logo.address}" alt="${assets.logo.says}">` : eventName}</p>${worldTitle !== undefined && markup`<p class="world">${worldTitle}</p>`}</header>
<main data-stage data-key="${stage.key}" data-live="${stage.live ? '1' : '0'}" data-path="${path}" data-query="${query}" aria-live="polite">${{ html: stage.html }}</main>
<footer><p data-notice>${stage.notice}</p>${languageSwitch(facts)}</footer>
<span id="whole" hidden></span>
</body>
</html>
`
  return document.html
}
