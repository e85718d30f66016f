/** What a node tells of a film it has let out (F10): measures of the picture, the sound and the likeness, nothing of who it is. */
import type { ReelReport, StageTimes } from '@fanreel/protocol'
import type { ReelFindings } from './verify/verify.ts'

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits

/** The report of a reel that was judged, with numbers as exact as they mean anything. */
export const reelReport = (
  findings: ReelFindings,
  film: { shots: number; advice: readonly string[]; stagesMs: StageTimes },
): ReelReport => {
  const { voice, mouth } = findings
  const ofShots = Object.values(findings.shotLikeness)
  return {
    width: findings.width,
    height: findings.height,
    durationMs: findings.durationMs,
    shots: film.shots,
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
