/** What an attract screen must know: whether a visitor may begin, and what they would wait. Admission is decided here (V8). */
import type { EventId, EventStatus, NodeRow } from '@fanreel/protocol'
import type { EventSettings } from '../event/event-settings.ts'
import { chooseTier } from '../visits/tier-choice.ts'

/** Waits are told in whole seconds, so that a status changes when something changed. */
const STEP_MS = 1_000

export type EventFacts = {
  eventId: EventId
  settings: Pick<EventSettings, 'paused' | 'tiers' | 'purposes'>
  nodes: readonly NodeRow[]
  /** What holds on the tier a newcomer would be queued on. */
  newcomer: { waitMs?: number; queued: number; slots: number }
  /** The longest wait a visitor is asked to accept, in milliseconds. */
  maxWaitMs: number
}

/** The tier of a visitor who would begin now and agree to everything they are asked. */
export const newcomerTier = (settings: Pick<EventSettings, 'tiers' | 'purposes'>, nodes: readonly NodeRow[]) =>
  chooseTier({
    tiers: settings.tiers,
    nodes,
    permits: (tier) => tier !== 'cloud' || settings.purposes.includes('cloud'),
  })

/** Pure: the status that follows from the facts. A pause comes first, then the lack of nodes, then the wait. */
export const eventStatusOf = ({ eventId, settings, nodes, newcomer, maxWaitMs }: EventFacts): EventStatus => {
  const online = nodes.filter((node) => node.state === 'online').length
  const reason = settings.paused
    ? 'paused'
    : newcomer.slots === 0
      ? 'no-nodes'
      : newcomer.waitMs !== undefined && newcomer.waitMs > maxWaitMs
        ? 'overloaded'
        : undefined
  return {
    eventId,
    open: reason === undefined,
    ...(reason !== undefined && { reason }),
    ...(newcomer.waitMs !== undefined && { waitMs: Math.ceil(newcomer.waitMs / STEP_MS) * STEP_MS }),
    nodes: online,
    queued: newcomer.queued,
  }
}
