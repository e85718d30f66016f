/** The built screens, served on loopback by Next's standalone server as a child of the agent. */
import { setTimeout as wait } from 'node:timers/promises'
import { AGENT_MARK, AgentWish } from '../lib/kiosk/agent-wish.ts'
import { type Supervised, superviseProcess } from './supervised.ts'

const LOOPBACK = '127.0.0.1'
const LOOK_EVERY_MS = 100
const READY_MS = 60_000

export type Screens = { url: string; readonly restarts: number; stop(): Promise<void> }

/** Starts the server; resolves when it answers. @throws Error when it does not within a minute */
export const startScreens = async (options: {
  /** The path of `server.js`. */
  server: string
  port: number
  /** What the screens read of their settings: see kiosk-ui/README.md. */
  env: NodeJS.ProcessEnv
  log: (line: object) => void
  /** Hears what its server wishes, over a channel that ends with it; absent where there is nothing to be wished for. */
  onWish?: (wish: AgentWish) => void
}): Promise<Screens> => {
  const { server, port, log, onWish } = options
  const url = `http://${LOOPBACK}:${port}`
  const supervised: Supervised = superviseProcess({
    name: 'screens',
    command: process.execPath,
    args: [server],
    spawn: {
      env: {
        ...options.env,
        PORT: String(port),
        HOSTNAME: LOOPBACK,
        NEXT_TELEMETRY_DISABLED: '1',
        ...(onWish && AGENT_MARK),
      },
      stdio: onWish ? ['ignore', 'ignore', 'ignore', 'ipc'] : 'ignore',
    },
    onStart: (child) =>
      child.on('message', (said) => {
        const wish = AgentWish.safeParse(said)
        if (wish.success) onWish?.(wish.data)
      }),
    log,
  })
  const until = performance.now() + READY_MS
  for (;;) {
    const answered = await fetch(`${url}/settings`, { signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.ok,
      () => false,
    )
    if (answered) break
    if (performance.now() > until) {
      await supervised.stop()
      throw new Error(`the screens do not answer at ${url}`)
    }
    await wait(LOOK_EVERY_MS)
  }
  return {
    url,
    get restarts() {
      return supervised.restarts
    },
    stop: () => supervised.stop(),
  }
}
