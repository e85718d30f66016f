/** What `engine:probe` and `engine:bench` share: which engine, whose clip, which shots, and how a clip that came is made to fit. */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Shot, ShotList } from '@fanreel/protocol'
import { conform } from '../src/assembly/conform.ts'
import { planesOf } from '../src/assembly/picture.ts'
import { direct } from '../src/director/direct.ts'
import { createComfyui } from '../src/engines/comfyui/comfyui-engine.ts'
import { readWorkflow, WORKFLOWS } from '../src/engines/comfyui/workflow.ts'
import type { DrawnShot, Engine, Take } from '../src/engines/engine.ts'
import { RECIPES, readRecipe } from '../src/engines/videos-api/recipe.ts'
import { createVideosApi } from '../src/engines/videos-api/videos-engine.ts'
import { type LoadedPack, loadPack } from '../src/pack.ts'
import { ownStudio } from '../src/render.ts'
import { showsFace } from '../src/verify/faces.ts'
import { buildCast } from '../src/vision/build-cast.ts'
import type { Cast } from '../src/vision/cast.ts'
import { loadModels, type Models } from '../src/vision/models/load-models.ts'

export const ENGINE_OPTIONS = {
  engine: { type: 'string' },
  url: { type: 'string', default: '' },
  workflow: { type: 'string' },
  clip: { type: 'string' },
  pack: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const
export const ENGINE_HELP = `  --engine NAME     comfyui, videos-api, or studio for this machine's own
  --url URL         the server; several with commas between
  --workflow FILE   what comfyui runs: ${WORKFLOWS.join(', ')}, or a file (plain); what videos-api is asked for:
                    ${RECIPES.join(', ')}, or a file (the first)
  --clip FILE       the visitor's clip (the sample visitor)
  --pack FOLDER     the world (content-packs/figure-skating)`

type Wanted = { engine?: string; url: string; workflow?: string; clip?: string; pack?: string }

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
/** A path as it was meant where the command was typed. */
export const from = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path)

/** The addresses that were given. @throws Error where there is none */
export const serversOf = ({ url }: Pick<Wanted, 'url'>): string[] => {
  const urls = url.split(',').filter((one) => /^https?:\/\/[^/]/.test(one))
  if (urls.length === 0) throw new Error('--url: the address of a server, as http://127.0.0.1:8188')
  return urls
}

/** @throws Error that says what is wrong with the words */
export const engineFor = (wanted: Wanted): Engine => {
  const { engine, workflow } = wanted
  if (engine === 'studio') return ownStudio()
  if (engine !== 'comfyui' && engine !== 'videos-api') throw new Error('--engine: comfyui, videos-api or studio')
  const urls = serversOf(wanted)
  const studio = ownStudio()
  const named = (ours: readonly string[], otherwise: string) => {
    const name = workflow ?? otherwise
    return ours.includes(name) ? name : from(name)
  }
  return engine === 'comfyui'
    ? createComfyui({ urls, workflow: readWorkflow(named(WORKFLOWS, 'plain')), studio })
    : createVideosApi({ urls, recipe: readRecipe(named(RECIPES, RECIPES[0])), studio })
}

/** Everything that a shot is drawn from. */
export type Scene = { pack: LoadedPack; models: Models; cast: Cast; shotList: ShotList }

export const loadScene = async ({ pack }: Wanted, signal: AbortSignal): Promise<Pick<Scene, 'pack' | 'models'>> => {
  const [loaded, models] = await Promise.all([
    loadPack(pack ? from(pack) : root('content-packs/figure-skating')),
    loadModels({ signal }),
  ])
  return { pack: loaded, models }
}

/** @throws Error where the clip is refused */
export const castOf = async (
  { clip }: Wanted,
  { pack, models }: Pick<Scene, 'pack' | 'models'>,
  scratch: string,
  signal: AbortSignal,
): Promise<Scene> => {
  const path = clip ? from(clip) : root('ops/demo/sample-visitor/visitor.mp4')
  const cast = await buildCast({ clip: path, scratch, models, signal })
  if ('usable' in cast) throw new Error(`the clip is refused: ${cast.code}`)
  return { pack, models, cast, shotList: direct({ pack: pack.pack, packHash: pack.hash, cast, seed: 1 }) }
}

/** Shots that it draws and that show the face, the longest first: the hardest to keep somebody in. @throws Error where there is none */
export const shotsFor = ({ capabilities }: Engine, list: ShotList): [Shot, ...Shot[]] => {
  const { treatments, frames, performance: kept } = capabilities
  const [first, ...rest] = list.shots
    .filter((one) => treatments.includes(one.treatment) && one.frames <= frames.most && showsFace(one))
    .filter((one) => kept === 'as-filmed' || !one.voice)
    .sort((a, b) => b.frames - a.frames)
  if (!first) throw new Error('it draws none of this film’s shots')
  return [first, ...rest]
}

/** A take as pictures of the film. */
export const fitted = async (take: Take, shot: Shot, { width, height }: ShotList, scratch: string, signal: AbortSignal) => {
  if (take.kind === 'pictures') return take
  const like = take.from ? planesOf(take.from, width, height) : undefined
  const fit: DrawnShot = await conform(take, {
    ...{ width, height, frames: shot.frames, seed: 1, between: 'motion' as const, signal },
    ...(like && { like }),
    path: join(scratch, `fit-${shot.id}.yuv`),
  })
  return fit
}
