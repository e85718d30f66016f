/**
 * Sets words: picks a typeface for each script that a text mixes, keeps letters that join together, and makes a long name
 * fit its line. A first name may be in any script, whatever the language of the film (F30).
 */
import { directionOf, type Language } from '@fanreel/protocol'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { type FaceName, familyWith, hasCharacter } from './faces.ts'

/** How words look: the typeface of Latin letters, and what all scripts share. */
export type Voice = {
  type: 'condensed' | 'geometric'
  /** 400..700. */
  weight: number
  /** True letters only: other scripts stay upright. */
  italic?: boolean
  /** Room between letters as a share of their size; none where letters join. */
  tracking?: number
}

const SCRIPTS: readonly (readonly [RegExp, readonly FaceName[]])[] = [
  [/\p{Script=Arabic}/u, ['arabic']],
  [/\p{Script=Hebrew}/u, ['hebrew']],
  [/\p{Script=Devanagari}/u, ['devanagari']],
  [/\p{Script=Thai}/u, ['thai']],
  [/\p{Script=Hangul}/u, ['korean']],
  [/[\p{Script=Hiragana}\p{Script=Katakana}ー]/u, ['japanese']],
]
const ALPHABETS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]
const HAN = /\p{Script=Han}/u
const JOINING = /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Thai}]/u
/** Scripts with a second, narrower drawing: beside narrow Latin letters theirs are narrow too. */
const NARROW = "'wdth' 76"

/** Small pictures, the letters that make up a flag, and skin tones. */
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}/u

const SEEN = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u

const pointOf = (character: string): number => character.codePointAt(0) ?? 32

/** The same Chinese character is drawn otherwise in Japan, Korea and China; what else stands in the text tells. */
const hanFaces = (text: string, language: Language): readonly FaceName[] => {
  if (/\p{Script=Hangul}/u.test(text)) return ['korean', 'traditional-chinese', 'simplified-chinese', 'japanese']
  if (language === 'ja' || /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text))
    return ['japanese', 'traditional-chinese', 'simplified-chinese']
  const all: readonly FaceName[] = ['simplified-chinese', 'traditional-chinese', 'japanese']
  const han = [...new Set(text)].filter((character) => HAN.test(character))
  // One typeface for the whole name, where one has it all.
  const whole = all.find((face) => han.every((character) => hasCharacter(face, pointOf(character))))
  return whole ? [whole, ...all] : all
}

const latinFaces = (character: string, text: string, voice: Voice): readonly FaceName[] => {
  const wished: readonly FaceName[] =
    voice.type === 'geometric' ? ['geometric'] : voice.italic ? ['italic', 'condensed'] : ['condensed']
  // A word of which one letter comes from another typeface looks like a mistake: then all of that alphabet does.
  const alphabet = ALPHABETS.find((pattern) => pattern.test(character))
  const letters = Array.from(text).filter((one) => alphabet?.test(one))
  const complete = wished.filter((face) => letters.every((one) => hasCharacter(face, pointOf(one))))
  return [...complete, 'plain', ...wished]
}

/** The typefaces a character is looked for in, best first. */
const facesFor = (character: string, text: string, voice: Voice, language: Language): readonly FaceName[] => {
  if (HAN.test(character)) return hanFaces(text, language)
  const script = SCRIPTS.find(([pattern]) => pattern.test(character))
  if (script) return script[1]
  if (PICTURE.test(character)) return ['emoji', 'plain']
  return [...latinFaces(character, text, voice), 'japanese']
}

const familyOf = (character: string, text: string, voice: Voice, language: Language): string | undefined => {
  for (const face of facesFor(character, text, voice, language)) {
    const family = familyWith(face, pointOf(character))
    if (family !== undefined) return family
  }
  return undefined
}

/** The canvas families of a text: each character's, in the order in which they are met. */
export const familiesOf = (text: string, voice: Voice, language: Language): string[] => {
  const families = Array.from(text, (character) => familyOf(character, text, voice, language))
  return [...new Set(families.filter((family) => family !== undefined))]
}

/**
 * A name without pictures and signs that no typeface here can draw. Letters stay: for a rare script the machine may have a
 * typeface of its own.
 */
export const drawable = (name: string): string => {
  const kept = Array.from(name).filter(
    (one) => /[\p{L}\p{M}\p{N}\p{Z}]/u.test(one) || familyOf(one, one, { type: 'condensed', weight: 600 }, 'en') !== undefined,
  )
  // Fillers alone, which are letters by name only, would be a blank where a name is expected.
  return kept.some((one) => SEEN.test(one)) ? kept.join('').trim() : ''
}

/** Families of texts set before, by the voice of the film that set them: no name outlives its film. */
const known = new WeakMap<Voice, Map<string, string>>()

const fontFamilies = (text: string, voice: Voice, language: Language): string => {
  const texts = known.get(voice) ?? new Map<string, string>()
  known.set(voice, texts)
  const families =
    texts.get(text) ?? [...familiesOf(text, voice, language).map((family) => `"${family}"`), 'sans-serif'].join(', ')
  texts.set(text, families)
  return families
}

/** Makes a context ready to measure and draw `text` at `size` pixels. What no typeface has comes from the machine's own. */
export const setType = (context: SKRSContext2D, text: string, voice: Voice, size: number, language: Language): void => {
  context.font = `${voice.weight} ${size}px ${fontFamilies(text, voice, language)}`
  context.fontVariationSettings = voice.type === 'condensed' ? NARROW : 'normal'
  context.letterSpacing = JOINING.test(text) ? '0px' : `${(voice.tracking ?? 0) * size}px`
  context.direction = directionOf(language)
}

/** A name inside a sentence of the other direction keeps its own, and the sentence its own. */
export const isolated = (name: string): string => `\u2068${name}\u2069`

/** Letters that only Turkish and Azerbaijani have: with them an i keeps its dot. */
const TURKISH = /[ıİğĞ]/

/** Capitals, by the rules of the text's own letters where they differ: Greek drops its accents. */
export const capitals = (text: string, language: Language): string =>
  text.toLocaleUpperCase(/\p{Script=Greek}/u.test(text) ? 'el' : TURKISH.test(text) ? 'tr' : language)

export type Line = { text: string; size: number; width: number }

/**
 * Fits words into one line of `width` pixels: shrinks them down to `least`, then leaves out the end for an ellipsis.
 * @returns what to draw, its size, and how wide it is
 */
export const fitLine = (
  context: SKRSContext2D,
  words: string,
  voice: Voice,
  language: Language,
  room: { size: number; least: number; width: number },
): Line => {
  const measure = (text: string, size: number) => {
    setType(context, text, voice, size, language)
    return context.measureText(text).width
  }
  const wide = measure(words, room.size)
  if (wide <= room.width) return { text: words, size: room.size, width: wide }
  const size = Math.max(room.least, Math.floor((room.size * room.width) / wide))
  const parts = Array.from(new Intl.Segmenter(language, { granularity: 'grapheme' }).segment(words), ({ segment }) => segment)
  const whole = measure(words, size)
  if (whole <= room.width || parts.length < 2) return { text: words, size, width: whole }
  const cut = (count: number) => `${parts.slice(0, count).join('').trimEnd()}…`
  // By halves: each text that is measured is set anew, which takes longer the longer it is.
  let [fits, tooMany] = [1, parts.length]
  while (tooMany - fits > 1) {
    const count = (fits + tooMany) >> 1
    if (measure(cut(count), size) <= room.width) fits = count
    else tooMany = count
  }
  return { text: cut(fits), size, width: measure(cut(fits), size) }
}
