import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { Pack, PackFile, PackPath } from './index.ts'

type PackInput = z.input<typeof Pack>

const shipped = (): PackInput => JSON.parse(readFileSync(new URL('../figure-skating/pack.json', import.meta.url), 'utf8'))
const refused = (change: (pack: PackInput) => void): boolean => {
  const pack = shipped()
  change(pack)
  return !Pack.safeParse(pack).success
}

describe('pack schema', () => {
  it('keeps paths inside the pack', () => {
    expect(PackPath.safeParse('plates/arena.jpg').success).toBe(true)
    for (const path of ['../secret', 'plates/../../secret', '/etc/passwd', '.hidden', 'a\\b', ''])
      expect(PackPath.safeParse(path).success, path).toBe(false)
  })

  it('refuses a pack of another schema, without English, with too few views or a colour out of range', () => {
    expect(refused((pack) => Object.assign(pack, { schema: 2 }))).toBe(true)
    expect(refused((pack) => Object.assign(pack, { title: { it: 'Notte sul ghiaccio' } }))).toBe(true)
    expect(refused((pack) => Object.assign(pack, { views: pack.views.slice(0, 4) }))).toBe(true)
    expect(refused((pack) => Object.assign(pack.plates[0]!.light, { key: [1, 2, 1] }))).toBe(true)
    expect(Pack.safeParse(shipped()).success).toBe(true)
  })

  it('refuses a layer beyond the visitor’s reach, one that would flicker, and more layers than a shot can move', () => {
    const layer = { id: 'near', file: 'plates/near.webp', depth: 1.2, blend: 'over' as const }
    const layered = (...layers: object[]) => refused((pack) => Object.assign(pack.plates[0]!, { layers }))
    expect(layered(layer)).toBe(false)
    expect(layered({ ...layer, depth: 1.6 })).toBe(true)
    expect(layered({ ...layer, motion: { kind: 'twinkle', low: 0.2, periodMs: 300 } })).toBe(true)
    expect(layered(...Array.from({ length: 7 }, (_, k) => ({ ...layer, id: `l${k}` })))).toBe(true)
  })

  it.each(['', '  ', '\u3164', '\u2800\u034f', '…', '98.60'])(
    'F8: refuses a mark that does not say in letters what the film is: %j',
    (words) => {
      expect(refused((pack) => Object.assign(pack.film.aiMark, { en: words }))).toBe(true)
      expect(refused((pack) => Object.assign(pack.film.aiMark, { ja: words }))).toBe(true)
    },
  )

  it('refuses a blank text anywhere, and takes a score of digits alone', () => {
    for (const key of ['title', 'score', 'ticker', 'lowerThird'] as const)
      expect(
        refused((pack) => Object.assign(pack.film[key], { it: ' \u3164 ' })),
        key,
      ).toBe(true)
    expect(refused((pack) => Object.assign(pack.prompt, { en: '' }))).toBe(true)
    expect(refused((pack) => Object.assign(pack.film.score, { en: '98.60' }))).toBe(false)
  })

  it('refuses texts that would be set for minutes, and languages without an end', () => {
    const score = (words: string) => refused((pack) => Object.assign(pack.film.score, { en: words }))
    expect([score('9'.repeat(60)), score('9'.repeat(61)), score('9'.repeat(20_000))]).toEqual([false, true, true])
    const ticker = (words: string) => refused((pack) => Object.assign(pack.film.ticker, { en: words }))
    expect([ticker('9'.repeat(200)), ticker('9'.repeat(201))]).toEqual([false, true])
    const mark = (words: string) => refused((pack) => Object.assign(pack.film.aiMark, { it: words }))
    expect([mark('a'.repeat(40)), mark('a'.repeat(41)), mark('a'.repeat(5_000))]).toEqual([false, true, true])
    const languages = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, k) => [`x${k}`, 'words']))
    expect(refused((pack) => Object.assign(pack.title, languages(50)))).toBe(true)
  })

  it('refuses a plate of more pixels than any film could show', () => {
    expect(refused((pack) => Object.assign(pack.plates[0]!, { width: 40_960 }))).toBe(true)
    expect(refused((pack) => Object.assign(pack.plates[0]!, { width: 2160, height: 3840 }))).toBe(false)
  })

  it('refuses a colour that not everybody reads alike', () => {
    for (const accent of ['#0af', '0af0af', '#0af0af80', 'red', '', 'rgb(0,0,0)', '#00ff0g'])
      expect(
        refused((pack) => Object.assign(pack.palette, { accent })),
        accent,
      ).toBe(true)
    expect(refused((pack) => Object.assign(pack.palette, { accent: '#0AF0af' }))).toBe(false)
  })

  it('takes a shot without graphics as having none', () => {
    const pack = shipped()
    delete pack.story[0]!.graphics
    expect(Pack.parse(pack).story[0]?.graphics).toEqual([])
  })

  it('wants the marks of music in the order in which it is played, and takes a place that does not answer as dry', () => {
    expect(refused((pack) => Object.assign(pack.music, { marks: { thin: 8, drop: 8, finale: 28, beats: 32 } }))).toBe(true)
    expect(refused((pack) => Object.assign(pack.music, { marks: { thin: 8, drop: 16, finale: 32, beats: 32 } }))).toBe(true)
    const pack = shipped()
    delete pack.acoustics
    expect(Pack.parse(pack).acoustics).toBe('dry')
  })

  it('pins files by a whole SHA-256', () => {
    expect(PackFile.safeParse({ path: 'a.jpg', sha256: 'ab'.repeat(32), bytes: 1 }).success).toBe(true)
    expect(PackFile.safeParse({ path: 'a.jpg', sha256: 'ab', bytes: 1 }).success).toBe(false)
  })
})
