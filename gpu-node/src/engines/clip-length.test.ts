import { describe, expect, it } from 'vitest'
import { longestShot, picturesFor } from './clip-length.ts'

const WAN = { fps: 16, pictures: { least: 33, most: 81, step: 4, plus: 1 } }

describe('D7: how many pictures a model is asked for', () => {
  it.each([
    [24, 33],
    [48, 33],
    [49, 37],
    [72, 49],
    [120, 81],
    [500, 81],
  ])('%d of the film are covered by %d', (frames, pictures) => {
    expect(picturesFor(WAN, frames)).toBe(pictures)
    // 4k + 1, or the model makes another number.
    expect((pictures - 1) % 4).toBe(0)
  })

  it('and the longest shot is one that they cover', () => {
    expect(longestShot(WAN)).toBe(120)
    expect(picturesFor(WAN, longestShot(WAN))).toBe(81)
  })
})
