/** A brand is taken over where it can be read, and told why where it cannot. */
import { describe, expect, it } from 'vitest'
import { BrandFile, brandFrom, brandOf, OWN_COLOURS } from './brand.ts'
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
  it('P19: drops the field that is malformed, by its name, and keeps every other', () => {
    const written = { name: 'The Games', logo: '../logo.svg', background: 'hall.jpg', colours: { light: 'red', text: '#ffffff' } }
    const { colours, refused, ...rest } = brandFrom({ ...written, motto: 'x' })
    expect(rest).toEqual({ name: 'The Games', background: 'hall.jpg' })
    expect([colours.text, colours.light]).toEqual(['#ffffff', OWN_COLOURS.light])
    expect(refused).toEqual([
      'motto: no such field',
      expect.stringMatching(/^logo: a file beside brand\.json/),
      'colours.light: a colour is written #rrggbb',
    ])
    expect(brandFrom({ colours: 7 })).toMatchObject({
      name: 'Fanreel',
      refused: ['colours: not an object', expect.stringMatching(/^name: missing/)],
    })
    for (const nonsense of [null, [], 'x', 7]) expect(brandFrom(nonsense).refused).toEqual(['brand.json: not an object'])
  })
  it('P19: has no name that turns the words round it, or hides what it holds', () => {
    for (const name of ['Games\u202egnp.exe', 'a\u2066b', 'a\u0000', 'a\nb', 'a\u200bb', '']) {
      const { name: shown, refused } = brandFrom({ name, logo: 'logo.svg' })
      expect([shown, refused], JSON.stringify(name)).toEqual(['Fanreel', [expect.stringMatching(/^name: /)]])
    }
    expect(brandFrom({ name: 'أولمبياد Spiele 2026™' }).refused).toEqual([])
  })
  it('names files beside it, and nothing else', () => {
    for (const logo of ['../logo.svg', '/etc/passwd', 'https://x.example/logo.svg', 'logo.html', 'a/b.svg'])
      expect(BrandFile.safeParse({ name: 'x', logo }).success, logo).toBe(false)
    expect(BrandFile.safeParse({ name: 'x', logo: 'logo.svg', background: 'hall.jpg' }).success).toBe(true)
  })
})
