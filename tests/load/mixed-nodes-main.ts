/**
 * Node processes with the real ladder and the real engines, by a clock that runs faster: all of a node but what draws, encodes and
 * looks. Each node has servers of its own.
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { seededRandom } from '../../gpu-node/src/director/random.ts'
import { createComfyui } from '../../gpu-node/src/engines/comfyui/comfyui-engine.ts'
import { readWorkflow } from '../../gpu-node/src/engines/comfyui/workflow.ts'
import type { Engine } from '../../gpu-node/src/engines/engine.ts'
import { createModelStudio } from '../../gpu-node/src/engines/model-studio/model-studio-engine.ts'
import { readRecipe as readCloudRecipe } from '../../gpu-node/src/engines/model-studio/recipe.ts'
import { createRoster } from '../../gpu-node/src/engines/roster.ts'
import { readRecipe } from '../../gpu-node/src/engines/videos-api/recipe.ts'
import { createVideosApi } from '../../gpu-node/src/engines/videos-api/videos-engine.ts'
import { startStubNodes } from '../support/stub-nodes.ts'
import { NodeEngines, SHOT_MS } from './engine-mix.ts'
import { premadeFilm, premadeStudio } from './premade-film.ts'
import { scaledClock } from './scaled-clock.ts'

const MixedNodes = z.object({
  FANREEL_STUB_REEL: z.string(),
  FANREEL_MIX: z.string().transform((json) =>
    z
      .object({
        /** Of each node of this process. */
        nodes: z.array(NodeEngines),
        /** How many times as fast as the wall's clock. */
        times: z.number().positive(),
        /** How many of the shots from elsewhere show another face, and as many none, 0..1. */
        unlikeShare: z.number(),
        seed: z.number().int(),
        /** Files of what servers answer. */
        clips: z.array(z.string()),
        referenceUrl: z.url(),
      })
      .parse(JSON.parse(json)),
  ),
})
export type MixedNodes = z.infer<typeof MixedNodes>['FANREEL_MIX']

/** Looks are scaled less than all else, in milliseconds: fifty times as many would be the load. */
const POLL_MS = 5_000
/** How soon an answer may be asked to come between processes that share a core, in milliseconds of the wall. */
const LEAST_LIMIT_MS = 250

const settings = MixedNodes.parse(process.env)
const { nodes, times, unlikeShare, seed, referenceUrl } = settings.FANREEL_MIX
const clock = scaledClock(times, LEAST_LIMIT_MS)
const timing = { pollMs: POLL_MS, callMs: 2_000, workMs: 15_000 }

const enginesOf = ({ comfyui, videosApi, modelStudio }: NodeEngines): Engine[] => {
  const studio = premadeStudio(clock)
  const own = { studio, clock, timing }
  const engines: Engine[] = [studio]
  if (comfyui.length > 0) engines.push(createComfyui({ ...own, urls: comfyui, workflow: readWorkflow('wan22-i2v-a14b') }))
  if (videosApi.length > 0) {
    const recipe = { ...readRecipe('wan22-i2v-vllm-omni'), expectedMs: SHOT_MS['videos-api'] }
    engines.push(createVideosApi({ ...own, urls: videosApi, recipe }))
  }
  if (modelStudio) {
    const { url, key, parallel } = modelStudio
    const recipe = { ...readCloudRecipe('wan26-r2v-flash'), parallel, expectedMs: SHOT_MS['model-studio'] }
    engines.push(createModelStudio({ url, key, studio, clock, recipe }))
  }
  return engines
}

const [reel, clips] = await Promise.all([
  readFile(settings.FANREEL_STUB_REEL),
  Promise.all(settings.FANREEL_MIX.clips.map((file) => readFile(file))),
])
const render = premadeFilm({ reel, clips, referenceUrl, clock, unlikeShare, random: seededRandom(seed) })
await startStubNodes((at) => {
  const node = nodes[at]
  if (!node) throw new Error('a node has no engines')
  return { render, roster: createRoster(enginesOf(node), scaledClock(times)) }
})
