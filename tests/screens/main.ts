/**
 * `npm run screens -- --out DIR`: a picture of every screen, taken from the running product by a real browser, and a page
 * that shows them all beside each other.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, matchesGlob, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { LANGUAGES, type Language } from '@fanreel/protocol'
import type { Page } from 'playwright-core'
import { contactSheet, type Picture } from './contact-sheet.ts'
import { tourKiosk } from './kiosk-tour.ts'
import { inLook, LOOKS, type LookName } from './looks.ts'
import { tourOperator, tourPickup } from './pages-tour.ts'
import { openStage } from './stage.ts'

const HELP = `npm run screens -- --out DIR [options]

  --out DIR          where the pictures and index.html go
  --only GLOB        only screens whose name fits: 'kiosk/attract*', 'pickup/*', 'operator/floor'
  --languages LIST   with commas between (en,ar,ja); of ${LANGUAGES.join(', ')}
  --looks LIST       of ${Object.keys(LOOKS).join(', ')} (portrait,landscape,contrast)
  --json             one line of JSON on stdout when done, all else on stderr
  --help             this text
`

const isOneOf = <T extends string>(list: readonly T[], value: string): value is T => (list as readonly string[]).includes(value)

const asked = () => {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      only: { type: 'string', default: '**' },
      languages: { type: 'string', default: 'en,ar,ja' },
      looks: { type: 'string', default: 'portrait,landscape,contrast' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const languages = values.languages.split(',').filter((one): one is Language => isOneOf(LANGUAGES, one))
  const looks = values.looks.split(',').filter((one): one is LookName => isOneOf(Object.keys(LOOKS) as LookName[], one))
  const out = values.out && resolve(process.env.INIT_CWD ?? process.cwd(), values.out)
  return { ...values, out, languages, looks, wrong: values.help || !out || languages.length === 0 || looks.length === 0 }
}

const main = async (): Promise<number> => {
  const { out, only, languages, looks, json, help, wrong } = asked()
  if (wrong || !out) {
    process[help ? 'stdout' : 'stderr'].write(HELP)
    return help ? 0 : 2
  }
  const pictures: Picture[] = []
  const wanted = (screen: string) => matchesGlob(screen, only)
  const anyWanted = (group: string) => only === '**' || only.startsWith(group) || only.startsWith('*')
  const take = async (page: Page, picture: Omit<Picture, 'file'>) => {
    const file = join(out, picture.language, picture.look, `${picture.screen}.png`)
    await mkdir(dirname(file), { recursive: true })
    await page.screenshot({ path: file, animations: 'disabled' })
    pictures.push({ ...picture, file: relative(out, file) })
    process.stderr.write(`${picture.language} ${picture.look} ${picture.screen}\n`)
  }

  const stage = await openStage()
  try {
    for (const language of anyWanted('kiosk') ? languages : []) {
      const kiosk = await stage.openKiosk(LOOKS.portrait)
      const onScreen = async (name: string) => {
        const screen = `kiosk/${name}`
        if (!wanted(screen)) return
        for (const look of looks) await inLook(kiosk.page, look, () => take(kiosk.page, { screen, look, language }))
      }
      await tourKiosk({ stage, kiosk, language, onScreen })
      await kiosk.close()
    }
    const browser = await stage.openBrowser()
    for (const language of anyWanted('pickup') ? languages : [])
      await tourPickup(stage, browser, language, async (page, name) => {
        const screen = `pickup/${name}`
        if (wanted(screen)) await take(page, { screen, look: 'phone', language })
      })
    if (anyWanted('operator'))
      await tourOperator(stage, browser, async (page, name) => {
        const screen = `operator/${name}`
        if (wanted(screen)) await take(page, { screen, look: 'desk', language: 'en' })
      })
  } finally {
    await stage.stop()
  }
  await mkdir(out, { recursive: true })
  await writeFile(join(out, 'index.html'), contactSheet(pictures))
  if (json)
    process.stdout.write(
      `${JSON.stringify({ out, pictures: pictures.length, screens: new Set(pictures.map((one) => one.screen)).size })}\n`,
    )
  else process.stderr.write(`${pictures.length} pictures: ${join(out, 'index.html')}\n`)
  return pictures.length > 0 ? 0 : 1
}

process.exitCode = await main()
