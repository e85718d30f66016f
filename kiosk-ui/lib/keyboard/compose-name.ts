/** What a touch on a key does to the name. Pure: text in, text out. */
import { addHangul, dropHangul, isHangulLetter } from './hangul.ts'

/** From hiragana to the katakana that sounds the same, in code points. */
export const KATAKANA_ABOVE = 0x60

/** Longest name, in characters: what the title has room for, and the protocol's own limit. */
export const MAX_NAME_LENGTH = 24

/** Pairs of kana, each of which a mark makes of the other; katakana as hiragana. */
const eachOfTwo = (pairs: string): Record<string, string> =>
  Object.fromEntries(
    pairs
      .split(' ')
      .flatMap((pair) => [pair, pair.replace(/./g, (kana) => String.fromCharCode(kana.charCodeAt(0) + KATAKANA_ABOVE))])
      .flatMap(([one = '', other = '']) => [
        [one, other],
        [other, one],
      ]),
  )
const VOICED = eachOfTwo(
  'かが きぎ くぐ けげ こご さざ しじ すず せぜ そぞ ただ ちぢ つづ てで とど はば ひび ふぶ へべ ほぼ うゔ',
)
const HALF_VOICED = eachOfTwo('はぱ ひぴ ふぷ へぺ ほぽ')
const SMALL = eachOfTwo('あぁ いぃ うぅ えぇ おぉ やゃ ゆゅ よょ つっ わゎ')

const changeLast = (name: string, table: Record<string, string>): string => {
  const last = name.at(-1) ?? ''
  const changed = table[last]
  return changed ? name.slice(0, -1) + changed : name
}

export type NameKey = { type: 'text'; text: string } | { type: 'delete' } | { type: 'small' }

/** The name after one touch. A mark (゛゜) changes the kana before it, Korean letters join into syllables; a
 * character too many changes nothing. */
export const composeName = (name: string, key: NameKey): string => {
  if (key.type === 'delete') return dropHangul(name) ?? [...name].slice(0, -1).join('')
  if (key.type === 'small') return changeLast(name, SMALL)
  if (key.text === '゛') return changeLast(name, VOICED)
  if (key.text === '゜') return changeLast(name, HALF_VOICED)
  if (key.text === ' ' && (name === '' || name.endsWith(' '))) return name
  const longer = isHangulLetter(key.text) ? addHangul(name, key.text) : name + key.text
  return [...longer].length > MAX_NAME_LENGTH ? name : longer
}

/** Whether the next Latin letter is a capital one: at the start of each word. */
export const wantsCapital = (name: string): boolean => name === '' || /[ '-]$/.test(name)
