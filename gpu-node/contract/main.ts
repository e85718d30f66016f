/**
 * `npm run engine:contract -- --engine comfyui|vllm-omni|sglang|model-studio [--port N] [--step-ms N]`: an engine's server for whoever has no graphics card at
 * hand. It speaks the real one's protocol and moves the picture it is sent; no model runs.
 */
import { parseArgs } from 'node:util'
import { startComfyui } from './comfyui-server.ts'
import { startModelStudio } from './model-studio-server.ts'
import { startVideosServer } from './videos-server.ts'

const ENGINES = ['comfyui', 'vllm-omni', 'sglang', 'model-studio'] as const

const HELP = `npm run engine:contract -- --engine NAME [options]

  --engine NAME   whose protocol to speak: comfyui, vllm-omni, sglang or model-studio (key sk-contract)
  --port N        where to listen on loopback (8188); 0 for any
  --step-ms N     how long a sampler's step takes, or a twentieth of a job, in milliseconds (400)
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
    const engine = ENGINES.find((name) => name === values.engine)
    return { help: values.help, port, stepMs, engine, wrong: !engine || !sensible }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return { help: false, port: 0, stepMs: 0, engine: undefined, wrong: true }
  }
}

const { help, port, stepMs, engine, wrong } = asked()
if (help || wrong) {
  process[help ? 'stdout' : 'stderr'].write(HELP)
  process.exitCode = help ? 0 : 2
} else {
  const start = () => {
    if (engine === 'comfyui') return startComfyui({ port, stepMs })
    if (engine === 'model-studio') return startModelStudio({ port, taskMs: 20 * stepMs })
    return startVideosServer({ port, dialect: engine === 'sglang' ? 'sglang' : 'vllm-omni', jobMs: 20 * stepMs })
  }
  const server = await start()
  process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`)
  const stop = () => void server.close().then(() => process.exit(0))
  process.once('SIGINT', stop).once('SIGTERM', stop)
}
