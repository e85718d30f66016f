/**
 * Room for the voice (F18): while words sound, everything else steps back, most of all where words are told apart. It begins
 * before the first word, holds through short pauses, and comes back slowly, so that it is felt and not heard.
 */
import { curve, lay, samplesOf, type Turn } from './bus.ts'
import { bell, filter, speechBand, toDecibel, toGain } from './filters.ts'
import type { Sound } from './pcm.ts'
import type { Span } from './speech-level.ts'
import type { PlacedVoice } from './voice.ts'

/** How far everything else lies under the voice between 300 and 4000 Hz while words sound, dB; a little more than F18 asks. */
const UNDER_DB = 13
/** However soft the voice is, the rest steps back this far at least and at most, dB. */
const LEAST_DB = 4
const MOST_DB = 26
/** The middle goes further than the rest, so that bass and air carry on, dB. */
const MIDDLE_DB = -7
/** Begins before the first word, and takes this long; pauses that it outlasts; how slowly it comes back. In seconds. */
const AHEAD = 0.22
const ATTACK = 0.18
const HOLD = 0.5
const RELEASE = 0.55

/** Words as one stretch where the pause between them is short. */
export const phrases = (voices: readonly PlacedVoice[]): Span[] => {
  const words = voices.flatMap((voice) => voice.words).sort((a, b) => a.from - b.from)
  const joined: Span[] = []
  for (const word of words) {
    const last = joined.at(-1)
    if (last && word.from - last.to < samplesOf(HOLD + AHEAD)) last.to = Math.max(last.to, word.to)
    else joined.push({ ...word })
  }
  return joined
}

const bandPower = (sound: Sound, { from, to }: Span): number =>
  sound.reduce((sum, channel) => {
    const inside = speechBand(channel.subarray(Math.max(0, from), Math.max(0, to)))
    return sum + inside.reduce((total, value) => total + value * value, 0) / Math.max(1, inside.length)
  }, 0)

/** How many dB the voice lies above the rest in the band of speech, over one stretch. */
export const voiceAbove = (voice: Sound, rest: Sound, span: Span): number =>
  toDecibel(bandPower(voice, span)) - toDecibel(bandPower(rest, span))

/**
 * Lowers `rest` under `voice` over each of `spans`, far enough for each. Both are stereo and as long as the film. `rest` is
 * changed in place.
 */
export const duck = (rest: Sound, voice: Sound, spans: readonly Span[]): void => {
  const length = rest[0]?.length ?? 0
  const middle = bell(1_150, MIDDLE_DB, 0.42)
  for (const [index, span] of spans.entries()) {
    const from = Math.max(0, span.from - samplesOf(AHEAD))
    const to = Math.min(length, span.to + samplesOf(HOLD * 0.3 + RELEASE))
    const dipped = rest.map((channel) => filter(channel.subarray(from, to), middle))
    const inside = { from: span.from - from, to: Math.min(span.to, length) - from }
    const spoken = voice.map((channel) => channel.subarray(from, to))
    const needed = UNDER_DB - voiceAbove(spoken, dipped, inside)
    const gain = toGain(-Math.min(MOST_DB, Math.max(LEAST_DB, needed)))
    // A phrase that follows soon finds the curve on its way back: it starts where this one ends.
    const next = spans[index + 1]
    const back = Math.min(
      inside.to + samplesOf(HOLD * 0.3),
      next ? Math.max(inside.to, next.from - samplesOf(AHEAD) - from - samplesOf(RELEASE)) : to,
    )
    const turns: Turn[] = [
      { at: 0, value: 1, ramp: samplesOf(ATTACK) },
      { at: back, value: 0, ramp: samplesOf(RELEASE) },
    ]
    const depth = curve(from === 0 && span.from < samplesOf(AHEAD) ? 1 : 0, turns, to - from)
    const here = rest.map((channel) => channel.subarray(from, to))
    // From what it was to what it is to be, and back: the difference comes and goes.
    dipped.forEach((channel, c) => {
      for (let i = 0; i < channel.length; i++) channel[i] = (channel[i] ?? 0) * gain - (here[c]?.[i] ?? 0)
    })
    lay(here, dipped, 0, depth)
  }
}
