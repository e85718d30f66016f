/**
 * Korean syllables from single letters, as a two-set keyboard puts them together (Unicode Standard, section 3.12): initial
 * consonant, vowel, final consonant; a vowel that follows takes the final with it. Pure: text in, text out.
 */
const INITIALS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']
const VOWELS = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ']
const FINALS = ['', ...'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ']
const FIRST_SYLLABLE = 0xac00
const LAST_SYLLABLE = 0xd7a3

/** Letters that two others make together. */
const JOINED: Record<string, string> = {
  ㅗㅏ: 'ㅘ',
  ㅗㅐ: 'ㅙ',
  ㅗㅣ: 'ㅚ',
  ㅜㅓ: 'ㅝ',
  ㅜㅔ: 'ㅞ',
  ㅜㅣ: 'ㅟ',
  ㅡㅣ: 'ㅢ',
  ㄱㅅ: 'ㄳ',
  ㄴㅈ: 'ㄵ',
  ㄴㅎ: 'ㄶ',
  ㄹㄱ: 'ㄺ',
  ㄹㅁ: 'ㄻ',
  ㄹㅂ: 'ㄼ',
  ㄹㅅ: 'ㄽ',
  ㄹㅌ: 'ㄾ',
  ㄹㅍ: 'ㄿ',
  ㄹㅎ: 'ㅀ',
  ㅂㅅ: 'ㅄ',
}
const PARTED: Record<string, string> = Object.fromEntries(Object.entries(JOINED).map(([two, one]) => [one, two]))

type Syllable = { initial: string; vowel: string; final: string }

const written = ({ initial, vowel, final }: Syllable): string => {
  if (!vowel) return initial
  if (!initial) return vowel
  const place = (INITIALS.indexOf(initial) * VOWELS.length + VOWELS.indexOf(vowel)) * FINALS.length + FINALS.indexOf(final)
  return String.fromCharCode(FIRST_SYLLABLE + place)
}

/** The letters of a syllable, or of a letter that stands alone; undefined for anything else. */
const lettersOf = (character: string): Syllable | undefined => {
  const code = character.charCodeAt(0)
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) {
    const place = code - FIRST_SYLLABLE
    return {
      initial: INITIALS[Math.floor(place / (VOWELS.length * FINALS.length))] ?? '',
      vowel: VOWELS[Math.floor(place / FINALS.length) % VOWELS.length] ?? '',
      final: FINALS[place % FINALS.length] ?? '',
    }
  }
  if (INITIALS.includes(character)) return { initial: character, vowel: '', final: '' }
  if (VOWELS.includes(character)) return { initial: '', vowel: character, final: '' }
  return undefined
}

export const isHangulLetter = (text: string): boolean => INITIALS.includes(text) || VOWELS.includes(text)

const withVowel = (last: Syllable, vowel: string): string => {
  const { initial, final } = last
  if (final) {
    // 강 + ㅏ: the final begins the next syllable; of a joined one its second half does.
    const [kept = '', moved = ''] = PARTED[final] ?? ['', final]
    return written({ ...last, final: kept }) + written({ initial: moved, vowel, final: '' })
  }
  if (!last.vowel) return written({ initial, vowel, final: '' })
  const joined = JOINED[last.vowel + vowel]
  return joined ? written({ initial, vowel: joined, final: '' }) : written(last) + vowel
}

const withConsonant = (last: Syllable, consonant: string): string => {
  const { initial, vowel, final } = last
  const next = final ? JOINED[final + consonant] : consonant
  return initial && vowel && next && FINALS.includes(next) ? written({ ...last, final: next }) : written(last) + consonant
}

/** The text after one more letter. @param letter one of the two-set keyboard's */
export const addHangul = (text: string, letter: string): string => {
  const last = lettersOf(text.at(-1) ?? '')
  if (!last) return text + letter
  return text.slice(0, -1) + (VOWELS.includes(letter) ? withVowel(last, letter) : withConsonant(last, letter))
}

/** The text without its last letter; undefined where it does not end in Korean. */
export const dropHangul = (text: string): string | undefined => {
  const last = lettersOf(text.at(-1) ?? '')
  if (!last) return undefined
  const half = (letter: string) => PARTED[letter]?.[0] ?? ''
  const { initial, vowel, final } = last
  if (final) return text.slice(0, -1) + written({ ...last, final: half(final) })
  if (vowel) return text.slice(0, -1) + written({ initial, vowel: half(vowel), final: '' })
  return text.slice(0, -1)
}
