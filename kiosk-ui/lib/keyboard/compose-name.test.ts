/** A first name by touch, in each script. */
import { FirstName, LANGUAGES, nameFault } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { composeName, MAX_NAME_LENGTH, type NameKey, wantsCapital } from './compose-name.ts'
import { type Keyboard, keyboardsOf, shifted } from './layouts.ts'

const DELETE = { type: 'delete' } as const
const type = (...keys: (string | NameKey)[]): string =>
  keys.reduce<string>((name, key) => composeName(name, typeof key === 'string' ? { type: 'text', text: key } : key), '')

describe('composing a name', () => {
  it('writes kana with marks and small letters, each touch undone by another', () => {
    expect(type('し', '゛', 'ゆ', { type: 'small' }, 'ん')).toBe('じゅん')
    expect(type('は', '゜', 'な')).toBe('ぱな')
    expect(type('か', '゛', '゛')).toBe('か')
    expect(type('ん', '゛')).toBe('ん')
    expect(type('シ', '゛', 'ユ', { type: 'small' }, 'ー', 'ハ', '゜', 'ツ', { type: 'small' })).toBe('ジューパッ')
    expect(type('ウ', '゛', '゛', '゛')).toBe('ヴ')
  })
  it('puts Korean syllables together, and takes them apart letter by letter', () => {
    expect(type(...'ㅈㅣㅎㅜㄴ')).toBe('지훈')
    expect(type(...'ㅅㅓㅇㅕㄴ')).toBe('서연')
    expect(type(...'ㄱㅗㅏㅇㄱㅠ')).toBe('광규')
    expect(type(...'ㄱㅏㅂㅅㅣ')).toBe('갑시')
    expect(type(...'ㄲㅗㅊㄴㅣㅁ')).toBe('꽃님')
    expect(type(...'ㅂㅏㄲㅇ')).toBe('밖ㅇ')
    expect(type(...'ㅏㅣ')).toBe('ㅏㅣ')
    expect(type(...'ㄱㅏㅂㅅ', DELETE)).toBe('갑')
    expect(type(...'ㄱㅗㅏ', DELETE)).toBe('고')
    expect(type(...'ㄱㅏ', DELETE, DELETE)).toBe('')
    expect(type('A', ...'ㅎㅏ', 'B')).toBe('A하B')
  })
  it('begins with no space and deletes whole characters', () => {
    expect(type(' ', 'A', ' ', ' ', 'B', DELETE)).toBe('A ')
    expect(type(DELETE)).toBe('')
  })
  it('never grows past what the title holds', () => {
    const long = type(...Array.from({ length: 40 }, () => 'a'))
    expect(long.length).toBe(MAX_NAME_LENGTH)
    expect(FirstName.safeParse(long).success).toBe(true)
    // A syllable that is not finished is: it takes no more room.
    const korean = type(...Array.from({ length: MAX_NAME_LENGTH - 1 }, () => 'ㄱ'), ...'ㅎㅏㄴㅏ')
    expect([korean.length, korean.at(-1)]).toEqual([MAX_NAME_LENGTH, '한'])
  })
  it('knows where a capital stands', () => {
    expect([wantsCapital(''), wantsCapital('Anna'), wantsCapital('Anna-'), wantsCapital("D'")]).toEqual([true, false, true, true])
  })
})

describe.each(LANGUAGES)('keyboards in %s', (language) => {
  it('offer its own letters first, and Latin ones to everybody', () => {
    const keyboards = keyboardsOf(language)
    expect(keyboards.map(({ id }) => id)).toContain('letters')
    expect(new Set(keyboards.map(({ id }) => id)).size).toBe(keyboards.length)
    expect(keyboards[0]?.language).toBe(language)
  })
  it('hold keys that the protocol takes, each once, in rows that a finger can hit', () => {
    const written = ({ rows, ...keyboard }: Keyboard) => rows.flat().flatMap((key) => [key, shifted({ rows, ...keyboard }, key)])
    for (const keyboard of keyboardsOf(language)) {
      const keys = keyboard.rows.flat()
      expect(new Set(keys).size).toBe(keys.length)
      expect(keyboard.rows.length).toBeLessThanOrEqual(5)
      for (const row of keyboard.rows) expect(row.length).toBeLessThanOrEqual(11)
      for (const key of written(keyboard))
        expect(FirstName.safeParse(composeName('か', { type: 'text', text: key })).success, key).toBe(true)
      for (const key of written(keyboard)) expect(nameFault(`Mi${key}`), key).toBeUndefined()
    }
  })
})
