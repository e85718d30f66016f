import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Pack, type PlateLayer } from '../schema/index.ts'
import { packFindings } from './pack-rules.ts'

const source = readFileSync(new URL('../figure-skating/pack.json', import.meta.url), 'utf8')
const fresh = (): Pack => Pack.parse(JSON.parse(source))
const codes = (change: (pack: Pack) => void): string[] => {
  const pack = fresh()
  change(pack)
  return packFindings(pack).map(({ code }) => code)
}

describe('pack rules', () => {
  it('find nothing in the pack as it is', () => {
    expect(packFindings(fresh())).toEqual([])
  })

  it('ask for every text in every language of the title', () => {
    expect(codes((pack) => delete pack.film.ticker.ja)).toEqual(['text-missing'])
    expect(codes((pack) => (pack.title.sv = 'Natt på isen'))).toContain('text-missing')
  })

  it('want {name} where a name is spoken of, and nowhere else', () => {
    expect(codes((pack) => (pack.film.titleWithName.it = 'Sul ghiaccio'))).toEqual(['name-mark'])
    expect(codes((pack) => (pack.film.title.en = '{name} on Ice'))).toEqual(['name-mark'])
  })

  it('follow every reference', () => {
    expect(codes((pack) => (pack.views[0]!.plate = 'moon'))).toEqual(['unknown-plate'])
    expect(codes((pack) => (pack.story[0]!.view = 'moon'))).toEqual(['unknown-view'])
    expect(codes((pack) => (pack.plates[1]!.id = pack.plates[0]!.id))).toContain('duplicate-id')
  })

  it('keep views inside their plates', () => {
    expect(codes((pack) => (pack.views[0]!.crop = { x: 0.5, y: 0, width: 0.6, height: 0.5 }))).toEqual(['crop-outside'])
    expect(codes((pack) => (pack.views[0]!.crop = { x: 0.5, y: 0, width: 0.6, height: 0 }))).toEqual(['crop-empty'])
  })

  it('want layers of one name each, over their plate, from far to near', () => {
    const layer = (id: string, depth: number, x = 0): PlateLayer => ({
      ...{ id, depth, file: 'plates/near.webp', blend: 'over', at: { x, y: 0, width: 1, height: 1 } },
    })
    const layered = (...layers: PlateLayer[]) => codes((pack) => (pack.plates[0]!.layers = layers))
    expect(layered(layer('ridge', 0.4), layer('rail', 1.2))).toEqual([])
    expect(layered(layer('rail', 1.2), layer('ridge', 0.4))).toEqual(['layer-order'])
    expect(layered(layer('ridge', 0.4), layer('ridge', 0.5))).toEqual(['duplicate-id'])
    expect(layered(layer('ridge', 0.4, 1.5))).toEqual(['layer-outside'])
  })

  it('let no two shots share a view, a camera path or a treatment', () => {
    for (const part of ['view', 'camera', 'treatment'] as const)
      expect(codes((pack) => Object.assign(pack.story[1]!, { [part]: pack.story[0]![part] }))).toContain('shots-alike')
  })

  it('want the marks of the music to count its beats', () => {
    expect(codes((pack) => (pack.music.marks = { thin: 8, drop: 16, finale: 28, beats: 34 }))).toEqual(['music-marks'])
    expect(codes((pack) => delete pack.music.marks)).toEqual([])
  })

  it('want three framings and a story as long as the music', () => {
    expect(codes((pack) => (pack.story = pack.story.map((slot) => ({ ...slot, framing: 'wide' }))))).toContain('framings')
    expect(codes((pack) => (pack.story[0]!.beats += 8))).toEqual(['story-length'])
  })
})
