/** The demo pairs its own kiosk, node and operator, once; a token is kept beside the Redis that knows its hash. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { DemoFault } from './fault.ts'
import type { Places } from './places.ts'

/** The screens and the sample visitor are two kiosks: each is known by its own token. */
export const PEERS = {
  screens: { kind: 'kiosk', id: 'kiosk-1' },
  visitor: { kind: 'kiosk', id: 'kiosk-demo' },
  node: { kind: 'node', id: 'node-demo' },
  operator: { kind: 'operator', id: 'operator-demo' },
} as const
const Tokens = z.object({ screens: z.string(), visitor: z.string(), node: z.string(), operator: z.string() })
export type Tokens = z.infer<typeof Tokens>

const run = promisify(execFile)

const issue = async (peer: keyof Tokens, places: Places, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> => {
  const { kind, id } = PEERS[peer]
  const cli = join(places.root, 'orchestrator', 'src', 'cli.ts')
  const args = ['--import', 'tsx', cli, 'issue-token', '--kind', kind, '--id', id]
  try {
    const { stdout } = await run(process.execPath, args, { cwd: places.root, env: { ...process.env, ...env }, signal })
    return stdout.trim().split('\n').at(-1) ?? ''
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new DemoFault(`The orchestrator issued no token for ${id}:\n${said}`, { cause: error })
  }
}

/**
 * @param env the orchestrator's own environment
 * @param signal ends what has begun: without its Redis it would ask for it for ever
 */
export const demoTokens = async (places: Places, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Tokens> => {
  const path = join(places.redis, 'tokens.json')
  if (existsSync(path)) return Tokens.parse(JSON.parse(readFileSync(path, 'utf8')))
  const [screens, visitor, node, operator] = await Promise.all([
    issue('screens', places, env, signal),
    issue('visitor', places, env, signal),
    issue('node', places, env, signal),
    issue('operator', places, env, signal),
  ])
  const tokens = { screens, visitor, node, operator }
  writeFileSync(path, JSON.stringify(tokens), { mode: 0o600 })
  return tokens
}
