/** Where in the clip somebody speaks: silero's voice activity over the normalised sound, and how loud the speech is. */
import { readFile } from 'node:fs/promises'
import { Tensor } from 'onnxruntime-node'
import type { Cast } from './cast.ts'
import type { Models } from './models/load-models.ts'

const RATE = 16_000
/** Samples per step, and those of the step before that the net (v6) wants in front of them. */
const STEP = 512
const CONTEXT = 64
const STEP_MS = (STEP / RATE) * 1000
/** Probability at which speech begins, and below which it may end. */
const BEGIN = 0.5
const END = 0.35
/** Silence that ends a segment, the shortest segment, and room kept on both sides, in milliseconds. */
const GAP_MS = 220
const SHORTEST_MS = 160
const ROOM_MS = 60

/** Low-pass at 7.2 kHz, a windowed sinc, for taking every third sample of 48 kHz. */
const LOW_PASS = (() => {
  const taps = Float32Array.from({ length: 31 }, (_, index) => {
    const x = index - 15
    const sinc = x === 0 ? 0.3 : Math.sin(Math.PI * 0.3 * x) / (Math.PI * x)
    return sinc * (0.54 + 0.46 * Math.cos((Math.PI * x) / 15))
  })
  const total = taps.reduce((sum, tap) => sum + tap, 0)
  return taps.map((tap) => tap / total)
})()

/** 48 kHz down to 16 kHz. */
export const decimate = (sound: Float32Array): Float32Array => {
  const out = new Float32Array(Math.floor(sound.length / 3))
  for (let i = 0; i < out.length; i++) {
    let total = 0
    for (let k = 0; k < LOW_PASS.length; k++) total += (LOW_PASS[k] ?? 0) * (sound[3 * i + k - 15] ?? 0)
    out[i] = total
  }
  return out
}

/** Probability of speech for each step of 32 ms. `sound`: mono, 16 kHz. */
export const speechProbabilities = async (models: Pick<Models, 'voice'>, sound: Float32Array): Promise<number[]> => {
  let state = new Tensor('float32', new Float32Array(256), [2, 1, 128])
  const rate = new Tensor('int64', BigInt64Array.of(BigInt(RATE)), [])
  const probabilities: number[] = []
  for (let at = 0; at + STEP <= sound.length; at += STEP) {
    const input = new Float32Array(CONTEXT + STEP)
    input.set(sound.subarray(Math.max(0, at - CONTEXT), at + STEP), at === 0 ? CONTEXT : 0)
    const answer = await models.voice.runNamed({ input: new Tensor('float32', input, [1, input.length]), state, sr: rate })
    const { output, stateN } = answer
    if (!output || !stateN) throw new Error('the voice net gave no answer')
    state = stateN as typeof state
    probabilities.push(Number(output.data[0]))
  }
  return probabilities
}

/** Stretches of speech in a row of probabilities. */
export const speechSegments = (probabilities: readonly number[], durationMs: number): { startMs: number; endMs: number }[] => {
  const segments: { startMs: number; endMs: number }[] = []
  let start: number | undefined
  let last = 0
  const close = () => {
    if (start !== undefined && (last - start) * STEP_MS >= SHORTEST_MS) {
      segments.push({ startMs: Math.max(0, start * STEP_MS - ROOM_MS), endMs: Math.min(durationMs, last * STEP_MS + ROOM_MS) })
    }
    start = undefined
  }
  probabilities.forEach((probability, index) => {
    if (start === undefined ? probability >= BEGIN : probability >= END) {
      start ??= index
      last = index + 1
    } else if (start !== undefined && (index - last) * STEP_MS > GAP_MS) close()
  })
  close()
  return segments
}

/** The level to which a soft recording's peaks are raised for the net, and by how much at most: it hears nobody in a whisper. */
const HEARD = 0.25
const MOST_RAISED = 50

/** A recording as the net hears it best; a loud one as it is. A click does not count as its peak: one sample in a thousand may be louder. */
export const raised = (sound: Float32Array): Float32Array => {
  const peak = sound.map(Math.abs).sort()[Math.floor(sound.length * 0.999)] ?? 0
  const gain = Math.min(MOST_RAISED, HEARD / Math.max(1e-6, peak))
  return gain > 1 ? sound.map((value) => Math.max(-1, Math.min(1, value * gain))) : sound
}

const dbfs = (value: number) => (value > 0 ? 20 * Math.log10(value) : Number.NEGATIVE_INFINITY)

const SAMPLES_A_MS = 48
/** Length of the pieces the room's noise is read from, and which of them counts: quieter ones may be the codec's silence. */
const PIECE_MS = 50
const QUIET_SHARE = 0.3
/** So quiet is no room, dBFS. */
const SILENCE_DBFS = -96

const levelOf = (sound: Float32Array, { startMs, endMs }: { startMs: number; endMs: number }): number => {
  const part = sound.subarray(Math.round(startMs * SAMPLES_A_MS), Math.round(endMs * SAMPLES_A_MS))
  let power = 0
  for (const sample of part) power += sample * sample
  return Math.max(SILENCE_DBFS, dbfs(Math.sqrt(power / Math.max(1, part.length))))
}

/** The room's noise, dBFS: the level of a quiet piece of the clip in which nobody speaks. */
const noiseOf = (sound: Float32Array, segments: readonly { startMs: number; endMs: number }[]): number | undefined => {
  const levels: number[] = []
  for (let startMs = 0; startMs + PIECE_MS <= sound.length / SAMPLES_A_MS; startMs += PIECE_MS) {
    const piece = { startMs, endMs: startMs + PIECE_MS }
    if (segments.every((segment) => segment.endMs <= piece.startMs || segment.startMs >= piece.endMs))
      levels.push(levelOf(sound, piece))
  }
  return levels.sort((a, b) => a - b)[Math.floor(levels.length * QUIET_SHARE)]
}

/** Listens to the normalised sound (48 kHz mono float32 file). Without a file, or without speech, the segments are empty. */
export const listen = async (models: Pick<Models, 'voice'>, path: string | undefined): Promise<Cast['voice']> => {
  if (!path) return { segments: [], speechMs: 0, peakDbfs: Number.NEGATIVE_INFINITY }
  const bytes = await readFile(path)
  const sound = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength - (bytes.byteLength % 4)),
  )
  const segments = speechSegments(await speechProbabilities(models, raised(decimate(sound))), (sound.length / 48_000) * 1000)
  let peak = 0
  for (const { startMs, endMs } of segments) {
    for (const sample of sound.subarray(Math.round(startMs * 48), Math.round(endMs * 48))) peak = Math.max(peak, Math.abs(sample))
  }
  const noiseDbfs = noiseOf(sound, segments)
  return {
    segments: segments.map((segment) => ({ ...segment, levelDbfs: levelOf(sound, segment) })),
    speechMs: segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
    peakDbfs: dbfs(peak),
    ...(noiseDbfs !== undefined && { noiseDbfs }),
  }
}
