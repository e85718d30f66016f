/** The agent's command line. */
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startAgent } from './agent.ts'
import { type AgentEnv, readEnv } from './env.ts'
import { preflight, preflightReport } from './preflight.ts'

const HELP = `The agent of a kiosk box: serves the screens on this box, keeps the browser on them, and tells the orchestrator how the box is.

  npm run kiosk                     everything, until it is told to stop (SIGTERM, Ctrl-C)
  npm run kiosk -- --preflight      looks at everything once; exit code 0 where the kiosk may open, 1 where not, 2 where it is not set up
  npm run kiosk -- --preflight --json
  npm run kiosk -- --help

Its settings are environment variables, each explained in kiosk-ui/agent/env.ts. It needs:
  FANREEL_EVENT_ID FANREEL_KIOSK_ID FANREEL_KIOSK_TOKEN FANREEL_ORCHESTRATOR_URL
and takes among others:
  FANREEL_CAMERA=/dev/video0  FANREEL_AGENT_PORT=3100  FANREEL_BROWSER=/usr/bin/chromium  FANREEL_BROWSER_ARGS='...'
`
const NOT_SET_UP_EXIT = 2

const log = (line: object): void => void process.stderr.write(`${JSON.stringify({ at: Date.now(), ...line })}\n`)
const serverOf = (env: AgentEnv): string =>
  env.FANREEL_SCREENS_SERVER ?? fileURLToPath(new URL('../.next/standalone/kiosk-ui/server.js', import.meta.url))

const freePort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wanted))
    })
  })

const serve = async (env: AgentEnv): Promise<number> => {
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  const agent = await startAgent({ env, server: serverOf(env), port: await freePort(env.FANREEL_AGENT_PORT), log })
  process.stdout.write(`${JSON.stringify({ ready: true, url: agent.url })}\n`)
  await asked
  await agent.stop()
  return 0
}

const look = async (env: AgentEnv, json: boolean): Promise<number> => {
  mkdirSync(env.FANREEL_AGENT_HOME, { recursive: true, mode: 0o700 })
  const findings = await preflight(env, serverOf(env))
  const mayOpen = findings.every(({ outcome }) => outcome !== 'fail')
  process.stdout.write(`${json ? JSON.stringify({ mayOpen, findings }) : preflightReport(findings)}\n`)
  return mayOpen ? 0 : 1
}

const main = (): number | Promise<number> => {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      preflight: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  let env: AgentEnv
  try {
    env = readEnv(process.env)
  } catch (error) {
    process.stderr.write(`This kiosk is not set up:\n${error instanceof Error ? error.message : error}\n\n${HELP}`)
    return NOT_SET_UP_EXIT
  }
  return values.preflight ? look(env, values.json) : serve(env)
}

process.exit(await main())
