/** A shot as Model Studio is asked for it, and what that costs. */
import { seedFor } from '../../director/random.ts'
import { FPS } from '../../media/limits.ts'
import type { ShotRequest } from '../engine.ts'
import { EngineFault } from '../engine-fault.ts'
import { promptFor } from '../prompt.ts'
import type { Recipe } from './recipe.ts'

/** More of a prompt is cut off there. */
const LONGEST_PROMPT = 1_500

/** The shortest length that covers so many pictures of the film. @throws EngineFault `rejected` where none does */
export const secondsFor = ({ seconds, id }: Recipe, frames: number): number => {
  const length = seconds.find((one) => one * FPS >= frames)
  if (length === undefined) throw new EngineFault('rejected', `${id} draws no ${frames} pictures`)
  return length
}

/** What is charged where it succeeds, in cents: seconds out, and seconds in up to a cap (r2v-engines, section 1). */
export const centsFor = ({ centsPerSecond, referenceSeconds }: Recipe, seconds: number, reference: number): number =>
  Math.ceil(centsPerSecond * (seconds + Math.min(reference, referenceSeconds)))

/**
 * What a shot costs in cents besides its own seconds, at the most: its reference, and as much of a length that is charged and not
 * needed as there can be.
 */
export const centsPerShot = (recipe: Recipe): number =>
  centsFor(recipe, Math.max(...recipe.seconds.map((length, k) => length - (recipe.seconds[k - 1] ?? 0))), recipe.referenceSeconds)

/** @param url of the visitor's reference */
export const bodyFor = (recipe: Recipe, request: ShotRequest, url: string) => {
  const { shot, shotList, pack, tail, gentleness, attempt = 0 } = request
  const { dialect, model, width, height, negative } = recipe
  // The model knows whom it sees by these words alone: the first reference, counted over all or over videos.
  const who = dialect === 'wan2.6' ? 'character1' : 'Video 1'
  const told = `${promptFor(shot, pack, gentleness > 0 || attempt > 0, who)} The place: ${shot.plateView.replaceAll('-', ' ')}.`
  const said = { prompt: told.slice(0, LONGEST_PROMPT), ...(negative && { negative_prompt: negative }) }
  const shape =
    dialect === 'wan2.6'
      ? { size: `${width}*${height}` }
      : { resolution: `${Math.min(width, height)}P`, ratio: width < height ? '9:16' : '16:9' }
  return {
    model,
    input: {
      ...said,
      ...(dialect === 'wan2.6' ? { reference_urls: [url] } : { media: [{ type: 'reference_video', url }] }),
    },
    parameters: {
      ...shape,
      duration: secondsFor(recipe, shot.frames + tail),
      // 31 bits there.
      seed: seedFor(shotList.seed, shot.slot, 'model-studio', attempt) >>> 1,
      ...recipe.parameters,
    },
  }
}
