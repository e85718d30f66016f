/**
 * The orchestrator's command line, configured by the same environment:
 * `issue-token --kind kiosk|node|operator --id ID` pairs a peer and prints its token, once;
 * `revoke --kind ... --id ID` makes that token worthless and closes what was opened with it;
 * `rebuild` restores visits, queue, settings and peers from the media store after Redis has lost them, and says what it found.
 */
import { parseArgs } from 'node:util'
import { KioskId } from '@fanreel/protocol'
import { z } from 'zod'
import { createPeerTokens } from './access/peer-tokens.ts'
import { createSealer } from './access/sealer.ts'
import { systemClock } from './clock.ts'
import { type Env, readEnv } from './env.ts'
import { createLog } from './log.ts'
import { createDiskStore } from './media/disk-store.ts'
import { createVisitSheets } from './privacy/visit-sheet.ts'
import { connectRedis, type Redis } from './queue/redis.ts'
import { openRenderQueue } from './queue/render-queue.ts'
import { createEventSheet } from './recovery/event-sheet.ts'
import { rebuild } from './recovery/rebuild.ts'
import { createVisitStore } from './visits/visit-store.ts'

const USAGE = `npm run orchestrator -- issue-token --kind kiosk|node|operator --id ID   pair a peer: prints its token, once
npm run orchestrator -- revoke --kind kiosk|node|operator --id ID        make that token worthless
npm run orchestrator -- rebuild                                          visits and queue again, from what lies beside the clips

Configured by the orchestrator's own environment (orchestrator/README.md).
`
const Command = z.union([
  z.object({ command: z.literal('rebuild') }),
  z.object({ command: z.enum(['issue-token', 'revoke']), kind: z.enum(['kiosk', 'node', 'operator']), id: KioskId }),
])
const log = createLog('warn')

const rebuildFrom = async (env: Env, redis: Redis) => {
  const eventId = env.FANREEL_EVENT_ID
  const media = await createDiskStore({ root: env.FANREEL_MEDIA_ROOT, clock: systemClock, minFreeBytes: 0 })
  const sealer = createSealer({ eventKey: env.FANREEL_EVENT_KEY })
  const queue = await openRenderQueue({
    url: env.FANREEL_REDIS_URL,
    eventId,
    log,
    leaseMs: env.FANREEL_LEASE_MS,
    stalledMs: env.FANREEL_STALLED_MS,
    retryMs: env.FANREEL_RETRY_MS,
  })
  try {
    return await rebuild({
      redis,
      eventId,
      media,
      sheets: createVisitSheets({ media, sealer }),
      eventSheet: createEventSheet({ redis, eventId, media, sealer }),
      store: createVisitStore({ redis, eventId, log, failedClipMs: env.FANREEL_FAILED_CLIP_MS }),
      queue,
      now: systemClock.now,
      log,
    })
  } finally {
    await queue.close()
  }
}

/** What was asked; undefined where the words are not of this command line. */
const words = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { kind: { type: 'string' }, id: { type: 'string' }, help: { type: 'boolean', default: false } },
    })
  } catch {
    return undefined
  }
}

const said = words()
const asked = Command.safeParse({ command: said?.positionals[0], kind: said?.values.kind, id: said?.values.id })
if (said?.values.help) process.stdout.write(USAGE)
else if (!asked.success || said?.positionals.length !== 1) {
  process.stderr.write(USAGE)
  process.exitCode = 2
} else {
  const env = readEnv(process.env)
  const redis = await connectRedis({ url: env.FANREEL_REDIS_URL, log })
  try {
    const { data } = asked
    const tokens = createPeerTokens({ redis })
    if (data.command === 'rebuild') process.stdout.write(`${JSON.stringify(await rebuildFrom(env, redis))}\n`)
    else if (data.command === 'revoke') await tokens.revoke(env.FANREEL_EVENT_ID, data.kind, data.id)
    else process.stdout.write(`${await tokens.issue(env.FANREEL_EVENT_ID, data.kind, data.id)}\n`)
  } finally {
    await redis.close()
  }
}
