import { describe, expect, it } from 'vitest'
import { heardSpan } from './voice.ts'

const WINDOW = { startMs: 1_000, endMs: 4_000 }

describe('heardSpan', () => {
  it('F17: is the window where its edges lie in pauses', () => {
    const heard = heardSpan(WINDOW, [{ startMs: 1_200, endMs: 3_800 }])
    expect(heard).toEqual({ ...WINDOW, opensInPause: true, endsInPause: true })
  })
  it('F17: lets a word that has begun be finished over the cut, and one that begins the sentence begin before it', () => {
    const heard = heardSpan(WINDOW, [
      { startMs: 850, endMs: 2_000 },
      { startMs: 2_300, endMs: 4_350 },
    ])
    expect(heard).toEqual({ startMs: 850, endMs: 4_350, opensInPause: true, endsInPause: true })
  })
  it('F17: leaves out a piece of a word rather than have it heard', () => {
    const heard = heardSpan(WINDOW, [
      { startMs: 200, endMs: 1_250 },
      { startMs: 1_500, endMs: 3_500 },
      { startMs: 3_800, endMs: 6_000 },
    ])
    expect(heard).toEqual({ startMs: 1_250, endMs: 3_800, opensInPause: true, endsInPause: true })
  })
  it('keeps to the window where speech goes on and on, and says that it does', () => {
    const heard = heardSpan(WINDOW, [{ startMs: 0, endMs: 9_000 }])
    expect(heard).toEqual({ ...WINDOW, opensInPause: false, endsInPause: false })
  })
})
