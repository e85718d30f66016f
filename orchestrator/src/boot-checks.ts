/** What must hold before an orchestrator serves anyone. */
import type { EventId } from '@fanreel/protocol'
import { AppError } from './errors.ts'
import type { MediaStore } from './media/media-store.ts'
import { eventKey } from './queue/keys.ts'
import type { Redis } from './queue/redis.ts'

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
  root: string
}): Promise<void> => {
  const { redis, eventId, media, root } = options
  const key = eventKey(eventId, 'store-id')
  const own = await media.storeId()
  await redis.call((client) => client.set(key, own, { condition: 'NX' }))
  const known = await redis.call((client) => client.get(key))
  if (known === own) return
  throw new AppError('internal', {
    detail: `the media store in ${root} is ${own}, but this event's Redis belongs to store ${known}: mount the right disk or point to another Redis`,
  })
}
