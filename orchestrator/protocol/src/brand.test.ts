/** A brand is taken over where it can be read, and told why where it cannot. */
import { describe, expect, it } from 'vitest'
import { BrandFile, brandOf, OWN_COLOURS } from './brand.ts'
import { contrastOf, LEAST_CONTRAST } from './contrast.ts'

const brand = (colours: BrandFile['colours']) => brandOf(BrandFile.parse({ name: 'The Games', colours }))

describe('a brand', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(contrastOf('#123456', '#123456')).toBe(1)
  })
  it('is shown as it was set where everything can be read', () => {
    const colours = { ground: '#10002b', text: '#ffffff', accent: '#c77dff', accentEnd: '#e0aaff', light: '#9bf6ff' }
    expect(brand(colours)).toEqual({ name: 'The Games', colours: { ...colours, onAccent: '#1b1002' }, refused: [] })
  })
  it('keeps the kiosk’s own colour where one cannot be read, and says which and why', () => {
    const { colours, refused } = brand({ accent: '#7a1f1f', accentEnd: '#8a2f2f', light: '#9bf6ff' })
    expect([colours.accent, colours.accentEnd, colours.light]).toEqual([OWN_COLOURS.accent, OWN_COLOURS.accentEnd, '#9bf6ff'])
    expect(refused).toEqual([
      expect.stringMatching(/^accent #7a1f1f and accentEnd #8a2f2f: [\d.]+:1 on the ground #04060e, at least 4\.5:1/),
    ])
  })
  it('never ends with anything below the least contrast, whatever was set', () => {
    const palette = ['#000000', '#ffffff', '#808080', '#ff0000', '#00ff00', '#0000ff', '#ffcb52', '#04060e']
    for (const ground of palette)
      for (const text of palette)
        for (const accent of palette) {
          const { colours, refused } = brand({ ground, text, accent, light: accent })
          const pairs = [
            [colours.text, colours.ground],
            [colours.accent, colours.ground],
            [colours.accentEnd, colours.ground],
            [colours.light, colours.ground],
            [colours.onAccent, colours.accent],
            [colours.onAccent, colours.accentEnd],
          ] as const
          for (const [one, other] of pairs)
            expect(contrastOf(one ?? '', other ?? ''), `${ground} ${text} ${accent}`).toBeGreaterThanOrEqual(LEAST_CONTRAST)
          if (refused.length === 0) expect([colours.ground, colours.text, colours.accent]).toEqual([ground, text, accent])
        }
  })
  it('names files beside it, and nothing else', () => {
    for (const logo of ['../logo.svg', '/etc/passwd', 'https://x.example/logo.svg', 'logo.html', 'a/b.svg'])
      expect(BrandFile.safeParse({ name: 'x', logo }).success, logo).toBe(false)
    expect(BrandFile.safeParse({ name: 'x', logo: 'logo.svg', background: 'hall.jpg' }).success).toBe(true)
  })
})
