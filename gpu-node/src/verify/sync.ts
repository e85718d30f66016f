/**
 * Whether voice and mouth are where they were filmed. The visitor's own voice is found in the finished sound by phase
 * (GCC-PHAT: Knapp and Carter 1976), which music on top does not hide; the mouth by how far it is open over time.
 */
import { open } from 'node:fs/promises'
import type { Shot } from '@fanreel/protocol'
import { SAMPLE_RATE } from '../media/limits.ts'
import type { Sound } from '../sound/pcm.ts'
import { createTransform } from '../sound/spectrum.ts'
import type { Cast } from '../vision/cast.ts'

/** The band in which speech has its phase, Hz. */
const BAND = { low: 250, high: 3_400 } as const
/** One sample of so many is kept for the comparison: 12 kHz. */
const THIN = 4
/** The voice is looked for this far to both sides, in seconds. */
const REACH = 0.5

/** Where the voice was found. */
export type VoiceFound = {
  /** Milliseconds by which it comes late in the reel; early below 0. */
  lagMs: number
  /** How far the place stands out of all others, in their standard deviations. */
  strength: number
}

/** Mean of every four samples: what lies above 6 kHz is outside the band anyway. */
const thinned = (samples: Float32Array): Float64Array =>
  Float64Array.from({ length: Math.floor(samples.length / THIN) }, (_, i) => {
    let sum = 0
    for (let k = 0; k < THIN; k++) sum += samples[i * THIN + k] ?? 0
    return sum
  })

/** Where `voice` lies in `mix`; both begin at the same time and are 48 kHz. */
export const findVoice = (mix: Float32Array, voice: Float32Array): VoiceFound => {
  const [a, b] = [thinned(mix), thinned(voice)]
  const reach = Math.round((REACH * SAMPLE_RATE) / THIN)
  let count = 1
  while (count < Math.max(a.length, b.length) + reach) count <<= 1
  const { run } = createTransform(count)
  const spectrum = (samples: Float64Array) => {
    const [re, im] = [new Float64Array(count), new Float64Array(count)]
    re.set(samples)
    run(re, im)
    return { re, im }
  }
  const [inMix, inVoice] = [spectrum(a), spectrum(b)]
  const [re, im] = [new Float64Array(count), new Float64Array(count)]
  const bin = SAMPLE_RATE / THIN / count
  for (let k = 0; k < count; k++) {
    const hertz = Math.min(k, count - k) * bin
    if (hertz < BAND.low || hertz > BAND.high) continue
    const [p, q, r, s] = [inMix.re[k] ?? 0, inMix.im[k] ?? 0, inVoice.re[k] ?? 0, inVoice.im[k] ?? 0]
    const [x, y] = [p * r + q * s, q * r - p * s]
    // Where the voice has nothing there is no phase to compare: its own level stays as the weight.
    const weight = Math.sqrt(r * r + s * s) / Math.max(1e-12, Math.hypot(x, y))
    re[k] = x * weight
    im[k] = y * weight
  }
  run(re, im, true)
  const at = (lag: number) => re[(lag + count) % count] ?? 0
  let [best, squares] = [0, 0]
  for (let lag = -reach; lag <= reach; lag++) {
    squares += at(lag) ** 2
    if (at(lag) > at(best)) best = lag
  }
  const spread = Math.sqrt(squares / (2 * reach + 1))
  return { lagMs: (best * THIN * 1000) / SAMPLE_RATE, strength: spread > 0 ? at(best) / spread : 0 }
}

/** The clip's sound as a shot plays it: from the frame nearest to its window's start, for the shot's length. */
const readVoice = async (path: string, shot: Shot): Promise<Float32Array> => {
  const first = Math.round((shot.source.startMs * 24) / 1000) * (SAMPLE_RATE / 24)
  const samples = new Float32Array((shot.frames * SAMPLE_RATE) / 24)
  const file = await open(path, 'r')
  try {
    const { bytesRead } = await file.read(new Uint8Array(samples.buffer), 0, samples.byteLength, first * 4)
    return samples.subarray(0, bytesRead >> 2)
  } finally {
    await file.close()
  }
}

/** Finds the visitor's voice in the part of the finished sound where a shot lets it be heard. */
export const voiceInReel = async (sound: Sound, shot: Shot, cast: Pick<Cast, 'sound'>): Promise<VoiceFound | undefined> => {
  if (!cast.sound) return undefined
  const from = Math.round((shot.startFrame * SAMPLE_RATE) / 24)
  const length = Math.round((shot.frames * SAMPLE_RATE) / 24)
  const [left = new Float32Array(), right = left] = sound
  const mix = left.slice(from, from + length).map((value, i) => value + (right[from + i] ?? 0))
  return findVoice(mix, await readVoice(cast.sound.path, shot))
}

/** The mouth is compared this many frames to both sides, and by no fewer pictures than this. */
const MOUTH_REACH = 8
const LEAST_PICTURES = 12
/**
 * A place elsewhere counts only where the mouth moves this much more alike than where it should be: one that hardly moves,
 * or opens once and slowly, is as like itself a quarter of a second away.
 */
const CLEARLY = 0.15
/** A mouth that opens and shuts by less than this, from its tenth to its ninth tenth, is read no better than it moves. */
const LEAST_MOVEMENT = 0.08

/** Correlation of two rows of numbers, -1..1; 0 where one does not change. */
const correlation = (pairs: readonly (readonly [number, number])[]): number => {
  const count = Math.max(1, pairs.length)
  const mean = (of: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[of], 0) / count
  const [a, b] = [mean(0), mean(1)]
  let [both, left, right] = [0, 0, 0]
  for (const [x, y] of pairs) {
    both += (x - a) * (y - b)
    left += (x - a) ** 2
    right += (y - b) ** 2
  }
  return left > 1e-9 && right > 1e-9 ? both / Math.sqrt(left * right) : 0
}

export type MouthFound = {
  /** Milliseconds by which the mouth comes late in the reel. */
  lagMs: number
  /** How well it then moves as the clip's does, -1..1. */
  likeness: number
}

/** How far the reel's mouth lags behind the clip's in a shot that plays as filmed; nothing where too little was seen. */
export const mouthInReel = (
  mouth: readonly { frame: number; open: number }[],
  shot: Shot,
  frames: Cast['frames'],
): MouthFound | undefined => {
  const first = Math.round((shot.source.startMs * 24) / 1000)
  const at = (lag: number) => {
    const pairs = mouth.flatMap(({ frame, open }): [number, number][] => {
      const face = frames[first + frame - shot.startFrame - lag]?.face
      return face ? [[open, face.mouthOpen]] : []
    })
    return pairs.length < LEAST_PICTURES ? -1 : correlation(pairs)
  }
  const own = mouth.flatMap(({ frame }) => frames[first + frame - shot.startFrame]?.face?.mouthOpen ?? []).sort((a, b) => a - b)
  const tenth = (tenths: number) => own[Math.floor((own.length * tenths) / 10)] ?? 0
  if (tenth(9) - tenth(1) < LEAST_MOVEMENT) return undefined
  let best = { lag: 0, likeness: at(0) }
  for (let lag = -MOUTH_REACH; lag <= MOUTH_REACH; lag++) if (at(lag) > best.likeness) best = { lag, likeness: at(lag) }
  if (best.likeness <= 0) return undefined
  if (Math.abs(best.lag) > 1 && best.likeness - at(0) < CLEARLY) best = { lag: 0, likeness: at(0) }
  // Between frames: the top of the parabola through the best and its neighbours.
  const [before, after] = [at(best.lag - 1), at(best.lag + 1)]
  const bend = before - 2 * best.likeness + after
  const between = bend < -1e-6 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0
  return { lagMs: ((best.lag + between) * 1000) / 24, likeness: best.likeness }
}
