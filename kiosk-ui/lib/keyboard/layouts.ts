/** Keyboards for a first name, in the order of keys that each language's own keyboards have. A key is the text it writes. */
import type { Language } from '@fanreel/protocol'
import { KATAKANA_ABOVE } from './compose-name.ts'

export type KeyboardId = 'letters' | 'accents' | 'arabic' | 'kana' | 'katakana' | 'hangul' | 'pinyin'
export type Keyboard = {
  id: KeyboardId
  /** What is written on the key that brings it up. */
  label: string
  /** The language of its keys, for whoever has them read out. */
  language: Language
  /** What the shift key does: capitals, the doubled consonants of Korean, or nothing. */
  shift: 'capitals' | 'doubled' | 'none'
  /** Rows of at most eleven keys, at most five: more would be too small to touch. */
  rows: readonly (readonly string[])[]
}

const row = (keys: string): string[] => keys.split(' ')
const QWERTY = [row('q w e r t y u i o p'), row('a s d f g h j k l'), row("z x c v b n m ' -")]

/** Latin letters as each language arranges them, with the accents that its own names have. */
const LATIN: Partial<Record<Language, string[][]>> = {
  it: [row('à è é ì ò ù'), ...QWERTY],
  fr: [row('é è ê ë à â ç î ï ô'), row('a z e r t y u i o p'), row('q s d f g h j k l m'), row("w x c v b n ' -")],
  de: [row('q w e r t z u i o p ü'), row('a s d f g h j k l ö ä'), row("y x c v b n m ß ' -")],
  es: [row('á é í ó ú ü'), row('q w e r t y u i o p'), row('a s d f g h j k l ñ'), row("z x c v b n m ' -")],
  pt: [row('á â ã é ê í ó ô õ ú'), row('q w e r t y u i o p'), row('a s d f g h j k l ç'), row("z x c v b n m ' -")],
}

const letters = (language: Language): Keyboard => ({
  id: 'letters',
  label: 'ABC',
  language: language in LATIN ? language : 'en',
  shift: 'capitals',
  rows: LATIN[language] ?? QWERTY,
})

/** Every other Latin letter that names in Europe are written with: a page of its own, since a long press serves no switch. */
const ACCENTS: Keyboard = {
  id: 'accents',
  label: 'ÀÉÑ',
  language: 'en',
  shift: 'capitals',
  rows: [
    row('à á â ã ä å ă ą æ ç ć'),
    row('č ď đ è é ê ë ě ę ð ğ'),
    row('ì í î ï ı ł ñ ń ň ò ó'),
    row('ô õ ö ő ø œ ř ś š ş ß'),
    row('ť þ ù ú û ü ů ű ý ż ž'),
  ],
}
const ARABIC: Keyboard = {
  id: 'arabic',
  label: 'عربي',
  language: 'ar',
  shift: 'none',
  rows: [row('ض ص ث ق ف غ ع ه خ ح ج'), row('ش س ي ب ل ا ت ن م ك ط'), row('ئ ء ؤ ر ى ة و ز ظ د ذ'), row('أ إ آ پ چ ڤ گ')],
}
/** Both kana are one keyboard: the marks and ー stand in both. */
const inKatakana = (key: string): string =>
  key.replace(/[\u3041-\u3096]/, (kana) => String.fromCharCode(kana.charCodeAt(0) + KATAKANA_ABOVE))

const KANA: Keyboard = {
  id: 'kana',
  label: 'かな',
  language: 'ja',
  shift: 'none',
  rows: [
    row('あ か さ た な は ま や ら わ'),
    row('い き し ち に ひ み ゆ り を'),
    row('う く す つ ぬ ふ む よ る ん'),
    row('え け せ て ね へ め ー れ ゛'),
    row('お こ そ と の ほ も っ ろ ゜'),
  ],
}
const KATAKANA: Keyboard = { ...KANA, id: 'katakana', label: 'カナ', rows: KANA.rows.map((keys) => keys.map(inKatakana)) }
/** Chinese by its sound: letters that become characters (`pinyin.ts`), ü under V as on every Chinese keyboard. */
const PINYIN: Keyboard = {
  id: 'pinyin',
  label: '拼音',
  language: 'zh',
  shift: 'none',
  rows: [row('q w e r t y u i o p'), row('a s d f g h j k l'), row("z x c v b n m '")],
}
/** The two-set arrangement of every keyboard in Korea; syllables are put together as they are written. */
const HANGUL: Keyboard = {
  id: 'hangul',
  label: '한글',
  language: 'ko',
  shift: 'doubled',
  rows: [row('ㅂ ㅈ ㄷ ㄱ ㅅ ㅛ ㅕ ㅑ ㅐ ㅔ'), row('ㅁ ㄴ ㅇ ㄹ ㅎ ㅗ ㅓ ㅏ ㅣ'), row('ㅋ ㅌ ㅊ ㅍ ㅠ ㅜ ㅡ')],
}

const OWN: Partial<Record<Language, Keyboard[]>> = { ar: [ARABIC], ja: [KANA, KATAKANA], ko: [HANGUL], zh: [PINYIN] }

/** The keyboards of a language, its own first. Everybody may use Latin letters. */
export const keyboardsOf = (language: Language): Keyboard[] => [...(OWN[language] ?? []), letters(language), ACCENTS]

const DOUBLED: Record<string, string> = { ㅂ: 'ㅃ', ㅈ: 'ㅉ', ㄷ: 'ㄸ', ㄱ: 'ㄲ', ㅅ: 'ㅆ', ㅐ: 'ㅒ', ㅔ: 'ㅖ' }

/** What a key writes while shift is on. */
export const shifted = ({ shift }: Keyboard, key: string): string => {
  if (shift === 'doubled') return DOUBLED[key] ?? key
  const capital = shift === 'capitals' ? key.toLocaleUpperCase('en') : key
  // The capital of ß is two letters: no name begins with it.
  return capital.length > key.length ? key : capital
}
