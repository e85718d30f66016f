import { BrandFile, brandOf, contrastOf, LEAST_CONTRAST } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { brandStyle, paletteOf } from './brand-style.ts'

const coloursOf = (colours: BrandFile['colours']) => brandOf(BrandFile.parse({ name: 'The Games', colours })).colours

describe("an event's colours on the pickup page", () => {
  it('P19: whatever an event sets, every word can be read on its ground and on buttons, by night and by day', () => {
    const palette = ['#000000', '#ffffff', '#808080', '#ff0000', '#00ff00', '#0000ff', '#ffcb52', '#04060e', '#7a1f1f', '#f5e6ff']
    const unread: string[] = []
    for (const ground of palette)
      for (const text of palette)
        for (const accent of palette) {
          const colours = coloursOf({ ground, text, accent, light: accent })
          for (const light of ['night', 'day'] as const) {
            const { ground: below, button, ...words } = paletteOf(colours, light)
            for (const [name, colour] of Object.entries(words)) {
              const least = Math.min(contrastOf(colour, below), contrastOf(colour, button))
              if (least < LEAST_CONTRAST) unread.push(`${light} ${name} of ${ground} ${text} ${accent}: ${least}`)
            }
          }
        }
    expect(unread).toEqual([])
  })
  it('P19: colours that can be read are the event’s own', () => {
    const set = { ground: '#10002b', text: '#ffffff', accent: '#c77dff', accentEnd: '#e0aaff', light: '#9bf6ff' }
    const night = paletteOf(coloursOf(set), 'night')
    expect([night.ground, night.ink, night['gold-ink'], night.beam]).toEqual([set.ground, set.text, set.accent, set.light])
    const day = paletteOf(coloursOf(set), 'day')
    expect([day.ground, day.ink, day.beam]).toEqual([set.text, set.ground, set.ground])
    expect(brandStyle(coloursOf(set))).toContain('--gold:#c77dff;--gold-deep:#e0aaff;--on-gold:#1b1002')
  })
})
