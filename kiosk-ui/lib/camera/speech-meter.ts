/**
 * Hears whether somebody speaks in a loud hall. Speech stands above the hall's own level in the band of voices, is voiced
 * (vowels repeat at the pitch of a voice: applause, hiss and the roar of a crowd do not), and lasts as long as a syllable or
 * more: a clap is over before. Pure: samples in, milliseconds and levels out; in real time about 2 % of a core.
 */
import { CLIP_RULES } from '@fanreel/protocol'

const FRAME_MS = 20
/** The hall's level is a low percentile of the last seconds: what is there between the words. */
const FLOOR_WINDOW_MS = 4_000
const FLOOR_SHARE = 0.2
/** Nothing is judged before the hall was heard for so long. */
const LEAST_FLOOR_MS = 400
/** How far a frame stands above the floor to count, dB. */
const ABOVE_FLOOR_DB = 6
/** Samples between which pitch is looked for: half of the frame behind the newest one too, so that two periods of 70 Hz fit in. */
const PITCH_WINDOW_MS = 40
/** Voices of men, women and children, Hz. */
const [LOWEST_PITCH, HIGHEST_PITCH] = [75, 400]
/** Likeness of a frame to itself one period later, 0..1, from which it is voiced. */
const VOICED = 0.5
/** A vowel belongs to what stands next to it: consonants are not voiced, and gaps within a word are short. */
const GAP_MS = 120
/** As long as a syllable; what is shorter is no speech. */
const SHORTEST_MS = 160
/** Pitch needs no more than this rate, Hz. */
const PITCH_RATE = 8_000
/** So quiet is no hall, dBFS. */
const SILENCE_DBFS = -96

/** One filter of second order, which remembers where it was: the Audio EQ Cookbook's, R. Bristow-Johnson. */
const passing = (kind: 'high' | 'low', hertz: number, rate: number) => {
  const w = (2 * Math.PI * hertz) / rate
  const [cos, alpha] = [Math.cos(w), Math.sin(w) * Math.SQRT1_2]
  const sign = kind === 'high' ? 1 : -1
  const b1 = (kind === 'high' ? -1 : 1) * (1 + sign * cos)
  const a0 = 1 + alpha
  let [x1, x2, y1, y2] = [0, 0, 0, 0]
  return (x: number): number => {
    const y = ((Math.abs(b1) / 2) * (x + x2) + b1 * x1 + 2 * cos * y1 - (1 - alpha) * y2) / a0
    x2 = x1
    x1 = x
    y2 = y1
    y1 = y
    return y
  }
}

const toDbfs = (power: number): number => Math.max(SILENCE_DBFS, 10 * Math.log10(power + 1e-12))

/** The greatest likeness of a sound to itself one period of a voice later, 0..1. */
const voicing = (sound: readonly number[], rate: number): number => {
  const [shortest, longest] = [Math.floor(rate / HIGHEST_PITCH), Math.ceil(rate / LOWEST_PITCH)]
  const length = sound.length - longest
  const at = (index: number) => sound[index] ?? 0
  let best = 0
  for (let lag = shortest; lag <= longest; lag++) {
    let [both, one, other] = [0, 0, 0]
    for (let i = 0; i < length; i++) {
      both += at(i) * at(i + lag)
      one += at(i) ** 2
      other += at(i + lag) ** 2
    }
    best = Math.max(best, both / Math.sqrt(one * other + 1e-12))
  }
  return best
}

export type Hearing = {
  /** Speech within the length of a longest take, in milliseconds. */
  speechMs: number
  /** Its loudest sample, dBFS; -Infinity as long as there is none. */
  speechDbfs: number
  /** The band of voices now, and the hall's floor in it, dBFS RMS. */
  levelDbfs: number
  floorDbfs: number
}

/** @param rate samples a second */
export const createSpeechMeter = (rate: number) => {
  const frameLength = Math.round((rate * FRAME_MS) / 1_000)
  const step = Math.max(1, Math.round(rate / PITCH_RATE))
  const pitchLength = Math.round((rate / step) * (PITCH_WINDOW_MS / 1_000))
  const [high, low] = [passing('high', CLIP_RULES.SPEECH_BAND_HZ.low, rate), passing('low', CLIP_RULES.SPEECH_BAND_HZ.high, rate)]
  const levels: number[] = []
  let pitch: number[] = []
  let [power, peak, filled, group] = [0, 0, 0, 0]
  /** Frames since the beginning, and the run of speech under way. */
  let now = 0
  let run: { from: number; lastVoiced: number; peak: number } | undefined
  let spoken: { from: number; to: number; peak: number }[] = []
  let hearing: Hearing = { speechMs: 0, speechDbfs: Number.NEGATIVE_INFINITY, levelDbfs: SILENCE_DBFS, floorDbfs: SILENCE_DBFS }

  const judge = () => {
    const levelDbfs = toDbfs(power / frameLength)
    levels.push(levelDbfs)
    if (levels.length > FLOOR_WINDOW_MS / FRAME_MS) levels.shift()
    const floorDbfs = levels.toSorted((a, b) => a - b)[Math.floor(levels.length * FLOOR_SHARE)] ?? SILENCE_DBFS
    pitch = pitch.slice(-pitchLength)
    const above = levels.length * FRAME_MS >= LEAST_FLOOR_MS && levelDbfs >= floorDbfs + ABOVE_FLOOR_DB
    if (above && voicing(pitch, rate / step) >= VOICED) {
      run ??= { from: now, lastVoiced: now, peak }
      run.lastVoiced = now
    }
    if (run) {
      run.peak = Math.max(run.peak, peak)
      const to = run.lastVoiced + 1
      if ((to - run.from) * FRAME_MS >= SHORTEST_MS)
        spoken = [...spoken.filter(({ from }) => from !== run?.from), { from: run.from, to, peak: run.peak }]
      if ((now - run.lastVoiced) * FRAME_MS > GAP_MS) run = undefined
    }
    const oldest = now - CLIP_RULES.SPEECH_WITHIN_MS / FRAME_MS
    spoken = spoken.filter(({ to }) => to > oldest)
    const loudest = Math.max(0, ...spoken.map((one) => one.peak))
    hearing = {
      speechMs: spoken.reduce((sum, { from, to }) => sum + (to - Math.max(from, oldest)) * FRAME_MS, 0),
      speechDbfs: 20 * Math.log10(loudest),
      levelDbfs,
      floorDbfs,
    }
    now++
    ;[power, peak, filled] = [0, 0, 0]
  }

  return {
    /** Hears on: samples follow those before, -1..1. */
    hear(samples: Float32Array): Hearing {
      for (const sample of samples) {
        const inBand = low(high(sample))
        power += inBand * inBand
        peak = Math.max(peak, Math.abs(sample))
        group += inBand
        filled++
        if (filled % step === 0) {
          pitch.push(group / step)
          group = 0
        }
        if (filled === frameLength) judge()
      }
      return hearing
    },
  }
}

/** Whether this is enough for the node to find a voice worth using. */
export const isHeard = ({ speechMs, speechDbfs }: Hearing): boolean =>
  speechMs >= CLIP_RULES.GOOD_SPEECH_MS && speechDbfs >= CLIP_RULES.GOOD_SPEECH_DBFS
