/** A kiosk and its orchestrator, put up so that every screen can be looked at: real screens, real sockets, real worlds, no films. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { EVENT_ID, type FrontDoor, startFrontDoor } from '../../orchestrator/src/http/front-door.fixture.ts'
import { CHROMIUM, type KioskBrowser, openKioskBrowser } from '../e2e/kiosk-browser.ts'
import { startChild } from '../support/child.ts'
import { sampleVisitor } from '../support/media.ts'
import { type Dressing, dress } from './dressing.ts'

const AUTOPLAY = ['--autoplay-policy=no-user-gesture-required']
const root = fileURLToPath(new URL('../..', import.meta.url))

export type Stage = {
  readonly door: FrontDoor
  readonly url: string
  /** A moving picture and a still of a world: a film to look at, without making one. */
  film(): Promise<{ film: Buffer; poster: Buffer }>
  /** A browser for pages that need no camera. */
  openBrowser(): Promise<Browser>
  openKiosk(viewport: { width: number; height: number }): Promise<KioskBrowser & { dressing: Dressing }>
  stop(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/**
 * Lets a test say how the next `getUserMedia` ends: `window.cameraFault` is the name of a DOMException (or of none), and
 * `'silent'` keeps it waiting.
 */
const CAMERA = `(() => {
  const media = navigator.mediaDevices
  if (!media) return
  const open = media.getUserMedia.bind(media)
  media.getUserMedia = (wanted) => {
    const fault = window.cameraFault
    if (fault === 'silent') return new Promise(() => undefined)
    return fault ? Promise.reject(new DOMException('as asked', fault)) : open(wanted)
  }
})()`

/** Starts everything; the kiosk's screens must have been built (`node ops/setup.mjs --for test`). */
export const openStage = async (): Promise<Stage> => {
  const port = await freePort()
  const screensUrl = `http://127.0.0.1:${port}`
  const door = await startFrontDoor({
    packs: join(root, 'content-packs'),
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
    },
    readyWhen: (line) => line.includes('Ready in'),
  })
  const browsers = new Set<KioskBrowser>()
  let plain: Browser | undefined
  const stop = async () => {
    await plain?.close()
    for (const browser of browsers) await browser.close()
    await screens.stop()
    await door.stop()
  }
  try {
    await screens.ready
  } catch (error) {
    await stop()
    throw error
  }
  return {
    door,
    url: door.origin,
    film: async () => {
      const preview = join(root, 'content-packs', 'figure-skating', 'preview')
      const [film, poster] = await Promise.all([readFile(join(preview, 'loop.mp4')), readFile(join(preview, 'poster.jpg'))])
      return { film, poster }
    },
    openBrowser: async () => {
      plain ??= await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ['--no-sandbox', ...AUTOPLAY] })
      return plain
    },
    openKiosk: async (viewport) => {
      const browser = await openKioskBrowser({ clip: sampleVisitor, viewport, touch: true })
      browsers.add(browser)
      await browser.page.addInitScript(CAMERA)
      // A kiosk without a graphics card shows the same pictures, only slower: what is looked at here stands still.
      await browser.page.emulateMedia({ reducedMotion: 'reduce' })
      const dressing = await dress(browser.page)
      return {
        ...browser,
        dressing,
        close: async () => {
          browsers.delete(browser)
          await browser.close()
        },
      }
    },
    stop,
  }
}
