/** A turn that only one instance takes at a time; it passes by itself where its holder is gone. */
import { randomUUID } from 'node:crypto'
import type { EventId } from '@fanreel/protocol'
import { eventKey } from './keys.ts'
import type { Redis } from './redis.ts'

/** KEYS: lock. ARGV: holder. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** Does `work` where no other instance is at it; `ms` is how long a turn may last at most. Answers whether it was done. */
export const takeTurn = async (
  options: { redis: Redis; eventId: EventId; name: string; ms: number },
  work: () => Promise<void>,
): Promise<boolean> => {
  const { redis, eventId, name, ms } = options
  const key = eventKey(eventId, 'turn', name)
  const holder = randomUUID()
  const taken = await redis.call((client) => client.set(key, holder, { condition: 'NX', expiration: { type: 'PX', value: ms } }))
  if (taken === null) return false
  try {
    await work()
  } finally {
    await redis.call((client) => client.eval(RELEASE, { keys: [key], arguments: [holder] }))
  }
  return true
}
