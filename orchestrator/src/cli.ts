/**
 * The orchestrator's command line, configured by the same environment:
 * `issue-token --kind kiosk|node|operator --id ID` pairs a peer and prints its token, once;
 * `revoke --kind ... --id ID` makes that token worthless and closes what was opened with it.
 */
import { parseArgs } from 'node:util'
import { KioskId } from '@fanreel/protocol'
import { z } from 'zod'
import { createPeerTokens } from './access/peer-tokens.ts'
import { readEnv } from './env.ts'
import { createLog } from './log.ts'
import { connectRedis } from './queue/redis.ts'

const USAGE = 'usage: cli.ts issue-token|revoke --kind kiosk|node|operator --id ID\n'
const Command = z.object({ command: z.enum(['issue-token', 'revoke']), kind: z.enum(['kiosk', 'node', 'operator']), id: KioskId })

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { kind: { type: 'string' }, id: { type: 'string' } },
})
const asked = Command.safeParse({ command: positionals[0], ...values })
if (!asked.success || positionals.length !== 1) {
  process.stderr.write(USAGE)
  process.exitCode = 2
} else {
  const env = readEnv(process.env)
  const redis = await connectRedis({ url: env.FANREEL_REDIS_URL, log: createLog('warn') })
  try {
    const tokens = createPeerTokens({ redis })
    const { command, kind, id } = asked.data
    if (command === 'revoke') await tokens.revoke(env.FANREEL_EVENT_ID, kind, id)
    else process.stdout.write(`${await tokens.issue(env.FANREEL_EVENT_ID, kind, id)}\n`)
  } finally {
    await redis.close()
  }
}
