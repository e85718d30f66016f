/** The whole document round a stage: head, link preview, backdrop, stage, footer. Nothing in it comes from elsewhere. */
import { directionOf } from '@fanreel/protocol'
import type { PickupAssets } from './assets.ts'
import { type Markup, markup } from './markup.ts'
import type { PickupFacts, Stage } from './stage.ts'
import { wordsOf } from './words/words-of.ts'

/** What a page says of itself where its link is shown: to people, and to the robots that draw previews (rule P8). */
export type LinkPreview = {
  url: string
  title: string
  description: string
  image?: { url: string; width: number; height: number }
}

const previewTags = ({
  url,
  title,
  description,
  image,
}: LinkPreview): Markup => markup`<meta property="og:type" content="website">
<meta property="og:url" content="${url}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
${
  image &&
  markup`<meta property="og:image" content="${image.url}">
<meta property="og:image:width" content="${image.width}">
<meta property="og:image:height" content="${image.height}">
<meta name="twitter:card" content="summary_large_image">`
}`

/** How often a page without JavaScript looks for news (P4), in seconds. */
const REFRESH_SECONDS = 12

export const pageOf = (options: {
  facts: PickupFacts
  stage: Stage
  assets: PickupAssets
  eventName: string
  /** The world's name in the visitor's language. */
  worldTitle?: string
  preview: LinkPreview
}): string => {
  const { facts, stage, assets, eventName, worldTitle, preview } = options
  const words = wordsOf(facts.language)
  // The notice stands on every page, whatever its kind (P13).
  const document = markup`<!doctype html>
<html lang="${facts.language}" dir="${directionOf(facts.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#04060e">
<meta name="color-scheme" content="dark">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<title>${stage.title} · ${eventName}</title>
${previewTags(preview)}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets.style}">
${stage.live && markup`<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>`}
<script type="module" src="${assets.script}"></script>
</head>
<body data-kind="${stage.kind}">
<div class="backdrop" aria-hidden="true">${facts.backdrop !== undefined && markup`<img src="${facts.backdrop}" alt="">`}</div>
<header><p class="event">${eventName}</p>${worldTitle !== undefined && markup`<p class="world">${worldTitle}</p>`}</header>
<main data-stage data-key="${stage.key}" data-live="${stage.live ? '1' : '0'}" data-path="${facts.path}" aria-live="polite">${{ html: stage.html }}</main>
<footer><p>${words.aiNotice}</p></footer>
</body>
</html>
`
  return document.html
}
