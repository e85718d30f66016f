/**
 * What may stand in a film's title as a first name, beyond what the protocol takes: nothing that hurts somebody, and nothing
 * that leads to somebody (an address, a number, a handle), since films are passed on. Judged here, on the kiosk, before
 * anything is sent: a name is never looked up anywhere. Pure.
 */
import { UNKIND_PARTS, UNKIND_WORDS } from './unkind-words.ts'

/** Why a name is not taken. */
export type NameFault = 'contact' | 'unkind'

/** Signs that stand in addresses, handles and markup, and in no name. */
const SIGNS_OF_ADDRESSES = /[@#_/\\:<>=&|{}[\]~^*+]/u
/** `somebody.com`, `www.x`; initials (`J. R.`, `J.R.`) are none. */
const DOMAIN = /[\p{L}\p{N}-]{2,}\.\p{L}{2,}/u
/** As many digits as a telephone number has; `Anna 7` and `2Pac` have fewer. */
const MOST_DIGITS = 4

/** Digits and signs that are read as letters. */
const READ_AS: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', $: 's', '€': 'e', '!': 'i' }

/** Marks on Latin letters, and Arabic vowel signs and the stroke that lengthens a word. */
const MARKS = /[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g
const KATAKANA = /[\u30a1-\u30f6]/g
const HIRAGANA_BELOW = 0x60

/** One way of writing for all: small letters without marks, hiragana, digits as the letters they stand for. */
const plain = (text: string): string =>
  [...text.normalize('NFKD').replace(MARKS, '').normalize('NFC').toLowerCase()]
    .map((sign) => READ_AS[sign] ?? sign)
    .join('')
    .replaceAll('ß', 'ss')
    .replace(KATAKANA, (sign) => String.fromCharCode(sign.charCodeAt(0) - HIRAGANA_BELOW))

const escaped = (sign: string): string => sign.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
/** Finds the word however long its letters are drawn out. */
const drawnOut = (word: string): string => [...plain(word)].map((sign) => `${escaped(sign)}+`).join('')

const WORD = new RegExp(
  `^(?:${Object.values(UNKIND_WORDS)
    .flatMap((list) => list.split(' ').map(drawnOut))
    .join('|')})$`,
  'u',
)
const PART = new RegExp(UNKIND_PARTS.map(drawnOut).join('|'), 'u')

const isUnkind = (name: string): boolean => {
  const words = plain(name)
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
  // Without what stands between its letters too: f.u.c.k is one word.
  const whole = words.join('')
  return PART.test(whole) || [whole, ...words].some((word) => WORD.test(word))
}

/** Why the film's title does not take this name; undefined where it does. */
export const nameFault = (name: string): NameFault | undefined => {
  const digits = [...name.normalize('NFKC')].filter((sign) => /\p{N}/u.test(sign)).length
  if (SIGNS_OF_ADDRESSES.test(name) || DOMAIN.test(name.normalize('NFKC')) || digits > MOST_DIGITS) return 'contact'
  return isUnkind(name) ? 'unkind' : undefined
}
