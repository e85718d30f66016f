import { createCanvas, GlobalFonts } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { fontOf, registerFonts } from './fonts.ts'

registerFonts()
const context = createCanvas(8, 8).getContext('2d')
const width = (font: string, words: string) => {
  context.font = font
  return context.measureText(words).width
}

describe('typefaces', () => {
  it.each([
    ['Fanreel Latin', 'Vita'],
    ['Fanreel Latin Extended', 'łőž'],
    ['Fanreel Vietnamese', 'ễữộ'],
    ['Fanreel Arabic', 'ليلى'],
    ['Fanreel Japanese', 'さくら健太郎'],
    ['Fanreel Cyrillic', 'АннаЇґ'],
  ])('sets names of its letters in %s, whatever the machine has', (family, name) => {
    for (const [weight, number] of [
      ['strong', 700],
      ['plain', 500],
    ] as const) {
      expect(GlobalFonts.has(`${family} ${number}`)).toBe(true)
      expect(width(fontOf(weight, 200), name)).toBeCloseTo(width(`${number} 200px "${family} ${number}"`, name), 3)
    }
  })
})
