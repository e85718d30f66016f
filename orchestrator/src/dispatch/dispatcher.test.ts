/** What becomes of a claim when something fails between the queue and the node. */
import type { Offer } from '@fanreel/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { madeVisit } from '../../../tests/support/made-visit.ts'
import { AppError } from '../errors.ts'
import type { Claim } from '../queue/render-queue.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createNodeSession } from './node-session.ts'

const { visitId } = madeVisit()
const renderId = `${visitId}-r1`
const clipSha256 = 'd'.repeat(64)
const visit = madeVisit({
  state: 'queued',
  clip: { key: 'k', sha256: clipSha256, bytes: 9, mime: 'video/mp4' },
  render: { renderId, number: 1, tier: 'cpu', queuedAt: 1, folders: [] },
})
const work = { eventId: 'e', visitId, renderId, packId: 'p', packHash: 'a'.repeat(64), clipSha256, clipBytes: 9 }
const away = () => Promise.reject(new AppError('unavailable'))

describe('a claim that a fault keeps from being offered', () => {
  const offers: Offer[] = []
  const given: string[] = []
  const get = vi.fn()
  const policy = vi.fn()
  const giveBack = vi.fn()
  const taken = vi.fn()
  let held: Claim | undefined
  let dispatcher: Dispatcher

  beforeEach(() => {
    offers.length = 0
    given.length = 0
    held = undefined
    get.mockReset().mockResolvedValue(visit)
    policy.mockReset().mockResolvedValue({})
    taken.mockReset().mockResolvedValue(visit)
    giveBack.mockReset().mockImplementation((_tier: string, _renderId: string, leaseToken: string) => {
      if (held?.leaseToken !== leaseToken) return Promise.resolve(false)
      held = undefined
      given.push(leaseToken)
      return Promise.resolve(true)
    })
  })
  afterEach(() => dispatcher.stop())

  const start = () => {
    const offer = (made: Offer) => {
      offers.push(made)
      return Promise.resolve({ accept: true as const })
    }
    const session = createNodeSession(
      { nodeId: 'node-a', version: '1', tiers: ['cpu'], engines: ['studio'], slots: 1, cloudSlots: 0, joinedAt: 0 },
      { offer, revoke: () => undefined, hangUp: () => undefined },
      60_000,
    )
    session.ready(1, Date.now())
    const parts = {
      eventId: 'e',
      recent: { note: () => undefined },
      store: { get },
      queue: {
        claim: (_tier: string, leaseToken: string) => {
          if (held) return Promise.resolve(undefined)
          held = { work, tier: 'cpu', leaseToken, tries: 0, deferredFailure: undefined }
          return Promise.resolve(held)
        },
        giveBack,
      },
      registry: { eager: () => (session.free(Date.now()) > 0 ? [session] : []), note: () => undefined },
      leases: { taken },
      settle: { waiting: () => Promise.resolve() },
      policy,
      granted: () => undefined,
      cancel: () => Promise.resolve(),
      clock: { now: Date.now },
      log: pino({ level: 'silent' }),
      leaseMs: 10_000,
      leastDeadlineMs: 1_000,
      pollMs: 10,
      ready: () => Promise.resolve(),
    }
    dispatcher = createDispatcher(parts as unknown as Parameters<typeof createDispatcher>[0])
  }

  it.each([
    ['the visit cannot be read', get],
    ['the policy cannot be read', policy],
  ])('L4: goes back and is offered as a first attempt where %s', async (_, failing) => {
    failing.mockImplementationOnce(away)
    start()
    await vi.waitFor(() => expect(offers).toHaveLength(1))
    expect(given).toHaveLength(1)
    expect(offers[0]).toMatchObject({ renderId, attempt: 1 })
    expect(offers[0]?.leaseToken).not.toBe(given[0])
  })

  it('L4: goes back as soon as the queue can be told', async () => {
    get.mockImplementationOnce(away)
    giveBack.mockImplementationOnce(away).mockImplementationOnce(away)
    start()
    await vi.waitFor(() => expect(offers).toHaveLength(1))
    expect(giveBack.mock.calls.length).toBeGreaterThanOrEqual(3)
    expect(given).toHaveLength(1)
  })

  it('L4: is not taken from a node that has accepted it', async () => {
    taken.mockImplementation(away)
    start()
    await vi.waitFor(() => expect(taken).toHaveBeenCalled())
    await dispatcher.stop()
    expect(given).toEqual([])
    expect(held?.leaseToken).toBe(offers[0]?.leaseToken)
  })
})

it('Q12: a node of several tiers looks for every fourth render on another than its most wanted first', async () => {
  const waiting: Record<string, number> = { gpu: 20, cpu: 2, cloud: 1 }
  const claimed: string[] = []
  const session = createNodeSession(
    {
      ...{ nodeId: 'node-a', version: '1', engines: ['studio'], slots: 1, cloudSlots: 0, joinedAt: 0 },
      tiers: ['gpu', 'cpu', 'cloud'],
    },
    {
      offer: () => Promise.resolve({ accept: false as const, reason: 'unfit' }),
      revoke: () => undefined,
      hangUp: () => undefined,
    },
    60_000,
  )
  const parts = {
    eventId: 'e',
    recent: { note: () => undefined },
    store: { get: () => Promise.resolve(undefined) },
    queue: {
      claim: (tier: string, leaseToken: string) => {
        if (!waiting[tier]) return Promise.resolve(undefined)
        waiting[tier]--
        claimed.push(tier)
        return Promise.resolve({ work, tier, leaseToken, tries: 0, deferredFailure: undefined })
      },
      fail: () => Promise.resolve('failed'),
    },
    registry: { eager: () => (session.free(Date.now()) > 0 ? [session] : []) },
    clock: { now: Date.now },
    log: pino({ level: 'silent' }),
    leaseMs: 10_000,
    pollMs: 10,
    ready: () => Promise.resolve(),
  }
  session.ready(1, Date.now())
  const dispatcher = createDispatcher(parts as unknown as Parameters<typeof createDispatcher>[0])
  try {
    await vi.waitFor(() => expect(claimed.length).toBeGreaterThanOrEqual(16))
  } finally {
    await dispatcher.stop()
  }
  // With nothing left on another tier it goes on with the most wanted.
  expect([3, 7, 11].map((at) => claimed[at])).toEqual(['cpu', 'cloud', 'cpu'])
  expect(claimed.filter((tier) => tier === 'gpu')).toHaveLength(claimed.length - 3)
})

it.each([
  ['a minute ago, and another is there', 30_000, ['node-b'], [], false],
  ['longer ago, and the other has not tried', 120_000, ['node-b'], [], false],
  ['longer ago, and the other has spoilt it too', 120_000, ['node-b'], ['node-b'], true],
  ['longer ago than any line before it', 400_000, ['node-b'], [], true],
  ['just now, and nobody else is there', 1_000, [], [], true],
])('L8: what a node has spoilt %s', async (_, agoMs, others, spoiltByThem, isOffered) => {
  const at = Date.now() - agoMs
  const history = ['node-a', ...spoiltByThem].flatMap((note) => [
    { at, state: 'rendering' as const, note },
    { at, state: 'queued' as const, note: 'node-gone' },
  ])
  const offer = vi.fn().mockResolvedValue({ accept: false, reason: 'unfit' })
  const session = createNodeSession(
    { nodeId: 'node-a', version: '1', tiers: ['cpu'], engines: ['studio'], slots: 1, cloudSlots: 0, joinedAt: 0 },
    { offer, revoke: () => undefined, hangUp: () => undefined },
    60_000,
  )
  const postpone = vi.fn().mockResolvedValue(true)
  const claims = [{ work, tier: 'cpu', leaseToken: 'e.node-a.1', tries: 1, deferredFailure: undefined }]
  const parts = {
    eventId: 'e',
    recent: { note: () => undefined },
    store: { get: () => Promise.resolve({ ...visit, history }) },
    queue: { claim: () => Promise.resolve(claims.pop()), postpone, giveBack: () => Promise.resolve(false) },
    registry: { eager: () => (session.free(Date.now()) > 0 ? [session] : []) },
    othersOn: () => Promise.resolve(others),
    policy: () => Promise.resolve({}),
    granted: () => undefined,
    clock: { now: Date.now },
    log: pino({ level: 'silent' }),
    leaseMs: 10_000,
    leastDeadlineMs: 1_000,
    pollMs: 10,
    ready: () => Promise.resolve(),
    spoiltMs: 60_000,
  }
  session.ready(1, Date.now())
  const dispatcher = createDispatcher(parts as unknown as Parameters<typeof createDispatcher>[0])
  try {
    await vi.waitFor(() => expect(offer.mock.calls.length + postpone.mock.calls.length).toBe(1))
    expect(offer.mock.calls).toHaveLength(isOffered ? 1 : 0)
  } finally {
    await dispatcher.stop()
  }
})
