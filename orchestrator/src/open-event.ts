/** The event as this instance finds it: its settings, its name and look, and the worlds on offer, published and pinned. */
import type { Logger } from 'pino'
import type { Env } from './env.ts'
import { createSettings, type Settings } from './event/event-settings.ts'
import { type EventBrand, readBrand } from './event/read-brand.ts'
import type { MediaStore } from './media/media-store.ts'
import { createPackSigner } from './packs/pack-signer.ts'
import { createPacks, type Packs } from './packs/packs.ts'
import { pinPacks } from './packs/pin-packs.ts'
import type { Redis } from './queue/redis.ts'

export type OpenedEvent = {
  settings: Settings
  packs: Packs
  /** By which nodes know a manifest for the event's own. */
  packKey: string
  eventName: string
  brand?: EventBrand
}

/** @throws AppError where the folder of worlds cannot be read, or the media store takes nothing */
export const openEvent = async (options: { env: Env; redis: Redis; media: MediaStore; log: Logger }): Promise<OpenedEvent> => {
  const { env, redis, media, log } = options
  const settings = createSettings({ redis, eventId: env.FANREEL_EVENT_ID })
  const signer = createPackSigner({ eventKey: env.FANREEL_EVENT_KEY })
  const packs = createPacks({ media, signer, log })
  const brand = env.FANREEL_BRAND === undefined ? undefined : await readBrand(env.FANREEL_BRAND)
  for (const why of brand?.brand.refused ?? []) log.warn({ why }, "a part of the event's look is not shown to phones")
  const eventName = env.FANREEL_EVENT_NAME ?? brand?.brand.name ?? 'Fanreel'
  await settings.change({ name: eventName })
  if (env.FANREEL_PACKS_DIR !== undefined) {
    const published = await packs.publishAll(env.FANREEL_PACKS_DIR)
    const { packs: pinned, kept } = pinPacks((await settings.read()).packs, published, env.FANREEL_REPIN_PACKS)
    await settings.change({ packs: pinned })
    for (const pack of kept) log.warn({ pack }, 'another version stays pinned; FANREEL_REPIN_PACKS=yes changes it')
  }
  return { settings, packs, packKey: signer.publicKey, eventName, ...(brand && { brand }) }
}
