/** Words that stand before a moving picture are read whatever the picture shows: a snowfield, a white shirt, a dark hall. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM } from '../e2e/kiosk-browser.ts'
import { tourKiosk } from './kiosk-tour.ts'
import { LOOKS } from './looks.ts'
import { openStage, type Stage } from './stage.ts'
import { contrastsOn } from './words-before-pictures.ts'

const run = promisify(execFile)
/** From their beginning to nearly their end. */
const SHARES = [0, 0.25, 0.5, 0.75]
/** What stands before a world's film, and before the camera's. */
const BEFORE_A_WORLD: readonly string[] = ['attract-long-wait', 'attract', 'world']
const BEFORE_THE_CAMERA: readonly string[] = ['studio', 'studio-countdown', 'studio-recording', 'review-unfit', 'review']
/** The longest words, and those that stand highest and go from right to left. */
const IN = ['de', 'ar'] as const

/** A visitor's clip of one colour and no sound. */
const plainClip = async (colour: string, folder: string): Promise<string> => {
  const clip = join(folder, `${colour}.mp4`)
  const inputs = [`color=c=${colour}:s=720x960:r=30`, 'anullsrc=r=48000:cl=stereo'].flatMap((made) => ['-f', 'lavfi', '-i', made])
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...inputs, '-t', '4', '-pix_fmt', 'yuv420p', clip])
  return clip
}

describe('the measure', () => {
  it('finds what it is there to find', async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true })
    const page = await browser.newPage({ viewport: { width: 400, height: 300 } })
    const found = async (style: string, behind: string) => {
      await page.setContent(`<body style="margin: 0; background: ${behind}"><p style="font: 16px sans-serif; ${style}">Words</p>`)
      return (await contrastsOn(page, [0], false)).map(({ contrast, least }) => [Math.round(contrast), least])
    }
    expect(await found('color: #fff', '#000')).toEqual([[21, 4.5]])
    expect(await found('color: #fff', '#fff')).toEqual([[1, 4.5]])
    expect(await found('color: #fff; font-size: 24px', '#000')).toEqual([[21, 3]])
    expect(await found('color: rgb(255 255 255 / 0)', '#000')).toEqual([[1, 4.5]])
    // Half a line on white, half on black.
    expect(await found('color: #fff; width: max-content', 'linear-gradient(90deg, #fff 20px, #000 20px)')).toEqual([[1, 4.5]])
    const ink = 'background: linear-gradient(#fff, #000); background-clip: text; color: transparent'
    expect(await found(ink, '#000')).toEqual([[1, 4.5]])
    await browser.close()
  })
})

describe.each(['white', 'black'])('before a camera that sees nothing but %s', (colour) => {
  let folder: string
  let stage: Stage
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-plain-'))
    stage = await openStage({ clip: await plainClip(colour, folder) })
  }, 120_000)
  afterAll(async () => {
    await stage?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it.each(IN)(
    'words are read in %s',
    async (language) => {
      const kiosk = await stage.openKiosk(LOOKS.portrait, language)
      const low: string[] = []
      const seen: string[] = []
      const onScreen = async (name: string, page: Page) => {
        const found = await contrastsOn(page, SHARES, BEFORE_A_WORLD.includes(name))
        const lowest = found.reduce((one, other) => (other.contrast / other.least < one.contrast / one.least ? other : one))
        process.stdout.write(
          `${name}, ${language}, ${colour}: ${lowest.contrast.toFixed(2)} of ${lowest.least} at “${lowest.words}”\n`,
        )
        seen.push(name)
        for (const { words, contrast, least } of found)
          if (contrast < least) low.push(`${name}: ${contrast.toFixed(2)} of ${least} at “${words}”`)
      }
      const wanted = [...BEFORE_A_WORLD, ...BEFORE_THE_CAMERA]
      await tourKiosk({ stage, kiosk, language, onScreen, wanted: (name) => wanted.includes(name) })
      await kiosk.close()
      expect(low).toEqual([])
      expect(new Set(seen)).toEqual(new Set(wanted))
    },
    600_000,
  )
})
