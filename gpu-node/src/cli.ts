/** The node at the command line: renders one clip without a queue, and says whether this machine can. */
import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { CLIP_WORDS, ClipCode, FirstName, Language } from '@fanreel/protocol'
import { readProvider } from './env.ts'
import { ToolFault } from './media/tool-fault.ts'
import { loadPack, PackUnusable } from './pack.ts'
import { keptCredential } from './provenance/credential.ts'
import { renderFilm } from './render.ts'
import { loadModels } from './vision/models/load-models.ts'

const HELP = `gpu-node render --clip FILE --pack FOLDER --out FILE [options]   make one film
gpu-node doctor [--json]                                         say whether this machine can

  --clip FILE        the visitor's clip
  --pack FOLDER      a content pack (the folder that holds pack.json)
  --out FILE         the film to write; the poster and the shot list are written beside it
  --name NAME        first name for the title
  --language LANG    en, it, ar or ja (en)
  --size WxH         720x1280 or 1080x1920 (720x1280)
  --seed N           seed of everything that is left to chance (1)
  --json             one line of JSON on stdout; all else on stderr
  --credential DIR   sign the film (C2PA) with the key and certificates kept there; made where none are
  --keep-scratch     leave the working files and say where they are
  --help             this text

Exit codes: 0 made, 1 a fault, 2 wrong arguments, 3 the clip or the film was refused, 130 stopped.`

/** Sizes that a film can be had in, as they are asked for. */
const SIZES: ReadonlyMap<string, { width: number; height: number }> = new Map([
  ['720x1280', { width: 720, height: 1280 }],
  ['1080x1920', { width: 1080, height: 1920 }],
])

/** As a shell reports Ctrl-C (128 and the signal's number). */
const STOPPED = 130

const say = (line: string) => process.stderr.write(`${line}\n`)
const answer = (json: boolean, value: object, words: string) =>
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${words}\n`)

class WrongArguments extends Error {}

const readArguments = (argv: string[]) => {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        clip: { type: 'string' },
        pack: { type: 'string' },
        out: { type: 'string' },
        name: { type: 'string' },
        language: { type: 'string', default: 'en' },
        seed: { type: 'string', default: '1' },
        size: { type: 'string', default: '720x1280' },
        json: { type: 'boolean', default: false },
        credential: { type: 'string' },
        'keep-scratch': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new WrongArguments(error instanceof Error ? error.message : String(error))
  }
}
type Values = ReturnType<typeof readArguments>['values']

const checked = (values: Values) => {
  const { clip, pack, out } = values
  if (!clip || !pack || !out) throw new WrongArguments('--clip, --pack and --out are needed')
  const language = Language.safeParse(values.language)
  if (!language.success) throw new WrongArguments('--language: en, it, ar or ja')
  const seed = Number(values.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new WrongArguments('--seed: a whole number from 0')
  const size = SIZES.get(values.size)
  if (!size) throw new WrongArguments(`--size: ${[...SIZES.keys()].join(' or ')}`)
  const name = values.name === undefined ? undefined : FirstName.safeParse(values.name)
  if (name && !name.success) throw new WrongArguments('--name: 1-24 characters')
  return {
    clip: resolve(clip),
    pack: resolve(pack),
    out: resolve(out),
    language: language.data,
    seed,
    size,
    firstName: name?.data,
  }
}

const render = async (values: Values, signal: AbortSignal): Promise<number> => {
  const task = checked(values)
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
      policy: { prefer: ['studio'], redrawAbove: 0.35 },
      ...(values.credential && { credential: keptCredential(resolve(values.credential), 'Fanreel') }),
      signal,
      onProgress: ({ stage, fraction }) => {
        const line = `${stage} ${Math.floor(fraction * 20) * 5} %`
        if (line !== shown) say(line)
        shown = line
      },
      onFallback: ({ shot, engine, reason }) => say(`${shot}: ${engine} could not draw it (${reason})`),
    })
    if (!film.ok) {
      const code = ClipCode.safeParse(film.code)
      const message = code.success ? CLIP_WORDS[task.language][code.data] : 'The film was not good enough to be shown.'
      answer(values.json, { code: film.code, message }, `${film.code}: ${message}`)
      return 3
    }
    const beside = (suffix: string) => join(dirname(task.out), `${basename(task.out, extname(task.out))}${suffix}`)
    await mkdir(dirname(task.out), { recursive: true })
    await copyFile(film.reel, task.out)
    await copyFile(film.poster, beside('.jpg'))
    await writeFile(beside('.shots.json'), `${JSON.stringify(film.shotList, null, 2)}\n`)
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    const result = {
      reel: task.out,
      poster: beside('.jpg'),
      shotList: beside('.shots.json'),
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
  const words = findings.map(({ part, ok: good, detail }) => `${good ? 'ok  ' : 'FAIL'} ${part}: ${detail}`).join('\n')
  answer(values.json, { ok, findings }, words)
  return ok ? 0 : 1
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
    throw new WrongArguments(`${command}: no such command`)
  } catch (error) {
    if (error instanceof WrongArguments) {
      say(error.message)
      say('gpu-node --help says more')
      return 2
    }
    if (signal.aborted) {
      say('stopped')
      return STOPPED
    }
    if (error instanceof ToolFault) {
      say(`this machine could not read or write media: ${error.message}`)
      return 1
    }
    say(
      error instanceof PackUnusable
        ? `${error.code}: ${error.message}`
        : `a fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    return 1
  }
}
