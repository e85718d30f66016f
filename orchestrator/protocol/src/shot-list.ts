/**
 * The director's decision for one render: a versioned artefact, kept beside the reel. Every engine draws from it and
 * nothing else; the same list with the same clip and pack gives the same film.
 */
import { z } from 'zod'
import { PackId, Sha256 } from './ids.ts'
import { EngineName, FallbackReason } from './node.ts'

export const FRAMINGS = ['close', 'medium', 'wide'] as const
export const Framing = z.enum(FRAMINGS)
export type Framing = z.infer<typeof Framing>

/** How the visitor is set into the plate. */
export const TREATMENTS = ['boards', 'close-up', 'screen', 'interview', 'silhouette', 'echo', 'ice'] as const
export const Treatment = z.enum(TREATMENTS)
export type Treatment = z.infer<typeof Treatment>

export const CAMERA_PATHS = ['push-in', 'pull-out', 'pan-left', 'pan-right', 'crane-up', 'orbit', 'handheld'] as const
export const CameraPath = z.enum(CAMERA_PATHS)
export type CameraPath = z.infer<typeof CameraPath>

export const TRANSITIONS = ['cut', 'flash', 'whip', 'dissolve', 'match'] as const
export const Transition = z.enum(TRANSITIONS)

export const Shot = z.object({
  id: z.string().max(40),
  /** The story's slot that asked for it. */
  slot: z.string().max(40),
  framing: Framing,
  treatment: Treatment,
  /** A view of a plate, by the pack's name for it. */
  plateView: z.string().max(40),
  camera: CameraPath,
  /** First frame of the film that shows it, and how many. */
  startFrame: z.number().int().nonnegative(),
  frames: z.number().int().positive(),
  /**
   * Where in the clip the performance is taken, in milliseconds, and how fast it plays (1 = as filmed). With a ramp, `speed`
   * is the mean: until `at`, a share of the shot's length, it plays at `from`, then at `to`; 0 holds the moment.
   */
  source: z.object({
    startMs: z.number().nonnegative(),
    endMs: z.number().positive(),
    speed: z.number().min(0.25).max(4),
    ramp: z.object({ at: z.number().min(0).max(1), from: z.number().min(0).max(4), to: z.number().min(0).max(4) }).optional(),
  }),
  /** Whether the visitor's own voice is heard here, in sync with the picture. */
  voice: z.boolean(),
  /** How it begins. */
  transition: Transition,
  /** Why this moment of the clip: a sentence for the operator who asks. */
  reason: z.string().max(200),
})
export type Shot = z.infer<typeof Shot>

/** Who drew a shot in the end, how like the visitor it is (distance to the clip), and who was passed over before, each with the reason. */
export const ShotDrawing = z.object({
  shot: z.string().max(40),
  engine: EngineName,
  likeness: z.number().min(0).max(2).optional(),
  passed: z.array(z.object({ engine: EngineName, reason: FallbackReason })).max(16),
})
export type ShotDrawing = z.infer<typeof ShotDrawing>

export const ShotList = z.object({
  version: z.literal(1),
  packId: PackId,
  packHash: Sha256,
  seed: z.number().int().nonnegative(),
  fps: z.literal(24),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  frames: z.number().int().positive(),
  /** Frames on which a beat of the music falls. */
  beatFrames: z.array(z.number().int().nonnegative()),
  shots: z.array(Shot).min(1).max(24),
  /** How the shots were drawn: added when they are, by the node that did. */
  drawing: z.array(ShotDrawing).max(24).optional(),
})
export type ShotList = z.infer<typeof ShotList>
