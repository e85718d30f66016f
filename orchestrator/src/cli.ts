/**
 * The orchestrator's command line, configured by the same environment:
 * `issue-token --kind kiosk|node|operator --id ID` pairs a peer and prints its token, once;
 * `revoke --kind ... --id ID` makes that token worthless and closes what was opened with it;
 * `reinstate --id ID` lets a node that was drained after faults of its own work again;
 * `engines` says how shots are drawn, and changes what is named: engines in order, time, money, likeness, whether a cloud is asked for;
 * `rebuild` restores visits, queue, settings and peers from the media store after Redis has lost them, and says what it found.
 */
import { parseArgs } from 'node:util'
import { EnginePolicy, KioskId, NodeId } from '@fanreel/protocol'
import { z } from 'zod'
import { createPeerTokens } from './access/peer-tokens.ts'
import { createSealer } from './access/sealer.ts'
import { systemClock } from './clock.ts'
import { type Env, readEnv } from './env.ts'
import { createSettings, EventSettings } from './event/event-settings.ts'
import { createLog } from './log.ts'
import { openMedia } from './open-media.ts'
import { createVisitSheets } from './privacy/visit-sheet.ts'
import { connectRedis, type Redis } from './queue/redis.ts'
import { openRenderQueue } from './queue/render-queue.ts'
import { startSharedClock } from './queue/shared-clock.ts'
import { createEventSheet } from './recovery/event-sheet.ts'
import { rebuild } from './recovery/rebuild.ts'
import { createNodeConduct } from './status/node-conduct.ts'
import { createVisitStore } from './visits/visit-store.ts'

const USAGE = `npm run orchestrator -- issue-token --kind kiosk|node|operator --id ID   pair a peer: prints its token, once
npm run orchestrator -- revoke --kind kiosk|node|operator --id ID        make that token worthless
npm run orchestrator -- reinstate --id ID                                let a node work again that was drained after faults
npm run orchestrator -- rebuild                                          visits and queue again, from what lies beside the clips
npm run orchestrator -- engines [--prefer LIST] [--finish-within SECONDS] [--budget CENTS] [--day-budget CENTS] [--likeness N] [--cloud on|off]
                                                                         who draws shots, in this order; prints what holds

Configured by the orchestrator's own environment (orchestrator/README.md).
`
/** What of the engine policy is named on the command line; the rest stays as it is. */
const PolicyWords = z.object({
  prefer: z
    .string()
    .transform((names) => names.split(','))
    .pipe(EnginePolicy.shape.prefer)
    .optional(),
  'finish-within': z.coerce.number().int().positive().max(3_600).optional(),
  budget: z.coerce.number().pipe(z.number().int().nonnegative()).optional(),
  'day-budget': z.coerce.number().pipe(z.number().int().nonnegative()).optional(),
  cloud: z.enum(['on', 'off']).optional(),
  likeness: z.coerce.number().min(0).max(1).optional(),
})
const Command = z.union([
  PolicyWords.extend({ command: z.literal('engines') }),
  z.object({ command: z.literal('rebuild') }),
  z.object({ command: z.literal('reinstate'), id: NodeId }),
  z.object({ command: z.enum(['issue-token', 'revoke']), kind: z.enum(['kiosk', 'node', 'operator']), id: KioskId }),
])
const log = createLog('warn')

const changePolicy = async (eventId: Env['FANREEL_EVENT_ID'], redis: Redis, words: z.infer<typeof PolicyWords>) => {
  const settings = createSettings({ redis, eventId })
  const { policy, tiers, purposes } = await settings.read()
  const { prefer, budget, likeness, cloud, 'day-budget': dayBudget, 'finish-within': seconds } = words
  const changed: EnginePolicy = {
    ...policy,
    ...(prefer && { prefer }),
    ...(seconds !== undefined && { finishWithinMs: seconds * 1_000 }),
    ...(budget !== undefined && { budgetCents: budget }),
    ...(dayBudget !== undefined && { dayBudgetCents: dayBudget }),
    ...(likeness !== undefined && { shotLikeness: likeness }),
  }
  // Visitors are asked for it from then on, and those who agree go to nodes that serve the tier (E1).
  const without = { tiers: tiers.filter((tier) => tier !== 'cloud'), purposes: purposes.filter((purpose) => purpose !== 'cloud') }
  const asked = cloud === 'on' ? { tiers: ['cloud', ...without.tiers], purposes: [...without.purposes, 'cloud'] } : without
  const settled = await settings.change({
    policy: changed,
    ...(cloud && EventSettings.pick({ tiers: true, purposes: true }).parse(asked)),
  })
  return { ...settled.policy, tiers: settled.tiers, purposes: settled.purposes }
}

const rebuildFrom = async (env: Env, redis: Redis) => {
  const eventId = env.FANREEL_EVENT_ID
  const everyMs = env.FANREEL_CLOCK_SYNC_MS
  const shared = everyMs > 0 ? await startSharedClock({ redis, everyMs, log }) : undefined
  const clock = shared ?? systemClock
  const media = await openMedia(env, { clock, log })
  const sealer = createSealer({ eventKey: env.FANREEL_EVENT_KEY })
  const queue = await openRenderQueue({
    url: env.FANREEL_REDIS_URL,
    eventId,
    clock,
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
      now: clock.now,
      log,
    })
  } finally {
    shared?.stop()
    await queue.close()
  }
}

/** What was asked; undefined where the words are not of this command line. */
const words = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        kind: { type: 'string' },
        id: { type: 'string' },
        prefer: { type: 'string' },
        'finish-within': { type: 'string' },
        budget: { type: 'string' },
        'day-budget': { type: 'string' },
        cloud: { type: 'string' },
        likeness: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch {
    return undefined
  }
}

const said = words()
const asked = Command.safeParse({ ...said?.values, command: said?.positionals[0] })
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
    else if (data.command === 'engines')
      process.stdout.write(`${JSON.stringify(await changePolicy(env.FANREEL_EVENT_ID, redis, data))}\n`)
    else if (data.command === 'reinstate')
      await createNodeConduct({
        redis,
        eventId: env.FANREEL_EVENT_ID,
        mostBlamed: env.FANREEL_MOST_BLAMED,
        clock: systemClock,
      }).reinstate(data.id)
    else if (data.command === 'revoke') await tokens.revoke(env.FANREEL_EVENT_ID, data.kind, data.id)
    else process.stdout.write(`${await tokens.issue(env.FANREEL_EVENT_ID, data.kind, data.id)}\n`)
  } finally {
    await redis.close()
  }
}
