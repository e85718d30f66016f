/** Which names a film's title takes. */
import { describe, expect, it } from 'vitest'
import { VisitStart } from './kiosk.ts'
import { LANGUAGES } from './languages.ts'
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
  it.each([
    ['Cyrillic among Latin', 'fuсk'],
    ['all Cyrillic', 'аѕѕ'],
    ['Greek', 'ρυtα'],
    ['small capitals', 'ꜰᴜᴄᴋ'],
    ['script and circles', '𝓕ⓤ𝕔𝚔'],
    ['flags', '🇫🇺🇨🇰'],
    ['a stroke through each letter', 'f\u0336u\u0336c\u0336k\u0336'],
    ['marks of other scripts', 'f\u20ddu\u1ab0c\u1dc0k'],
    ['blanks that are letters', 'f\u3164u\u115fc\uffa0k'],
  ])('is read as people read it: %s', (_, name) => expect(nameFault(name)).toBe('unkind'))
  it('may be a flag, and letters that look like others', () => {
    for (const name of ['🇮🇹', 'Åse', 'Søren', 'Łucja', 'Đorđe', 'Сара', 'Вера', 'Νίκος', 'नेहा', 'สมชาย'])
      expect(nameFault(name), name).toBeUndefined()
  })
})

describe('the start of a visit', () => {
  const start = {
    eventId: 'event',
    visitId: '0192f0c0-0000-7000-8000-000000000001',
    pickupToken: 'A'.repeat(26),
    packId: 'tiny',
    language: 'en',
    consent: {
      textSha256: 'a'.repeat(64),
      ...{ language: 'en', agreedAt: 1, kioskId: 'kiosk-1', purposes: ['make-film'], ofAgeOrGuardian: true },
    },
  }
  it.each(['f.u.c.k', '@anna', '', 'a'.repeat(25), 'a\u202eb', 7, null, { toString: 'x' }])(
    'leaves out a name such as %j, and is taken',
    (firstName) => expect(VisitStart.parse({ ...start, firstName })).toEqual({ ...start, firstName: undefined }),
  )
  it('keeps a name that people have', () => {
    expect(VisitStart.parse({ ...start, firstName: ' Zoë ' }).firstName).toBe('Zoë')
    expect(VisitStart.parse(start)).toEqual(start)
  })
})
