/**
 * What an event is besides its visits, sealed in the media store: its settings and the hashes of its peers' tokens. With it and
 * the visits' sheets a Redis that was lost is rebuilt, and no kiosk or node has to be paired again.
 */
import { createHash } from 'node:crypto'
import type { EventId } from '@fanreel/protocol'
import { z } from 'zod'
import type { Sealer } from '../access/contract.ts'
import type { MediaStore } from '../media/media-store.ts'
import { eventKey, storeIdKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

const Fields = z.record(z.string(), z.string())
const EventFacts = z.object({ settings: Fields, kiosk: Fields, node: Fields, operator: Fields })
type EventFacts = z.infer<typeof EventFacts>

export type EventSheet = {
  /** Writes the sheet where something has changed since it was written last by this instance. */
  keep(): Promise<void>
  /** Puts settings back as they were, and every peer that Redis does not know; answers how many peers. */
  restore(): Promise<number>
}

/** Where the sheet lies in the media store. */
export const eventSheetKey = (eventId: EventId): string => `${eventId}/event-sheet`

const PEERS = ['kiosk', 'node', 'operator'] as const
const ABOUT = 'event-sheet'

export const createEventSheet = (options: { redis: Redis; eventId: EventId; media: MediaStore; sealer: Sealer }): EventSheet => {
  const { redis, eventId, media, sealer } = options
  const key = eventSheetKey(eventId)
  const tables = {
    settings: eventKey(eventId, 'settings'),
    kiosk: eventKey(eventId, 'peers', 'kiosk'),
    node: eventKey(eventId, 'peers', 'node'),
    operator: eventKey(eventId, 'peers', 'operator'),
  }
  let written: string | undefined

  /** Undefined where Redis has forgotten the event: what it holds then must not be taken for the event's. */
  const look = async (): Promise<EventFacts | undefined> => {
    const [mark, settings, kiosk, node, operator] = await redis.call((client) =>
      Promise.all([
        client.get(storeIdKey(eventId)),
        client.hGetAll(tables.settings),
        client.hGetAll(tables.kiosk),
        client.hGetAll(tables.node),
        client.hGetAll(tables.operator),
      ]),
    )
    return mark === null ? undefined : EventFacts.parse({ settings, kiosk, node, operator })
  }

  return {
    keep: async () => {
      const facts = await look()
      const text = JSON.stringify(facts)
      if (!facts || text === written) return
      const sealed = Buffer.from(sealer.seal(text, ABOUT))
      await media.put(key, sealed, { bytes: sealed.length, sha256: createHash('sha256').update(sealed).digest('hex') })
      written = text
    },
    restore: async () => {
      if (!(await media.stat(key))) return 0
      const parts: Buffer[] = []
      for await (const part of await media.read(key)) parts.push(part)
      const facts = EventFacts.parse(JSON.parse(sealer.open(Buffer.concat(parts).toString('utf8'), ABOUT)))
      if (Object.keys(facts.settings).length > 0) await redis.call((client) => client.hSet(tables.settings, facts.settings))
      let peers = 0
      for (const kind of PEERS) {
        for (const [peerId, hash] of Object.entries(facts[kind])) {
          if (await redis.call((client) => client.hSetNX(tables[kind], peerId, hash))) peers++
        }
      }
      return peers
    },
  }
}
