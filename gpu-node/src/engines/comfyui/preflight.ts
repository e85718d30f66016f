/**
 * Whether a server has what a graph needs, by its own word (`/object_info`): each kind of node, and each value that must be one
 * of a list there, which is how ComfyUI names the model files it has. What is missing is named, so that somebody can fetch it.
 */
import { z } from 'zod'
import type { Graph } from './workflow.ts'

/** An input's declaration: a type's name or, older, the list of its values; newer builds say `["COMBO", {"options": [...]}]`. */
const Declared = z.tuple([z.union([z.string(), z.array(z.unknown())])]).rest(z.unknown())
const Inputs = z.record(z.string(), Declared.or(z.unknown()))
export const ObjectInfo = z.record(
  z.string(),
  z.looseObject({ input: z.object({ required: Inputs.optional(), optional: Inputs.optional() }).optional() }),
)
export type ObjectInfo = z.infer<typeof ObjectInfo>

const Options = z.object({ options: z.array(z.unknown()) })

/** The values that an input may have; nothing where any will do. */
const choicesOf = (declared: unknown): readonly unknown[] | undefined => {
  const found = Declared.safeParse(declared)
  if (!found.success) return undefined
  const [kind, more] = found.data
  if (Array.isArray(kind)) return kind
  const options = Options.safeParse(more)
  return options.success ? options.data.options : undefined
}

/** What we write ourselves: the name of a picture that is not uploaded yet. */
const OURS = new Set(['LoadImage.image', 'LoadVideo.file'])

/** What is missing, one line each: `node WanImageToVideo`, `UNETLoader.unet_name wan2.2_….safetensors`. */
export const missingFrom = (graph: Graph, info: ObjectInfo): string[] => {
  const missing = new Set<string>()
  for (const { class_type: kind, inputs } of Object.values(graph)) {
    const node = info[kind]
    if (!node) {
      missing.add(`node ${kind}`)
      continue
    }
    for (const [name, value] of Object.entries(inputs)) {
      if (typeof value !== 'string' || OURS.has(`${kind}.${name}`)) continue
      const choices = choicesOf(node.input?.required?.[name] ?? node.input?.optional?.[name])
      if (choices && !choices.includes(value)) missing.add(`${kind}.${name} ${value}`)
    }
  }
  return [...missing]
}
