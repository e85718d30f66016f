/**
 * One level for every voice: a whisper and a shout come out alike, and within a sentence loud and soft words come nearer to
 * each other. Pure but for what is said to be changed in place.
 */
import { SAMPLE_RATE } from '../media/limits.ts'
import { toDecibel, toGain } from './filters.ts'
import { integratedLoudness, limitPeaks } from './loudness.ts'

/** A stretch of samples. */
export type Span = { from: number; to: number }

/** Noise between the words is not drawn up above this, dB RMS: music covers what is below. */
const MOST_NOISE_DB = -44
/** Nothing is drawn up further, dB. */
const MOST_GAIN_DB = 46
/** Peaks of a levelled voice, dB. */
const CEILING_DB = -3
/** Above this, against the voice's own level, loudness rises a third as fast. */
const KNEE_DB = -4
const RATIO = 3
/** The compressor sees this far ahead, follows within this, and lets go within this, in seconds. */
const AHEAD = 0.005
const ATTACK = 0.004
const RELEASE = 0.11

const spoken = (samples: Float32Array, speech: readonly Span[]): Float32Array => {
  const parts = speech.map(({ from, to }) => samples.subarray(Math.max(0, from), Math.max(0, to)))
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

const power = (samples: Float32Array): number =>
  samples.length === 0 ? 0 : samples.reduce((sum, value) => sum + value * value, 0) / samples.length

/** Loudness of speech as it is heard from two loudspeakers, LUFS: the words alone, not the pauses. */
export const speechLoudness = (samples: Float32Array, speech: readonly Span[]): number => {
  const words = spoken(samples, speech)
  const gated = integratedLoudness([words, words])
  // Too short for a gated block of 400 ms: its power, which for speech is as near as a decibel or two.
  return gated > -99 ? gated : toDecibel(2 * power(words)) - 0.7
}

/** The level of the pauses: the median of their blocks of 20 ms, dB; very low where there is no pause. */
const noiseLevel = (samples: Float32Array, speech: readonly Span[]): number => {
  const block = SAMPLE_RATE * 0.02
  const levels: number[] = []
  for (let at = 0; at + block <= samples.length; at += block)
    if (!speech.some(({ from, to }) => from < at + block && to > at))
      levels.push(toDecibel(power(samples.subarray(at, at + block))))
  levels.sort((a, b) => a - b)
  return levels[Math.floor(levels.length / 2)] ?? -120
}

const scale = (samples: Float32Array, gain: number) => {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] ?? 0) * gain
}

/** Brings loud words down towards `levelDb` (RMS of the voice). In place. */
const compress = (samples: Float32Array, levelDb: number): void => {
  const threshold = 10 ** ((levelDb + KNEE_DB) / 10)
  const ahead = Math.round(AHEAD * SAMPLE_RATE)
  const rise = 1 - Math.exp(-1 / (ATTACK * SAMPLE_RATE))
  const fall = 1 - Math.exp(-1 / (RELEASE * SAMPLE_RATE))
  let envelope = 0
  for (let i = 0; i < samples.length; i++) {
    const coming = (samples[i + ahead] ?? 0) ** 2
    envelope += (coming - envelope) * (coming > envelope ? rise : fall)
    if (envelope > threshold) samples[i] = (samples[i] ?? 0) * (threshold / envelope) ** ((1 - 1 / RATIO) / 2)
  }
}

/** Brings a voice to `targetLufs`, evened out, with peaks below a ceiling. `speech`: where words are. In place. */
export const levelSpeech = (samples: Float32Array, speech: readonly Span[], targetLufs: number): void => {
  const allowed = Math.min(MOST_GAIN_DB, MOST_NOISE_DB - noiseLevel(samples, speech))
  const lift = Math.max(-40, Math.min(targetLufs - speechLoudness(samples, speech), Math.max(0, allowed)))
  scale(samples, toGain(lift))
  compress(samples, toDecibel(power(spoken(samples, speech))))
  // What the compressor took is given back, as far as noise allows.
  const rest = Math.min(targetLufs - speechLoudness(samples, speech), Math.max(0, allowed - lift))
  scale(samples, toGain(Math.max(-12, Math.min(12, rest))))
  limitPeaks([samples], CEILING_DB)
}
