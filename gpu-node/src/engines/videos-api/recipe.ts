/**
 * What a server with `/v1/videos` is asked for, as data: its dialect, the sizes and lengths of its model, and whatever else its
 * model wants to be told. One such server runs one model, so a recipe belongs to whoever set it up.
 */
import { Treatment } from '@fanreel/protocol'
import { z } from 'zod'
import { ModelFacts } from '../clip-length.ts'
import { readNamed } from '../named-file.ts'

/**
 * `vllm-omni`: width, height and pictures by number, a DELETE that stops (docs/serving/videos_api.md at 0131cb5). `sglang`: the size
 * as one word and a DELETE that only forgets (openai_api.md, protocol.py).
 */
export const DIALECTS = ['vllm-omni', 'sglang'] as const

const Recipe = z.object({
  ...ModelFacts.shape,
  schema: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  about: z.string().max(400),
  dialect: z.enum(DIALECTS),
  treatments: z.array(Treatment).min(1),
  /** Fields that its model wants besides: `num_inference_steps`, `guidance_scale`, `flow_shift`, `model`. */
  fields: z.record(z.string().regex(/^[a-z0-9_]{1,40}$/), z.union([z.string(), z.number(), z.boolean()])).default({}),
})
export type Recipe = z.infer<typeof Recipe>

/** Those that come with the node, by their ids. */
export const RECIPES = ['wan22-i2v-vllm-omni', 'wan22-i2v-sglang'] as const

/** Reads a recipe: one of ours by its id, any other by its file. @throws Error that says where it is wrong */
export const readRecipe = (name: string): Recipe =>
  readNamed(name, { what: 'recipe', schema: Recipe, own: RECIPES, folder: new URL('recipes/', import.meta.url) })
