/**
 * The sentence that is heard: the best stretch of speech with the face in view, and the window that holds it without
 * cutting a word (F4). Times are the clip's.
 */
import type { Cast } from '../vision/cast.ts'
import { overlap, type Window } from './windows.ts'

/** Pauses shorter than this belong to the sentence, in milliseconds. */
const PAUSE_MS = 450
/** Speech that is shorter is not worth a shot, in milliseconds. */
const LEAST_MS = 500
/** The longest that is used, in milliseconds, and as a share of the clip. */
const MOST_MS = 5_200
const MOST_SHARE = 0.8
/** What a sentence gets before and after it, so that no consonant is cut, in milliseconds. */
export const BREATH_MS = 120
/** The best wait from the cut to the first word, in milliseconds. */
const LEAD_MS = 220
/** Most beats by which the shot may be longer than the sentence, to end where nobody speaks. */
const MORE_BEATS = 2
const FRAME_MS = 1000 / 24

/** Where a sentence without pauses may be left: the mouth shut, as near to its longest end as can be. */
const leaveAt = (cast: Cast, fromMs: number, toMs: number): number => {
  const late = cast.frames.filter(({ timeMs }) => timeMs > fromMs + (toMs - fromMs) * 0.7 && timeMs <= toMs)
  const shut = late.reduce(
    (best, { timeMs, face }) => {
      const open = (face?.mouthOpen ?? 1) - (timeMs - fromMs) / 20_000
      return open < best.open ? { open, timeMs } : best
    },
    { open: Number.POSITIVE_INFINITY, timeMs: toMs },
  )
  return shut.timeMs
}

/** Finds it, or nothing where nobody speaks long enough. */
export const findSentence = (cast: Cast): Window | undefined => {
  if (!cast.sound) return undefined
  const most = Math.min(MOST_MS, Math.max(1_000, cast.clip.durationMs * MOST_SHARE)) - 2 * BREATH_MS
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
  const clear = (sentence: Window) =>
    cast.moments.reduce((best, moment) => {
      const shared = moment.kind === 'sentence' ? overlap(moment, sentence) / Math.max(1, moment.endMs - moment.startMs) : 0
      return Math.max(best, shared * moment.score)
    }, 0)
  const [best] = sentences
    .filter((sentence) => sentence.speechMs >= LEAST_MS)
    .map((sentence) => ({
      ...sentence,
      score: Math.min(most, sentence.speechMs) * seen(sentence),
      worth: Math.min(most, sentence.speechMs) * seen(sentence) * (0.7 + 0.3 * clear(sentence)),
    }))
    .sort((a, b) => b.worth - a.worth || a.startMs - b.startMs)
  if (!best || best.score < LEAST_MS * 0.6) return undefined
  const { startMs, endMs } = best
  return { startMs, endMs: endMs - startMs > most ? leaveAt(cast, startMs, startMs + most) : endMs }
}

/** What it costs to begin or end there: much inside a word, a little in the breath beside one. */
const edgeCost = (cast: Cast, timeMs: number): number =>
  cast.voice.segments.reduce((cost, { startMs, endMs }) => {
    if (timeMs > startMs + FRAME_MS && timeMs < endMs - FRAME_MS) return Math.max(cost, 4)
    return timeMs > startMs - BREATH_MS / 2 && timeMs < endMs + BREATH_MS / 2 ? Math.max(cost, 0.6) : cost
  }, 0)

export type VoiceWindow = {
  /** First frame of the clip. */
  start: number
  beats: number
  /** Whether it begins or ends inside speech because nothing else fits. */
  cutsSpeech: boolean
}

/**
 * The window of the voice's shot: a whole number of beats in which the sentence lies with a breath on both sides, and
 * whose edges fall into pauses. `picturesOf`: a shot's pictures by its beats; `most`: the beats it may take at the most.
 */
export const windowOfSentence = (
  cast: Cast,
  sentence: Window,
  picturesOf: (beats: number) => number,
  least: number,
  most: number,
): VoiceWindow | undefined => {
  const count = cast.frames.length
  const needed = (sentence.endMs - sentence.startMs + 2 * BREATH_MS) / FRAME_MS
  let best: (VoiceWindow & { cost: number }) | undefined
  let longest = least
  while (longest < most && picturesOf(longest) < needed) longest++
  for (let beats = least; beats <= Math.min(most, longest + MORE_BEATS); beats++) {
    const pictures = picturesOf(beats)
    if (pictures > count) break
    for (let start = 0; start <= count - pictures; start++) {
      const [from, to] = [start * FRAME_MS, (start + pictures) * FRAME_MS]
      const lost = Math.max(0, from - sentence.startMs) + Math.max(0, sentence.endMs - to)
      const edges = (start === 0 ? 0 : edgeCost(cast, from)) + (start + pictures === count ? 0 : edgeCost(cast, to))
      const cost =
        (lost / 1000) * 20 + edges + Math.abs(sentence.startMs - from - LEAD_MS) / 1000 + Math.max(0, beats - longest) * 0.4
      if (!best || cost < best.cost - 1e-9) best = { start, beats, cutsSpeech: edges >= 4 || lost > 1, cost }
    }
  }
  return best && { start: best.start, beats: best.beats, cutsSpeech: best.cutsSpeech }
}
