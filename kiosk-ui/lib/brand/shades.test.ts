/** An event's colours go everywhere on the kiosk, as far as words can be read. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BrandFile, brandOf, contrastOf, laidOver, OWN_COLOURS } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { brandProperties } from './brand-properties.ts'
import { BEAM_BEHIND_WORDS } from './shades.ts'

const here = fileURLToPath(new URL('../..', import.meta.url))
const brand = (colours: BrandFile['colours']) => brandOf(BrandFile.parse({ name: 'The Games', colours }))

describe('a brand on the kiosk', () => {
  it('reaches every surface, the light and the quieter text, and each can be read', () => {
    const palette = ['#000000', '#ffffff', '#300010', '#808080', '#ff0000', '#00ff00', '#0000ff', '#ffcb52', '#04060e', '#ff5fa2']
    let reached = 0
    for (const ground of palette)
      for (const text of palette)
        for (const accent of palette) {
          const set = { ground, text, accent, accentEnd: accent, light: accent }
          const { colours, refused } = brand(set)
          const tokens = brandProperties({ colours })
          if (
            refused.length > 0 ||
            JSON.stringify({ ...colours, onAccent: '' }) === JSON.stringify({ ...OWN_COLOURS, onAccent: '' })
          )
            continue
          reached++
          const surfaces = ['--night', '--deep', '--panel', '--steel', '--glow', '--glow-far']
          for (const on of surfaces)
            for (const ink of [
              '--ice',
              '--gold',
              '--gold-deep',
              '--beam',
              ...(on === '--night' || on === '--steel' ? ['--mist'] : []),
            ])
              expect(
                contrastOf(tokens[ink] ?? '', tokens[on] ?? ''),
                `${ink} on ${on}: ${JSON.stringify(set)}`,
              ).toBeGreaterThanOrEqual(4.5)
          const beam = laidOver(tokens['--glow'] ?? '', accent, BEAM_BEHIND_WORDS * Number(tokens['--beams']))
          expect(contrastOf(text, beam), `beams: ${JSON.stringify(set)}`).toBeGreaterThanOrEqual(4.45)
        }
    expect(reached).toBeGreaterThan(30)
  })
  it('glows in its own colours, red as well as blue', () => {
    const tokens = brandProperties(
      brand({ ground: '#200008', text: '#ffffff', accent: '#ff9d5c', accentEnd: '#ffb37d', light: '#ff8fa3' }),
    )
    for (const name of ['--deep', '--panel', '--steel', '--glow', '--glow-far', '--violet', '--shine']) {
      const [red = 0, , blue = 0] = [1, 3, 5].map((at) => Number.parseInt((tokens[name] ?? '').slice(at, at + 2), 16))
      expect(red, name).toBeGreaterThan(blue)
    }
  })
  it('is left no colour that a screen draws by itself', async () => {
    const drawn: string[] = []
    const files = await readdir(join(here, 'components', 'kiosk'), { recursive: true })
    const components = files.filter((file) => file.endsWith('.tsx')).map((file) => join('components', 'kiosk', file))
    for (const path of [...components, 'styles/kiosk.css', 'styles/motion.css']) {
      // Black and white are shadows, shine and the code, which is read by phones.
      const colours = (await readFile(join(here, path), 'utf8')).match(/#[0-9a-f]{3,8}\b|rgb\(\d[^)]*\)/gi) ?? []
      drawn.push(
        ...colours
          .filter((colour) => !/^(#fff|#000|rgb\((0.0.0|255.255.255)\b.*)$/.test(colour))
          .map((colour) => `${path}: ${colour}`),
      )
    }
    expect(drawn).toEqual([])
  })
})
