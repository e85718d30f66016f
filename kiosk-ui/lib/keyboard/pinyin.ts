/**
 * Chinese written by its sound: letters come in, the characters they may be are offered, one is taken at a time. What is not
 * taken yet stands in the name as the letters it is, and may stay so. Pure.
 */
import { composeName, MAX_NAME_LENGTH, type NameKey } from './compose-name.ts'
import type { PinyinTable } from './pinyin-table.ts'

/** A name on its way: `letters` are pinyin that no character was taken for yet, in small letters. */
export type Draft = { name: string; letters: string }
/** A character that the letters may begin with, and the letters left when it is taken. */
export type Candidate = { sign: string; rest: string }

/** So many at a time: as many keys as a row of letters has, with the one for more. */
export const CANDIDATES_SHOWN = 9
const LONGEST_SYLLABLE = 6

/** The name as it stands in the title: letters begin with a capital where nothing stands before them. */
export const nameOf = ({ name, letters }: Draft): string =>
  name + (name === '' ? letters.slice(0, 1).toUpperCase() + letters.slice(1) : letters)

const isBeginning = (table: PinyinTable, letters: string): boolean =>
  Object.keys(table.syllables).some((syllable) => syllable.startsWith(letters))

/** Syllables that letters begin with, longest first. */
const syllablesAt = (table: PinyinTable, letters: string): string[] =>
  Array.from({ length: Math.min(LONGEST_SYLLABLE, letters.length) }, (_, cut) =>
    letters.slice(0, Math.min(LONGEST_SYLLABLE, letters.length) - cut),
  ).filter((syllable) => Object.hasOwn(table.syllables, syllable))

/** Whether letters are syllables to their end, the last one finished or not. */
const isWhole = (table: PinyinTable, letters: string): boolean =>
  letters === '' ||
  isBeginning(table, letters) ||
  syllablesAt(table, letters).some((syllable) => isWhole(table, letters.slice(syllable.length)))

/**
 * What the first syllable may be: the longest that leaves syllables behind it (`danian` is da'nian), then shorter ones, then
 * what the letters may become. An apostrophe ends a syllable (`xi'an`).
 */
export const candidatesOf = (table: PinyinTable, pinyin: string): Candidate[] => {
  const letters = pinyin.replace(/^'+/, '')
  const [first = ''] = letters.split("'")
  if (first === '') return []
  const after = letters.slice(first.length)
  const syllables = syllablesAt(table, first)
  const fits = (syllable: string) => isWhole(table, first.slice(syllable.length))
  const offers = [...syllables.filter(fits), ...syllables.filter((syllable) => !fits(syllable))].flatMap((syllable) =>
    [...(table.syllables[syllable] ?? '')].map((sign) => ({ sign, rest: first.slice(syllable.length) + after })),
  )
  const longer = Object.entries(table.syllables).filter(([syllable]) => syllable !== first && syllable.startsWith(first))
  const becoming = [...table.common].filter((sign) => longer.some(([, signs]) => signs.includes(sign)))
  const seen = new Set<string>()
  return [...offers, ...becoming.map((sign) => ({ sign, rest: after }))].filter(
    ({ sign }) => !seen.has(sign) && seen.add(sign) !== undefined,
  )
}

/** How a candidate is told from those that sound alike: by a word that it is in (明，明天的明). */
export const spokenCandidate = ({ words }: PinyinTable, sign: string): string => {
  const word = words[sign]
  return word === undefined ? sign : `${sign}，${word}的${sign}`
}

export type DraftKey = NameKey | { type: 'letter'; letter: string } | { type: 'take'; candidate: Candidate } | { type: 'settle' }

/** What a key of the pinyin keyboard means, on the screen or on a keyboard of the visitor's own: a space takes the first
 * candidate, a digit the one at its place. */
export const pinyinKey = (text: string, { letters }: Draft, shown: readonly Candidate[]): DraftKey => {
  const small = text.toLowerCase()
  if (/^[a-z]$/.test(small) || (small === "'" && letters !== '')) return { type: 'letter', letter: small }
  const candidate = letters === '' ? undefined : shown[text === ' ' ? 0 : Number(text) - 1]
  return candidate ? { type: 'take', candidate } : { type: 'text', text }
}

/** The name after one touch; one that would make it too long changes nothing. */
export const composeDraft = (draft: Draft, key: DraftKey): Draft => {
  if (key.type === 'letter') {
    // Only letters may be parted, and once.
    if (key.letter === "'" && (draft.letters === '' || draft.letters.endsWith("'"))) return draft
    const longer = { ...draft, letters: draft.letters + key.letter }
    return [...nameOf(longer)].length > MAX_NAME_LENGTH ? draft : longer
  }
  if (key.type === 'take') return { name: draft.name + key.candidate.sign, letters: key.candidate.rest.replace(/^'+/, '') }
  if (key.type === 'delete' && draft.letters !== '') return { ...draft, letters: draft.letters.slice(0, -1) }
  const name = nameOf(draft)
  return { name: key.type === 'settle' ? name : composeName(name, key), letters: '' }
}
