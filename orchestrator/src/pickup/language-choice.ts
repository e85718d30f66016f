/** Which language to speak to whoever opens a page: the one they chose on it, else the one their browser asks for, else that of the visit. */
import { Language } from '@fanreel/protocol'

/**
 * The best of ours by an `Accept-Language` header (RFC 9110, section 12.5.4).
 * @param header as received; anything malformed counts as absent
 * @param otherwise where none fits
 */
export const languageFrom = (header: string | undefined, otherwise: Language = 'en'): Language => {
  const wishes = (header ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((text) => /^\s*q=([\d.]{1,5})$/.exec(text)?.[1]).find((value) => value !== undefined)
      return { language: Language.safeParse(tag.split('-')[0]).data, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter((wish) => wish.quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return wishes.find((wish) => wish.language !== undefined)?.language ?? otherwise
}

/** Says the language of a page, given that of its visit where there is one. */
export type Speak = (ofVisit?: Language) => Language

/** What was chosen on the page: `?lang=de`. */
export const chosenLanguage = (query: unknown): Language | undefined =>
  Language.safeParse((query as { lang?: unknown } | undefined)?.lang).data

/** @param query of the request's address; @param header its `Accept-Language` */
export const speakTo =
  (query: unknown, header: string | undefined): Speak =>
  (ofVisit) =>
    chosenLanguage(query) ?? languageFrom(header, ofVisit)
