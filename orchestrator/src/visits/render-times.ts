/** How long renders take on each tier, measured as they finish: an exponentially weighted mean. */
import type { EventId, RenderTier } from '@fanreel/protocol'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

/** How much a new measurement moves the typical time: the last five renders weigh about two thirds. */
const NEWEST_SHARE = 0.2
/** KEYS: render times. ARGV: tier, newest time in milliseconds, its share in the mean. */
const MEASURED = `
local known = tonumber(redis.call('HGET', KEYS[1], ARGV[1]))
local newest = tonumber(ARGV[2])
local typical = known and known + ARGV[3] * (newest - known) or newest
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', typical))
return 1`

export type RenderTimes = {
  /** Typical time of each tier, in milliseconds; a tier nothing was rendered on is missing. */
  read(): Promise<Partial<Record<RenderTier, number>>>
  measured(tier: RenderTier, ms: number): Promise<void>
}

export const createRenderTimes = (options: { redis: Redis; eventId: EventId }): RenderTimes => {
  const { redis } = options
  const key = eventKey(options.eventId, 'render-times')
  return {
    read: async () => {
      const fields = await redis.call((client) => client.hGetAll(key))
      return Object.fromEntries(Object.entries(fields).map(([tier, ms]) => [tier, Number(ms)]))
    },
    measured: async (tier, ms) => {
      await redis.call((client) => client.eval(MEASURED, { keys: [key], arguments: [tier, String(ms), String(NEWEST_SHARE)] }))
    },
  }
}
