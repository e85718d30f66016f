/**
 * The kiosk's browser as a child of the agent: started on the screens, asked again and again whether it still draws, and
 * started anew when it does not. A page that is frozen, has crashed ("Aw, snap") or shows nothing answers no question.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { type Devtools, openDevtools } from './devtools-pipe.ts'
import { type Supervised, superviseProcess } from './supervised.ts'

export type BrowserState = 'starting' | 'running' | 'frozen' | 'down'
export type Browser = {
  readonly state: BrowserState
  readonly restarts: number
  readonly pid: number | undefined
  /** Ends it, so that it is started anew on the same profile. */
  restart(why: string): void
  stop(): Promise<void>
}

/** Chromium on Linux has no voices without it, whatever the machine has: spoken guidance would be offered to nobody. */
export const SPEECH_FLAG = '--enable-speech-dispatcher'

/** Full screen, no bars, no questions, no gestures that lead away; its profile is the kiosk's own. */
const argumentsFor = (url: string, profile: string, more: readonly string[]): string[] => [
  `--user-data-dir=${profile}`,
  '--remote-debugging-pipe',
  '--kiosk',
  '--no-first-run',
  '--no-default-browser-check',
  '--noerrdialogs',
  '--disable-session-crashed-bubble',
  '--disable-infobars',
  '--disable-translate',
  '--disable-pinch',
  '--overscroll-history-navigation=0',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--disable-component-update',
  SPEECH_FLAG,
  ...more,
  url,
]

/** The agent's environment without its settings: whatever a page makes of the browser, the kiosk's token is not in it. */
export const browserEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FANREEL_'))),
  NODE_ENV: process.env.NODE_ENV,
})

/** A frame was drawn: more than that the process lives. */
const DRAWN = 'new Promise((drawn) => requestAnimationFrame(() => drawn(1)))'

/** A box that has just been switched on takes its time, in milliseconds. */
const START_MS = 60_000

/** @param options `beatMs` between questions; after `silentBeats` without an answer the browser is started anew */
export const startBrowser = (options: {
  command: string
  args: readonly string[]
  url: string
  home: string
  beatMs: number
  silentBeats: number
  log: (line: object) => void
}): Browser => {
  const { command, args, url, home, beatMs, silentBeats, log } = options
  const profile = join(home, 'profile')
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  let state: BrowserState = 'starting'
  let silent = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  /** The page of the screens, and leave to use its camera without a question that nobody at a kiosk can answer. */
  const attach = async (devtools: Devtools): Promise<string> => {
    const ask = (method: string, params: object) => devtools.ask(method, params, { timeoutMs: beatMs })
    await ask('Browser.grantPermissions', { origin: new URL(url).origin, permissions: ['videoCapture', 'audioCapture'] })
    const { targetInfos } = (await ask('Target.getTargets', {})) as { targetInfos: { type: string; targetId: string }[] }
    const page = targetInfos.find(({ type }) => type === 'page')
    if (!page) throw new Error('no page yet')
    const { sessionId } = await ask('Target.attachToTarget', { targetId: page.targetId, flatten: true })
    return String(sessionId)
  }
  const watch = (devtools: Devtools) => {
    let sessionId: string | undefined
    silent = 0
    const beat = async () => {
      try {
        sessionId ??= await attach(devtools)
        await devtools.ask('Runtime.evaluate', { expression: DRAWN, awaitPromise: true }, { timeoutMs: beatMs, sessionId })
        silent = 0
        state = 'running'
      } catch (error) {
        silent++
        log({ process: 'browser', silent, why: error instanceof Error ? error.message : 'unknown', event: 'beat missed' })
        if (silent >= (state === 'starting' ? Math.max(silentBeats, Math.ceil(START_MS / beatMs)) : silentBeats)) {
          state = 'frozen'
          supervised.restart('it draws no more')
          return
        }
      }
      if (!stopped) timer = setTimeout(beat, beatMs)
    }
    timer = setTimeout(beat, beatMs)
  }

  const supervised: Supervised = superviseProcess({
    name: 'browser',
    command,
    args: argumentsFor(url, profile, args),
    spawn: { env: browserEnvironment(), stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    log,
    onStart: (child) => {
      state = 'starting'
      clearTimeout(timer)
      const [, , , write, read] = child.stdio as unknown as [null, null, null, Writable, Readable]
      watch(openDevtools({ write, read }))
    },
    onEnd: () => {
      clearTimeout(timer)
      if (state !== 'frozen') state = 'down'
    },
  })
  return {
    get state() {
      return state
    },
    get restarts() {
      return supervised.restarts
    },
    get pid() {
      return supervised.child?.pid
    },
    restart: (why) => supervised.restart(why),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await supervised.stop()
      state = 'down'
    },
  }
}
