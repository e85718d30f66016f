/** What holds for the whole event, kept in Redis so that every instance agrees. Operators change it while it runs. */
import { ConsentPurpose, EnginePolicy, type EventId, PackOffer, RenderTier } from '@fanreel/protocol'
import { z } from 'zod'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

export const EventSettings = z.object({
  name: z.string().default('Fanreel'),
  /** While paused, kiosks take no new visitor; whoever has recorded is served. */
  paused: z.boolean().default(false),
  /** The worlds on offer, each pinned to one published version. */
  packs: z.array(PackOffer).default([]),
  /** Render tiers in order of preference. */
  tiers: z.array(RenderTier).min(1).default(['gpu', 'cpu']),
  /** Days until a film is deleted. */
  keepDays: z.number().int().positive().default(14),
  maxTakes: z.number().int().positive().default(3),
  /** What visitors are asked to agree to. */
  purposes: z.array(ConsentPurpose).min(1).default(['make-film']),
  policy: EnginePolicy.default({ prefer: ['studio'], redrawAbove: 0.35 }),
})
export type EventSettings = z.infer<typeof EventSettings>

/**
 * How long settings are remembered where no notice says that they have changed, in milliseconds. Where notices may have been
 * missed they are forgotten at once.
 */
const KNOWN_MS = 10_000

export type Settings = {
  read(): Promise<EventSettings>
  change(fields: Partial<EventSettings>): Promise<EventSettings>
  /** Calls back after every change, whichever instance made it; answers how to stop. */
  onChange(listener: () => void): () => void
}

/** Opens the event's settings; what was never set has its default. */
export const createSettings = (options: { redis: Redis; eventId: EventId }): Settings => {
  const { redis, eventId } = options
  const key = eventKey(eventId, 'settings')
  const channel = eventKey(eventId, 'settings', 'changed')
  const readAnew = async () => {
    const fields = await redis.call((client) => client.hGetAll(key))
    return EventSettings.parse(Object.fromEntries(Object.entries(fields).map(([name, json]) => [name, JSON.parse(json)])))
  }
  let known: { at: number; settings: Promise<EventSettings> } | undefined
  const forget = () => {
    known = undefined
  }
  const read = (): Promise<EventSettings> => {
    if (known && performance.now() - known.at < KNOWN_MS) return known.settings
    const fresh = { at: performance.now(), settings: readAnew() }
    known = fresh
    // A look that failed is not remembered.
    fresh.settings.catch(() => {
      if (known === fresh) forget()
    })
    return fresh.settings
  }
  redis.subscribe(channel, forget)
  redis.onReturn(forget)

  return {
    read,
    change: async (fields) => {
      const entries = Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)] as const)
      await redis.call((client) => client.multi().hSet(key, Object.fromEntries(entries)).publish(channel, 'changed').exec())
      forget()
      return read()
    },
    onChange: (listener) => redis.subscribe(channel, listener),
  }
}
