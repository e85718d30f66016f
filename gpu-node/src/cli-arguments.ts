/** What may be asked at the command line, and whether it can be done: words, files and folders are tried before anything is loaded. */
import { constants } from 'node:fs'
import { access, mkdir, open, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ENGINES, EngineName, FirstName, LANGUAGES, Language } from '@fanreel/protocol'
import { z } from 'zod'

export const HELP = `gpu-node render --clip FILE --pack FOLDER --out FILE [options]   make one film
gpu-node doctor [--json]                                         say whether this machine can
gpu-node networks --out FOLDER                                   write the networks that a kiosk finds faces by

  --clip FILE        the visitor's clip
  --pack FOLDER      a content pack (the folder that holds pack.json)
  --out FILE         the film to write; the poster and the shot list are written beside it
  --name NAME        first name for the title
  --language LANG    ${LANGUAGES.join(', ')} (en)
  --size WxH         720x1280 or 1080x1920 (720x1280)
  --engines LIST     who draws, in this order, with commas between; the studio is always the last (studio). Servers are
                     named by FANREEL_COMFYUI_URLS and FANREEL_COMFYUI_WORKFLOW
  --seed N           seed of everything that is left to chance (1)
  --json             one line of JSON on stdout, {"ok":false,"code":...} where no film was made; all else on stderr
  --credential DIR   sign the film (C2PA) with the key and certificates kept there; made where none are
  --keep-scratch     leave the working files and say where they are
  --help             this text

Exit codes: 0 made, 1 a fault, 2 wrong arguments, 3 the clip or the film was refused, 130 stopped.`

/** Sizes that a film can be had in, as they are asked for. */
const SIZES: ReadonlyMap<string, { width: number; height: number }> = new Map([
  ['720x1280', { width: 720, height: 1280 }],
  ['1080x1920', { width: 1080, height: 1920 }],
])

/** What was asked for cannot be done as asked; the message says which part of it, on one line. */
export class WrongArguments extends Error {}

/** The command line's words. Throws WrongArguments. */
export const readArguments = (argv: string[]) => {
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
        engines: { type: 'string', default: 'studio' },
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
export type Values = ReturnType<typeof readArguments>['values']

/** Where a film's picture and shot list go: beside the film, with the same name. */
const beside = (out: string, suffix: string) => join(dirname(out), `${basename(out, extname(out))}${suffix}`)

/** What a render is asked for. Throws WrongArguments. */
export const checked = (values: Values) => {
  const { clip, pack, out } = values
  if (!clip || !pack || !out) throw new WrongArguments('--clip, --pack and --out are needed')
  const language = Language.safeParse(values.language)
  if (!language.success) throw new WrongArguments(`--language: one of ${LANGUAGES.join(', ')}`)
  const seed = Number(values.seed)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new WrongArguments('--seed: a whole number from 0')
  const size = SIZES.get(values.size)
  if (!size) throw new WrongArguments(`--size: ${[...SIZES.keys()].join(' or ')}`)
  const engines = z.array(EngineName).min(1).safeParse(values.engines.split(','))
  if (!engines.success) throw new WrongArguments(`--engines: of ${ENGINES.join(', ')}, with commas between`)
  const name = values.name === undefined ? undefined : FirstName.safeParse(values.name)
  if (name && !name.success)
    throw new WrongArguments(
      '--name: 1 to 24 characters, at least one of them a letter, digit or small picture, none a control mark, direction mark or line break',
    )
  return {
    clip: resolve(clip),
    pack: resolve(pack),
    out: resolve(out),
    poster: beside(resolve(out), '.jpg'),
    shotList: beside(resolve(out), '.shots.json'),
    language: language.data,
    seed,
    size,
    engines: engines.data,
    firstName: name?.data,
  }
}

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'a part of the path is no folder',
    EISDIR: 'it is a folder',
    EACCES: 'not permitted',
    EPERM: 'not permitted',
    EROFS: 'the disk is read-only',
  }
  return (typeof code === 'string' && reasons[code]) || (error instanceof Error ? error.message : String(error))
}

/** Opens a file for writing and leaves all as it was: permissions alone do not tell what a disk allows. */
const tryToWrite = async (path: string): Promise<void> => {
  const before = await stat(path).catch(() => undefined)
  await (await open(path, 'a')).close()
  if (!before) await rm(path)
}

/** Whether the clip can be read and the film written, before minutes are spent on it. Throws WrongArguments. */
export const tryFiles = async ({ clip, ...task }: ReturnType<typeof checked>): Promise<void> => {
  try {
    if (!(await stat(clip)).isFile()) throw new Error('it is no file')
    await access(clip, constants.R_OK)
  } catch (error) {
    throw new WrongArguments(`--clip: ${clip} cannot be read: ${reasonOf(error)}`)
  }
  for (const path of [task.out, task.poster, task.shotList]) {
    if (path === clip) throw new WrongArguments(`--out: ${path} is the clip itself`)
    try {
      await mkdir(dirname(path), { recursive: true })
      await tryToWrite(path)
    } catch (error) {
      throw new WrongArguments(`--out: ${path} cannot be written: ${reasonOf(error)}`)
    }
  }
}
