/**
 * The visitor's own voice: the part of the clip's sound that a shot plays, freed of clicks and noise, brought to one level,
 * and set into the place where it is heard. Never shifted against the picture (F13), and never left in the middle of a word
 * where a pause is near (F17).
 */
import { readFile } from 'node:fs/promises'
import type { Shot, ShotList } from '@fanreel/protocol'
import { SAMPLE_RATE } from '../media/limits.ts'
import type { Cast } from '../vision/cast.ts'
import { removeClicks } from './clicks.ts'
import { denoise, type Segment } from './denoise.ts'
import { bell, filter, highPass } from './filters.ts'
import { levelSpeech, type Span } from './speech-level.ts'

/** Loudness of speech before the film's own level is set, LUFS: as loud as the music where it plays alone. */
export const VOICE_LUFS = -16
/** A word may run on over a cut for this long, and begin this long before one, in milliseconds. */
const RUNS_ON_MS = 450
const BEGINS_BEFORE_MS = 250
/** A piece of a word that is shorter is left out rather than heard, in milliseconds. */
const FRAGMENT_MS = 320
/** Fade at an edge in a pause, and at one inside speech for which there was no pause. */
const FADE_MS = 25
const WORD_FADE_MS = 120
/** Between words the voice is turned down this far, which takes breath and handling with it. */
const PAUSE_GAIN = 0.3
const PAUSE_RAMP_MS = 70

/** Voice placed in the film: mono samples, the film's sample at which they begin, and where in the film words are. */
export type PlacedVoice = { samples: Float32Array; at: number; words: Span[] }

const inSamples = (ms: number) => Math.round((ms * SAMPLE_RATE) / 1000)

/** What is heard of a window of the clip (ms), and whether its ends lie in pauses. */
export const heardSpan = (
  window: Segment,
  speech: readonly Segment[],
): Segment & { opensInPause: boolean; endsInPause: boolean } => {
  const across = (at: number) => speech.find(({ startMs, endMs }) => startMs < at - 1 && endMs > at + 1)
  let { startMs, endMs } = window
  const first = across(startMs)
  if (first && startMs - first.startMs <= BEGINS_BEFORE_MS) startMs = first.startMs
  else if (first && first.endMs - startMs <= FRAGMENT_MS) startMs = first.endMs
  const last = across(endMs)
  if (last && last.endMs - endMs <= RUNS_ON_MS) endMs = last.endMs
  else if (last && endMs - last.startMs <= FRAGMENT_MS) endMs = last.startMs
  return { startMs, endMs, opensInPause: !across(startMs), endsInPause: !across(endMs) }
}

/** Turns down what lies between words, and fades both ends. In place. */
const shape = (samples: Float32Array, words: readonly Span[], fadeIn: number, fadeOut: number): void => {
  const ramp = inSamples(PAUSE_RAMP_MS)
  const last = samples.length - 1
  for (let i = 0; i < samples.length; i++) {
    let away = Number.POSITIVE_INFINITY
    for (const { from, to } of words) away = Math.min(away, i < from ? from - i : i >= to ? i - to : 0)
    const gate = away === 0 ? 1 : Math.max(PAUSE_GAIN, 1 - (away / ramp) * (1 - PAUSE_GAIN))
    const edge = Math.min(1, i / fadeIn, (last - i) / fadeOut)
    samples[i] = (samples[i] ?? 0) * gate * (0.5 - 0.5 * Math.cos(Math.PI * edge))
  }
}

const placeOne = (sound: Float32Array, speech: readonly Segment[], shot: Shot, fps: number): PlacedVoice => {
  // The first picture of the shot is the clip's frame nearest to the window's start: the sound starts with that frame.
  const startMs = (Math.round((shot.source.startMs * fps) / 1000) * 1000) / fps
  const window = { startMs, endMs: startMs + (shot.frames * 1000) / fps }
  const span = heardSpan(window, speech)
  const from = inSamples(Math.max(0, span.startMs))
  const length = Math.max(0, Math.min(sound.length, inSamples(span.endMs)) - from)
  const words = speech
    .map((one) => ({ from: Math.max(0, inSamples(one.startMs) - from), to: Math.min(length, inSamples(one.endMs) - from) }))
    .filter((one) => one.to > one.from)
  // Rumble of the floor and of hands goes, a little of the box a microphone sits in too; what makes words clear comes forward.
  const clean = denoise(removeClicks(sound), speech, from, length)
  const samples = [highPass(90), bell(260, -2, 1), bell(3_200, 2.5, 0.8)].reduce(filter, clean)
  shape(
    samples,
    words,
    inSamples(span.opensInPause ? FADE_MS : WORD_FADE_MS),
    inSamples(span.endsInPause ? FADE_MS : WORD_FADE_MS),
  )
  levelSpeech(samples, words, VOICE_LUFS)
  const at = inSamples((shot.startFrame * 1000) / fps) + from - inSamples(startMs)
  return { samples, at, words: words.map((word) => ({ from: word.from + at, to: word.to + at })) }
}

/** The voice of every shot that asks for it. Nothing where the clip has no sound. */
export const placeVoice = async (cast: Cast, shotList: ShotList): Promise<PlacedVoice[]> => {
  const shots = shotList.shots.filter((shot) => shot.voice)
  if (!cast.sound || shots.length === 0) return []
  const bytes = await readFile(cast.sound.path)
  const sound = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength - (bytes.byteLength % 4)),
  )
  return shots.map((shot) => placeOne(sound, cast.voice.segments, shot, shotList.fps))
}
