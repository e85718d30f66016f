/** The node at the command line: renders one clip without a queue, and says whether this machine can. */
import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { CLIP_WORDS, ClipCode } from '@fanreel/protocol'
import { checked, HELP, readArguments, tryFiles, type Values, WrongArguments } from './cli-arguments.ts'
import type { Finding } from './doctor.ts'
import { readProvider } from './env.ts'
import { ToolFault } from './media/tool-fault.ts'
import { PackUnusable } from './pack-unusable.ts'

/** As a shell reports Ctrl-C (128 and the signal's number). */
const STOPPED = 130

const say = (line: string) => process.stderr.write(`${line}\n`)
const answer = (json: boolean, value: object, words: string) =>
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${words}\n`)

const render = async (values: Values, signal: AbortSignal): Promise<number> => {
  const task = checked(values)
  await tryFiles(task)
  // A film's parts take seconds to load: whoever only asks how this is used does not wait for them.
  const [{ ownRoster }, { loadPack }, { keptCredential }, { renderFilm }, { loadModels }] = await Promise.all([
    import('./own-engines.ts'),
    import('./pack.ts'),
    import('./provenance/credential.ts'),
    import('./render.ts'),
    import('./vision/models/load-models.ts'),
  ])
  const startedAt = performance.now()
  const scratch = join(tmpdir(), `fanreel-render-${randomUUID()}`)
  // A visitor's face lies in it, and the folder above is everybody's.
  await mkdir(scratch, { mode: 0o700 })
  try {
    const [pack, models] = await Promise.all([loadPack(task.pack), loadModels({ signal, provider: readProvider() })])
    let shown = ''
    const film = await renderFilm({
      clip: task.clip,
      pack,
      ...(task.firstName !== undefined && { firstName: task.firstName }),
      language: task.language,
      seed: task.seed,
      size: task.size,
      scratch,
      models,
      policy: { prefer: task.engines, redrawAbove: 0.35 },
      roster: ownRoster(),
      ...(values.credential && { credential: keptCredential(resolve(values.credential), 'Fanreel') }),
      signal,
      onProgress: ({ stage, fraction }) => {
        const line = `${stage} ${Math.floor(fraction * 20) * 5} %`
        if (line !== shown) say(line)
        shown = line
      },
      onFallback: ({ shot, engine, reason, detail }) => say(`${shot}: not by ${engine} (${reason}: ${detail})`),
    })
    if (!film.ok) {
      const code = ClipCode.safeParse(film.code)
      const message = code.success ? CLIP_WORDS[task.language][code.data] : 'The film was not good enough to be shown.'
      answer(values.json, { ok: false, code: film.code, message }, `${film.code}: ${message}`)
      return 3
    }
    await copyFile(film.reel, task.out)
    await copyFile(film.poster, task.poster)
    await writeFile(task.shotList, `${JSON.stringify(film.shotList, null, 2)}\n`)
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    const result = {
      ok: true,
      reel: task.out,
      poster: task.poster,
      shotList: task.shotList,
      packId: pack.pack.packId,
      seconds,
      ...film.report,
      ...(values['keep-scratch'] && { scratch }),
    }
    answer(values.json, result, `${task.out}: ${film.report.shots} shots, likeness ${film.report.likeness}, ${seconds} s`)
    return 0
  } finally {
    if (values['keep-scratch']) say(`scratch: ${scratch}`)
    else await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

const doctor = async (values: Values, signal: AbortSignal): Promise<number> => {
  const { examine } = await import('./doctor.ts')
  const findings = await examine(signal)
  const ok = findings.every((finding) => finding.ok)
  const line = ({ part, ok: good, warning, detail, advice }: Finding) =>
    `${good ? (warning ? 'warn' : 'ok  ') : 'FAIL'} ${part}: ${detail}${advice ? `\n     what to do: ${advice}` : ''}`
  const words = findings.map(line).join('\n')
  answer(values.json, { ok, findings }, words)
  return ok ? 0 : 1
}

/** Writes the networks by which a kiosk watches its live picture: those that this node finds faces by. */
const networks = async ({ out }: Values): Promise<number> => {
  if (!out) throw new WrongArguments('--out is needed: a folder')
  const { convertModels } = await import('./vision/models/load-models.ts')
  const { faceDetection, faceMesh } = await convertModels()
  await mkdir(resolve(out), { recursive: true })
  await writeFile(join(out, 'face-detection.onnx'), faceDetection)
  await writeFile(join(out, 'face-mesh.onnx'), faceMesh)
  return 0
}

/** How a command ended that made nothing: exit code, code for programs, words for people. */
type Ending = { exit: number; code: string; words: string }

const endingOf = (error: unknown, signal: AbortSignal): Ending => {
  if (error instanceof WrongArguments) return { exit: 2, code: 'wrong-arguments', words: error.message }
  if (signal.aborted) return { exit: STOPPED, code: 'render-cancelled', words: 'stopped' }
  if (error instanceof PackUnusable) return { exit: 1, code: error.code, words: `${error.code}: ${error.message}` }
  if (error instanceof ToolFault)
    return { exit: 1, code: 'node-fault', words: `this machine could not read or write media: ${error.message}` }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { exit: 1, code: 'node-fault', words: `a fault: ${words}` }
}

/** Runs the command line. Answers the exit code. */
export const run = async (argv: string[], signal: AbortSignal): Promise<number> => {
  try {
    const { values, positionals } = readArguments(argv)
    const [command] = positionals
    if (values.help || !command) {
      process.stdout.write(`${HELP}\n`)
      return values.help ? 0 : 2
    }
    if (command === 'render') return await render(values, signal)
    if (command === 'doctor') return await doctor(values, signal)
    if (command === 'networks') return await networks(values)
    throw new WrongArguments(`${command}: no such command`)
  } catch (error) {
    const { exit, code, words } = endingOf(error, signal)
    say(words)
    if (exit === 2) say('gpu-node --help says more')
    // Words that made no sense were not parsed either.
    if (argv.includes('--json')) answer(true, { ok: false, code, message: error instanceof Error ? error.message : words }, words)
    return exit
  }
}
