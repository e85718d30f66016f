import { describe, expect, it } from 'vitest'
import type { Cast, CastFrame, Face } from './cast.ts'
import { findMoments } from './moments.ts'

const face: Face = {
  box: { x: 200, y: 100, width: 120, height: 150 },
  score: 0.9,
  landmarks: [],
  yaw: 0,
  roll: 0,
  mouthOpen: 0,
  smile: 0,
  eyesOpen: 1,
}
const SILENT: Cast['voice'] = { segments: [], speechMs: 0, peakDbfs: Number.NEGATIVE_INFINITY }
const DURATION_MS = 6_000
const framesOf = (at: (timeMs: number) => Partial<CastFrame>): CastFrame[] =>
  Array.from({ length: 144 }, (_, index) => ({ timeMs: (index * 1000) / 24, motion: 0.02, face, ...at((index * 1000) / 24) }))
const bestOf = (kind: string, frames: CastFrame[], voice = SILENT) =>
  findMoments(frames, voice, DURATION_MS)
    .filter((moment) => moment.kind === kind)
    .sort((a, b) => b.score - a.score)[0]
const holds = (moment: { startMs: number; endMs: number } | undefined, timeMs: number) =>
  moment !== undefined && moment.startMs <= timeMs && moment.endMs >= timeMs

describe('moments', () => {
  it('a smile is where she smiles, and nowhere in an earnest clip', () => {
    const smiling = framesOf((timeMs) => (timeMs > 3_500 && timeMs < 4_800 ? { face: { ...face, smile: 0.9 } } : {}))
    expect(holds(bestOf('smile', smiling), 4_150)).toBe(true)
    expect(bestOf('smile', smiling)?.reason).toContain('smiles')
    expect(
      bestOf(
        'smile',
        framesOf(() => ({})),
      ),
    ).toBeUndefined()
  })

  it('the liveliest is where she moves most, the calmest where she moves least and looks ahead', () => {
    const frames = framesOf((timeMs) => ({
      motion: timeMs > 1_000 && timeMs < 2_500 ? 0.2 : 0.05,
      face: { ...face, yaw: timeMs > 4_000 ? 0.6 : 0 },
    }))
    const lively = bestOf('lively', frames)
    expect(lively!.startMs).toBeGreaterThanOrEqual(1_000)
    expect(lively!.endMs).toBeLessThanOrEqual(2_500)
    const calm = bestOf('calm', frames)
    expect(calm!.startMs).toBeGreaterThanOrEqual(2_400)
    expect(calm!.endMs).toBeLessThanOrEqual(4_200)
  })

  it('a window in which her face is hidden is worse than one in which it is seen', () => {
    const frames = framesOf(() => ({})).map(({ face: seen, ...frame }) =>
      frame.timeMs < 3_000 || !seen ? frame : { ...frame, face: seen },
    )
    expect(bestOf('calm', frames)!.startMs).toBeGreaterThanOrEqual(2_900)
  })

  it('each stretch of speech is a sentence, the longest the best', () => {
    const segments = [
      { startMs: 200, endMs: 900 },
      { startMs: 2_000, endMs: 4_500 },
    ]
    expect(
      bestOf(
        'sentence',
        framesOf(() => ({})),
        { segments, speechMs: 3_200, peakDbfs: -12 },
      ),
    ).toMatchObject(segments[1]!)
  })

  it('a clear sentence is better than one as long that drowns in the noise of the room', () => {
    const segments = [
      { startMs: 200, endMs: 1_700, levelDbfs: -40 },
      { startMs: 3_000, endMs: 4_500, levelDbfs: -20 },
    ]
    const best = bestOf(
      'sentence',
      framesOf(() => ({})),
      { segments, speechMs: 3_000, peakDbfs: -12, noiseDbfs: -46 },
    )
    expect(best).toMatchObject({ startMs: 3_000, endMs: 4_500 })
    expect(best!.reason).toContain('26 dB above the room')
  })

  it('the liveliest half second is found to the eighth of a second', () => {
    const frames = framesOf((timeMs) => ({ motion: timeMs >= 2_000 && timeMs < 2_500 ? 0.3 : 0.05 }))
    expect(bestOf('lively', frames)).toMatchObject({ startMs: 2_000, endMs: 2_500 })
  })

  it('of one kind there are four at most, they hardly overlap, and all lie inside the clip with scores 0..1', () => {
    const moments = findMoments(
      framesOf((timeMs) => ({ motion: Math.abs(Math.sin(timeMs / 300)) })),
      SILENT,
      DURATION_MS,
    )
    const lively = moments.filter(({ kind }) => kind === 'lively').sort((a, b) => a.startMs - b.startMs)
    expect(lively.length).toBeLessThanOrEqual(4)
    for (const [index, moment] of lively.slice(1).entries()) expect(lively[index]!.endMs - moment.startMs).toBeLessThan(167)
    for (const { startMs, endMs, score } of moments) {
      expect(startMs).toBeGreaterThanOrEqual(0)
      expect(endMs).toBeLessThanOrEqual(DURATION_MS)
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
    }
  })

  it('the shortest clip, without a face and without motion, has some all the same', () => {
    const still: CastFrame[] = [{ timeMs: 0, motion: 0 }]
    expect(findMoments(still, SILENT, 42).map(({ kind }) => kind)).toEqual(['lively', 'calm'])
    expect(findMoments([], SILENT, 0).every(({ score }) => Number.isFinite(score))).toBe(true)
  })
})
