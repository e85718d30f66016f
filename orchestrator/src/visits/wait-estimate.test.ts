import { describe, expect, it } from 'vitest'
import { estimateWait, remainingMs } from './wait-estimate.ts'

describe('the wait estimate', () => {
  it('V6: says nothing where nobody can know', () => {
    expect(estimateWait({ before: 0, running: [], slots: 0, typicalMs: 1_000 })).toBeUndefined()
    expect(estimateWait({ before: 0, running: [], slots: 2, typicalMs: undefined })).toBeUndefined()
  })

  it('V6: a free slot means one render', () => {
    expect(estimateWait({ before: 0, running: [600], slots: 2, typicalMs: 1_000 })).toBe(1_000)
  })

  it('V6: a busy slot is waited for, the one that is free first', () => {
    expect(estimateWait({ before: 0, running: [900, 300], slots: 2, typicalMs: 1_000 })).toBe(1_300)
    expect(estimateWait({ before: 1, running: [900, 300], slots: 2, typicalMs: 1_000 })).toBe(1_900)
    expect(estimateWait({ before: 2, running: [900, 300], slots: 2, typicalMs: 1_000 })).toBe(2_300)
  })

  it('V6: agrees with playing the queue forward one by one', () => {
    for (let seed = 1; seed < 300; seed++) {
      const slots = 1 + (seed % 5)
      const running = Array.from({ length: seed % (slots + 1) }, (_, at) => (seed * 137 * (at + 1)) % 1_000)
      const before = seed % 13
      const ends = [...running, ...Array.from({ length: slots - running.length }, () => 0)]
      let last = 0
      for (let at = 0; at <= before; at++) {
        ends.sort((a, b) => a - b)
        last = ends[0]! + 1_000
        ends[0] = last
      }
      expect(estimateWait({ before, running, slots, typicalMs: 1_000 })).toBe(last)
    }
  })

  it('V6: a slow render is never promised for this very moment', () => {
    expect(remainingMs(1_000, 0.25)).toBe(750)
    expect(remainingMs(1_000, 1)).toBe(100)
    expect(remainingMs(1_000, 7)).toBe(100)
  })
})
