/**
 * A ComfyUI workflow as data: the server's own API format ("Export (API)" in its menu) and, beside it, where what we put in goes
 * and what comes out. Whoever has another model or another card writes another file; no code knows a model's name.
 */
import { Treatment } from '@fanreel/protocol'
import { z } from 'zod'
import { ModelFacts } from '../clip-length.ts'
import { readNamed } from '../named-file.ts'

/** One place in a graph: a node by its id, and one of its inputs. */
const Place = z.object({ node: z.string().min(1), input: z.string().min(1) })
const Places = z.array(Place).min(1).max(8)

const GraphNode = z.looseObject({ class_type: z.string().min(1), inputs: z.record(z.string(), z.unknown()) })
export type Graph = Record<string, z.infer<typeof GraphNode>>

/** What we can put into a graph. */
export const SLOTS = ['keyframe', 'prompt', 'negative', 'seed', 'pictures', 'width', 'height', 'fps'] as const
export type SlotName = (typeof SLOTS)[number]

/** An input that is another node's output: `["8", 0]`. */
const isLink = (value: unknown): value is [string, number] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number'

export const Workflow = z
  .object({
    ...ModelFacts.shape,
    schema: z.literal(1),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
    /** What it does and on what card, for whoever chooses. */
    about: z.string().max(400),
    /** Treatments whose first picture it can set in motion. */
    treatments: z.array(Treatment).min(1),
    slots: z.partialRecord(z.enum(SLOTS), Places),
    /** The node that saves the clip. */
    output: z.string().min(1),
    graph: z.record(z.string(), GraphNode),
  })
  .superRefine(({ graph, slots, output }, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', message })
    if (!slots.keyframe) say('no slot for the keyframe')
    if (!graph[output]) say(`output: the graph has no node ${output}`)
    for (const [name, places] of Object.entries(slots))
      for (const { node, input } of places ?? [])
        if (!(input in (graph[node]?.inputs ?? {}))) say(`slot ${name}: node ${node} has no input ${input}`)
    for (const [id, node] of Object.entries(graph))
      for (const value of Object.values(node.inputs))
        if (isLink(value) && !graph[value[0]]) say(`node ${id} takes from node ${value[0]}, which is not there`)
  })
export type Workflow = z.infer<typeof Workflow>

/** Those that come with the node, by their ids. */
export const WORKFLOWS = ['wan22-i2v-a14b', 'wan22-ti2v-5b', 'plain'] as const

/** Reads a workflow: one of ours by its id, any other by its file. @throws Error that says where it is wrong */
export const readWorkflow = (name: string): Workflow =>
  readNamed(name, { what: 'workflow', schema: Workflow, own: WORKFLOWS, folder: new URL('workflows/', import.meta.url) })

/** The graph with values in its places; the workflow's own is left as it is. */
export const fillGraph = (workflow: Workflow, values: Partial<Record<SlotName, string | number>>): Graph => {
  const graph = structuredClone(workflow.graph)
  for (const name of SLOTS) {
    const value = values[name]
    if (value === undefined) continue
    for (const { node, input } of workflow.slots[name] ?? []) {
      const at = graph[node]
      if (at) at.inputs[input] = value
    }
  }
  return graph
}
