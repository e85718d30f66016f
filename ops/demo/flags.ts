/** What the demo can be asked for. */
import { accessSync, constants, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FirstName, PackId } from '@fanreel/protocol'
import { DemoFault } from './fault.ts'

export const HELP = `npm run demo -- [flags]

  A visitor's film, end to end: Redis, the orchestrator, one GPU node and the kiosk are started behind one front door, a
  clip goes through the kiosk's own uploader, and the QR code of its pickup page is printed.

  --clip FILE   your own clip instead of the sample visitor's (a few seconds, one face, with sound)
  --pack ID     the world of the film (figure-skating)
  --name NAME   the first name in the film's title
  --out FILE    where to save the film
  --once        stop everything when the film is there
  --json        print one JSON line on stdout and everything else on stderr
  --https       a certificate of this machine's own, so that a phone may share and a second machine may use its camera
  --port N      the front door's port (4400, or the next free one)
  --help        this text

  Exit codes: 0 done, 1 something is wrong with the installation, 2 a flag is wrong, 3 the clip was refused,
  130 interrupted before the film was there.
  Everything it writes lies in .fanreel/demo; logs in .fanreel/demo/logs.
`

export type Flags = {
  clip: string | undefined
  pack: string
  name: string | undefined
  out: string | undefined
  once: boolean
  json: boolean
  https: boolean
  port: number | undefined
  /** No visitor is played: the installation waits for people. */
  serve: boolean
  /** Sources are watched; the kiosk's screens are built as they are asked for. */
  dev: boolean
  help: boolean
}

/** npm changes into the repository; a path is meant from where the command was given. */
const fromWhereCalled = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path)

const wrong = (message: string): DemoFault => new DemoFault(message, { exitCode: 2 })

const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path)
  } catch {
    // Whatever hides it, for the flag's purpose it is not there.
    return undefined
  }
}
const allows = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

/** Neither a folder nor a device: what is no file has no end either. */
const isReadableFile = (path: string): boolean => statOf(path)?.isFile() === true && allows(path, constants.R_OK)

/** Whether a film may be saved there, missing folders being made: seen before it is rendered, not after. */
const canBeWritten = (out: string): boolean => {
  const known = statOf(out)
  if (known) return known.isFile() && allows(out, constants.W_OK)
  let folder = dirname(out)
  while (!statOf(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return statOf(folder)?.isDirectory() === true && allows(folder, constants.W_OK)
}

/** @throws DemoFault with exit code 2 where a flag is unknown or its value does not fit */
export const readFlags = (args: readonly string[]): Flags => {
  const text = { type: 'string' } as const
  const yes = { type: 'boolean', default: false } as const
  const options = {
    clip: text,
    pack: text,
    name: text,
    out: text,
    port: text,
    once: yes,
    json: yes,
    https: yes,
    serve: yes,
    dev: yes,
    help: yes,
  }
  let values: ReturnType<typeof parseArgs<{ args: string[]; options: typeof options }>>['values']
  try {
    values = parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw wrong(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
  }
  const pack = PackId.safeParse(values.pack ?? 'figure-skating')
  if (!pack.success) throw wrong(`--pack ${values.pack}: no pack can have that id`)
  const name = FirstName.optional().safeParse(values.name)
  if (!name.success) throw wrong('--name takes 1 to 24 characters')
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
    throw wrong(`--port ${values.port} is no port`)
  const clip = values.clip === undefined ? undefined : fromWhereCalled(values.clip)
  if (clip !== undefined && !isReadableFile(clip))
    throw wrong(`--clip ${values.clip}: there is no such file, or none that can be read`)
  const out = values.out === undefined ? undefined : fromWhereCalled(values.out)
  if (out !== undefined && !canBeWritten(out))
    throw wrong(`--out ${values.out}: no film can be saved there; name a file in a folder of yours`)
  const { once, json, https, serve, dev, help } = values
  return { clip, pack: pack.data, name: name.data, out, port, once, json, https, serve, dev, help }
}
