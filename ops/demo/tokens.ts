/** The demo pairs its own kiosk, node and operator, once; a token is kept beside the Redis that knows its hash. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { DemoFault } from './fault.ts'
import type { Places } from './places.ts'

export const PEERS = { kiosk: 'kiosk-demo', node: 'node-demo', operator: 'operator-demo' } as const
const Tokens = z.object({ kiosk: z.string(), node: z.string(), operator: z.string() })
export type Tokens = z.infer<typeof Tokens>

const run = promisify(execFile)

const issue = async (kind: keyof Tokens, places: Places, env: NodeJS.ProcessEnv): Promise<string> => {
  const cli = join(places.root, 'orchestrator', 'src', 'cli.ts')
  const args = ['--import', 'tsx', cli, 'issue-token', '--kind', kind, '--id', PEERS[kind]]
  try {
    const { stdout } = await run(process.execPath, args, { cwd: places.root, env: { ...process.env, ...env } })
    return stdout.trim().split('\n').at(-1) ?? ''
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new DemoFault(`The orchestrator issued no ${kind} token:\n${said}`, { cause: error })
  }
}

/** @param env the orchestrator's own environment */
export const demoTokens = async (places: Places, env: NodeJS.ProcessEnv): Promise<Tokens> => {
  const path = join(places.redis, 'tokens.json')
  if (existsSync(path)) return Tokens.parse(JSON.parse(readFileSync(path, 'utf8')))
  const [kiosk, node, operator] = await Promise.all([
    issue('kiosk', places, env),
    issue('node', places, env),
    issue('operator', places, env),
  ])
  const tokens = { kiosk, node, operator }
  writeFileSync(path, JSON.stringify(tokens), { mode: 0o600 })
  return tokens
}
