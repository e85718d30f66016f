/** Whether this machine can make films: each thing a render needs, tried. */
import { performance } from 'node:perf_hooks'
import { readProvider } from './env.ts'
import { startFfmpeg } from './media/ffmpeg.ts'
import { sandboxKind } from './media/sandbox.ts'
import { ownStudio } from './render.ts'
import { loadModels } from './vision/models/load-models.ts'

export type Finding = { part: string; ok: boolean; detail: string }

const tried = async (part: string, attempt: () => Promise<string>): Promise<Finding> => {
  const since = performance.now()
  try {
    const detail = await attempt()
    return { part, ok: true, detail: `${detail} (${Math.round(performance.now() - since)} ms)` }
  } catch (error) {
    return { part, ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

/** Tries everything, one after another, and answers what was found. */
export const examine = async (signal: AbortSignal): Promise<Finding[]> => [
  await tried('encoder', async () => {
    const child = await startFfmpeg({
      inputs: [{ stdin: true, options: ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '64x64', '-r', '24'] }],
      outputs: [{ stdout: true, options: ['-c:v', 'libx264', '-f', 'matroska'] }],
      timeoutMs: 10_000,
      signal,
    })
    child.stdout.resume()
    child.stdin.end(Buffer.alloc((64 * 64 * 3) / 2))
    const { code, stderr } = await child.ended
    if (code !== 0) throw new Error(stderr.slice(0, 200))
    return 'ffmpeg writes H.264'
  }),
  await tried('sandbox', async () => {
    const kind = await sandboxKind()
    return kind === 'none' ? 'none: clips are decoded without walls' : kind
  }),
  await tried('networks', async () => {
    const { provider, missing } = await loadModels({ signal, provider: readProvider() })
    const by = provider === 'cuda' ? 'computed by the graphics card' : `computed by the processor${missing ? `: ${missing}` : ''}`
    return `all weights are there and convert, ${by}`
  }),
  await tried('studio', async () => {
    const health = await ownStudio().health()
    if (!health.ok) throw new Error(health.reason)
    return 'the compositor compiles and loads'
  }),
]
