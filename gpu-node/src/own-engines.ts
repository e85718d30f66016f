/** The engines of this process, as its environment names them: the studio, and whatever stands on the event's own network. */
import { createComfyui } from './engines/comfyui/comfyui-engine.ts'
import { readWorkflow } from './engines/comfyui/workflow.ts'
import type { Engine } from './engines/engine.ts'
import { createRoster, type Roster } from './engines/roster.ts'
import { readEnginesEnv } from './env.ts'
import { ownStudio } from './render.ts'

/** @throws Error that names a variable or a workflow that does not fit */
export const ownEngines = (): Engine[] => {
  const env = readEnginesEnv()
  const studio = ownStudio()
  if (env.FANREEL_COMFYUI_URLS.length === 0) return [studio]
  const workflow = readWorkflow(env.FANREEL_COMFYUI_WORKFLOW)
  return [studio, createComfyui({ urls: env.FANREEL_COMFYUI_URLS, workflow, studio })]
}

/** All of them, with what is learnt of each while this process lives. */
export const ownRoster = (): Roster => createRoster(ownEngines())
