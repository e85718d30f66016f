/** What must hold before an orchestrator serves anyone. */
import type { EventId } from '@fanreel/protocol'
import { AppError } from './errors.ts'
import type { MediaStore } from './media/media-store.ts'
import { storeIdKey } from './queue/keys.ts'
import type { Redis } from './queue/redis.ts'
import { eventSheetKey } from './recovery/event-sheet.ts'

/** Whether anything of the event lies there: its own sheet, or a visit. */
const holdsEvent = async (media: MediaStore, eventId: EventId): Promise<boolean> => {
  if (await media.stat(eventSheetKey(eventId))) return true
  for await (const _ of media.list(`${eventId}/visits/`)) return true
  return false
}

/**
 * Redis and the media store must belong together: the store's id is noted at the first start and held to ever after, so
 * that an instance with the wrong disk, or none mounted, serves nobody the wrong films (E7).
 *
 * @throws AppError `internal` where they do not
 */
export const checkStoreId = async (options: {
  redis: Redis
  eventId: EventId
  media: MediaStore
  /** The store by a name for people. */
  place: string
}): Promise<'together' | 'memory-lost'> => {
  const { redis, eventId, media, place } = options
  const key = storeIdKey(eventId)
  const own = await media.storeId()
  const before = await redis.call((client) => client.get(key))
  // Where something of the event lies in the store, an empty Redis is no first start but one that was lost (E9).
  if (before === null && (await holdsEvent(media, eventId))) return 'memory-lost'
  await redis.call((client) => client.set(key, own, { condition: 'NX' }))
  const known = await redis.call((client) => client.get(key))
  if (known === own) return 'together'
  throw new AppError('internal', {
    detail: `the media store in ${place} is ${own}, but this event's Redis belongs to store ${known}: mount the right disk, name the right bucket or point to another Redis`,
  })
}
