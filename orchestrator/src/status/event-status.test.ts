import type { NodeRow } from '@fanreel/protocol'
import { EventStatus } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { eventStatusOf, newcomerTier } from './event-status.ts'

const node: NodeRow = {
  nodeId: 'node-a',
  state: 'online',
  version: '1',
  tiers: ['cpu'],
  engines: ['studio'],
  slots: 1,
  cloudSlots: 0,
  running: [],
  done: 0,
  failed: 0,
  lastSeenAt: 1,
}
const facts = {
  eventId: 'e',
  settings: { paused: false, tiers: ['gpu' as const, 'cpu' as const], purposes: ['make-film' as const] },
  nodes: [node],
  newcomer: { waitMs: 40_200, queued: 2, slots: 1 },
  maxWaitMs: 60_000,
}

describe('the status of an event', () => {
  it('V8: is open with the wait of whoever begins now', () => {
    const status = eventStatusOf(facts)
    expect(status).toEqual({ eventId: 'e', open: true, waitMs: 41_000, nodes: 1, queued: 2 })
    expect(EventStatus.parse(status)).toEqual(status)
  })

  it('V8: says why it is closed: a pause before all, then no nodes, then the wait', () => {
    const { waitMs: _, ...noWait } = facts.newcomer
    const none = { ...facts, nodes: [], newcomer: { ...noWait, slots: 0 } }
    expect(eventStatusOf(none)).toMatchObject({ open: false, reason: 'no-nodes', nodes: 0 })
    expect(eventStatusOf({ ...none, settings: { ...facts.settings, paused: true } })).toMatchObject({ reason: 'paused' })
    expect(eventStatusOf({ ...facts, maxWaitMs: 40_000 })).toMatchObject({ open: false, reason: 'overloaded' })
    expect(eventStatusOf({ ...facts, newcomer: noWait })).not.toHaveProperty('waitMs')
  })

  it('V8: a newcomer goes to the first tier that a node serves and the event asks consent for', () => {
    expect(newcomerTier(facts.settings, [node])).toBe('cpu')
    expect(newcomerTier(facts.settings, [{ ...node, tiers: ['gpu', 'cpu'] }])).toBe('gpu')
    expect(newcomerTier(facts.settings, [{ ...node, state: 'offline' }])).toBe('cpu')
    const cloud = { tiers: ['cloud' as const, 'cpu' as const], purposes: ['make-film' as const] }
    expect(newcomerTier(cloud, [{ ...node, tiers: ['cloud', 'cpu'] }])).toBe('cpu')
    expect(newcomerTier({ ...cloud, purposes: ['make-film', 'cloud'] }, [{ ...node, tiers: ['cloud'] }])).toBe('cloud')
  })
})
