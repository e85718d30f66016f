/** What a node tells of a film it has let out (F10): measures of the picture, the sound and the likeness, nothing of who it is. */
import type { EngineName, ReelReport, ShotDrawing, StageTimes } from '@fanreel/protocol'
import type { ReelFindings } from './verify/verify.ts'

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits

/** What the protocol takes; six shots and four engines come to 48 at the most. */
const MOST_FALLBACKS = 96

const countsOf = (drawing: readonly ShotDrawing[]): Partial<Record<EngineName, number>> => {
  const counts: Partial<Record<EngineName, number>> = {}
  for (const { engine } of drawing) counts[engine] = (counts[engine] ?? 0) + 1
  return counts
}

/** The report of a reel that was judged, with numbers as exact as they mean anything. */
export const reelReport = (
  findings: ReelFindings,
  film: { drawing: readonly ShotDrawing[]; advice: readonly string[]; stagesMs: StageTimes },
): ReelReport => {
  const { voice, mouth } = findings
  const ofShots = Object.values(findings.shotLikeness)
  return {
    width: findings.width,
    height: findings.height,
    durationMs: findings.durationMs,
    shots: film.drawing.length,
    engines: countsOf(film.drawing),
    fallbacks: film.drawing.flatMap(({ shot, passed }) => passed.map((one) => ({ shot, ...one }))).slice(0, MOST_FALLBACKS),
    likeness: rounded(findings.likeness ?? 2, 3),
    ...(ofShots.length > 0 && { worstShotLikeness: rounded(Math.min(2, Math.max(...ofShots)), 3) }),
    faceSeenShare: rounded(findings.seenShare, 3),
    flashes: findings.flashes,
    loudnessLufs: rounded(findings.loudnessLufs, 1),
    truePeakDb: rounded(findings.truePeakDb, 1),
    ...(voice && { voiceOffsetMs: rounded(voice.lagMs, 1) }),
    ...(mouth && { mouthOffsetMs: rounded(mouth.lagMs, 1) }),
    advice: [...film.advice],
    stagesMs: film.stagesMs,
  }
}
