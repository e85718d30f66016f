/**
 * `npm run engine:probe -- --engine comfyui --url URL [--workflow FILE]`: one shot of a film on a given server, from a clip to
 * pictures of the film, with how long each step took and how like the visitor it is. Run it before an event counts on a server.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Shot, ShotList } from '@fanreel/protocol'
import { conform } from '../src/assembly/conform.ts'
import { planesOf } from '../src/assembly/picture.ts'
import { direct } from '../src/director/direct.ts'
import { createComfyui } from '../src/engines/comfyui/comfyui-engine.ts'
import { readWorkflow, WORKFLOWS } from '../src/engines/comfyui/workflow.ts'
import type { DrawnShot, Engine } from '../src/engines/engine.ts'
import { EngineFault } from '../src/engines/engine-fault.ts'
import { RECIPES, readRecipe } from '../src/engines/videos-api/recipe.ts'
import { createVideosApi } from '../src/engines/videos-api/videos-engine.ts'
import { createEncoder } from '../src/media/encode.ts'
import { probe } from '../src/media/probe.ts'
import { loadPack } from '../src/pack.ts'
import { ownStudio } from '../src/render.ts'
import { showsFace } from '../src/verify/faces.ts'
import { shotLikeness } from '../src/verify/shot-likeness.ts'
import { buildCast } from '../src/vision/build-cast.ts'
import { loadModels } from '../src/vision/models/load-models.ts'

const HELP = `npm run engine:probe -- --engine NAME --url URL [options]

  --engine NAME     comfyui, videos-api, or studio for this machine's own
  --url URL         the server; several with commas between
  --workflow FILE   what comfyui runs: ${WORKFLOWS.join(', ')}, or a file (plain); what videos-api is asked for:
                    ${RECIPES.join(', ')}, or a file (the first)
  --clip FILE       the visitor's clip (the sample visitor)
  --pack FOLDER     the world (content-packs/figure-skating)
  --out FILE        keeps the shot as it would stand in a film, as MP4
  --json            one line of JSON on stdout
  --help            this text

Exit codes: 0 drawn, 1 not drawn, with the reason, 2 wrong arguments.
`
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const from = (path: string) => resolve(process.env.INIT_CWD ?? process.cwd(), path)

const OPTIONS = {
  engine: { type: 'string' },
  url: { type: 'string', default: '' },
  workflow: { type: 'string' },
  clip: { type: 'string' },
  pack: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const
const readArguments = () => parseArgs({ options: OPTIONS }).values
type Values = ReturnType<typeof readArguments>

/** @throws Error that says what is wrong with the words */
const engineFor = ({ engine, url, workflow }: Values): Engine => {
  if (engine === 'studio') return ownStudio()
  if (engine !== 'comfyui' && engine !== 'videos-api') throw new Error('--engine: comfyui, videos-api or studio')
  const urls = url.split(',').filter((one) => /^https?:\/\/[^/]/.test(one))
  if (urls.length === 0) throw new Error('--url: the address of a server, as http://127.0.0.1:8188')
  const studio = ownStudio()
  const named = (ours: readonly string[], otherwise: string) => {
    const name = workflow ?? otherwise
    return ours.includes(name) ? name : from(name)
  }
  return engine === 'comfyui'
    ? createComfyui({ urls, workflow: readWorkflow(named(WORKFLOWS, 'plain')), studio })
    : createVideosApi({ urls, recipe: readRecipe(named(RECIPES, RECIPES[0])), studio })
}

const say = (line: string) => void process.stderr.write(`${line}\n`)

const timed = async <T>(name: string, times: Record<string, number>, work: () => Promise<T>): Promise<T> => {
  const begun = performance.now()
  say(`${name} …`)
  const result = await work()
  times[name] = Math.round(performance.now() - begun)
  return result
}

/** The longest shot that it draws and that shows the face: the hardest to keep somebody in. */
const shotFor = ({ capabilities }: Engine, list: ShotList): Shot => {
  const { treatments, frames, performance: kept } = capabilities
  const [shot] = list.shots
    .filter((one) => treatments.includes(one.treatment) && one.frames <= frames.most && showsFace(one))
    .filter((one) => kept === 'as-filmed' || !one.voice)
    .sort((a, b) => b.frames - a.frames)
  if (!shot) throw new Error('it draws none of this film’s shots')
  return shot
}

const keep = async (drawn: DrawnShot, { width, height }: ShotList, path: string, signal: AbortSignal) => {
  const encoder = await createEncoder({ path, width, height, fps: 24, crf: 18, preset: 'veryfast', signal })
  const file = await open(drawn.path, 'r')
  try {
    const bytes = new Uint8Array((width * height * 3) / 2)
    for (let k = 0; k < drawn.frames; k++) {
      await file.read(bytes, 0, bytes.length, k * bytes.length)
      await encoder.write(bytes)
    }
    await encoder.finish()
  } finally {
    await file.close()
  }
}

const probeEngine = async (values: Values, engine: Engine, signal: AbortSignal) => {
  const scratch = await mkdtemp(join(tmpdir(), 'fanreel-probe-'))
  const ms: Record<string, number> = {}
  try {
    const [pack, models] = await Promise.all([
      loadPack(values.pack ? from(values.pack) : root('content-packs/figure-skating')),
      loadModels({ signal }),
    ])
    const clip = values.clip ? from(values.clip) : root('ops/demo/sample-visitor/visitor.mp4')
    await timed('warm-up', ms, () => Promise.all([engine.warmUp(signal), ownStudio().warmUp(signal)]))
    const cast = await timed('cast', ms, () => buildCast({ clip, scratch, models, signal }))
    if ('usable' in cast) throw new Error(`the clip is refused: ${cast.code}`)
    const shotList = direct({ pack: pack.pack, packHash: pack.hash, cast, seed: 1 })
    const shot = shotFor(engine, shotList)
    const request = { shot, shotList, cast, pack, scratch, tail: 0, gentleness: 0, signal }
    let previews = 0
    const take = await timed('draw', ms, () =>
      engine.renderShot({ ...request, onProgress: ({ preview }) => void (preview && previews++) }),
    )
    const { width, height } = shotList
    const came = take.kind === 'clip' ? await probe(take.path, signal, { leastMs: 0 }) : undefined
    const like = take.kind === 'clip' && take.from ? planesOf(take.from, width, height) : undefined
    const drawn =
      take.kind === 'pictures'
        ? take
        : await timed('conform', ms, () =>
            conform(take, {
              ...{ width, height, frames: shot.frames, seed: 1, between: 'motion' as const, signal },
              ...(like && { like }),
              path: join(scratch, 'fit.yuv'),
            }),
          )
    const judge = (one: DrawnShot) => shotLikeness(one, { shot, shotList, cast, models })
    const found = await timed('likeness', ms, () => judge(drawn))
    const own = engine.capabilities.name === 'studio' ? found : await judge(await ownStudio().renderShot(request))
    if (values.out) await keep(drawn, shotList, from(values.out), signal)
    const rounded = (value: number | undefined) => value && Number(value.toFixed(3))
    return {
      ok: true,
      engine: engine.capabilities.name,
      shot: { treatment: shot.treatment, framing: shot.framing, frames: shot.frames },
      ...(came?.ok && { clip: { width: came.width, height: came.height, fps: came.fps, durationMs: came.durationMs } }),
      ms,
      previews,
      faces: `${found.faces}/${found.looks}`,
      likeness: rounded(found.likeness),
      studioLikeness: rounded(own.likeness),
    }
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

const run = async (): Promise<number> => {
  let values: Values
  let engine: Engine
  try {
    values = readArguments()
    if (values.help) {
      process.stdout.write(HELP)
      return 0
    }
    engine = engineFor(values)
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    return 2
  }
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort(new Error('stopped')))
  try {
    const found = await probeEngine(values, engine, stopping.signal)
    const words = [
      `${found.engine} drew ${found.shot.frames} pictures of ${found.shot.treatment} in ${found.ms.draw} ms`,
      `likeness ${found.likeness} (the studio's ${found.studioLikeness}; taken up to 0.45), face seen in ${found.faces} looks`,
      ...Object.entries(found.ms).map(([name, ms]) => `  ${name}: ${ms} ms`),
    ]
    process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : `${words.join('\n')}\n`)
    return 0
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const reason = error instanceof EngineFault ? error.reason : 'failed'
    if (values.json) process.stdout.write(`${JSON.stringify({ ok: false, engine: values.engine, reason, message })}\n`)
    say(`not drawn (${reason}): ${message}`)
    return 1
  } finally {
    await Promise.all([engine.close(), ownStudio().close()])
  }
}

process.exitCode = await run()
