import { ReelReport, type ShotDrawing } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { reelReport } from './reel-report.ts'
import type { ReelFindings } from './verify/verify.ts'

const FINDINGS: ReelFindings = {
  width: 720,
  height: 1280,
  durationMs: 15_000,
  loudnessLufs: -14.0312,
  truePeakDb: -1.2468,
  flashes: 2,
  likeness: 0.21345,
  shotLikeness: { '1-boards': 0.2041, '3-close': 0.38117, '5-ice': 0.2 },
  seenShare: 0.87654,
  voice: { lagMs: -1.25, strength: 38 },
  mouth: { lagMs: 11.27, likeness: 0.93 },
}
const FILM = {
  drawing: [
    { shot: '1-boards', engine: 'comfyui', likeness: 0.3, passed: [] },
    { shot: '3-close', engine: 'studio', passed: [{ engine: 'comfyui', reason: 'unlike' }] },
    { shot: '5-ice', engine: 'studio', passed: [] },
  ] satisfies ShotDrawing[],
  advice: ['come-closer'],
  stagesMs: { draw: 12_000 },
}

describe('what is told of a film', () => {
  it('F10: worst shot, flashes, time of the face, and offsets of voice and mouth are told, as the wire takes them', () => {
    const report = reelReport(FINDINGS, FILM)
    expect(report).toMatchObject({
      shots: 3,
      likeness: 0.213,
      worstShotLikeness: 0.381,
      flashes: 2,
      faceSeenShare: 0.877,
      loudnessLufs: -14,
      truePeakDb: -1.2,
      voiceOffsetMs: -1.2,
      mouthOffsetMs: 11.3,
    })
    expect(ReelReport.parse(report)).toEqual(report)
  })

  it('D6: who drew how many shots is told, and who was passed over for which, and why', () => {
    const report = reelReport(FINDINGS, FILM)
    expect(report.engines).toEqual({ comfyui: 1, studio: 2 })
    expect(report.fallbacks).toEqual([{ shot: '3-close', engine: 'comfyui', reason: 'unlike' }])
  })

  it('F10: what was not found is left out: a film without a sentence has no offsets', () => {
    const { voice, mouth, ...silent } = FINDINGS
    const report = reelReport({ ...silent, shotLikeness: {} }, FILM)
    expect(voice && mouth).toBeTruthy()
    expect(Object.keys(report)).not.toEqual(expect.arrayContaining(['voiceOffsetMs']))
    expect('mouthOffsetMs' in report || 'worstShotLikeness' in report).toBe(false)
    expect(ReelReport.parse(report)).toEqual(report)
  })
})
