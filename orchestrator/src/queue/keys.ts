/** Names of everything Redis holds for an event. The event's id is the hash tag, so that one event stays on one shard. */
import type { EventId } from '@fanreel/protocol'

/** `fanreel:{milan-2026}`: the prefix of every key, and BullMQ's own. */
export const eventPrefix = (eventId: EventId): string => `fanreel:{${eventId}}`

/** A key of the event: its prefix and the parts, colon-separated. */
export const eventKey = (eventId: EventId, ...parts: string[]): string => [eventPrefix(eventId), ...parts].join(':')

/** The one key that every event has from its first start: the media store's id, by which Redis and store know that they belong together. */
export const storeIdKey = (eventId: EventId): string => eventKey(eventId, 'store-id')
