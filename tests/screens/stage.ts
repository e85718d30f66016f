/** A kiosk and its orchestrator, put up so that every screen can be looked at: real screens, real sockets, real worlds, no films. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Language } from '@fanreel/protocol'
import { type Browser, chromium, type Page } from 'playwright-core'
import { freePort } from '../../orchestrator/src/free-port.ts'
import { EVENT_ID, type FrontDoor, startFrontDoor } from '../../orchestrator/src/http/front-door.fixture.ts'
import { CHROMIUM, faultsOf, filmOf, kioskArguments } from '../e2e/kiosk-browser.ts'
import { startChild } from '../support/child.ts'
import { sampleVisitor } from '../support/media.ts'
import { DOCTORED } from './doctored-browser.ts'
import { type Dressing, dress } from './dressing.ts'

/** Opens the kiosk's own settings. */
export const KIOSK_PIN = '2468'
const root = fileURLToPath(new URL('../..', import.meta.url))

/** A kiosk's page, with nothing in its browser of any other. */
export type StagedKiosk = { page: Page; dressing: Dressing; faults: string[]; close(): Promise<void> }

export type Stage = {
  readonly door: FrontDoor
  readonly url: string
  /** A moving picture and a still of a world: a film to look at, without making one. */
  film(): Promise<{ film: Buffer; poster: Buffer }>
  /** The one browser of all pages; its camera plays one clip. */
  readonly browser: Browser
  /** A kiosk of a place where this language is spoken. */
  openKiosk(viewport: { width: number; height: number }, language: Language): Promise<StagedKiosk>
  stop(): Promise<void>
}

const openBrowser = async (clip: string, folder: string): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: kioskArguments(await filmOf(clip, folder)),
  })

/**
 * Starts everything; the kiosk's screens must have been built (`node ops/setup.mjs --for test`).
 *
 * @param brand a folder with an event's look
 * @param packs a folder of worlds, our own unless told otherwise
 * @param clip what plays in front of the camera, the sample visitor unless told otherwise
 */
export const openStage = async ({
  brand,
  clip = sampleVisitor,
  packs = join(root, 'content-packs'),
}: {
  brand?: string
  clip?: string
  packs?: string
} = {}): Promise<Stage> => {
  const port = await freePort('127.0.0.1')
  const screensUrl = `http://127.0.0.1:${port}`
  const door = await startFrontDoor({
    packs,
    env: { FANREEL_UI_URL: screensUrl, FANREEL_EVENT_NAME: 'Winter Games Pavilion' },
  })
  const screens = startChild({
    name: "the kiosk's screens",
    command: process.execPath,
    args: [join(root, 'kiosk-ui', '.next', 'standalone', 'kiosk-ui', 'server.js')],
    cwd: join(root, 'kiosk-ui'),
    env: {
      PORT: String(port),
      HOSTNAME: '127.0.0.1',
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      FANREEL_EVENT_ID: EVENT_ID,
      FANREEL_KIOSK_ID: 'kiosk-1',
      FANREEL_KIOSK_TOKEN: await door.tokens.issue(EVENT_ID, 'kiosk', 'kiosk-1'),
      FANREEL_ORCHESTRATOR_URL: '',
      FANREEL_KIOSK_PIN: KIOSK_PIN,
      ...(brand !== undefined && { FANREEL_BRAND: brand }),
    },
    readyWhen: (line) => line.includes('Ready in'),
  })
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-stage-'))
  let browser: Browser | undefined
  const stop = async () => {
    await browser?.close()
    await screens.stop()
    await door.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const [opened] = await Promise.all([openBrowser(clip, folder), screens.ready])
    browser = opened
    return {
      door,
      url: door.origin,
      browser: opened,
      film: async () => {
        const preview = join(root, 'content-packs', 'figure-skating', 'preview')
        const [film, poster] = await Promise.all([readFile(join(preview, 'loop.mp4')), readFile(join(preview, 'poster.jpg'))])
        return { film, poster }
      },
      openKiosk: async (viewport, locale) => {
        // A kiosk without a graphics card shows the same pictures, only slower: what is looked at here stands still.
        const context = await opened.newContext({ viewport, hasTouch: true, locale, reducedMotion: 'reduce' })
        await context.addInitScript(DOCTORED)
        const page = await context.newPage()
        return { page, dressing: await dress(page), faults: faultsOf(page), close: () => context.close() }
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
