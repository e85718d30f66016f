/** The engines of this process, as its environment names them: the studio, whatever stands on the event's own network, and a cloud. */
import { createComfyui } from './engines/comfyui/comfyui-engine.ts'
import { readWorkflow } from './engines/comfyui/workflow.ts'
import type { Engine } from './engines/engine.ts'
import { createModelStudio } from './engines/model-studio/model-studio-engine.ts'
import { readRecipe as readModelStudioRecipe } from './engines/model-studio/recipe.ts'
import { createRoster, type Roster } from './engines/roster.ts'
import { readRecipe } from './engines/videos-api/recipe.ts'
import { createVideosApi } from './engines/videos-api/videos-engine.ts'
import { readEnginesEnv } from './env.ts'
import { ownStudio } from './render.ts'

/** @throws Error that names a variable or a workflow that does not fit */
export const ownEngines = (): Engine[] => {
  const env = readEnginesEnv()
  const studio = ownStudio()
  const engines: Engine[] = [studio]
  const { FANREEL_COMFYUI_URLS: comfyui, FANREEL_VIDEOS_API_URLS: videos, FANREEL_VIDEOS_API_KEY: key } = env
  if (comfyui.length > 0)
    engines.push(createComfyui({ urls: comfyui, workflow: readWorkflow(env.FANREEL_COMFYUI_WORKFLOW), studio }))
  if (videos.length > 0)
    engines.push(
      createVideosApi({ urls: videos, recipe: readRecipe(env.FANREEL_VIDEOS_API_RECIPE), studio, ...(key && { key }) }),
    )
  const { FANREEL_MODEL_STUDIO_KEY: cloudKey, FANREEL_MODEL_STUDIO_URL: url } = env
  if (cloudKey) {
    const recipe = readModelStudioRecipe(env.FANREEL_MODEL_STUDIO_RECIPE)
    engines.push(createModelStudio({ url, key: cloudKey, recipe, studio }))
  }
  return engines
}

/** All of them, with what is learnt of each while this process lives. */
export const ownRoster = (): Roster => createRoster(ownEngines())
