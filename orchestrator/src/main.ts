/** The orchestrator's process: configured by its environment, ready when it says so in one line, gone on SIGTERM. */
import { systemClock } from './clock.ts'
import { readEnv } from './env.ts'
import { freePort } from './free-port.ts'
import { createLog } from './log.ts'
import { startOrchestrator } from './orchestrator.ts'

const log = createLog(process.env.FANREEL_LOG_LEVEL ?? 'info')
process.on('unhandledRejection', (error) => {
  log.fatal({ err: error, code: 'internal' }, 'unhandled fault')
  process.exit(1)
})

try {
  const env = readEnv(process.env)
  const port = env.FANREEL_PORT === 0 ? await freePort(env.FANREEL_HOST) : env.FANREEL_PORT
  const orchestrator = await startOrchestrator({ env, port, clock: systemClock, log })
  let stopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    await orchestrator.stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        log.fatal({ err: error, code: 'internal' }, 'stop failed')
        process.exit(1)
      })
    })
  }
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`)
} catch (error) {
  log.fatal({ err: error, code: 'internal' }, 'start failed')
  process.exitCode = 1
  // Connections that are open already must not keep a failed start alive.
  setTimeout(() => process.exit(1), 100).unref()
}
