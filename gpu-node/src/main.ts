/** Starts a GPU node: loads the models, dials the orchestrator, works until it is told to stop. */
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { readEnv } from './env.ts'
import { ownRoster } from './own-engines.ts'
import { renderFilm } from './render.ts'
import { startRunner } from './runner.ts'
import { loadModels } from './vision/models/load-models.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const main = async (): Promise<void> => {
  const env = readEnv()
  const log = pino({ level: env.FANREEL_LOG_LEVEL }, pino.destination(2))
  const roster = ownRoster()
  const stopping = new AbortController()
  const models = await loadModels({ signal: stopping.signal, provider: env.FANREEL_ORT_PROVIDER })
  const { provider, missing } = models
  // Asked for by name and not there: somebody paid for that card.
  log[missing && env.FANREEL_ORT_PROVIDER === 'cuda' ? 'warn' : 'info'](
    { provider, ...(missing && { missing }) },
    'networks loaded',
  )
  let said = false
  const runner = await startRunner({
    env,
    models,
    version,
    log,
    render: renderFilm,
    roster,
    onReady: () => {
      if (!said) process.stdout.write(`${JSON.stringify({ ready: true, nodeId: env.FANREEL_NODE_ID })}\n`)
      said = true
    },
  })
  const stop = () => {
    stopping.abort()
    runner.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'drain failed')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

await main()
