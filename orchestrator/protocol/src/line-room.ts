/**
 * How much room a line set in the tight capitals of a headline needs over the next, by the letters that stand in it. The language of a
 * page does not say: somebody's name has a script of its own.
 */

/** `none`: bare capitals; `some`: signs over capitals, or characters that fill their square; `much`: letters that reach far up and down. */
export type LineRoom = 'none' | 'some' | 'much'

const SIGNS = /\p{M}/u
const SQUARE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
/** Letters of every script but those whose capitals stand on the line, those that fill a square, and signs that go with any. */
const REACHING =
  /(?![\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{Script=Common}\p{Script=Inherited}])\p{L}/u

/** @param text as it is written, names in it too */
export const lineRoomOf = (text: string): LineRoom => {
  if (REACHING.test(text)) return 'much'
  return SQUARE.test(text) || SIGNS.test(text.normalize('NFD')) ? 'some' : 'none'
}
