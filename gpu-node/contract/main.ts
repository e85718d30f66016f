/**
 * `npm run engine:contract -- --engine comfyui [--port N] [--step-ms N]`: an engine's server for whoever has no graphics card at
 * hand. It speaks the real one's protocol and moves the picture it is sent; no model runs.
 */
import { parseArgs } from 'node:util'
import { startComfyui } from './comfyui-server.ts'

const HELP = `npm run engine:contract -- --engine comfyui [options]

  --engine NAME   whose protocol to speak: comfyui
  --port N        where to listen on loopback (8188); 0 for any
  --step-ms N     how long a sampler's step takes, in milliseconds (400)
  --help          this text
`

const options = {
  engine: { type: 'string', default: 'comfyui' },
  port: { type: 'string', default: '8188' },
  'step-ms': { type: 'string', default: '400' },
  help: { type: 'boolean', default: false },
} as const

const asked = () => {
  try {
    const { values } = parseArgs({ options })
    const [port, stepMs] = [Number(values.port), Number(values['step-ms'])]
    const sensible = Number.isInteger(port) && port >= 0 && port < 65_536 && stepMs >= 0
    return { help: values.help, port, stepMs, wrong: values.engine !== 'comfyui' || !sensible }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return { help: false, port: 0, stepMs: 0, wrong: true }
  }
}

const { help, port, stepMs, wrong } = asked()
if (help || wrong) {
  process[help ? 'stdout' : 'stderr'].write(HELP)
  process.exitCode = help ? 0 : 2
} else {
  const server = await startComfyui({ port, stepMs })
  process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`)
  const stop = () => void server.close().then(() => process.exit(0))
  process.once('SIGINT', stop).once('SIGTERM', stop)
}
