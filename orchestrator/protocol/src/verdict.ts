/**
 * The rules by which a clip is judged, in one place: the kiosk guides by them and the node decides by them, so that what
 * one accepts the other does not refuse. Pure: measurements in, verdict out.
 */
import { z } from 'zod'
import { ClipCode } from './codes.ts'

/** Limits, each with its unit. Kiosk guidance asks for the `GOOD_` value, refusal happens only beyond the `MIN_`/`MAX_` one. */
export const CLIP_RULES = {
  /** The least time with the face in view that makes a film. */
  MIN_FACE_MS: 1_500,
  /** Longest clip that is read; a kiosk stops at 8 s. */
  MAX_DURATION_MS: 60_000,
  /** Of a long clip only this much, from the start, is used. */
  USED_DURATION_MS: 12_000,
  /** Most pixels in a frame (3840 x 2160). */
  MAX_PIXELS: 8_294_400,
  MIN_SIDE_PX: 96,
  /** Width of the face box, in source pixels, at the median. */
  MIN_FACE_PX: 40,
  GOOD_FACE_PX: 110,
  /** Mean luma of the face, 0..255. */
  MIN_FACE_LUMA: 28,
  GOOD_FACE_LUMA: 70,
  MAX_GOOD_FACE_LUMA: 225,
  /** Share of face boxes that leave the picture by a fifth or more, 0..1. */
  MAX_CUT_OFF_SHARE: 0.6,
  /**
   * Edge strength of the face: variance of the Laplacian over its luma as recorded, shrunk to 112 px where it is wider.
   * Measured: good clips 34-540, squeezed or overexposed ones 10-20, blurred by 3 px 5-10, by 5 px 4-5.
   */
  MIN_SHARPNESS: 6,
  GOOD_SHARPNESS: 30,
  /**
   * Share of frames (24 a second) that differ from the one before; below, the camera stood still. Measured: a still picture
   * 0, one frame a second .04, a recording with half its frames dropped .4, good clips .96 and more.
   */
  MIN_MOVING_SHARE: 0.1,
  GOOD_MOVING_SHARE: 0.3,
  /** The band in which words are told apart, Hz: a voice is judged against the hall within it. */
  SPEECH_BAND_HZ: { low: 300, high: 4_000 },
  /** Speech, in milliseconds, that makes the voice worth using; and within what time a kiosk wants to hear so much. */
  GOOD_SPEECH_MS: 600,
  SPEECH_WITHIN_MS: 8_000,
  /** Peak level of speech, dBFS. */
  GOOD_SPEECH_DBFS: -34,
} as const

/**
 * Distance between the face embeddings of clip and reel (128-d, mean to mean) beyond which the reel shows somebody else
 * and is not let out. The node judges by it, and the orchestrator whatever a node says.
 */
export const REFUSE_LIKENESS = 0.5

/** What was measured on a clip. */
export type ClipMeasures = {
  durationMs: number
  width: number
  height: number
  /** Time with the visitor's face found, in milliseconds. */
  faceMs: number
  /** Median width of the face box in source pixels; 0 without a face. */
  faceWidthPx: number
  /** Share of face boxes that leave the picture by a fifth or more. */
  cutOffShare: number
  /** Mean luma of the face, 0..255; of the whole picture where there is none. */
  luma: number
  /** Of the face; of the whole picture where there is none. */
  sharpness: number
  /** Share of frames that differ from the one before. */
  movingShare: number
  speechMs: number
  /** Peak level of speech, dBFS; -Infinity without sound. */
  speechDbfs: number
  /** How many faces stand in the picture at the median. */
  people: number
}

/** What would make the next take better. Never a reason to refuse. */
export const ADVICE = [
  'come-closer',
  'more-light',
  'less-light',
  'hold-still',
  'speak-up',
  'one-star',
  'stay-in-frame',
  'move-a-little',
] as const
export const Advice = z.enum(ADVICE)
export type Advice = z.infer<typeof Advice>

export const Verdict = z.discriminatedUnion('usable', [
  z.object({ usable: z.literal(true), advice: z.array(Advice) }),
  z.object({ usable: z.literal(false), code: ClipCode }),
])
export type Verdict = z.infer<typeof Verdict>

const refused = (code: ClipCode): Verdict => ({ usable: false, code })

/**
 * Judges a clip that could be decoded. Refusals come in the order in which a visitor would mend them: light before
 * person, person before distance.
 */
export const judgeClip = (m: ClipMeasures): Verdict => {
  const r = CLIP_RULES
  if (Math.min(m.width, m.height) < r.MIN_SIDE_PX) return refused('clip-no-picture')
  if (m.durationMs > r.MAX_DURATION_MS) return refused('clip-too-long')
  if (m.durationMs < r.MIN_FACE_MS) return refused('clip-too-short')
  if (m.luma < r.MIN_FACE_LUMA) return refused('clip-too-dark')
  if (m.faceMs === 0) return refused(m.sharpness < r.MIN_SHARPNESS ? 'clip-out-of-focus' : 'clip-no-person')
  if (m.cutOffShare > r.MAX_CUT_OFF_SHARE) return refused('clip-face-cut-off')
  if (m.faceMs < r.MIN_FACE_MS) return refused('clip-no-person')
  if (m.faceWidthPx < r.MIN_FACE_PX) return refused('clip-face-small')
  if (m.sharpness < r.MIN_SHARPNESS) return refused('clip-out-of-focus')
  if (m.movingShare < r.MIN_MOVING_SHARE) return refused('clip-frozen')
  const advice: Advice[] = []
  if (m.faceWidthPx < r.GOOD_FACE_PX) advice.push('come-closer')
  if (m.luma < r.GOOD_FACE_LUMA) advice.push('more-light')
  if (m.luma > r.MAX_GOOD_FACE_LUMA) advice.push('less-light')
  if (m.sharpness < r.GOOD_SHARPNESS) advice.push('hold-still')
  if (m.cutOffShare > r.MAX_CUT_OFF_SHARE / 3) advice.push('stay-in-frame')
  if (m.people > 1) advice.push('one-star')
  if (m.movingShare < r.GOOD_MOVING_SHARE) advice.push('move-a-little')
  if (m.speechMs < r.GOOD_SPEECH_MS || m.speechDbfs < r.GOOD_SPEECH_DBFS) advice.push('speak-up')
  return { usable: true, advice }
}
