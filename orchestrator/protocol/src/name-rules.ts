/**
 * What may stand in a film's title as a first name, beyond its form (`FirstName`): nothing that hurts somebody, and nothing
 * that leads to somebody (an address, a number, a handle), since films are passed on. The kiosk asks for another name by
 * these rules, and the orchestrator takes none that breaks them. A name is never looked up anywhere. Pure.
 */
import {
  UNKIND_NUMBERS,
  UNKIND_PARTS,
  UNKIND_PHRASES,
  UNKIND_SIGNS,
  UNKIND_WHOLE,
  UNKIND_WORDS,
  UNKIND_WORDS_OF_GUESTS,
} from './unkind-words.ts'
import { FirstName } from './visit.ts'

/** Why a name is not taken; `scrawl`: signs are heaped on its letters until they cover what stands around them. */
export type NameFault = 'contact' | 'unkind' | 'scrawl'

/** Signs that stand in addresses, handles and markup, and in no name. */
const SIGNS_OF_ADDRESSES = /[@#_/\\:<>=&|{}[\]~^*+]/u
/** `somebody.com`, `www.x`; initials (`J. R.`, `J.R.`) are none. */
const DOMAIN = /[\p{L}\p{N}-]{2,}\.\p{L}{2,}/u
/** As many digits as a telephone number has; `Anna 7` and `2Pac` have fewer. */
const MOST_DIGITS = 4

/**
 * A letter carries at most two marks that go with any script once it is composed (Arabic writes two, Vietnamese none that
 * are left), and at most five of its own (Burmese writes so many). Strokes through a letter and rings round it are in no name.
 */
const HEAPED = /(?:(?=\p{Script=Inherited})\p{M}){3}|\p{M}{6}|[\u0334-\u0338]|(?!\ufe0f)\p{Me}(?<!\u20e3)/u

/** Digits that read from left to right in scripts of their own, by their zero. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x0e50]
const digitOf = (sign: string): string => {
  const code = sign.codePointAt(0) ?? 0
  const zero = ZEROS.find((one) => code >= one && code < one + 10)
  return zero === undefined ? sign : String(code - zero)
}

/** Digits and signs that are read as letters. */
const READ_AS: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', $: 's', '€': 'e', '!': 'i' }
/** And what else some of them are read as. */
const ALSO_READ_AS: Readonly<Record<string, string>> = {
  ...READ_AS,
  1: 'l',
  6: 'g',
  8: 'b',
  9: 'g',
  '(': 'c',
  '¢': 'c',
  '£': 'l',
}
/** Spellings that sound like another. */
const soundingAs = (read: string): string =>
  read
    .replaceAll('ph', 'f')
    .replace(/(?<=[b-df-hj-np-tv-z])v(?=[b-df-hj-np-tv-z])/g, 'u')
    .replaceAll('vv', 'w')

/** Each strange letter by the Latin one at its place. */
const lookAlikes = (rows: readonly (readonly [strange: string, latin: string])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(rows.flatMap(([strange, latin]) => [...strange].map((sign, index) => [sign, latin[index] ?? sign])))
/**
 * Letters of other scripts, and capitals in small, that look like Latin ones: what a crowd takes from a page of "fancy
 * letters". What a compatibility form undoes (ｆ, 𝓯, ⓕ) is not among them.
 */
const LOOK_ALIKES = lookAlikes([
  ['авекмнорстухіјѕӏԁԛԝ', 'abekmhopctyxijsldqw'],
  ['αβεικνορτυχ', 'abeiknoptux'],
  ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnoprstuvwyz'],
  ['øłđħıŧɑɡƒɩ', 'oldhitagfi'],
])
/** Letters that are taken for Latin ones only where they stand among such: alone they are read in their own script. */
const LOOK_ALIKES_AMONG_LATIN = lookAlikes([
  ['гпиьшб', 'rnubwb'],
  ['ηωσμγς', 'nwouys'],
  ['օսհոզցյ', 'ouhnqgj'],
])
const LATIN = /\p{Script=Latin}/u
/** As people read it: a word in which scripts are mixed is Latin to the eye. */
const inLatin = (read: string): string =>
  read
    .split(/(?<=[^\p{L}])|(?=[^\p{L}])/u)
    .map((word) => {
      const alikes = LATIN.test(word) ? { ...LOOK_ALIKES_AMONG_LATIN, ...LOOK_ALIKES } : LOOK_ALIKES
      return [...word].map((sign) => alikes[sign] ?? sign).join('')
    })
    .join('')
/** Flags are pairs of these letters: without a pair that is a flag they are letters and no more. */
const REGIONAL = /[\u{1f1e6}-\u{1f1ff}]/gu
const REGIONAL_A = 0x1f1e6

/**
 * What stands over, under or within letters and does not change which they are: marks of every script but those that make
 * another kana of one, the stroke that lengthens an Arabic word, and letters that are blank by definition.
 */
const MARKS = /(?![\u3099\u309a])\p{M}|\u0640|\p{Default_Ignorable_Code_Point}/gu
const KATAKANA = /[\u30a1-\u30f6]/g
const HIRAGANA_BELOW = 0x60

const latinOf = (sign: string): string => String.fromCharCode(97 + (sign.codePointAt(0) ?? REGIONAL_A) - REGIONAL_A)
/** One way of writing for all: small letters without marks, hiragana, digits as the letters they stand for. */
const plain = (text: string, readAs = READ_AS): string =>
  [...text.normalize('NFKD').replace(MARKS, '').replace(REGIONAL, latinOf).normalize('NFC').toLowerCase()]
    .map(digitOf)
    .map((sign) => readAs[sign] ?? sign)
    .join('')
    .replaceAll('ß', 'ss')
    .replace(KATAKANA, (sign) => String.fromCharCode(sign.charCodeAt(0) - HIRAGANA_BELOW))

const escaped = (sign: string): string => sign.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
/** Finds the word however long its letters are drawn out. */
const drawnOut = (word: string): string => [...plain(word)].map((sign) => `${escaped(sign)}+`).join('')

const WORD = new RegExp(
  `^(?:${[...Object.values(UNKIND_WORDS), ...Object.values(UNKIND_WORDS_OF_GUESTS)]
    .flatMap((list) => list.split(' ').map(drawnOut))
    .join('|')})$`,
  'u',
)
/** Of a number no digit is drawn out: 888 wishes luck. */
const WHOLE = new RegExp(`^(?:${UNKIND_WHOLE.map((word) => word.replace(/\p{L}/gu, '$&+')).join('|')})$`, 'u')
const PHRASE = new RegExp(
  `(?:^| )(?:${UNKIND_PHRASES.map((words) => words.split(' ').map(drawnOut).join(' ?')).join('|')})(?: |$)`,
  'u',
)
const PART = new RegExp(UNKIND_PARTS.map(drawnOut).join('|'), 'u')

const isUnkindAsRead = (read: string): boolean => {
  const words = read.split(/[^\p{L}]+/u).filter((word) => word !== '')
  // Without what stands between its letters too: f.u.c.k is one word.
  const whole = words.join('')
  return (
    PART.test(whole) ||
    [whole, ...words].some((word) => WORD.test(word)) ||
    [whole, words.join(' ')].some((text) => PHRASE.test(text))
  )
}

const isUnkind = (name: string): boolean => {
  if (UNKIND_SIGNS.test(name)) return true
  // Numbers count as they are written, before any digit is read as a letter.
  const written = plain(name, {}).replace(/[^\p{L}\p{N}]/gu, '')
  if (WHOLE.test(written) || UNKIND_NUMBERS.test(written)) return true
  const read = plain(name)
  const latin = inLatin(read)
  // A sign of exclamation is a letter within a word, and none after it.
  const calm = inLatin(plain(name.replace(/!+(?=\P{L}|$)/gu, ' ')))
  return [read, latin, calm, soundingAs(latin), plain(name, ALSO_READ_AS)].some(isUnkindAsRead)
}

/** Why the film's title does not take this name; undefined where it does. */
export const nameFault = (name: string): NameFault | undefined => {
  const digits = [...name.normalize('NFKC')].filter((sign) => /\p{N}/u.test(sign)).length
  if (SIGNS_OF_ADDRESSES.test(name) || DOMAIN.test(name.normalize('NFKC')) || digits > MOST_DIGITS) return 'contact'
  if (HEAPED.test(name.normalize('NFC'))) return isUnkind(name) ? 'unkind' : 'scrawl'
  return isUnkind(name) ? 'unkind' : undefined
}

/** A first name that a film's title takes. */
export const TitleName = FirstName.refine((name) => nameFault(name) === undefined)
