/** The visitor's own voice: the part of the clip's sound that a shot plays, cleaned of noise and brought to one level. */
import type { ShotList } from '@fanreel/protocol'
import { SAMPLE_RATE } from '../media/limits.ts'
import type { Cast } from '../vision/cast.ts'
import { readSound } from './pcm.ts'

/** Level of speech in the mix, dB RMS. */
const SPEECH_DB = -18
/** Noise is not drawn up further than this, dB. */
const MOST_GAIN_DB = 32
const FADE = SAMPLE_RATE * 0.03

/** Voice placed in the film: mono samples and the sample of the film at which they begin. */
export type PlacedVoice = { samples: Float32Array; at: number }

/** Steady noise is taken out without shifting the sound in time; rumble and what lies above speech goes too. */
const CLEAN = 'highpass=f=85,afftdn=nr=14:nf=-46:tn=1,lowpass=f=11000'

/** Mean power over the loudest half of 30 ms blocks: speech, not pauses. */
const speechPower = (samples: Float32Array): number => {
  const block = SAMPLE_RATE * 0.03
  const powers: number[] = []
  for (let at = 0; at + block <= samples.length; at += block) {
    let sum = 0
    for (let i = at; i < at + block; i++) sum += (samples[i] ?? 0) ** 2
    powers.push(sum / block)
  }
  powers.sort((a, b) => b - a)
  const half = powers.slice(0, Math.max(1, powers.length >> 1))
  return half.reduce((sum, power) => sum + power, 0) / half.length
}

/** Evens out loud and soft words: above the threshold (linear), level rises a third as fast. In place. */
const compress = (samples: Float32Array, threshold: number): void => {
  let envelope = 0
  for (let i = 0; i < samples.length; i++) {
    const level = Math.abs(samples[i] ?? 0)
    envelope += (level - envelope) * (level > envelope ? 0.004 : 0.0002)
    if (envelope > threshold) samples[i] = (samples[i] ?? 0) * (threshold / envelope) ** 0.66
  }
}

/** The voice of every shot that asks for it. Nothing where the clip has no sound. */
export const placeVoice = async (cast: Cast, shotList: ShotList, signal: AbortSignal): Promise<PlacedVoice[]> => {
  const shots = shotList.shots.filter((shot) => shot.voice)
  if (!cast.sound || shots.length === 0) return []
  const input = ['-f', 'f32le', '-ar', String(SAMPLE_RATE), '-ac', '1']
  const [clean] = await readSound({ file: cast.sound.path, input, channels: 1, filters: CLEAN }, signal)
  if (!clean) return []
  return shots.map((shot) => {
    // The first picture of the shot is the clip's frame nearest to the window's start: the sound starts with that frame.
    const first = Math.round((shot.source.startMs * shotList.fps) / 1000)
    const from = Math.round((first * SAMPLE_RATE) / shotList.fps)
    const length = Math.round((shot.frames * SAMPLE_RATE) / shotList.fps)
    const samples = clean.slice(from, from + length)
    const gain = Math.min(10 ** (MOST_GAIN_DB / 20), 10 ** (SPEECH_DB / 20) / Math.sqrt(Math.max(1e-10, speechPower(samples))))
    for (let i = 0; i < samples.length; i++) {
      const fade = Math.min(1, i / FADE, (samples.length - 1 - i) / FADE)
      samples[i] = (samples[i] ?? 0) * gain * fade
    }
    compress(samples, 10 ** ((SPEECH_DB + 4) / 20))
    return { samples, at: Math.round((shot.startFrame * SAMPLE_RATE) / shotList.fps) }
  })
}
