/** Which language to speak to somebody whose visit is not known: the one their browser asks for. */
import { Language } from '@fanreel/protocol'

/**
 * The best of ours by an `Accept-Language` header (RFC 9110, section 12.5.4); English where none fits.
 * @param header as received; anything malformed counts as absent
 */
export const languageFrom = (header: string | undefined): Language => {
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
  return wishes.find((wish) => wish.language !== undefined)?.language ?? 'en'
}
