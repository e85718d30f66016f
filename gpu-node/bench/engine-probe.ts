/**
 * `npm run engine:probe -- --engine comfyui --url URL [--workflow FILE]`: one shot of a film on a given server, from a clip to
 * pictures of the film, with how long each step took and how like the visitor it is. Run it before an event counts on a server.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import type { ShotList } from '@fanreel/protocol'
import type { DrawnShot, Engine } from '../src/engines/engine.ts'
import { EngineFault } from '../src/engines/engine-fault.ts'
import { createEncoder } from '../src/media/encode.ts'
import { probe } from '../src/media/probe.ts'
import { ownStudio } from '../src/render.ts'
import { shotLikeness } from '../src/verify/shot-likeness.ts'
import { castOf, ENGINE_HELP, ENGINE_OPTIONS, engineFor, fitted, from, loadScene, shotsFor } from './engine-setup.ts'

const HELP = `npm run engine:probe -- --engine NAME --url URL [options]

${ENGINE_HELP}
  --out FILE        keeps the shot as it would stand in a film, as MP4
  --json            one line of JSON on stdout
  --help            this text

Exit codes: 0 drawn, 1 not drawn, with the reason, 2 wrong arguments.
`
const OPTIONS = { ...ENGINE_OPTIONS, out: { type: 'string' } } as const
const readArguments = () => parseArgs({ options: OPTIONS }).values
type Values = ReturnType<typeof readArguments>

const say = (line: string) => void process.stderr.write(`${line}\n`)

const timed = async <T>(name: string, times: Record<string, number>, work: () => Promise<T>): Promise<T> => {
  const begun = performance.now()
  say(`${name} …`)
  const result = await work()
  times[name] = Math.round(performance.now() - begun)
  return result
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
    const loaded = await loadScene(values, signal)
    await timed('warm-up', ms, () => Promise.all([engine.warmUp(signal), ownStudio().warmUp(signal)]))
    const scene = await timed('cast', ms, () => castOf(values, loaded, scratch, signal))
    const { pack, models, cast, shotList } = scene
    const [shot] = shotsFor(engine, shotList)
    const request = { shot, shotList, cast, pack, scratch, tail: 0, gentleness: 0, signal }
    let previews = 0
    const take = await timed('draw', ms, () =>
      engine.renderShot({ ...request, onProgress: ({ preview }) => void (preview && previews++) }),
    )
    const came = take.kind === 'clip' ? await probe(take.path, signal, { leastMs: 0 }) : undefined
    const drawn =
      take.kind === 'pictures' ? take : await timed('conform', ms, () => fitted(take, shot, shotList, scratch, signal))
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
