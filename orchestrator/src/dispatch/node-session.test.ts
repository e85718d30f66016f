import { describe, expect, it } from 'vitest'
import { deadlineMs } from './deadline.ts'
import { createNodeSession, type HeldLease } from './node-session.ts'

const line = { offer: () => Promise.reject(new Error('unused')), revoke: () => undefined, hangUp: () => undefined }
const LEASE_MS = 100
const facts = { nodeId: 'node-a', version: '1', engines: ['studio' as const], cloudSlots: 0, joinedAt: 0 }
const newSession = (slots = 2) => createNodeSession({ ...facts, tiers: ['cpu'], slots }, line, LEASE_MS)
const lease = (number: number): HeldLease => ({
  renderId: `v-r${number}`,
  visitId: 'v',
  leaseToken: `node-a.${number}`,
  tier: 'cpu',
  stage: 'fetch',
  fraction: 0,
  beatAt: 1,
  renewedAt: 1,
})

describe('the slots of a node', () => {
  it('N3: none is offered before the node is ready, and each is taken before anything is claimed for it', () => {
    const session = newSession()
    expect(session.free(0)).toBe(0)
    session.ready(2, 0)
    expect(session.free(0)).toBe(2)
    const release = session.reserve()
    expect(session.free(0)).toBe(1)
    release()
    release()
    expect(session.free(0)).toBe(2)
  })

  it('N3: a ready that crosses an offer on its way frees no slot twice', () => {
    const session = newSession(1)
    session.ready(1, 0)
    const release = session.reserve()
    session.ready(1, 0)
    expect(session.free(0)).toBe(0)
    session.hold(lease(1))
    release()
    expect(session.free(0)).toBe(0)
    // Said before the result was committed: the lease is still held here.
    session.ready(1, 0)
    expect(session.free(0)).toBe(0)
    session.drop('node-a.1')
    expect(session.free(0)).toBe(1)
  })

  it('N3: a lease that ran out frees its slot, though its node, which has stopped by itself, says nothing more of it', () => {
    const session = newSession(1)
    session.ready(1, 0)
    session.hold(lease(1))
    // It could not be told that its lease was lost; it knew by its own clock.
    session.ready(1, 90)
    expect([session.free(101), session.free(102)]).toEqual([0, 1])
    expect(session.row().running).toEqual([])
  })

  it('N3: one that let a lease run out in silence is offered nothing before it is heard of again', () => {
    const session = newSession(1)
    session.ready(1, 0)
    session.hold(lease(1))
    expect(session.free(102)).toBe(0)
    session.ready(1, 500)
    expect(session.free(500)).toBe(1)
  })

  describe('N5: of a node that takes work and says nothing of it', () => {
    const withMutes = () => {
      const mutes: number[] = []
      const session = createNodeSession({ ...facts, tiers: ['cpu'], slots: 2 }, line, LEASE_MS, () => mutes.push(1))
      session.ready(2, 0)
      for (const number of [1, 2]) session.hold(lease(number))
      return { session, mutes }
    }

    it('it is a fault, once for all that runs out together, where it speaks on', () => {
      const { session, mutes } = withMutes()
      session.ready(2, 80)
      session.free(102)
      session.free(103)
      expect(mutes).toHaveLength(1)
    })
    it('it is one where it speaks only when all has run out', () => {
      const { session, mutes } = withMutes()
      session.free(102)
      expect(mutes).toHaveLength(0)
      session.ready(2, 130)
      session.ready(2, 131)
      expect(mutes).toHaveLength(1)
    })
    it('it is none of one that beat, and then was frozen, cut off or kept from its answers', () => {
      const { session, mutes } = withMutes()
      for (const number of [1, 2]) session.heard(`node-a.${number}`, 60)
      // It has given up by its own clock and says that it is free.
      session.ready(2, 95)
      session.free(102)
      session.ready(2, 300)
      expect(mutes).toHaveLength(0)
    })
  })

  it('N3: never more than the slots it registered, never any while it drains', () => {
    const session = newSession(2)
    session.ready(50, 0)
    expect(session.free(0)).toBe(2)
    session.drain()
    expect(session.free(0)).toBe(0)
    expect(session.row().state).toBe('draining')
  })

  it('N8: a render that waits for a remote engine leaves the machine’s slots alone, and these leave its own', () => {
    const session = createNodeSession({ ...facts, tiers: ['cpu', 'cloud'], slots: 1, cloudSlots: 2 }, line, LEASE_MS)
    const open = () => session.openings(0).map(({ pool, tiers }) => [pool, ...tiers].join(' '))
    session.ready(1, 0, 2)
    expect(open()).toEqual(['machine cpu', 'cloud cloud'])
    session.hold({ ...lease(1), tier: 'cloud' })
    const release = session.reserve('cloud')
    expect([session.free(0), session.free(0, 'cloud')]).toEqual([1, 0])
    expect(open()).toEqual(['machine cpu'])
    release()
    session.hold(lease(2))
    expect(open()).toEqual(['cloud cloud'])
    session.ready(0, 0, 1)
    expect([session.free(0), session.free(0, 'cloud')]).toEqual([0, 1])
  })

  it('N8: without such slots every tier takes the machine’s', () => {
    const session = createNodeSession({ ...facts, tiers: ['cloud', 'cpu'], slots: 1 }, line, LEASE_MS)
    session.ready(1, 0)
    expect(session.openings(0)).toEqual([{ pool: 'machine', tiers: ['cloud', 'cpu'] }])
    session.hold({ ...lease(1), tier: 'cloud' })
    expect(session.openings(0)).toEqual([])
  })

  it('L4: who turns offers down is asked after 1, 2, 4 ... seconds, until it accepts or says that it is ready', () => {
    const session = newSession()
    session.ready(1, 0)
    session.backOff(0)
    expect([session.free(999), session.free(1_000)]).toEqual([0, 1])
    session.backOff(1_000)
    expect([session.free(2_999), session.free(3_000)]).toEqual([0, 1])
    session.accepted()
    session.backOff(10_000)
    expect(session.free(11_000)).toBe(1)
    session.backOff(11_000)
    session.ready(1, 0)
    expect(session.free(11_001)).toBe(1)
  })

  it('L6: the deadline grows with the clip and the tier', () => {
    const deadline = (tier: 'cpu' | 'gpu', clipBytes: number) => deadlineMs({ tier, clipBytes, leastMs: 100_000 })
    expect(deadline('gpu', 1)).toBeGreaterThanOrEqual(100_000)
    expect(deadline('gpu', 20 * 1_048_576)).toBe(200_000)
    expect(deadline('cpu', 20 * 1_048_576)).toBe(400_000)
  })
})
