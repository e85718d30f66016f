/** How long renders take on each tier, measured as they finish. */
import type { EventId, RenderTier } from '@fanreel/protocol'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import { nextTypicalMs } from './wait-estimate.ts'

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
    // Two instances may measure at once and one of the two then counts for nothing: it is a mean all the same.
    measured: async (tier, ms) => {
      const known = await redis.call((client) => client.hGet(key, tier))
      const typical = nextTypicalMs(known === null ? undefined : Number(known), ms)
      await redis.call((client) => client.hSet(key, tier, String(Math.round(typical))))
    },
  }
}
