/**
 * `npm run engine:bench -- --engine comfyui --url URL[,URL] [--shots N] [--out FILE]`: draws shot after shot on the servers that are
 * given and writes their speed card: how long the first takes, how long the others, how many an hour, and how many fail and why.
 * By it one reckons how many servers an event needs.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import type { Shot } from '@fanreel/protocol'
import { z } from 'zod'
import type { Engine, Take } from '../src/engines/engine.ts'
import { EngineFault } from '../src/engines/engine-fault.ts'
import { FPS } from '../src/media/limits.ts'
import { ownStudio } from '../src/render.ts'
import { shotLikeness } from '../src/verify/shot-likeness.ts'
import {
  castOf,
  ENGINE_HELP,
  ENGINE_OPTIONS,
  engineFor,
  fitted,
  from,
  loadScene,
  type Scene,
  serversOf,
  shotsFor,
} from './engine-setup.ts'
import { type Drawn, type SpeedCard, speedCard } from './speed-card.ts'

const HELP = `npm run engine:bench -- --engine NAME --url URL [options]

${ENGINE_HELP}
  --shots N         how many are drawn after the first, which also waits for the model to load (8)
  --at-once K       how many at a time (one a server)
  --out FILE        keeps the speed card, as JSON
  --json            one line of JSON on stdout
  --help            this text

Exit codes: 0 measured, 1 no shot was drawn, with the reason, 2 wrong arguments.
`
const OPTIONS = {
  ...ENGINE_OPTIONS,
  shots: { type: 'string', default: '8' },
  'at-once': { type: 'string' },
  out: { type: 'string' },
} as const
const Count = z.coerce.number().int().min(1).max(1_000)
const readArguments = () => {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.help) return undefined
  const servers = values.engine === 'studio' ? 1 : serversOf(values).length
  const numbers = z
    .object({ shots: Count, atOnce: Count })
    .safeParse({ shots: values.shots, atOnce: values['at-once'] ?? servers })
  if (!numbers.success) throw new Error('--shots and --at-once: whole numbers from 1 to 1000')
  return { ...numbers.data, wanted: values, servers, engine: engineFor(values) }
}
type Asked = NonNullable<ReturnType<typeof readArguments>>

const say = (line: string) => void process.stderr.write(`${line}\n`)

type Draw = { drawn: Drawn; shot: Shot; take?: Take }
/** Draws one shot. One that fails is counted, not thrown; only a stop is. */
const drawOne = async (
  engine: Engine,
  scene: Scene,
  shot: Shot,
  attempt: number,
  scratch: string,
  signal: AbortSignal,
): Promise<Draw> => {
  const begun = performance.now()
  try {
    const take = await engine.renderShot({ ...scene, shot, scratch, tail: 0, gentleness: 0, attempt, signal })
    return { drawn: { ok: true, ms: performance.now() - begun, seconds: shot.frames / FPS }, shot, take }
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof EngineFault ? error.reason : 'failed'
    say(`  ${shot.id}: ${reason}: ${error instanceof Error ? error.message : String(error)}`)
    return { drawn: { ok: false, reason }, shot }
  }
}

/** How like the visitor it is. Done when all are drawn: it is this machine's time, not the servers'. */
const judge = async ({ drawn, shot, take }: Draw, scene: Scene, scratch: string, signal: AbortSignal): Promise<Drawn> => {
  if (!take || !drawn.ok) return drawn
  const { shotList, cast, models } = scene
  const pictures = await fitted(take, shot, shotList, scratch, signal)
  const { likeness } = await shotLikeness(pictures, { shot, shotList, cast, models })
  await rm(pictures.path, { force: true })
  return { ...drawn, ...(likeness !== undefined && { likeness }) }
}

const measure = async (asked: Asked, signal: AbortSignal): Promise<SpeedCard> => {
  const { engine, shots, atOnce, servers } = asked
  const scratch = await mkdtemp(join(tmpdir(), 'fanreel-engine-bench-'))
  try {
    const loaded = await loadScene(asked.wanted, signal)
    await Promise.all([engine.warmUp(signal), ownStudio().warmUp(signal)])
    const scene = await castOf(asked.wanted, loaded, scratch, signal)
    const drawable = shotsFor(engine, scene.shotList)
    const nth = (at: number) => ({ ...(drawable[at % drawable.length] ?? drawable[0]), id: `bench-${at}` })
    say('the first shot ...')
    const first = await drawOne(engine, scene, nth(0), 0, scratch, signal)
    const draws: Draw[] = []
    const begun = performance.now()
    let next = 1
    const oneAfterAnother = async () => {
      while (next <= shots) {
        const at = next++
        draws.push(await drawOne(engine, scene, nth(at), at, scratch, signal))
        say(`  ${draws.length} of ${shots}`)
      }
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, shots) }, oneAfterAnother))
    const tookMs = performance.now() - begun
    say('how like they are ...')
    const drawn: Drawn[] = []
    for (const draw of draws) drawn.push(await judge(draw, scene, scratch, signal))
    const { name } = engine.capabilities
    return speedCard({ engine: name, servers, atOnce, first: first.drawn, drawn, tookMs, shotsOfAFilm: drawable.length })
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

const wordsOf = (card: SpeedCard): string => {
  const { engine, servers, atOnce, firstMs, p50Ms, p90Ms, msPerSecond, shotsPerHour, filmsPerHour, likeness } = card
  const failed = Object.entries(card.failed).map(([reason, count]) => `${reason} ${count}`)
  return [
    `${engine}, ${servers} ${servers === 1 ? 'server' : 'servers'}, ${atOnce} at once: ${card.drawn} of ${card.shots} shots drawn`,
    `  first ${firstMs ?? '-'} ms, then ${p50Ms ?? '-'} ms at the median, nine of ten within ${p90Ms ?? '-'} ms; ${msPerSecond ?? '-'} ms a second of film`,
    `  ${shotsPerHour} shots an hour, enough for ${filmsPerHour} films; likeness ${likeness ?? '-'} (taken up to 0.45)`,
    ...(failed.length > 0 ? [`  failed: ${failed.join(', ')}`] : []),
  ].join('\n')
}

const run = async (): Promise<number> => {
  let asked: ReturnType<typeof readArguments>
  try {
    asked = readArguments()
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    return 2
  }
  if (!asked) {
    process.stdout.write(HELP)
    return 0
  }
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort(new Error('stopped')))
  try {
    const card = await measure(asked, stopping.signal)
    if (asked.wanted.out) await writeFile(from(asked.wanted.out), `${JSON.stringify(card, undefined, 2)}\n`)
    process.stdout.write(`${asked.wanted.json ? JSON.stringify(card) : wordsOf(card)}\n`)
    return card.drawn > 0 ? 0 : 1
  } catch (error) {
    say(`not measured: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await Promise.all([asked.engine.close(), ownStudio().close()])
  }
}

process.exitCode = await run()
