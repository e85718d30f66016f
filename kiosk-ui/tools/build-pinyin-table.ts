/**
 * Which Chinese characters a syllable may be, those of names first. Nothing of it is in the repository: readings and surnames
 * come from pinyin-pro, words and how often they are used from jieba's dictionary, both installed through npm.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pinyin } from 'pinyin-pro'
import SURNAMES from 'pinyin-pro/dist/esm/data/surname.mjs'
import type { PinyinTable } from '../lib/keyboard/pinyin-table.ts'

/** Rows and cells of GB 2312 that hold its 6,763 characters: what every typeface for simplified Chinese has. */
const [FIRST_ROW, LAST_ROW] = [0xb0, 0xf7]
const [FIRST_CELL, LAST_CELL] = [0xa1, 0xfe]

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index)

const standardCharacters = (): string[] => {
  const decoder = new TextDecoder('gb2312')
  return range(FIRST_ROW, LAST_ROW)
    .flatMap((row) => range(FIRST_CELL, LAST_CELL).map((cell) => decoder.decode(Uint8Array.of(row, cell))))
    .filter((sign) => /^\p{Script=Han}$/u.test(sign))
}

type Word = { word: string; uses: number; kind: string }

const dictionary = (): Word[] =>
  readFileSync(createRequire(import.meta.url).resolve('@node-rs/jieba/dict.txt'), 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .map(([word = '', uses = '0', kind = '']) => ({ word, uses: Number(uses), kind }))

/** How the dictionary marks a person's name; foreign names written after their sound have a mark of their own. */
const PERSON = 'nr'
/** Being in the name of one more person counts for as much as so many uses anywhere: 姓 is used often and in no name. */
const USES_A_NAME = 20_000
/** A reading that is neither the usual one nor a surname's comes after what is usual. */
const RARE_READING = 0.01
/** Characters offered before a syllable is whole. */
const COMMON = 800

const add = (counts: Map<string, number>, sign: string, count: number) => counts.set(sign, (counts.get(sign) ?? 0) + count)
const isSurname = (text: string): boolean => Object.hasOwn(SURNAMES, text)

/** Whether a surname of one character or two and a given name of as many. */
const isPerson = ({ word, kind }: Word): boolean => {
  if (kind !== PERSON) return false
  const surname = isSurname(word.slice(0, 2)) && word.length > 2 ? 2 : Number(isSurname(word.slice(0, 1)))
  return surname > 0 && word.length > surname && word.length <= surname + 2
}

/** How much each character is worth offering. */
const worthOf = (words: readonly Word[]): Map<string, number> => {
  const worth = new Map<string, number>()
  for (const one of words) for (const sign of one.word) add(worth, sign, one.uses + (isPerson(one) ? USES_A_NAME : 0))
  return worth
}

/** For each character the commonest word of two that it is in. */
const knownBy = (words: readonly Word[]): Map<string, Word> => {
  const best = new Map<string, Word>()
  for (const one of words) {
    if (one.word.length !== 2 || one.kind === PERSON) continue
    for (const sign of one.word) if (one.uses > (best.get(sign)?.uses ?? 0)) best.set(sign, one)
  }
  return best
}

/** Readings without tones, the usual one first; ü is written v, as Chinese keyboards have it. */
const readingsOf = (sign: string): string[] => pinyin(sign, { toneType: 'none', multiple: true, type: 'array', v: true })
const surnameReading = (sign: string): string | undefined =>
  isSurname(sign) ? pinyin(sign, { toneType: 'none', v: true, surname: 'head' }) : undefined

/** @throws when the packages lack the files that are read here */
export const buildPinyinTable = (): PinyinTable => {
  const words = dictionary()
  const worth = worthOf(words)
  const known = knownBy(words)
  const signs = standardCharacters()
  const offers = signs
    .flatMap((sign) => {
      const readings = readingsOf(sign)
      const usual = [readings[0], surnameReading(sign)]
      return readings.map((reading) => ({
        sign,
        reading,
        worth: (worth.get(sign) ?? 0) * (usual.includes(reading) ? 1 : RARE_READING),
      }))
    })
    .filter(({ reading }) => /^[a-z]{1,6}$/.test(reading))
    .sort((a, b) => b.worth - a.worth)
  const syllables: Record<string, string> = {}
  for (const { sign, reading } of offers) syllables[reading] = (syllables[reading] ?? '') + sign
  return {
    syllables,
    common: [...new Set(offers.map(({ sign }) => sign))].slice(0, COMMON).join(''),
    words: Object.fromEntries(
      signs.flatMap((sign) => {
        const word = known.get(sign)?.word
        return word === undefined ? [] : [[sign, word]]
      }),
    ),
  }
}
