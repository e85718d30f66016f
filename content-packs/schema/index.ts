/**
 * A content pack: one themed world, as data. `pack.json` in the pack's folder is parsed by `Pack`; what it names lies
 * beside it. A published pack is a `PackManifest`: the parsed pack and every file by hash, so that its own hash pins
 * the whole world. Imports zod only.
 */
import { z } from 'zod'

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/)
/** A file of the pack: a relative path without `..`, no leading slash. */
export const PackPath = z
  .string()
  .max(120)
  .regex(/^(?!.*\.\.)[a-z0-9][a-zA-Z0-9._/-]*$/)

/** More than any text of a world needs (ours have 106 at most): each is set and measured, letter by letter where it is long. */
const LONGEST_TEXT = 200
/** The same for words that stand on a line of their own; ours have 33 at most. */
const LONGEST_LINE = 60
/** The mark stands on one line in one size: what does not fit would be cut. */
const LONGEST_MARK = 40
const MOST_LANGUAGES = 40

/** A letter or digit that is seen: some letters (the Hangul fillers among them) are blank by definition. */
const SEEN = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}]/u
const SEEN_LETTER = /(?!\p{Default_Ignorable_Code_Point})\p{L}/u

const textOf = (words: z.ZodString) =>
  z
    .object({ en: words })
    .catchall(words)
    .refine((text) => Object.keys(text).length <= MOST_LANGUAGES, `more than ${MOST_LANGUAGES} languages`)

/**
 * A text in every language of the installation: 1-200 characters, not blank. English is always there and stands in for one
 * that is missing.
 */
export const PackText = textOf(z.string().trim().max(LONGEST_TEXT).regex(SEEN, 'blank'))
/** A text that is drawn on one line: 1-60 characters. */
const PackLine = textOf(z.string().trim().max(LONGEST_LINE).regex(SEEN, 'blank'))
export type PackText = z.infer<typeof PackText>

const unit = z.number().min(0).max(1)
const colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'not #rrggbb')
const rgb = z.tuple([unit, unit, unit])

/** Most layers of a plate: each is looked at for every picture of a shot. */
const MOST_LAYERS = 6
/** Quicker twinkling could come near three flashes a second (WCAG 2.3.1). */
const LEAST_TWINKLE_MS = 900

/** How a layer moves by itself while its shot plays. Distances are shares of the plate's width and height. */
export const LayerMotion = z.discriminatedUnion('kind', [
  /** Wanders by (x, y) a second from where it lies, as clouds do. */
  z.object({ kind: z.literal('drift'), x: z.number().min(-1).max(1), y: z.number().min(-1).max(1) }),
  /** The same without an end: the picture, which must meet itself at its borders, repeats in the direction it moves. */
  z.object({ kind: z.literal('scroll'), x: z.number().min(-1).max(1), y: z.number().min(-1).max(1) }),
  /** Swings about the point (x, y), as branches and beams do, by so many degrees to either side. */
  z.object({
    kind: z.literal('sway'),
    x: z.number().min(-1).max(2),
    y: z.number().min(-1).max(2),
    degrees: z.number().min(0).max(30),
    periodMs: z.number().min(500),
    /** Where in its period it starts, 0..1. */
    phase: unit.default(0),
  }),
  /** Grows dim and bright again: between `low` and full strength. */
  z.object({ kind: z.literal('twinkle'), low: unit, periodMs: z.number().min(LEAST_TWINKLE_MS), phase: unit.default(0) }),
])
export type LayerMotion = z.infer<typeof LayerMotion>

/**
 * A picture that lies before the plate's own: a ridge, clouds, lights, branches. The camera moves it by its depth, and it
 * is as far out of focus as it is from the visitor.
 */
export const PlateLayer = z.object({
  id: slug,
  file: PackPath,
  /** 0 the far end, 1 the visitor's plane; above that it stands before the visitor and is drawn over them. */
  depth: z.number().min(0).max(1.5),
  /** `over` covers by its alpha; `add` is light, black where there is none. */
  blend: z.enum(['over', 'add']),
  /** The part of the plate it covers, in shares of it; may reach beyond its edges. All of it by default. */
  at: z
    .object({
      x: z.number().min(-2).max(2),
      y: z.number().min(-2).max(2),
      width: z.number().positive().max(4),
      height: z.number().positive().max(4),
    })
    .default({ x: 0, y: 0, width: 1, height: 1 }),
  motion: LayerMotion.optional(),
})
export type PlateLayer = z.infer<typeof PlateLayer>

/** A background picture and what is known of its light. Positions are shares of the plate, 0..1, from the top left. */
export const Plate = z.object({
  id: slug,
  file: PackPath,
  /** In pixels: those of the file. */
  width: z.number().int().positive().max(4096),
  height: z.number().int().positive().max(4096),
  /** Height of the horizon. */
  horizon: unit,
  /** What a visitor who is seen from head to foot stands on: ice mirrors, snow takes a shadow. */
  ground: z.enum(['ice', 'snow']).default('ice'),
  /** From far to near; `file` itself is opaque and lies behind all of them. */
  layers: z.array(PlateLayer).max(MOST_LAYERS).default([]),
  light: z.object({
    /** Where the key light stands: -1 left, 0 front, 1 right. */
    side: z.number().min(-1).max(1),
    key: rgb,
    ambient: rgb,
    rim: rgb,
  }),
})
export type Plate = z.infer<typeof Plate>

/** One way to look at a plate. No two shots of a film share one. */
export const PlateView = z.object({
  id: slug,
  plate: slug,
  /** Part of the plate that fills the picture before the camera moves. */
  crop: z.object({ x: unit, y: unit, width: unit, height: unit }),
  /** Radius of the lens blur, in pixels at 720x1280. */
  blurPx: z.number().min(0).max(40),
  /** A picture with alpha that stands before the visitor: boards, a desk. Hides where the body ends. */
  occluder: z.object({ file: PackPath, top: unit }).optional(),
  /** Where the visitor appears inside the plate, for the arena screen. */
  screen: z.object({ x: unit, y: unit, width: unit, height: unit }).optional(),
})
export type PlateView = z.infer<typeof PlateView>

export const MOMENT_NEEDS = ['smile', 'lively', 'sentence', 'calm', 'any'] as const

/** Treatments that show the face large and as filmed, and so can stand in for any other. */
export const PLAIN_TREATMENTS = ['interview', 'close-up', 'boards'] as const

/** What is in the air. `powder` is snow off the ground: carried by the wind, sparkling in a low sun. */
const PackAtmosphere = z.object({ kind: z.enum(['snow', 'confetti', 'dust', 'powder', 'none']), amount: unit })

/** One slot of the story: what the director must fill with a moment of the visitor's performance. */
export const StorySlot = z.object({
  id: slug,
  framing: z.enum(['close', 'medium', 'wide']),
  treatment: z.enum(['boards', 'close-up', 'screen', 'interview', 'silhouette', 'echo', 'ice']),
  view: slug,
  camera: z.enum(['push-in', 'pull-out', 'pan-left', 'pan-right', 'crane-up', 'orbit', 'handheld']),
  /** Length in beats of the music; more than a film has at the quickest beat is a mistake. */
  beats: z.number().int().positive().max(64),
  need: z.enum(MOMENT_NEEDS),
  /** `match`: the face stays where it was and as large as it was, and the picture changes round it. */
  transition: z.enum(['cut', 'flash', 'whip', 'dissolve', 'match']),
  /** Broadcast graphics over this shot. */
  graphics: z.array(z.enum(['title', 'lower-third', 'score', 'ticker'])).default([]),
  /** How the shot is drawn where it failed twice: something plainer, in front of another view if need be. */
  plain: z.object({ treatment: z.enum(PLAIN_TREATMENTS), view: slug }).optional(),
  /** What is in the air in this shot, where it is not what the world has everywhere: confetti for the finale. */
  atmosphere: PackAtmosphere.optional(),
})
export type StorySlot = z.infer<typeof StorySlot>

/** How the broadcast graphics of this world are cut and set; the palette colours them. */
export const PackGraphics = z.object({
  /** What words stand on: solid plates cut aslant that wipe in, or a soft shade with hairlines that grow. */
  plates: z.enum(['slanted', 'hairline']).default('slanted'),
  /** The typeface of Latin letters: a narrow one as in sports, or a geometric one as in film titles. */
  type: z.enum(['condensed', 'geometric']).default('condensed'),
  /** Room between the letters of scripts that stand apart, as a share of their size. */
  tracking: z.number().min(0).max(0.3).default(0),
  /** What a `flash` between shots looks like: white light at once, or warm light (`accent`) that leaks in from a side. */
  flash: z.enum(['white', 'leak']).default('white'),
  /** The world's emblem: an SVG path in a square of 100 by 100, filled in one colour. */
  emblem: z
    .string()
    .max(8_000)
    .regex(/^[MmLlHhVvCcSsQqTtAaZz0-9eE ,.+-]+$/)
    .optional(),
})
export type PackGraphics = z.infer<typeof PackGraphics>

export const Pack = z.object({
  schema: z.literal(1),
  packId: slug,
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  title: PackText,
  /** One line under the title where worlds are chosen. */
  tagline: PackText,
  /** What to do or say in front of the camera. */
  prompt: PackText,
  /** Words drawn into the film. `{name}` is replaced by the first name. */
  film: z.object({
    title: PackLine,
    titleWithName: PackLine,
    lowerThird: PackLine,
    lowerThirdWithName: PackLine,
    score: PackLine,
    ticker: PackText,
    /** Says that the film is AI-generated (F8): 1-40 characters, a letter among them. */
    aiMark: textOf(z.string().trim().max(LONGEST_MARK).regex(SEEN_LETTER, 'blank')),
  }),
  music: z.object({
    /** The music taken apart: four sounds of one length that begin together and are the whole when played together. */
    stems: z.object({ drums: PackPath, bass: PackPath, harmony: PackPath, melody: PackPath }),
    bpm: z.number().min(40).max(220),
    /** Time of the first beat, in milliseconds. */
    firstBeatMs: z.number().min(0),
    durationMs: z.number().positive(),
    /** For those who make sounds that go with it: `D major`. */
    key: z.string().max(20).optional(),
    /**
     * Beats on which its parts begin, so that it can be fitted to a film: where it grows thin for a voice, the drop after it,
     * and the last chord; and how many it has. Without them it is played as it is.
     */
    marks: z
      .object({
        thin: z.number().int().positive(),
        drop: z.number().int().positive(),
        finale: z.number().int().positive(),
        beats: z.number().int().positive(),
      })
      .refine((marks) => marks.thin < marks.drop && marks.drop < marks.finale && marks.finale < marks.beats)
      .optional(),
  }),
  /** Effects by name; the film's mix knows `whoosh`, `hit`, `riser`, `ambience`, `crowd`, `cheer`, `glide`, `shutter`, and leaves out what is not there. */
  sounds: z.record(slug, PackPath).default({}),
  /** How the place answers a voice: a hall, the open air, or not at all. */
  acoustics: z.enum(['hall', 'open', 'dry']).default('dry'),
  plates: z.array(Plate).min(1),
  views: z.array(PlateView).min(5),
  story: z.array(StorySlot).min(5),
  /** Colours of the broadcast graphics. */
  palette: z.object({ ink: colour, paper: colour, accent: colour, accent2: colour }),
  graphics: PackGraphics.prefault({}),
  atmosphere: PackAtmosphere.extend({
    /** Whether beams of stage lamps and flashes of cameras in the stands belong to this world. */
    lamps: z.boolean().default(true),
  }),
  preview: z.object({
    /** A silent loop of a film of this world, and its first frame. */
    loop: PackPath,
    poster: PackPath,
    /** The world with nobody in it, small enough for a phone on a crowded network: behind whoever waits, and behind a film that is being made. */
    waiting: PackPath.optional(),
    making: PackPath.optional(),
  }),
})
export type Pack = z.infer<typeof Pack>

export const PackFile = z.object({
  path: PackPath,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().positive(),
})

/** A published pack. Its hash is the SHA-256 of its canonical JSON; `signature` in the envelope is over that hash. */
export const PackManifest = z.object({ pack: Pack, files: z.array(PackFile) })
export type PackManifest = z.infer<typeof PackManifest>

/** What is fetched: the manifest's exact text, so that its hash can be checked, and an Ed25519 signature over that hash. */
export const SignedManifest = z.object({
  manifestJson: z.string().max(1_000_000),
  signature: z.string().max(200),
  publicKey: z.string().max(200),
})
export type SignedManifest = z.infer<typeof SignedManifest>
