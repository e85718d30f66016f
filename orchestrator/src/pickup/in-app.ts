/**
 * Browsers inside other apps: a link from a chat, or a code that an app has scanned, opens there. Most of them can neither
 * download nor share a file, and say nothing of it; the visitor is led out into the phone's own browser (P21).
 */

/** `android`: an intent opens the phone's browser; `line`: the app itself opens it where the address asks; `other`: by its menu alone. */
export type InApp = 'android' | 'line' | 'other'

/** What the apps of the field call themselves, and what Android says of any web view. */
const APPS =
  /\b(FBAN|FBAV|FB_IAB|Instagram|Barcelona|MicroMessenger|WhatsApp|Snapchat|TikTok|musical_ly|BytedanceWebview|Twitter|LinkedInApp|Pinterest|KAKAOTALK|NAVER|GSA)\b|; wv\)/i
const LINE = /\bLine\//i
/** On an iPhone every browser of its own says Safari; a bare web view does not. */
const isBareWebView = (agent: string): boolean => /\b(iPhone|iPad|iPod)\b/.test(agent) && !/\bSafari\//.test(agent)

/** @param agent the request's `User-Agent`; undefined for a browser of its own */
export const inAppOf = (agent: string | undefined): InApp | undefined => {
  if (agent === undefined) return undefined
  if (LINE.test(agent)) return 'line'
  if (!APPS.test(agent) && !isBareWebView(agent)) return undefined
  return /\bAndroid\b/.test(agent) ? 'android' : 'other'
}

/** An address that leads out of the app, where there is one. @param address of the page, with its origin */
export const wayOutOf = (inApp: InApp, address: string): string | undefined => {
  const { protocol, host, pathname, search } = new URL(address)
  if (inApp === 'line') return `${address}${search === '' ? '?' : '&'}openExternalBrowser=1`
  if (inApp === 'android') return `intent://${host}${pathname}${search}#Intent;scheme=${protocol.slice(0, -1)};end`
  return undefined
}
