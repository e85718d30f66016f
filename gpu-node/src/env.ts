/**
 * Reads the environment: every knob with its default and one line of why. Two more, FANREEL_FFMPEG and FANREEL_FFPROBE (other
 * programs than those on the path), are read where these are started, in `media/ffmpeg.ts`.
 */
import { cpus, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { AccessToken, EventId, NodeId, RENDER_TIERS, RenderTier } from '@fanreel/protocol'
import { z } from 'zod'

const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(item))

/** What the studio asks for wherever it runs: in a node, at the command line, in a benchmark. */
const Studio = {
  /** Renders at once. One film keeps two cores busy, so more than one pays only on larger machines. */
  FANREEL_NODE_SLOTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(Math.max(1, Math.floor(cpus().length / 4))),
  /**
   * Renders at once beside these that wait for a remote engine, where the node serves tier `cloud`: they cost this machine a cast
   * and an assembly, and minutes of nothing.
   */
  FANREEL_NODE_CLOUD_SLOTS: z.coerce.number().int().min(0).max(64).default(4),
  /** Threads that draw, for all films together. Without it two a film, and no more than there are cores. */
  FANREEL_STUDIO_THREADS: z.coerce.number().int().min(1).max(64).optional(),
}

/** Engines on other machines, the event's own or a cloud's, wherever they are asked. */
const Engines = {
  /** ComfyUI servers that draw shots, with commas between: each with a graphics card of its own, one shot at a time. Without it the studio draws all. */
  FANREEL_COMFYUI_URLS: list(z.url({ protocol: /^https?$/ })).default([]),
  /** What they run: one of ours (`wan22-i2v-a14b`, `wan22-ti2v-5b`, `plain`) or a workflow file (src/engines/comfyui/workflow.ts). */
  FANREEL_COMFYUI_WORKFLOW: z.string().min(1).default('wan22-i2v-a14b'),
  /** Servers with `/v1/videos` (vLLM-Omni, SGLang) that draw shots, with commas between, without `/v1`. */
  FANREEL_VIDEOS_API_URLS: list(z.url({ protocol: /^https?$/ })).default([]),
  /** What they are asked for: one of ours (`wan22-i2v-vllm-omni`, `wan22-i2v-sglang`) or a recipe file (src/engines/videos-api/recipe.ts). */
  FANREEL_VIDEOS_API_RECIPE: z.string().min(1).default('wan22-i2v-vllm-omni'),
  /** Sent to them as a bearer token, where they want one. */
  FANREEL_VIDEOS_API_KEY: z.string().min(1).optional(),
  /** Key of an Alibaba Cloud Model Studio account; without it no shot is drawn there. It costs money (README). */
  FANREEL_MODEL_STUDIO_KEY: z.string().min(1).optional(),
  /** Address of the region that the key and the model belong to, without `/api`: Singapore, or a workspace's own. */
  FANREEL_MODEL_STUDIO_URL: z.url({ protocol: /^https?$/ }).default('https://dashscope-intl.aliyuncs.com'),
  /** What is asked for there: one of ours (`wan26-r2v`, `wan26-r2v-flash`, `wan27-r2v`) or a recipe file (src/engines/model-studio/recipe.ts). */
  FANREEL_MODEL_STUDIO_RECIPE: z.string().min(1).default('wan26-r2v-flash'),
}

const Env = z.object({
  ...Studio,
  ...Engines,
  /** Where to dial; the node opens every connection itself, so it works behind any router. */
  FANREEL_ORCHESTRATOR_URL: z.url(),
  FANREEL_EVENT_ID: EventId,
  FANREEL_NODE_ID: NodeId,
  FANREEL_NODE_TOKEN: AccessToken,
  /** Queues served, most wanted first. */
  FANREEL_NODE_TIERS: list(RenderTier).default([RENDER_TIERS[0]]),
  /** Clips and half-made films lie here, in a folder of the node's own, while a render runs, and nothing after it. */
  FANREEL_WORK_DIR: z.string().default(join(tmpdir(), `fanreel-node-${userInfo().uid}`)),
  /** Packs and compiled code, kept between starts; nothing of a visitor. */
  FANREEL_CACHE_DIR: z.string().default(join(tmpdir(), 'fanreel-cache')),
  /** Key and certificates with which films are signed (C2PA); made there where none are. Without it films are not signed. */
  FANREEL_SIGNING_DIR: z.string().min(1).optional(),
  /** How long a running render may take to finish after a stop is asked for; then it is given back. */
  FANREEL_DRAIN_MS: z.coerce.number().int().min(0).default(60_000),
  /** What the networks are computed by: `cuda` needs onnxruntime's CUDA libraries (README); `auto` takes them where they are. */
  FANREEL_ORT_PROVIDER: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
  FANREEL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type NodeEnv = z.infer<typeof Env>

const read = <T extends z.ZodType>(schema: T, from: NodeJS.ProcessEnv): z.infer<T> => {
  const found = schema.safeParse(from)
  if (found.success) return found.data
  throw new Error(`The environment does not fit:\n${z.prettifyError(found.error)}`)
}

/** @throws Error naming each variable that is missing or wrong */
export const readEnv = (from: NodeJS.ProcessEnv = process.env): NodeEnv => read(Env, from)

/** The studio's part alone; its cache folder is the caller's to choose where none is named. */
export const readStudioEnv = (from: NodeJS.ProcessEnv = process.env) =>
  read(z.object({ ...Studio, FANREEL_CACHE_DIR: z.string().optional() }), from)

/** Engines elsewhere alone, for programs that need no other setting. */
export const readEnginesEnv = (from: NodeJS.ProcessEnv = process.env) => read(z.object(Engines), from)

/** What the networks are wanted to be computed by, for programs that need no other setting. */
export const readProvider = (from: NodeJS.ProcessEnv = process.env): NodeEnv['FANREEL_ORT_PROVIDER'] =>
  read(Env.pick({ FANREEL_ORT_PROVIDER: true }), from).FANREEL_ORT_PROVIDER

/** Where half-made films of a node lie, and how many at once. */
export const readScratchEnv = (from: NodeJS.ProcessEnv = process.env): Pick<NodeEnv, 'FANREEL_WORK_DIR' | 'FANREEL_NODE_SLOTS'> =>
  read(Env.pick({ FANREEL_WORK_DIR: true, FANREEL_NODE_SLOTS: true }), from)
