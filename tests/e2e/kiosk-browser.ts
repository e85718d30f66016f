/**
 * A kiosk's own browser: Debian's Chromium with a camera and a microphone that play a clip from a file. The clip is
 * converted to what Chromium's fake devices read; the picture is upright already, as a kiosk's camera gives it.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { sampleVisitor } from '../support/media.ts'

const run = promisify(execFile)
export const CHROMIUM = process.env.FANREEL_CHROMIUM ?? '/usr/bin/chromium'
/** This machine by a name that a browser does not hold for secure, as another machine's address is. */
export const INSECURE_HOST = 'kiosk.example'
const QUIET = ['-v', 'error', '-nostdin', '-y']

export type KioskBrowser = {
  page: Page
  context: BrowserContext
  /** Faults of the page: uncaught errors and errors on its console. */
  faults: string[]
  /** Its profile's folder, by which its processes are known. */
  profile: string
  close(): Promise<void>
  /** Ends all its processes at once, as a crash or a power cut does; what its profile holds by then is all that is left. */
  kill(): Promise<void>
  /** Starts it again on the same profile, after a kill, before the same camera. */
  startAgain(): Promise<KioskBrowser>
}

export type BrowserOptions = {
  /** Plays in front of the camera; without one the visitor's browser refuses the camera. */
  clip?: string
  /** Plays in front of it just as it is: what Chromium's fake devices read (MJPEG and WAV). */
  film?: { picture: string; sound: string }
  viewport?: { width: number; height: number }
  /** A touch screen, as a kiosk has. */
  touch?: boolean
  /**
   * Beams of light and all else that moves. Drawn without a graphics card they take a core and more, so that most of a test's
   * time goes there: it has to ask for them.
   */
  motion?: boolean
  /**
   * The guide in front of the camera. To load its networks takes five seconds of a core at each load of a page: a test has to ask
   * for it. Without it a take begins by touch, as where they do not load.
   */
  guided?: boolean
  /** Pages and their workers can be told to collect what they hold no more: `gc()`. */
  collects?: boolean
}

/** What Chromium's fake camera and microphone play. */
export type CameraFilm = NonNullable<BrowserOptions['film']>

/** Converts a clip, of which twelve seconds are enough; one without sound is silence. The files lie in `folder`. */
export const filmOf = async (clip: string, folder: string): Promise<CameraFilm> => {
  const film = { picture: join(folder, 'camera.mjpeg'), sound: join(folder, 'microphone.wav') }
  // The head's place is kept: a landscape picture is cut at its top edge, not in the middle.
  const crop = 'scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720:(iw-1280)/2:0,fps=30'
  const upright = 'scale=-2:720,fps=30'
  const size = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', clip]
  const { stdout } = await run('ffprobe', size)
  const [width = 0, height = 0] = stdout.trim().split(',').map(Number)
  const video = ['-an', '-vf', width < height ? upright : crop, '-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-q:v', '3']
  await run('ffmpeg', [...QUIET, '-i', clip, '-t', '12', ...video, '-f', 'mjpeg', film.picture])
  const ofSound = ['-v', 'error', '-select_streams', 'a', '-show_entries', 'stream=index', '-of', 'csv=p=0', clip]
  const hasSound = (await run('ffprobe', ofSound)).stdout.trim() !== ''
  const heard = hasSound ? ['-i', clip] : ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo']
  await run('ffmpeg', [...QUIET, ...heard, '-t', '12', '-vn', '-ar', '48000', '-ac', '2', '-c:a', 'pcm_s16le', film.sound])
  return film
}

/** The sample visitor so converted, once for all tests: she is nobody, so that her pictures may lie beside compiled code. */
export const filmOfSampleVisitor = async (): Promise<CameraFilm> => {
  const converted = createHash('sha256')
    .update(await readFile(sampleVisitor))
    .update(String(filmOf))
    .digest('hex')
    .slice(0, 16)
  const folder = join(fileURLToPath(new URL('../../.fanreel/cache', import.meta.url)), `camera-${converted}`)
  if (!existsSync(folder)) {
    const half = `${folder}-${process.pid}`
    await mkdir(half, { recursive: true })
    await filmOf(sampleVisitor, half)
    // Another test may have been first: its files are the same.
    await rename(half, folder).catch(() => rm(half, { recursive: true }))
  }
  return { picture: join(folder, 'camera.mjpeg'), sound: join(folder, 'microphone.wav') }
}

/** How a kiosk's browser is started; without a film its camera shows Chromium's own test picture and is refused. */
export const kioskArguments = (film?: CameraFilm): string[] => [
  '--no-sandbox',
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream',
  ...(film
    ? [
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-video-capture=${film.picture}`,
        `--use-file-for-fake-audio-capture=${film.sound}`,
      ]
    : []),
]

/** Faults of a page as they come: uncaught errors and errors on its console. */
export const faultsOf = (page: Page): string[] => {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return faults
}

/** A kiosk's page whose guide says at once that there will be none. */
const WITHOUT_GUIDE = `(() => {
  const Worker = window.Worker
  const noGuide = { postMessage() {}, terminate() {}, set onmessage(hear) {
    queueMicrotask(() => hear({ data: { kind: 'failed', reason: 'left out by this test' } }))
  } }
  window.Worker = function (address, options) { return options?.name === 'guide' ? noGuide : new Worker(address, options) }
})()`

/** Kills every process whose command line names this folder. */
const killAllOf = async (folder: string): Promise<void> => {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process that ended meanwhile has no command line any more.
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command.includes(folder)) process.kill(Number(pid), 'SIGKILL')
  }
}

export const openKioskBrowser = async ({ clip, film, ...shape }: BrowserOptions): Promise<KioskBrowser> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-browser-'))
  const converted = () => (clip === sampleVisitor ? filmOfSampleVisitor() : clip && filmOf(clip, folder))
  return startIn(folder, film ?? ((await converted()) || undefined), shape)
}

const startIn = async (
  folder: string,
  shown: CameraFilm | undefined,
  shape: Omit<BrowserOptions, 'clip' | 'film'>,
): Promise<KioskBrowser> => {
  const { viewport = { width: 540, height: 960 }, touch = false, motion = false, guided = false, collects = false } = shape
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: CHROMIUM,
    headless: true,
    args: [...kioskArguments(shown), ...(collects ? ['--js-flags=--expose-gc'] : [])],
    viewport,
    hasTouch: touch,
    reducedMotion: motion ? 'no-preference' : 'reduce',
    locale: 'en-US',
  })
  if (!guided) await context.addInitScript(WITHOUT_GUIDE)
  const page = context.pages()[0] ?? (await context.newPage())
  return {
    page,
    context,
    faults: faultsOf(page),
    profile: folder,
    close: async () => {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
    kill: async () => {
      const gone = context.waitForEvent('close')
      await killAllOf(folder)
      await gone
    },
    startAgain: () => startIn(folder, shown, shape),
  }
}
