/** What `npm run screens` was asked for. Pure. */
import { matchesGlob, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { LANGUAGES, type Language } from '@fanreel/protocol'
import { LOOKS, type LookName } from './looks.ts'
import { SCREENS } from './screen-names.ts'

export const HELP = `npm run screens -- --out DIR [options]

Takes a picture of every screen from the running product, and writes index.html, which shows them beside each other.

  --out DIR          where the pictures and index.html go
  --only GLOB        only screens whose name fits: 'kiosk/attract*', 'pickup/*', 'operator/floor'
  --languages LIST   with commas between (en,ar,ja); of ${LANGUAGES.join(', ')}
  --looks LIST       of a kiosk's screens (portrait,landscape,contrast); of ${Object.keys(LOOKS).join(', ')}
  --brand DIR        an event's look: the folder that FANREEL_BRAND names on a kiosk
  --list             the names of all screens
  --json             one line of JSON on stdout when done, all else on stderr
  --help             this text
`
const WRONG = 2

export type Asked = { out: string; only: string; languages: Language[]; looks: LookName[]; brand?: string; json: boolean }
/** Something to say instead of pictures. */
export type Said = { said: string; exit: number }

const OPTIONS = {
  out: { type: 'string' },
  only: { type: 'string', default: '**' },
  languages: { type: 'string', default: 'en,ar,ja' },
  looks: { type: 'string', default: 'portrait,landscape,contrast' },
  brand: { type: 'string' },
  list: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Every part of the list, or the first that is none of what there is. */
const partsOf = <T extends string>(list: string, known: readonly T[]): T[] | { strange: string } => {
  const parts = list.split(',').map((part) => part.trim())
  const strange = parts.find((part) => !(known as readonly string[]).includes(part))
  return strange === undefined ? (parts as T[]) : { strange }
}

/** @param base the folder that paths are relative to */
export const readArguments = (args: string[], base: string): Asked | Said => {
  const wrong = (why: string): Said => ({ said: `${why}\n\n${HELP}`, exit: WRONG })
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']
  try {
    values = parseArgs({ args, options: OPTIONS }).values
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
  if (values.help) return { said: HELP, exit: 0 }
  if (values.list) return { said: `${SCREENS.join('\n')}\n`, exit: 0 }
  const languages = partsOf(values.languages, LANGUAGES)
  if ('strange' in languages) return wrong(`There is no language ${JSON.stringify(languages.strange)}.`)
  const looks = partsOf(values.looks, Object.keys(LOOKS) as LookName[])
  if ('strange' in looks) return wrong(`There is no look ${JSON.stringify(looks.strange)}.`)
  if (!SCREENS.some((screen) => matchesGlob(screen, values.only)))
    return { said: `No screen fits ${JSON.stringify(values.only)}. There are:\n${SCREENS.join('\n')}\n`, exit: WRONG }
  if (!values.out) return wrong('Where shall the pictures go? --out DIR is missing.')
  const { only, json, brand } = values
  return {
    out: resolve(base, values.out),
    only,
    languages,
    looks,
    json,
    ...(brand !== undefined && { brand: resolve(base, brand) }),
  }
}
