import { describe, expect, it } from 'vitest'
import { seededRandom } from '../director/random.ts'
import { findClicks, removeClicks } from './clicks.ts'

const SECOND = 48_000

/** A low buzzing voice: a pulse train through one formant, with breath. */
const voice = (): Float32Array => {
  const random = seededRandom(5)
  let [y1, y2] = [0, 0]
  return Float32Array.from({ length: SECOND }, (_, i) => {
    const pulse = i % 400 === 0 ? 1 : 0.01 * (random() - 0.5)
    const y = pulse + 1.94 * y1 - 0.955 * y2
    y2 = y1
    y1 = y
    return 0.08 * y
  })
}

describe('clicks', () => {
  it('are not found in a voice, whose own pulses come again and again', () => {
    expect(findClicks(voice())).toEqual([])
  })
  it('are found where one was put, and mended', () => {
    const clean = voice()
    const dirty = clean.slice()
    for (const at of [5_100, 20_333, 41_000]) dirty[at] = (dirty[at] ?? 0) + 0.9
    expect(findClicks(dirty).map(({ from }) => Math.round(from / 10))).toEqual([510, 2_033, 4_100])
    const mended = removeClicks(dirty)
    expect(findClicks(mended)).toEqual([])
    const worst = mended.reduce((most, value, i) => Math.max(most, Math.abs(value - (clean[i] ?? 0))), 0)
    expect(worst).toBeLessThan(0.1)
    expect(mended[30_000]).toBe(clean[30_000])
  })
  it('are found where sound is cut off hard', () => {
    const cut = Float32Array.from({ length: SECOND }, (_, i) =>
      i < 20_000 ? 0.4 * Math.cos((2 * Math.PI * 200 * i) / SECOND) : 0,
    )
    expect(findClicks(cut).some(({ from, to }) => from <= 20_000 && to >= 20_000)).toBe(true)
  })
})
