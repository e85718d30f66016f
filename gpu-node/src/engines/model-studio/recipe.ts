/**
 * What Model Studio is asked for, as data: the model, the dialect of its body, its sizes, lengths and price, and from which hosts a
 * result may be fetched. Models and hosts there come and go by the month, so none of it is code.
 */
import { Treatment } from '@fanreel/protocol'
import { z } from 'zod'
import { readNamed } from '../named-file.ts'

/** `wan2.6`: `input.reference_urls`, a size as `W*H`, roles `character1`. `wan2.7`: `input.media`, resolution and ratio, roles `Video 1`. */
export const DIALECTS = ['wan2.6', 'wan2.7'] as const

/** A host's name; a star stands for one or more letters of one label. */
const HostPattern = z.string().regex(/^[a-z0-9*-]+(\.[a-z0-9*-]+){2,}$/)

const Recipe = z.object({
  schema: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  about: z.string().max(600),
  dialect: z.enum(DIALECTS),
  model: z.string().regex(/^[\w.-]{1,60}$/),
  treatments: z.array(Treatment).min(1),
  width: z.number().int().min(240).max(2048),
  height: z.number().int().min(240).max(2048),
  fps: z.number().int().min(8).max(60),
  /** Lengths that it makes, in whole seconds, rising. */
  seconds: z
    .array(z.number().int().min(1).max(30))
    .min(1)
    .refine((lengths) => lengths.every((length, k) => k === 0 || length > (lengths[k - 1] ?? 0)), 'not rising'),
  /** How long a shot takes, in milliseconds; measured times soon stand in for it. */
  expectedMs: z.number().int().positive(),
  /** Price of a second, in cents: those that come out, and those of the reference up to `referenceSeconds`. */
  centsPerSecond: z.number().positive(),
  /** The most seconds of a reference that are charged. */
  referenceSeconds: z.number().min(0).max(30),
  /** Tasks under way at once from this node, within the account's own limit. */
  parallel: z.number().int().min(1).max(64),
  resultHosts: z.array(HostPattern).min(1),
  /** What is not wanted to be seen. */
  negative: z.string().max(500).default(''),
  /** Parameters that its model wants besides: `shot_type`, `audio`, `watermark`. */
  parameters: z.record(z.string().regex(/^[a-z0-9_]{1,40}$/), z.union([z.string(), z.number(), z.boolean()])).default({}),
})
export type Recipe = z.infer<typeof Recipe>

/** Those that come with the node, by their ids. */
export const RECIPES = ['wan26-r2v', 'wan26-r2v-flash', 'wan27-r2v'] as const

/** Reads a recipe: one of ours by its id, any other by its file. @throws Error that says where it is wrong */
export const readRecipe = (name: string): Recipe =>
  readNamed(name, { what: 'recipe', schema: Recipe, own: RECIPES, folder: new URL('recipes/', import.meta.url) })
