/** Which engines the nodes of a load have, and the contract servers behind them: real speeds, scaled, and every documented fault. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EngineName } from '@fanreel/protocol'
import { z } from 'zod'
import { type ComfyuiFault, startComfyui } from '../../gpu-node/contract/comfyui-server.ts'
import { type ModelStudioFault, type ModelStudioServer, startModelStudio } from '../../gpu-node/contract/model-studio-server.ts'
import { startVideosServer, type VideosFault } from '../../gpu-node/contract/videos-server.ts'
import { seededRandom } from '../../gpu-node/src/director/random.ts'
import { shortClip } from './short-clip.ts'

const REMOTE = EngineName.exclude(['studio'])
type Remote = z.infer<typeof REMOTE>
/** In the order in which the event prefers them: an engine, and how many shots of it a node has under way at once. */
export type Mix = readonly { engine: Remote; parallel: number }[]

/** `comfyui:2,model-studio`: how many servers of one's own each node has, or tasks under way in the cloud. @throws Error */
export const readMix = (text: string): Mix => {
  const mix = text.split(',').map((part) => {
    const [name, count = '1'] = part.split(':')
    return { engine: REMOTE.parse(name), parallel: z.coerce.number().int().min(1).max(16).parse(count) }
  })
  if (new Set(mix.map(({ engine }) => engine)).size < mix.length) throw new Error('an engine is named twice')
  return mix
}

/** How long a shot takes, in milliseconds (r2v-engines, section 3): a distilled I2V-A14B, the same undistilled elsewhere, Wan 2.6. */
export const SHOT_MS: Record<Remote, number> = { comfyui: 63_000, 'videos-api': 150_000, 'model-studio': 275_000 }
/** A server that answers nothing is back after this, in milliseconds. */
const HANG_MS = 60_000
/** Creates that an account may send in a second. */
const CREATES_PER_SECOND = 5
/** The distilled workflow's steps, of both its experts together. */
const STEPS = 4

const COMFYUI: ComfyuiFault[] = ['execution-error', 'lost-socket', 'restart', 'half-file', 'lost-answer', 'hang', 'slow']
const VIDEOS: VideosFault[] = ['failed', 'restart', 'half-file', 'throttled', 'refused', 'hang', 'slow']
const MODEL_STUDIO: ModelStudioFault[] = [
  ...(['throttled', 'busy-look', 'lost-answer', 'gateway', 'refused-prompt', 'refused-output', 'failed', 'restart'] as const),
  ...(['half-file', 'wrong-size', 'expired', 'elsewhere', 'redirect', 'hang', 'slow'] as const),
]

/** What the process of a node is told, as JSON in its environment. */
export const NodeEngines = z.object({
  comfyui: z.array(z.url()),
  videosApi: z.array(z.url()),
  modelStudio: z.object({ url: z.url(), key: z.string(), parallel: z.number().int().positive() }).optional(),
})
export type NodeEngines = z.infer<typeof NodeEngines>

/**
 * Tasks that are charged though the same shot of the same clip has been before. Reference, place and manner of a prompt name clip,
 * slot and try, whoever asks.
 */
export const doublePaidOf = (tasks: ModelStudioServer['tasks']): number => {
  const charged = [...tasks.values()].filter(({ status }) => status !== 'FAILED' && status !== 'CANCELED')
  return charged.length - new Set(charged.map(({ body }) => `${body.input.reference_urls} ${body.input.prompt}`)).size
}

/** @param faultShare how many of the shots that are asked for bring each of the faults, 0..1 */
export const startEngines = async (options: { mix: Mix; nodes: number; times: number; faultShare: number; seed: number }) => {
  const { mix, times, faultShare } = options
  const random = seededRandom(options.seed)
  const closing: (() => Promise<unknown>)[] = []
  const [right, wrong] = await Promise.all([shortClip(480, 832), shortClip(480, 480)])
  const behaviour = <Fault>(faults: readonly Fault[]) => ({
    lots: () => faults.filter(() => random() < faultShare),
    hangMs: HANG_MS / times,
    premade: ({ width, height }: { width: number; height: number }) => (width === height ? wrong : right),
  })
  const countOf = (engine: Remote) => mix.find((one) => one.engine === engine)?.parallel ?? 0
  const several = async (count: number, start: () => Promise<{ url: string; close(): Promise<unknown> }>) => {
    const servers = await Promise.all(Array.from({ length: count }, start))
    closing.push(...servers.map((server) => server.close))
    return servers.map(({ url }) => url)
  }
  const nodes = await Promise.all(
    Array.from({ length: options.nodes }, async (): Promise<NodeEngines> => {
      const stepMs = SHOT_MS.comfyui / STEPS / times
      const jobMs = SHOT_MS['videos-api'] / times
      return {
        comfyui: await several(countOf('comfyui'), () => startComfyui({ stepMs, ...behaviour(COMFYUI) })),
        videosApi: await several(countOf('videos-api'), () => startVideosServer({ jobMs, ...behaviour(VIDEOS) })),
      }
    }),
  )
  const parallel = countOf('model-studio')
  const cloud = await startModelStudio({
    taskMs: SHOT_MS['model-studio'] / times,
    hands: Math.max(1, parallel * options.nodes),
    createsPerSecond: CREATES_PER_SECOND * times,
    ...behaviour(MODEL_STUDIO),
  })
  closing.push(cloud.close)
  // What the cloud draws from: the same short clip for every film, under an address of the film's own.
  const references = createServer((_, response) => void response.end(right))
  await new Promise<void>((resolve) => references.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    references.closeAllConnections()
    return new Promise((resolve) => references.close(resolve))
  })
  return {
    nodes: nodes.map((node) => (parallel > 0 ? { ...node, modelStudio: { url: cloud.url, key: cloud.key, parallel } } : node)),
    referenceUrl: `http://127.0.0.1:${(references.address() as AddressInfo).port}/reference.mp4`,
    clips: [right, wrong],
    doublePaid: () => doublePaidOf(cloud.tasks),
    close: async () => void (await Promise.all(closing.map((close) => close()))),
  }
}
