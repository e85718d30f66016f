import { createCanvas } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { FACE_NAMES, hasCharacter } from './faces.ts'
import { capitals, drawable, familiesOf, fitLine, isolated, setType, type Voice } from './typeset.ts'

const CONDENSED: Voice = { type: 'condensed', weight: 700, italic: true }
const GEOMETRIC: Voice = { type: 'geometric', weight: 600, tracking: 0.1 }
const canvas = createCanvas(900, 160)
const context = canvas.getContext('2d')

const ink = (text: string, voice: Voice = CONDENSED): Uint8ClampedArray => {
  context.clearRect(0, 0, canvas.width, canvas.height)
  setType(context, text, voice, 80, 'en')
  context.textAlign = 'left'
  context.fillText(text, 20, 110)
  return context.getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 3)
}
/** What stands between two shares of the inked width: its topmost row. */
const topBetween = (pixels: Uint8ClampedArray, from: number, to: number): number => {
  const columns = Array.from({ length: canvas.width }, (_, x) => x).filter((x) =>
    Array.from({ length: canvas.height }, (_, y) => pixels[y * canvas.width + x] ?? 0).some((value) => value > 128),
  )
  const [left = 0, right = 0] = [columns[0], columns.at(-1)]
  for (let y = 0; y < canvas.height; y++)
    for (let x = left + (right - left) * from; x < left + (right - left) * to; x++)
      if ((pixels[y * canvas.width + Math.floor(x)] ?? 0) > 128) return y
  return canvas.height
}

const NAMES = [
  ['English', 'Marco', 'italic'],
  ['Vietnamese', 'Nguyễn Thị Ngọc Ánh', 'italic'],
  ['Turkish', 'İlker Çağrı Şükrü', 'italic'],
  ['Polish', 'Łucja Żółć-Święcka', 'italic'],
  ['Cyrillic', 'Анна Їжак Ґалаґан', 'plain'],
  ['Greek', 'Ελένη Παπαδοπούλου', 'plain'],
  ['Arabic', 'سارة عبدالرحمٰن', 'arabic'],
  ['Hebrew', 'שרה לוי', 'hebrew'],
  ['Devanagari', 'प्रिया ज्ञानेश्वर', 'devanagari'],
  ['Thai', 'สมชาย ปิ่นเกล้า', 'thai'],
  ['Japanese', 'さくら健太郎ヴ', 'japanese'],
  ['Korean', '김민준 뷁', 'korean'],
  ['simplified Chinese', '王小明 赵丽颖', 'simplified-chinese'],
  ['traditional Chinese', '陳奕迅 劉德華', 'simplified-chinese'],
  ['small pictures', '❤⛷🇮🇹🏔👍🏽', 'emoji'],
] as const

describe('lettering', () => {
  it.each(NAMES)('F30: draws a name in %s with typefaces of its own, no letter a box', (_, name, face) => {
    for (const character of name.replace(/\s/gu, ''))
      expect(
        FACE_NAMES.some((one) => hasCharacter(one, character.codePointAt(0) ?? 0)),
        character,
      ).toBe(true)
    expect(familiesOf(name, CONDENSED, 'en').some((family) => family.startsWith(`Fanreel ${face} `))).toBe(true)
    // U+10FFFD is nobody's letter: what is drawn for it is drawn for each one that lacks.
    const box = ink('\u{10fffd}')
    for (const { segment } of new Intl.Segmenter('en').segment(name))
      if (segment.trim()) expect(Buffer.from(ink(segment)).equals(Buffer.from(box)), segment).toBe(false)
  })

  it('takes all letters of a name from one typeface where one has them all', () => {
    // Jost has Cyrillic letters, but not all of them.
    expect(hasCharacter('geometric', 'Ж'.codePointAt(0) ?? 0)).toBe(true)
    expect(hasCharacter('geometric', 'Ї'.codePointAt(0) ?? 0)).toBe(false)
    expect(familiesOf('АннаЖ', GEOMETRIC, 'en')).toEqual(['Fanreel geometric cyrillic'])
    expect(familiesOf('АннаЇ', GEOMETRIC, 'en')).toEqual(['Fanreel plain cyrillic'])
    expect(familiesOf('花子', CONDENSED, 'ja').every((family) => family.includes('japanese'))).toBe(true)
    expect(familiesOf('国', CONDENSED, 'en')[0]).toContain('simplified')
    expect(familiesOf('国', CONDENSED, 'ja')[0]).toContain('japanese')
  })

  it('F30: joins Arabic letters and sets them from right to left', () => {
    setType(context, 'سارة', CONDENSED, 80, 'en')
    const whole = context.measureText('سارة').width
    const apart = Array.from('سارة', (letter) => context.measureText(letter).width).reduce((sum, width) => sum + width, 0)
    expect(whole).toBeLessThan(apart * 0.95)
    // Alef, a tall stroke, is the first letter: it stands at the right of the low beh.
    const word = ink('اب')
    expect(topBetween(word, 0.85, 1)).toBeLessThan(topBetween(word, 0.05, 0.5) - 15)
    // Letters that join must not be spaced.
    expect(setType(context, 'سارة', GEOMETRIC, 80, 'ar')).toBeUndefined()
    expect(context.letterSpacing).toBe('0px')
    setType(context, 'Marco', GEOMETRIC, 80, 'en')
    expect(context.letterSpacing).toBe('8px')
  })

  it('F30: keeps the order of a name of two directions inside a sentence', () => {
    const name = isolated('سارة & Marco')
    const alone = ink(name)
    // Its first letter is Arabic: Sara stands at the right of Marco, whose M is taller than her sin.
    expect(topBetween(alone, 0, 0.1)).toBeLessThan(topBetween(alone, 0.85, 1) + 5)
    expect(Buffer.from(alone).equals(Buffer.from(ink('سارة & Marco')))).toBe(false)
    expect(Buffer.from(ink(`${isolated('Marco')}!`)).equals(Buffer.from(ink('Marco!')))).toBe(true)
  })

  it('F30: shrinks a long name, then ends it with an ellipsis', () => {
    const room = { size: 80, least: 40, width: 300 }
    expect(fitLine(context, 'Vita', CONDENSED, 'en', room)).toMatchObject({ text: 'Vita', size: 80 })
    const shrunk = fitLine(context, 'Maximiliane', CONDENSED, 'en', room)
    expect(shrunk.text).toBe('Maximiliane')
    expect(shrunk.size).toBeLessThan(80)
    const cut = fitLine(context, 'Wolfgang Amadeus Theophil', CONDENSED, 'en', room)
    expect(cut.text).toMatch(/^Wolfgang.*…$/)
    for (const line of [shrunk, cut]) expect(line.width).toBeLessThanOrEqual(300)
  })

  it('drops signs that nobody can draw, keeps letters, and writes Greek capitals without accents', () => {
    expect(drawable('Zoë ❤\u{1fbfa}')).toBe('Zoë ❤')
    expect(drawable('Մարիամ')).toBe('Մարիամ')
    expect(drawable('\u3164\u{1fbfa}')).toBe('')
    expect(capitals('Ελένη', 'en')).toBe('ΕΛΕΝΗ')
    expect(capitals('Zoë', 'en')).toBe('ZOË')
    expect(capitals('Deniz Yılmaz', 'en')).toBe('DENİZ YILMAZ')
  })
})
