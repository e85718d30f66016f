import { describe, expect, it } from 'vitest'
import type { CastFrame, Face } from './cast.ts'
import { framingOf, measure, median } from './measures.ts'

const WORKED = { width: 540, height: 960 }
const face = (x: number, y: number, width: number): Face => ({
  box: { x, y, width, height: width },
  score: 1,
  landmarks: [],
  yaw: 0,
  roll: 0,
  mouthOpen: 0,
  smile: 0,
  eyesOpen: 1,
})
/** Somebody whose face has its top at 100 and who ends at `end`. */
const standing = (size: number, end: number): CastFrame => ({
  timeMs: 0,
  motion: 0,
  face: face(200, 100, size),
  person: { x: 150, y: 60, width: 240, height: end - 60 },
})
const voice = { segments: [], speechMs: 0, peakDbfs: Number.NEGATIVE_INFINITY }
const seen = {
  recorded: { width: 1080, height: 1920 },
  worked: WORKED,
  durationMs: 1_000,
  frames: [],
  lights: [],
  picture: { luma: 50, sharpness: 9 },
  movingFrames: 0,
  people: 0,
  voice,
}

describe('the framing', () => {
  it.each([
    ['head', standing(400, 960)],
    ['upper', standing(200, 960)],
    ['full', standing(100, 900)],
    // A small figure whose legs the border cuts would float if it were taken for a whole one.
    ['upper', standing(100, 960)],
  ] as const)('%s, by how much there is below the face and whether it ends in the picture', (framing, frame) => {
    expect(framingOf([frame, frame, frame], WORKED.height)).toBe(framing)
  })

  it('of a clip without a person is the most careful', () => expect(framingOf([], WORKED.height)).toBe('head'))
})

describe('the measures', () => {
  it('are of the clip as recorded, not as worked on', () => {
    const frames = [standing(100, 900), standing(120, 900), standing(110, 900)]
    expect(measure({ ...seen, frames, movingFrames: 1 })).toMatchObject({
      width: 1080,
      faceWidthPx: 220,
      faceMs: 125,
      movingShare: 0.5,
      cutOffShare: 0,
    })
  })

  it('count a face as cut off where a fifth of it or more is outside', () => {
    const at = (x: number): CastFrame => ({ timeMs: 0, motion: 0, face: face(x, 100, 100) })
    expect(measure({ ...seen, frames: [at(-15), at(-25), at(470), at(200)] }).cutOffShare).toBe(0.5)
  })

  it('take light and sharpness of the picture where there is no face', () => {
    expect(measure(seen)).toMatchObject({ luma: 50, sharpness: 9, faceMs: 0, faceWidthPx: 0, cutOffShare: 0, movingShare: 0 })
  })

  it('the middle one of several, nothing of none', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([])).toBe(0)
  })
})
