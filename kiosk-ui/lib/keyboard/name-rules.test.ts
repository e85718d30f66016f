/** Which names a film's title takes. */
import { LANGUAGES } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { keyboardsOf, shifted } from './layouts.ts'
import { nameFault } from './name-rules.ts'
import { UNKIND_WORDS } from './unkind-words.ts'

describe('a first name for the title', () => {
  it('is any name that people have', () => {
    const names =
      `Zoë O’Neil Anne-Marie Jean-Luc J.R. D'Arcy 2Pac Anna7 Dick Fanny Randy Gay Isis Paki Yoshitaka Takeshi Nazia Nazir
      Siriporn Pornchai Thure Analise Anastasia Phuc Bich Fuk Adolf Jesus Fátima Assunta Cassandra Cassius Sextus Essa Titus Kuno
      Mercedes Conor Arseni Arsène Culann Figaro Retha Slutai Nigel Niger Hoang Dong Putu Kaka Moritz Çağla Łukasz Ян Анна Ἑλένη
      ليلى كسرى زبيدة محمّد فاطمة さくら マコト ばんり しねん くるみ 서연 지훈 보미 시보 李娜 小明 王芳 妈祖 🎉`
        .trim()
        .split(/\s+/)
    for (const name of [...names, 'Anna Maria', 'J. R.', 'Mary Ann 2']) expect(nameFault(name), name).toBeUndefined()
  })
  it.each([
    'anna@mail',
    'anna.com',
    'www.fan',
    'Fan.Reel',
    '@anna',
    'anna_92',
    '#one',
    'x/y',
    '555 0199',
    '0171 5550199',
    '٠١٢٣٤٥',
    '１２３４５',
  ])('leads to nobody: %s', (name) => expect(nameFault(name)).toBe('contact'))
  it.each([
    'Fuck',
    'f.u.c.k',
    'FUUUCK',
    'Fück',
    'fuckface',
    'sh1t',
    'Sh!t',
    '$hit',
    'A55h0le',
    'Puta',
    'PUTA MADRE',
    'Scheiße',
    'coño',
    'Hitler',
    'Adolf H1tler',
  ])('hurts nobody: %s', (name) => expect(nameFault(name)).toBe('unkind'))
  it.each(LANGUAGES)('hurts nobody in %s either, in whatever letters', (language) => {
    for (const word of UNKIND_WORDS[language].split(' ')) {
      expect(nameFault(word), word).toBe('unkind')
      expect(nameFault([...word].join('-')), word).toBe('unkind')
      expect(nameFault(`${word} ${word}`.toUpperCase()), word).toBe('unkind')
    }
  })
  it('is read alike in katakana, with vowel signs and with lengthened letters', () => {
    for (const name of ['チンコ', 'バカ', 'ﾊﾞｶ', 'شَرموطة', 'شـرمـوطة', 'Ｆｕｃｋ']) expect(nameFault(name), name).toBe('unkind')
  })
  it('may have any letter that our keyboards have', () => {
    for (const keyboard of LANGUAGES.flatMap(keyboardsOf))
      for (const key of keyboard.rows.flat().flatMap((sign) => [sign, shifted(keyboard, sign)]))
        expect(nameFault(`Mi${key}`), key).toBeUndefined()
  })
})
