import { describe, expect, it } from 'vitest'
import { CLIP_WORDS } from './clip-words.ts'
import { CLIP_CODES } from './codes.ts'
import { LANGUAGES } from './languages.ts'
import { CLIP_RULES, type ClipMeasures, judgeClip } from './verdict.ts'

const good: ClipMeasures = {
  durationMs: 7_000,
  width: 720,
  height: 1280,
  faceMs: 6_800,
  faceWidthPx: 220,
  cutOffShare: 0,
  luma: 120,
  sharpness: 90,
  movingShare: 0.97,
  speechMs: 2_400,
  speechDbfs: -12,
  people: 1,
}
const judged = (change: Partial<ClipMeasures>) => judgeClip({ ...good, ...change })

describe('judgeClip', () => {
  it('has nothing to say against a good clip', () => expect(judgeClip(good)).toEqual({ usable: true, advice: [] }))

  it.each([
    ['durationMs', CLIP_RULES.MIN_FACE_MS, -1, 'clip-too-short'],
    ['durationMs', CLIP_RULES.MAX_DURATION_MS, 1, 'clip-too-long'],
    ['luma', CLIP_RULES.MIN_FACE_LUMA, -0.1, 'clip-too-dark'],
    ['faceMs', CLIP_RULES.MIN_FACE_MS, -1, 'clip-no-person'],
    ['faceWidthPx', CLIP_RULES.MIN_FACE_PX, -1, 'clip-face-small'],
    ['cutOffShare', CLIP_RULES.MAX_CUT_OFF_SHARE, 0.01, 'clip-face-cut-off'],
    ['sharpness', CLIP_RULES.MIN_SHARPNESS, -0.1, 'clip-out-of-focus'],
    ['movingShare', CLIP_RULES.MIN_MOVING_SHARE, -0.01, 'clip-frozen'],
    ['width', CLIP_RULES.MIN_SIDE_PX, -1, 'clip-no-picture'],
  ] as const)('takes a %s of %d and refuses one that is %d beyond: %s', (measure, limit, beyond, code) => {
    expect(judged({ [measure]: limit })).toMatchObject({ usable: true })
    expect(judged({ [measure]: limit + beyond })).toEqual({ usable: false, code })
  })

  it.each([
    [{ faceWidthPx: CLIP_RULES.GOOD_FACE_PX - 1 }, 'come-closer'],
    [{ luma: CLIP_RULES.GOOD_FACE_LUMA - 1 }, 'more-light'],
    [{ luma: CLIP_RULES.MAX_GOOD_FACE_LUMA + 1 }, 'less-light'],
    [{ sharpness: CLIP_RULES.GOOD_SHARPNESS - 1 }, 'hold-still'],
    [{ cutOffShare: 0.3 }, 'stay-in-frame'],
    [{ people: 2 }, 'one-star'],
    [{ movingShare: 0.2 }, 'move-a-little'],
    [{ speechMs: 0, speechDbfs: Number.NEGATIVE_INFINITY }, 'speak-up'],
  ] as const)('advises for %j: %s, and refuses nobody for it', (change, advice) =>
    expect(judged(change)).toEqual({ usable: true, advice: [advice] }),
  )

  it('names first what a visitor would mend first: light before person, person before distance', () => {
    expect(judged({ luma: 5, faceMs: 0, faceWidthPx: 0 })).toMatchObject({ code: 'clip-too-dark' })
    expect(judged({ faceMs: 0, faceWidthPx: 0 })).toMatchObject({ code: 'clip-no-person' })
    expect(judged({ faceMs: 0, faceWidthPx: 0, sharpness: 1 })).toMatchObject({ code: 'clip-out-of-focus' })
  })
})

describe('the words for a refused clip', () => {
  it('are there for every code in every language, each of its own', () => {
    for (const code of CLIP_CODES) {
      const sentences = LANGUAGES.map((language) => CLIP_WORDS[language][code])
      for (const sentence of sentences) expect(sentence.length, code).toBeGreaterThan(8)
      expect(new Set(sentences).size, code).toBe(LANGUAGES.length)
    }
  })
})
