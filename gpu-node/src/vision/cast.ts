/**
 * The cast: everything that is known of the visitor in a clip, computed once. The director chooses by it, engines draw
 * from it, verify compares with it. Coordinates are pixels of the normalised clip (24 fps, square pixels, upright).
 */
import type { ClipMeasures, Verdict } from '@fanreel/protocol'

export type Box = { x: number; y: number; width: number; height: number }

/** One face in one frame. */
export type Face = {
  box: Box
  /** Detector's confidence, 0..1. */
  score: number
  /** Five points by which the embedding aligns: right eye's outer and inner corner, left eye's inner and outer, nose base. */
  landmarks: readonly { x: number; y: number }[]
  /** Turn of the head, radians; positive to the picture's right. */
  yaw: number
  /** Tilt of the eye line, radians. */
  roll: number
  /** How far the mouth is open, 0..1, and how wide it smiles, 0..1. */
  mouthOpen: number
  smile: number
  /** How far the eyes are open, 0..1. */
  eyesOpen: number
  /** The face's 468 points (MediaPipe's numbering): x, y, z of each in the clip's pixels, z smaller where nearer; steadied in time. */
  mesh?: Float32Array
}

export type CastFrame = {
  timeMs: number
  /** The visitor's face; absent where it was not found. */
  face?: Face
  /** Where the matte is, tightly; absent in a frame without a person. */
  person?: Box
  /** Mean absolute difference from the frame before inside the person, 0..1. */
  motion: number
}

/** How much of the body can be seen. Decides which treatments let nobody float. */
export type FramingClass = 'head' | 'upper' | 'full'

/** A stretch of the clip that is good for something, and why. */
export type Moment = {
  kind: 'smile' | 'lively' | 'sentence' | 'calm'
  startMs: number
  endMs: number
  /** 0..1 within its kind. */
  score: number
  reason: string
}

/**
 * Cut-out pictures of the visitor in one file: straight-alpha RGBA, edge colours already freed of the background. Boxes
 * lie in the clip; read by `openCutouts`.
 */
export type Cutouts = {
  path: string
  /** Holds the visitor in every frame. */
  box: Box
  /** One a frame: where it begins in the file, and its own box, `box.width * box.height * 4` bytes; absent for an empty one. */
  parts: readonly ({ at: number; box: Box } | undefined)[]
}

export type Cast = {
  /** The normalised clip. */
  clip: { width: number; height: number; fps: 24; durationMs: number }
  frames: readonly CastFrame[]
  cutouts: Cutouts
  /** Normalised sound, or absent: mono 48 kHz 32-bit float PCM, as long as the clip. */
  sound?: { path: string; sampleRate: 48_000 }
  /** Mean embedding over the best frames (128 values), and the mean distance of those frames to it. */
  identity: { embedding: Float32Array; spread: number; frames: number }
  /**
   * Speech in the clip: by segments, with its peak level. `levelDbfs`: mean level of a segment; `noiseDbfs`: of the room
   * where nobody speaks. Both are absent where there is no sound to tell them by.
   */
  voice: {
    segments: readonly { startMs: number; endMs: number; levelDbfs?: number }[]
    speechMs: number
    peakDbfs: number
    noiseDbfs?: number
  }
  /** The clip's own light: mean luma of the face 0..1, contrast, mean colour of the face (linear RGB), side of the key (-1..1). */
  light: { luma: number; contrast: number; colour: readonly [number, number, number]; side: number }
  framingClass: FramingClass
  moments: readonly Moment[]
  measures: ClipMeasures
  verdict: Extract<Verdict, { usable: true }>
}
