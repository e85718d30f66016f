/** Which names a film's title takes. */
import { describe, expect, it } from 'vitest'
import { VisitStart } from './kiosk.ts'
import { LANGUAGES } from './languages.ts'
import { nameFault } from './name-rules.ts'
import { REAL_NAMES } from './real-names.fixture.ts'
import { UNKIND_PARTS, UNKIND_WORDS, UNKIND_WORDS_OF_GUESTS } from './unkind-words.ts'

describe('a first name for the title', () => {
  it('is any name that people have', () => {
    const names =
      `Zoë O’Neil Anne-Marie Jean-Luc J.R. D'Arcy 2Pac Anna7 Dick Fanny Randy Gay Isis Paki Yoshitaka Takeshi Nazia Nazir
      Siriporn Pornchai Thure Analise Anastasia Phuc Bich Adolf Jesus Fátima Assunta Cassandra Cassius Sextus Essa Titus Kuno
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
  it.each(Object.entries(REAL_NAMES))('V11 is any name that people have: %s', (_, names) => {
    const refused = names.flatMap((name) => {
      const fault = nameFault(name)
      return fault ? [`${name} (${fault})`] : []
    })
    expect(names.length).toBeGreaterThan(10)
    expect(refused).toEqual([])
    // As some keyboards give them: letters and marks apart, all capitals.
    for (const name of names)
      expect([nameFault(name.normalize('NFD')), nameFault(name.toUpperCase())], name).toEqual([undefined, undefined])
  })
  it.each([
    ...['fuk', 'FUUK', 'fuk you', 'fvck', 'phuck', 'fcuk', 'cvnt', 'phag', '8itch', 's1ut', '(shit)', 'b!tch', 'a55'],
    ...['88', '8 8', '1488', '14/88', '14-88', 'Tom1488', '١٤٨٨', '８８', '69'],
    ...['ちんちん', 'チンチン', 'おちんちん', 'ﾁﾝﾁﾝ', 'うんちっち', '傻B', '傻b', '傻Ｂ', '狗屎', '狗 屎', '媽的'],
    ...['хуй', 'ХУЙ', 'сука', 'блядь', 'С.У.К.А', 'пиздец', 'kurwa', 'orospu', 'μαλάκας', 'चूतिया', '씨-발', 'porco dio'],
    ...['🍆', '🍆🍑', 'Tom 🖕🏽', '💩'],
    ...[
      'Gas the Jews',
      'GAS THE JEWS!',
      'gasthejews',
      'Wh1te P0wer',
      'White Power',
      'W-h-i-t-e P-o-w-e-r',
      'Ku Klux',
      'KuKluxKlan',
    ],
    ...['HH88', 'hh 88', '88HH', 'coon', 'Coons', 'wetback', 'raghead', 'niqqa', 'Bin Laden', 'Osama bin Laden', 'BINLADEN'],
    ...['cао ni ma', 'cao ni ma', 'Caonima', 'Сао Ni Ма', 'шhite pоwer', 'niqqа', 'cоοn', 'ƒuck', 'fսck', 'fиck'],
  ])('V11 hurts nobody, by whatever way round: %s', (name) => expect(nameFault(name)).toBeDefined())
  it('V11 may have words in it that hurt only beside others, or as a part of none', () => {
    const names = ['Robin Laden', 'Laden', 'Bin', 'Power', 'White', 'Gas', 'Cao', 'Nima', 'Ni', 'Ku', 'Hannah88', 'HH', 'Cooney']
    for (const name of [...names, 'Raghad', 'Cao Nina', 'Наташа', 'Γιώργος', 'Мишь', 'Ոսկի'])
      expect(nameFault(name), name).toBeUndefined()
  })
  it('V11 hurts nobody in the languages of guests either', () => {
    for (const word of [...Object.values(UNKIND_WORDS_OF_GUESTS).flatMap((words) => words.split(' ')), ...UNKIND_PARTS])
      for (const written of [word, word.toUpperCase(), [...word].join('.')]) expect(nameFault(written), written).toBe('unkind')
  })
  it.each([
    'A\u0300\u0301\u0302\u0303nna',
    'Z\u0311\u036b\u0343a\u0332\u0331lgo',
    'To\u0336m',
    'A\u20dd',
    `${'ก'}${'\u0e49'.repeat(6)}`,
  ])('V11 has no signs heaped on its letters: %s', (name) => expect(nameFault(name)).toBe('scrawl'))
  it('V11 may hold a number that wishes luck, or a year', () => {
    for (const name of ['888', 'Anna 88', 'Mia88', 'Bob 18', 'Leo 7', 'Ka Fuk', 'Fuk-Wah'])
      expect(nameFault(name), name).toBeUndefined()
  })
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
