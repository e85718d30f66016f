import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Pack } from '@fanreel/content-packs/schema'
import { LANGUAGES, type Language, type ShotList } from '@fanreel/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { IS_WHOLE } from '../../../tests/support/whole.ts'
import { markWords } from './graphics/mark.ts'
import { counted } from './graphics/score.ts'
import { bakeGraphics } from './graphics.ts'
import { planesOf, toRgba, type YuvPicture, yuvOf } from './picture.ts'

const [width, height] = [720, 1280]
/** Pictures of each shot here. */
const SHOT = 44
let pack: Pack
let shotList: ShotList

beforeAll(() => {
  const path = fileURLToPath(new URL('../../../content-packs/figure-skating/pack.json', import.meta.url))
  pack = Pack.parse(JSON.parse(readFileSync(path, 'utf8')))
  shotList = {
    version: 1,
    packId: pack.packId,
    packHash: 'a'.repeat(64),
    seed: 1,
    fps: 24,
    width,
    height,
    frames: pack.story.length * SHOT,
    beatFrames: [],
    shots: pack.story.map((slot, index) => ({
      id: slot.id,
      slot: slot.id,
      framing: slot.framing,
      treatment: slot.treatment,
      plateView: slot.view,
      camera: slot.camera,
      startFrame: index * SHOT,
      frames: SHOT,
      source: { startMs: 0, endMs: 1_000, speed: 1 },
      voice: false,
      transition: 'cut',
      reason: 'a test',
    })),
  }
})

const grey = (luma = 128): YuvPicture => {
  const bytes = new Uint8Array((width * height * 3) / 2).fill(128)
  return planesOf(bytes.fill(luma, 0, width * height), width, height)
}
type Look = Partial<Pack['graphics']>
const drawn = (frame: number, language: Language, firstName?: string, look: Look = {}): YuvPicture => {
  const picture = grey()
  bakeGraphics({ pack: { ...pack, graphics: { ...pack.graphics, ...look } }, language, firstName, shotList }).titles(
    picture,
    frame,
  )
  return picture
}
const HAIRLINE: Look = { plates: 'hairline', type: 'geometric', tracking: 0.1 }
/** The frame `age` pictures into the shot that has this graphic. */
const frameOf = (kind: Pack['story'][number]['graphics'][number], age: number) =>
  pack.story.findIndex((one) => one.graphics.includes(kind)) * SHOT + age
const rows = (picture: YuvPicture, from: number, to: number) =>
  picture.y.subarray(Math.round(from * height) * width, Math.round(to * height) * width)
const changed = (picture: YuvPicture, from: number, to: number) =>
  rows(picture, from, to).filter((value) => Math.abs(value - 128) > 12).length
/** Columns in which words of a light colour stand, as shares of the width. */
const lightColumns = (picture: YuvPicture, from: number, to: number): number[] => {
  const columns = new Set<number>()
  for (const [i, value] of rows(picture, from, to).entries()) if (value > 190) columns.add(i % width)
  return [...columns].map((x) => x / width)
}

describe('graphics', () => {
  it.each([{}, HAIRLINE])('F8: every picture carries the AI mark, in every language, large enough to read (%#)', (look) => {
    // The other look has the same words: a few of them, in short.
    for (const language of IS_WHOLE || look !== HAIRLINE ? LANGUAGES : (['en', 'ar', 'ja'] as const)) {
      const graphics = bakeGraphics({
        pack: { ...pack, graphics: { ...pack.graphics, ...look } },
        language,
        firstName: 'Vita',
        shotList,
      })
      for (let frame = 0; frame < shotList.frames; frame += frame < shotList.frames - 14 ? 13 : 1) {
        // On the lightest ground as on the darkest.
        for (const ground of [20, 235]) {
          const picture = grey(ground)
          graphics.mark(picture)
          graphics.titles(picture, frame)
          const part = rows(picture, 0.05, 0.1)
          expect(part.filter((value) => value < 120).length).toBeGreaterThan(3_000)
          const light = Array.from({ length: part.length / width }, (_, y) =>
            part.subarray(y * width + 60, y * width + 660),
          ).filter((row) => row.some((value) => value > 200 && value < 234))
          if (ground === 20) expect(light.length).toBeGreaterThanOrEqual(22)
        }
      }
    }
  })

  it('F8: a world that has no words for the mark in the film’s language is marked in the node’s own', () => {
    const marked = (language: Language, aiMark: Record<string, string>) => {
      const picture = grey(20)
      const film = { ...pack.film, aiMark } as Pack['film']
      bakeGraphics({ pack: { ...pack, film }, language, shotList }).mark(picture)
      return Buffer.from(rows(picture, 0.05, 0.1))
    }
    for (const language of LANGUAGES) {
      const own = marked(language, { en: 'Something else', [language]: markWords({ pack, language }) })
      for (const aiMark of [{}, { [language]: ' \u3164' }, { en: '', [language]: '…' }] as Record<string, string>[])
        expect(marked(language, aiMark).equals(own), language).toBe(true)
      expect(marked(language, { [language]: 'AI' }).equals(own), language).toBe(false)
    }
  })

  it('the title shows the name in any letters, each name its own', () => {
    const frame = frameOf('title', 36)
    const title = (language: Language, name?: string) => Buffer.from(rows(drawn(frame, language, name), 0.55, 0.83))
    const pairs = [
      ['en', 'Vita', 'Zoë'],
      ['ar', 'ليلى', 'سامي'],
      ['ja', 'さくら', '健太郎'],
      ['en', 'Ελένη', 'Νίκος'],
      ['en', '김민준', '이서연'],
      ['it', '王小明', '赵丽颖'],
    ] as const
    for (const [language, one, other] of pairs) {
      expect(lightColumns(drawn(frame, language, one), 0.6, 0.76).length).toBeGreaterThan(100)
      // Letters that a typeface lacks would all be the same box.
      expect(title(language, one).equals(title(language, other))).toBe(false)
    }
    expect(title('en').equals(title('en', 'Vita'))).toBe(false)
  })

  it('a name stands in the title as it is written, whatever its letters mean elsewhere', () => {
    const title = (name: string) => Buffer.from(rows(drawn(frameOf('title', 36), 'en', name), 0.55, 0.83))
    // In a replacement string the first would mean the second.
    expect(pack.film.titleWithName.en).toBe('{name} on Ice')
    expect(title("$'A").equals(title(' on IceA'))).toBe(false)
  })

  it.each([{}, HAIRLINE])(
    'F31: words keep clear of where a phone lays its own: the lowest 18 and the outer 12 % (%#)',
    (look) => {
      const long = 'Wolfgang Amadeus Theophil'
      for (const [language, name] of [
        ['en', long],
        ['ar', 'سارة عبد الرحمن الطويلة'],
      ] as const)
        for (const kind of ['lower-third', 'score', 'title'] as const) {
          const picture = drawn(frameOf(kind, 30), language, name, look)
          const below = lightColumns(picture, 0.822, kind === 'title' ? 0.84 : 1)
          expect(below, `${kind} in ${language}`).toEqual([])
          const columns = lightColumns(picture, 0.5, 0.82).filter((x) => (language === 'en' ? x > 0.885 : x < 0.115))
          expect(columns, `${kind} in ${language}`).toEqual([])
        }
    },
  )

  it('F31: a lower third comes from the side at which its script is read, and is gone before the picture changes', () => {
    const side = (language: Language) => {
      const picture = drawn(frameOf('lower-third', 7), language, 'Vita')
      const part = rows(picture, 0.7, 0.8)
      const left = part.filter((value, i) => i % width < width / 2 && value !== 128).length
      return left > part.filter((value, i) => i % width >= width / 2 && value !== 128).length ? 'left' : 'right'
    }
    expect([side('en'), side('ar')]).toEqual(['left', 'right'])
    for (const kind of ['lower-third', 'score', 'ticker'] as const)
      for (const age of [0, SHOT - 1, SHOT - 3]) expect(changed(drawn(frameOf(kind, age), 'en', 'Vita'), 0, 1)).toBe(0)
  })

  it('the ticker runs against the reading direction', () => {
    const moved = (language: Language) => {
      const [one, other] = [frameOf('ticker', 20), frameOf('ticker', 25)].map((frame) =>
        rows(drawn(frame, language), 0.77 + 30 / height, 0.77 + 31 / height).subarray(340, 400),
      )
      const later = rows(drawn(frameOf('ticker', 25), language), 0.77 + 30 / height, 0.77 + 31 / height)
      expect(Buffer.from(one ?? []).equals(Buffer.from(other ?? []))).toBe(false)
      return [-20, 20].filter((shift) => Buffer.from(later.subarray(340 + shift, 400 + shift)).equals(Buffer.from(one ?? [])))
    }
    expect(moved('en')).toEqual([-20])
    expect(moved('ar')).toEqual([20])
  })

  it.each([{}, HAIRLINE])('F31: a face that comes low in the picture stays free (%#)', async (look) => {
    const graphics = bakeGraphics({
      pack: { ...pack, graphics: { ...pack.graphics, ...look } },
      language: 'en',
      firstName: 'Vita',
      shotList,
    })
    const chin = 0.66
    for (const kind of ['title', 'lower-third', 'score'] as const) {
      const frame = frameOf(kind, 34)
      const free = grey()
      graphics.titles(free, frame)
      const moved = bakeGraphics({
        pack: { ...pack, graphics: { ...pack.graphics, ...look } },
        language: 'en',
        firstName: 'Vita',
        shotList,
      })
      await moved.begin(Math.floor(frame / SHOT), async () => chin * height)
      const picture = grey()
      moved.titles(picture, frame)
      expect(lightColumns(picture, 0.4, chin), kind).toEqual([])
      if (kind === 'title') expect(lightColumns(free, 0.4, chin).length).toBeGreaterThan(50)
      expect(lightColumns(picture, chin, 0.9).length, kind).toBeGreaterThan(50)
    }
  })

  it('F30: a name too long for one line of the title is set on two, and whole', () => {
    const heights = (name: string) => {
      const part = rows(drawn(frameOf('title', 36), 'en', name), 0.5, 0.75)
      return Array.from({ length: part.length / width }, (_, y) => part.subarray(y * width, (y + 1) * width)).filter((row) =>
        row.some((value) => value > 190),
      ).length
    }
    expect(heights('Wolfgang Theophil Amadeus')).toBeGreaterThan(heights('Wolfgangtheophilamadeus') * 1.6)
  })

  it('a score counts up to what the pack says, however it is written', () => {
    expect(counted('98.60', 0)).toBe('00.00')
    expect(counted('98.60', 0.5)).toBe('49.30')
    expect(counted('2,970 m', 0.999)).toBe('2,967 m')
    for (const figure of ['98,60', '2.970 m', '١٢', 'First']) expect(counted(figure, 1)).toBe(figure)
    const at = (age: number) => Buffer.from(rows(drawn(frameOf('score', age), 'en'), 0.7, 0.8))
    expect(at(14).equals(at(18))).toBe(false)
    expect(at(33).equals(at(31))).toBe(true)
  })

  it('a world has a look of its own, not another colour', () => {
    for (const kind of ['lower-third', 'score', 'ticker', 'title'] as const) {
      const frame = frameOf(kind, 30)
      const [one, other] = [drawn(frame, 'en', 'Vita'), drawn(frame, 'en', 'Vita', HAIRLINE)]
      expect(one.y.filter((value, i) => Math.abs(value - (other.y[i] ?? 0)) > 40).length).toBeGreaterThan(8_000)
    }
  })

  it('a picture survives the way to RGBA and back', () => {
    const [y, u, v] = yuvOf(200, 90, 40)
    const picture = grey()
    picture.y.fill(Math.round(y))
    picture.u.fill(Math.round(u))
    picture.v.fill(Math.round(v))
    const [r, g, b] = toRgba(picture, 9, 16)
    for (const [seen, meant] of [
      [r, 200],
      [g, 90],
      [b, 40],
    ] as const)
      expect(Math.abs((seen ?? 0) - meant)).toBeLessThan(4)
  })
})
