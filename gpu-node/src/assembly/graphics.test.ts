import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Pack } from '@fanreel/content-packs/schema'
import { LANGUAGES, type Language, type ShotList } from '@fanreel/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { bakeGraphics } from './graphics.ts'
import { planesOf, toRgba, type YuvPicture, yuvOf } from './picture.ts'

const [width, height] = [720, 1280]
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
    frames: pack.story.length * 40,
    beatFrames: [],
    shots: pack.story.map((slot, index) => ({
      id: slot.id,
      slot: slot.id,
      framing: slot.framing,
      treatment: slot.treatment,
      plateView: slot.view,
      camera: slot.camera,
      startFrame: index * 40,
      frames: 40,
      source: { startMs: 0, endMs: 1_000, speed: 1 },
      voice: false,
      transition: 'cut',
      reason: 'a test',
    })),
  }
})

const grey = (): YuvPicture => {
  const bytes = new Uint8Array((width * height * 3) / 2).fill(128)
  return planesOf(bytes, width, height)
}
const drawn = (frame: number, language: Language, firstName?: string): YuvPicture => {
  const picture = grey()
  const graphics = bakeGraphics({ pack, language, firstName, shotList })
  graphics.mark(picture)
  graphics.titles(picture, frame)
  return picture
}
const changed = (picture: YuvPicture, from: number, to: number) =>
  picture.y
    .subarray(Math.round(from * height) * width, Math.round(to * height) * width)
    .filter((value) => Math.abs(value - 128) > 12).length

describe('graphics', () => {
  it('F8: every picture carries the AI mark, in every language', () => {
    for (const language of LANGUAGES) {
      const graphics = bakeGraphics({ pack, language, firstName: 'Vita', shotList })
      for (let frame = 0; frame < shotList.frames; frame += 13) {
        const picture = grey()
        graphics.mark(picture)
        graphics.titles(picture, frame)
        expect(changed(picture, 0.015, 0.06)).toBeGreaterThan(400)
      }
      const last = grey()
      graphics.mark(last)
      graphics.titles(last, shotList.frames - 1)
      expect(changed(last, 0.015, 0.06)).toBeGreaterThan(400)
    }
  })

  it('the title shows the name in Latin, Arabic and Japanese letters, each name its own', () => {
    const slot = pack.story.findIndex((one) => one.graphics.includes('title'))
    const frame = slot * 40 + 30
    const title = (language: Language, name?: string) =>
      Buffer.from(drawn(frame, language, name).y.subarray(width * 860, width * 1_130))
    const pairs = [
      ['en', 'Vita', 'Zoë'],
      ['ar', 'ليلى', 'سامي'],
      ['ja', 'さくら', '健太郎'],
    ] as const
    for (const [language, one, other] of pairs) {
      expect(changed(drawn(frame, language, one), 0.67, 0.88)).toBeGreaterThan(4_000)
      // Letters that a typeface lacks would all be the same box.
      expect(title(language, one).equals(title(language, other))).toBe(false)
    }
    expect(title('en').equals(title('en', 'Vita'))).toBe(false)
  })

  it('a name stands in the title as it is written, whatever its letters mean elsewhere', () => {
    const slot = pack.story.findIndex((one) => one.graphics.includes('title'))
    const title = (name: string) => Buffer.from(drawn(slot * 40 + 30, 'en', name).y.subarray(width * 860, width * 1_130))
    // In a replacement string the first would mean the second.
    expect(pack.film.titleWithName.en).toBe('{name} on Ice')
    expect(title("$'A").equals(title(' on IceA'))).toBe(false)
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
