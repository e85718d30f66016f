/**
 * `npm run screens -- --out DIR`: a picture of every screen, taken from the running product by a real browser, and a page
 * that shows them all beside each other.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, matchesGlob, relative } from 'node:path'
import type { Page } from 'playwright-core'
import { type Asked, readArguments } from './arguments.ts'
import { contactSheet, type Picture } from './contact-sheet.ts'
import { tourKiosk } from './kiosk-tour.ts'
import { inLook, LOOKS } from './looks.ts'
import { tourOperator, tourPickup } from './pages-tour.ts'
import { KIOSK_SCREENS, OPERATOR_SCREENS, PICKUP_SCREENS } from './screen-names.ts'
import { openStage, type Stage } from './stage.ts'

const wantedOf =
  (only: string, group: string) =>
  (name: string): boolean =>
    matchesGlob(`${group}/${name}`, only)

/** Goes round everything that was asked for. */
const takeAll = async (stage: Stage, { only, languages, looks }: Asked, take: Take): Promise<void> => {
  const [kiosk, pickup, operator] = ['kiosk', 'pickup', 'operator'].map((group) => wantedOf(only, group)) as [
    Wanted,
    Wanted,
    Wanted,
  ]
  for (const language of KIOSK_SCREENS.some(kiosk) ? languages : []) {
    const staged = await stage.openKiosk(LOOKS.portrait, language)
    const onScreen = async (name: string, page: Page) => {
      for (const look of looks) await inLook(page, look, () => take(page, { screen: `kiosk/${name}`, look, language }))
    }
    await tourKiosk({ stage, kiosk: staged, language, onScreen, wanted: kiosk })
    await staged.close()
  }
  for (const language of PICKUP_SCREENS.some(pickup) ? languages : [])
    await tourPickup({
      ...{ stage, language, wanted: pickup },
      onPage: (page, name, look) => take(page, { screen: `pickup/${name}`, look, language }),
    })
  if (OPERATOR_SCREENS.some(operator))
    await tourOperator({
      ...{ stage, wanted: operator },
      onPage: (page, name, look) => take(page, { screen: `operator/${name}`, look, language: 'en' }),
    })
}
type Wanted = (name: string) => boolean
type Take = (page: Page, picture: Omit<Picture, 'file'>) => Promise<void>

const main = async (): Promise<number> => {
  const asked = readArguments(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd())
  if ('said' in asked) {
    process[asked.exit === 0 ? 'stdout' : 'stderr'].write(asked.said)
    return asked.exit
  }
  const { out, json, brand } = asked
  const pictures: Picture[] = []
  const take: Take = async (page, picture) => {
    const file = join(out, picture.language, picture.look, `${picture.screen}.png`)
    await mkdir(dirname(file), { recursive: true })
    await page.screenshot({ path: file, animations: 'disabled' })
    pictures.push({ ...picture, file: relative(out, file) })
    process.stderr.write(`${picture.language} ${picture.look} ${picture.screen}\n`)
  }
  const stage = await openStage(brand === undefined ? {} : { brand })
  try {
    await takeAll(stage, asked, take)
  } finally {
    await stage.stop()
    // Also what was taken before a fault is worth a look.
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'index.html'), contactSheet(pictures))
  }
  const screens = new Set(pictures.map(({ screen }) => screen)).size
  if (json) process.stdout.write(`${JSON.stringify({ out, pictures: pictures.length, screens })}\n`)
  else process.stderr.write(`${pictures.length} pictures of ${screens} screens: ${join(out, 'index.html')}\n`)
  return 0
}

process.exitCode = await main()
