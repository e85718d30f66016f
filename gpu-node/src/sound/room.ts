/**
 * A touch of the place in which a voice is heard, so that it does not sound laid on: a few early answers and a short tail
 * (M. Schroeder, Natural Sounding Artificial Reverberation, 1962: combs side by side, then an all-pass), or outdoors two far,
 * dull answers and no tail. Words stay clear: the room lies far below the voice and begins after it.
 */
import { SAMPLE_RATE } from '../media/limits.ts'
import { filter, highPass, lowPass, toGain } from './filters.ts'
import type { Sound } from './pcm.ts'

export type Acoustics = 'hall' | 'open' | 'dry'

type Answer = readonly [left: number, right: number, db: number]
type Room = {
  /** Times of single answers, in ms, left and right, and their level. */
  early: readonly Answer[]
  /** Combs: delay in ms, the same a little longer on the right. None: no tail. */
  combs: readonly number[]
  /** Seconds until the tail is 60 dB down, and its level. */
  decay: number
  tailDb: number
  /** What is dull is far, Hz. */
  high: number
}

const ROOMS: Record<Exclude<Acoustics, 'dry'>, Room> = {
  hall: {
    early: [
      [23, 31, -17],
      [41, 37, -19],
      [59, 67, -22],
    ],
    combs: [37.1, 41.3, 47.9, 53.7],
    decay: 1.1,
    tailDb: -25,
    high: 4_200,
  },
  open: {
    early: [
      [19, 27, -22],
      [118, 141, -26],
      [233, 209, -30],
    ],
    combs: [],
    decay: 0,
    tailDb: -120,
    high: 2_600,
  },
}

const samples = (ms: number) => Math.round((ms * SAMPLE_RATE) / 1000)
/** How long a room goes on after the voice, in samples. */
export const RING = SAMPLE_RATE * 0.9

const comb = (dry: Float32Array, out: Float32Array, ms: number, decay: number, level: number) => {
  const delay = samples(ms)
  const feedback = 10 ** ((-3 * ms) / 1000 / decay)
  const line = new Float32Array(delay)
  let [dull, at] = [0, 0]
  for (let i = 0; i < out.length; i++) {
    const back = line[at] ?? 0
    // Each turn loses highs, as air and people take them.
    dull += (back - dull) * 0.55
    line[at] = (dry[i] ?? 0) + dull * feedback
    out[i] = (out[i] ?? 0) + back * level
    if (++at === delay) at = 0
  }
}

const allPass = (sound: Float32Array, ms: number) => {
  const delay = samples(ms)
  const line = new Float32Array(delay)
  let at = 0
  for (let i = 0; i < sound.length; i++) {
    const back = line[at] ?? 0
    const x = (sound[i] ?? 0) + back * 0.6
    sound[i] = back - x * 0.6
    line[at] = x
    if (++at === delay) at = 0
  }
}

/** What a place adds to `voice` (mono, 48 kHz): stereo, `RING` longer, the voice itself not in it. */
export const roomOf = (voice: Float32Array, acoustics: Acoustics): Sound => {
  const length = voice.length + RING
  const wet = [new Float32Array(length), new Float32Array(length)] as const
  if (acoustics === 'dry') return wet
  const room = ROOMS[acoustics]
  const far = filter(filter(voice, highPass(260)), lowPass(room.high))
  wet.forEach((out, c) => {
    for (const [index, ms] of room.combs.entries())
      comb(far, out, ms * (1 + 0.021 * c), room.decay, (index % 2 ? -1 : 1) * toGain(room.tailDb))
    if (room.combs.length > 0) allPass(out, 5.3 + 0.7 * c)
    for (const [left, right, db] of room.early) {
      const delay = samples(c === 0 ? left : right)
      const level = toGain(db)
      for (let i = 0; i < far.length && i + delay < length; i++) out[i + delay] = (out[i + delay] ?? 0) + (far[i] ?? 0) * level
    }
    for (let i = 0; i < RING / 2; i++) out[length - 1 - i] = (out[length - 1 - i] ?? 0) * (i / (RING / 2))
  })
  return wet
}
