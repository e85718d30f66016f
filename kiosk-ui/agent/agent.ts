/** One kiosk box under its agent: the screens served, the browser watched, the orchestrator told how it all is. */
import { mkdirSync } from 'node:fs'
import type { KioskHealth } from '@fanreel/protocol'
import { type Browser, startBrowser } from './browser.ts'
import { createCameraWatch, isCameraDevice } from './camera.ts'
import type { AgentEnv } from './env.ts'
import { openLine, type Sent } from './orchestrator-line.ts'
import { memoryOfGroup } from './process-memory.ts'
import { startScreens } from './screens.ts'
import { readVitals } from './vitals.ts'

export type Agent = {
  /** Where the screens are, on this box. */
  url: string
  /** The browser's process; undefined where none is watched. */
  readonly browserPid: number | undefined
  /** How the box is now, as the orchestrator is told. */
  health(): Promise<KioskHealth>
  stop(): Promise<void>
}

/** Settings that are the screens' alone, where they are set. */
const handedOn = (names: readonly string[]): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))

/** What Next's server and its child processes need of our environment, and nothing else of it. */
const screensEnv = (env: AgentEnv): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: 'production',
  FANREEL_EVENT_ID: env.FANREEL_EVENT_ID,
  FANREEL_KIOSK_ID: env.FANREEL_KIOSK_ID,
  FANREEL_KIOSK_TOKEN: env.FANREEL_KIOSK_TOKEN,
  FANREEL_ORCHESTRATOR_URL: env.FANREEL_ORCHESTRATOR_URL,
  FANREEL_VERSION: env.FANREEL_VERSION,
  ...handedOn(['FANREEL_KIOSK_PIN', 'FANREEL_BRAND']),
})

/** @param options `server`: the screens' `server.js`; `port`: a free one on loopback; `onReport` hears of each report sent */
export const startAgent = async (options: {
  env: AgentEnv
  server: string
  port: number
  log: (line: object) => void
  onReport?: (health: KioskHealth, sent: Sent) => void
}): Promise<Agent> => {
  const { env, server, port, log, onReport } = options
  const startedAt = performance.now()
  mkdirSync(env.FANREEL_AGENT_HOME, { recursive: true, mode: 0o700 })
  const watched = env.FANREEL_BROWSER !== ''
  let browser: Browser | undefined
  const screens = await startScreens({
    server,
    port,
    env: screensEnv(env),
    log,
    ...(watched && { onWish: () => browser?.restart('wished for at the kiosk') }),
  })
  browser = watched
    ? startBrowser({
        command: env.FANREEL_BROWSER,
        args: env.FANREEL_BROWSER_ARGS,
        url: `${screens.url}/`,
        home: env.FANREEL_AGENT_HOME,
        beatMs: env.FANREEL_BEAT_MS,
        silentBeats: env.FANREEL_SILENT_BEATS,
        log,
      })
    : undefined

  const line = openLine({ url: env.FANREEL_ORCHESTRATOR_URL, kioskId: env.FANREEL_KIOSK_ID, token: env.FANREEL_KIOSK_TOKEN })
  let last: Sent | undefined
  const camera = isCameraDevice(env.FANREEL_CAMERA) ? createCameraWatch(env.FANREEL_CAMERA) : async () => 'unknown' as const
  const health = async (): Promise<KioskHealth> => {
    const [vitals, cameraState, memoryBytes] = await Promise.all([
      readVitals(env.FANREEL_AGENT_HOME),
      camera(),
      browser?.pid === undefined ? undefined : memoryOfGroup(browser.pid),
    ])
    return {
      version: env.FANREEL_VERSION,
      upMs: Math.round(performance.now() - startedAt),
      ...vitals,
      camera: cameraState,
      browser: {
        state: browser?.state ?? 'unwatched',
        restarts: browser?.restarts ?? 0,
        ...(memoryBytes !== undefined && { memoryBytes }),
      },
      ...(last?.ok && { skewMs: last.skewMs, roundTripMs: last.roundTripMs }),
    }
  }

  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let told = ''
  const report = async () => {
    try {
      const now = await health()
      last = await line.send(now)
      // Only what is new is worth a line: a night without a network would fill the disk.
      const outcome = last.ok ? 'heard' : `${last.why}: ${last.detail}`
      if (outcome !== told) log({ event: 'report', outcome })
      told = outcome
      onReport?.(now, last)
    } catch (error) {
      log({ event: 'report', outcome: error instanceof Error ? error.message : 'unknown' })
    }
    if (!stopped) timer = setTimeout(report, env.FANREEL_REPORT_MS)
  }
  const reporting = report()

  return {
    url: screens.url,
    get browserPid() {
      return browser?.pid
    },
    health,
    async stop() {
      stopped = true
      await reporting
      clearTimeout(timer)
      await browser?.stop()
      await screens.stop()
    },
  }
}
