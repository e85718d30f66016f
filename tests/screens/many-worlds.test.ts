/** An event may offer more worlds than we bring: each can be read and touched, whatever their number and the shape of the screen. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterEach, expect, it } from 'vitest'
import { accessibilityFaults } from '../support/accessibility.ts'
import { tourKiosk } from './kiosk-tour.ts'
import { inLook, LOOKS, type LookName } from './looks.ts'
import { measurePage } from './measure.ts'
import { openStage, type Stage } from './stage.ts'

const OURS = ['alpine-descent', 'figure-skating'].map((name) =>
  fileURLToPath(new URL(`../../content-packs/${name}`, import.meta.url)),
)
const SHAPES: LookName[] = ['portrait', 'landscape', 'small', 'window', 'low', 'seated', 'lying']

let stage: Stage | undefined
let folder: string | undefined
afterEach(async () => {
  await stage?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** Our worlds again and again, each under a name of its own. */
const worldsOf = async (count: number): Promise<string> => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-worlds-'))
  for (let at = 0; at < count; at++) {
    const [from = '', to] = [OURS[at % OURS.length], join(folder, `world-${at}`)]
    await mkdir(to)
    await cp(from, to, { recursive: true })
    const file = join(to, 'pack.json')
    const pack = JSON.parse(await readFile(file, 'utf8')) as object
    await writeFile(file, JSON.stringify({ ...pack, packId: `world-${at}` }))
  }
  return folder
}

it.each([1, 3, 4, 6])(
  '%i worlds can be read and touched by everybody',
  async (count) => {
    stage = await openStage({ packs: await worldsOf(count) })
    const kiosk = await stage.openKiosk(LOOKS.portrait, 'de')
    const faults: string[] = []
    const onScreen = async (_name: string, page: Page) => {
      for (const shape of SHAPES)
        await inLook(page, shape, async () => {
          expect(await page.locator('.worlds > button').count()).toBe(count)
          const found = [...(await measurePage(page)), ...(await accessibilityFaults(page))]
          faults.push(...found.map((fault) => `${shape}: ${fault}`))
          const { FANREEL_PICTURES: pictures } = process.env
          if (pictures) await page.screenshot({ path: join(pictures, `worlds-${count}-${shape}.png`) })
        })
    }
    await tourKiosk({ stage, kiosk, language: 'de', onScreen, wanted: (name) => name === 'world' })
    await kiosk.close()
    expect(faults).toEqual([])
  },
  300_000,
)
