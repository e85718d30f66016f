import { describe, expect, it } from 'vitest'
import { findClicks } from './clicks.ts'
import { toDecibel } from './filters.ts'
import { RING, roomOf } from './room.ts'

const RATE = 48_000
/** Half a second of a tone in the band of speech, faded at both ends. */
const voice = Float32Array.from({ length: RATE / 2 }, (_, i) => {
  const edge = Math.min(1, i / 1_000, (RATE / 2 - 1 - i) / 1_000)
  return 0.3 * edge * Math.sin((2 * Math.PI * 900 * i) / RATE)
})
const power = (samples: Float32Array) => samples.reduce((sum, value) => sum + value * value, 0) / samples.length

describe('roomOf', () => {
  it('adds nothing where a place does not answer', () => {
    expect(roomOf(voice, 'dry').every((channel) => channel.every((value) => value === 0))).toBe(true)
  })
  it.each(['hall', 'open'] as const)(
    '%s: answers after the voice, far below it, from two sides, and falls silent without a click',
    (place) => {
      const [left = voice, right = voice] = roomOf(voice, place)
      expect(left).toHaveLength(voice.length + RING)
      // Nothing before the first wall has sent it back.
      expect(left.subarray(0, RATE * 0.015).every((value) => value === 0)).toBe(true)
      const under = toDecibel(power(voice)) - toDecibel(power(left.subarray(0, voice.length)))
      expect(under).toBeGreaterThan(11)
      expect(under).toBeLessThan(30)
      expect(left).not.toEqual(right)
      expect(Math.abs(left.at(-1) ?? 1)).toBeLessThan(1e-4)
      expect([left, right].flatMap(findClicks)).toEqual([])
    },
  )
  it('a hall rings on longer than the open air', () => {
    const ringing = (place: 'hall' | 'open') => power((roomOf(voice, place)[0] ?? voice).subarray(voice.length + RATE * 0.3))
    expect(ringing('hall')).toBeGreaterThan(10 * ringing('open'))
  })
})
