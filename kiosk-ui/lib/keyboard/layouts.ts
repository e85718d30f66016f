/** Keyboards for a first name, one a script. Rows of keys as they are drawn; a key is the text it writes. */
import type { Language } from '@fanreel/protocol'

export type Script = 'latin' | 'arabic' | 'kana'
export type Layout = { script: Script; rows: readonly (readonly string[])[] }

const row = (keys: string): string[] => keys.split(' ')

export const LAYOUTS: Record<Script, Layout> = {
  latin: {
    script: 'latin',
    rows: [row('à á è é ì ò ö ù ü ñ'), row('q w e r t y u i o p'), row('a s d f g h j k l ç'), row("z x c v b n m ' -")],
  },
  arabic: {
    script: 'arabic',
    rows: [row('ض ص ث ق ف غ ع ه خ ح ج'), row('ش س ي ب ل ا ت ن م ك ط'), row('ئ ء ؤ ر ى ة و ز ظ د ذ'), row('أ إ آ پ چ ڤ گ')],
  },
  kana: {
    script: 'kana',
    rows: [
      row('あ か さ た な は ま や ら わ'),
      row('い き し ち に ひ み ゆ り を'),
      row('う く す つ ぬ ふ む よ る ん'),
      row('え け せ て ね へ め ー れ ゛'),
      row('お こ そ と の ほ も っ ろ ゜'),
    ],
  },
}

/** The scripts a language writes names in, its own first. Everybody may use Latin letters. */
export const scriptsOf = (language: Language): Script[] =>
  language === 'ar' ? ['arabic', 'latin'] : language === 'ja' ? ['kana', 'latin'] : ['latin']
