/** The sentence that is heard: the best stretch of speech with the face in view. */
import type { Cast } from '../vision/cast.ts'
import type { Window } from './windows.ts'

/** Pauses shorter than this belong to the sentence, in milliseconds. */
const PAUSE_MS = 450
/** Speech that is shorter is not worth a shot, in milliseconds. */
const LEAST_MS = 500
/**
 * The longest that is used, in milliseconds, and as a share of the clip: what the voice takes at its own pace, the other
 * shots cannot show.
 */
const MOST_MS = 3_600
const MOST_SHARE = 0.4

/** Finds it, or nothing where nobody speaks long enough. */
export const findSentence = (cast: Cast): Window | undefined => {
  if (!cast.sound) return undefined
  const most = Math.min(MOST_MS, Math.max(1_500, cast.clip.durationMs * MOST_SHARE))
  const sentences: { startMs: number; endMs: number; speechMs: number }[] = []
  for (const segment of cast.voice.segments) {
    const last = sentences.at(-1)
    if (last && segment.startMs - last.endMs < PAUSE_MS && segment.endMs - last.startMs <= most) {
      last.speechMs += segment.endMs - segment.startMs
      last.endMs = segment.endMs
    } else sentences.push({ startMs: segment.startMs, endMs: segment.endMs, speechMs: segment.endMs - segment.startMs })
  }
  const seen = (sentence: Window) => {
    const frames = cast.frames.filter((frame) => frame.timeMs >= sentence.startMs && frame.timeMs < sentence.endMs)
    return frames.length === 0 ? 0 : frames.filter((frame) => frame.face).length / frames.length
  }
  const worth = sentences
    .filter((sentence) => sentence.speechMs >= LEAST_MS)
    .map((sentence) => ({ ...sentence, score: Math.min(most, sentence.speechMs) * seen(sentence) }))
    .sort((a, b) => b.score - a.score || a.startMs - b.startMs)
  const best = worth[0]
  if (!best || best.score < LEAST_MS * 0.6) return undefined
  return { startMs: best.startMs, endMs: Math.min(best.endMs, best.startMs + most) }
}
