/**
 * Whether the store takes a film just now, and whether it was away a moment ago: nothing is claimed and no address given
 * meanwhile, and who waited for it is given time when it is back (S6, L6).
 */
import type { Clock } from '../clock.ts'
import type { MediaStore } from './media-store.ts'

/** How long after the store's return a film still counts as held up by it, in milliseconds: it must be put once more and looked at. */
const BACK_MS = 60_000

export type StoreWatch = {
  /** As `MediaStore.ready`. */
  ready: MediaStore['ready']
  /** Whether it is away or full, or was until a moment ago. */
  awayLately(): Promise<boolean>
}

export const createStoreWatch = (media: Pick<MediaStore, 'ready'>, clock: Clock): StoreWatch => {
  let awayAt = Number.NEGATIVE_INFINITY
  const ready: StoreWatch['ready'] = async (bytes) => {
    try {
      await media.ready(bytes)
    } catch (error) {
      awayAt = clock.now()
      throw error
    }
  }
  return {
    ready,
    awayLately: async () => {
      await ready().catch(() => undefined)
      return clock.now() - awayAt < BACK_MS
    },
  }
}
