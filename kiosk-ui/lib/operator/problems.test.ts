/** What an operator is told first. */
import type { Floor } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { problemsOf } from './problems.ts'
import { ago, span } from './telling-time.ts'

const at = 1_000_000
const floor = (change: Partial<Floor> = {}): Floor => ({
  at,
  status: { eventId: 'practice', open: true, nodes: 1, queued: 0 },
  kiosks: [{ kioskId: 'kiosk-1', online: true, version: '1', lastSeenAt: at, holding: 0 }],
  nodes: [
    {
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
      lastSeenAt: at,
    },
  ],
  queues: [],
  visits: [],
  counts: {},
  ...change,
})

describe('problems', () => {
  it('says nothing on a good day', () => {
    expect(problemsOf(floor())).toEqual([])
  })
  it('N5: names a node that was drained after faults of its own, with the last of them and what to do', () => {
    const [node] = floor().nodes
    const nodes = [{ ...node!, state: 'draining' as const, drained: { at, code: 'node-fault' as const } }]
    const found = problemsOf(floor({ nodes })).find(({ id }) => id === 'drained-node-a')
    expect(found).toMatchObject({ grave: true, what: 'node-a was drained after faults of its own' })
    expect(found?.todo).toContain('node-fault')
    expect(found?.todo).toContain('let it work again')
  })
  it('names the gravest first', () => {
    const found = problemsOf(
      floor({
        nodes: [],
        kiosks: [{ kioskId: 'kiosk-2', online: false, version: '1', lastSeenAt: 0, holding: 0 }],
        queues: [{ tier: 'cpu', waiting: 4, active: 0, delayed: 0, failed: 0, oldestMs: 400_000 }],
      }),
    )
    expect(found.map(({ id }) => id)).toEqual(['no-nodes', 'kiosks-away', 'oldest'])
  })
  it.each([
    ['camera', 'camera-kiosk-1', true],
    ['disk', 'disk-kiosk-1', true],
    ['shut', 'shut-kiosk-1', false],
    ['microphone', 'microphone-kiosk-1', false],
  ] as const)('tells what a kiosk finds wrong with itself: %s', (trouble, id, grave) => {
    const row = { kioskId: 'kiosk-1', online: true, version: '1', lastSeenAt: at, holding: 0, trouble }
    expect(problemsOf(floor({ kiosks: [row] }))).toMatchObject([{ id, grave }])
    expect(problemsOf(floor({ kiosks: [{ ...row, online: false }] })).map((problem) => problem.id)).toEqual(['kiosks-away'])
  })
  it('says of a kiosk that works that nobody watches its box any more', () => {
    const row = { kioskId: 'kiosk-1', version: '1', lastSeenAt: at, holding: 0, agentSilentSince: at - 240_000 }
    const idsOf = (online: boolean) => problemsOf(floor({ kiosks: [{ ...row, online }] })).map(({ id }) => id)
    expect(problemsOf(floor({ kiosks: [{ ...row, online: true }] }))[0]?.what).toBe('kiosk-1 has had no agent for 4 min')
    expect([idsOf(true), idsOf(false)]).toEqual([['agent-kiosk-1'], ['kiosks-away']])
  })
  it('names a kiosk that runs another version than most', () => {
    const row = (kioskId: string, version: string, online = true) => ({ kioskId, online, version, lastSeenAt: at, holding: 0 })
    const found = problemsOf(floor({ kiosks: [row('a', '2'), row('b', '1'), row('c', '2'), row('d', '0', false)] }))
    expect(found.map(({ id, what }) => `${id}: ${what}`)).toEqual([
      'kiosks-away: d offline',
      'version-b: b runs version 1, others 2',
    ])
  })
  it('leaves a refused clip to its visitor', () => {
    const visit = {
      eventId: 'event',
      visitId: 'v',
      seq: 1,
      packId: 'p',
      language: 'en',
      kioskId: 'kiosk-1',
      changedAt: at,
      state: 'failed',
    } as const
    expect(problemsOf(floor({ visits: [{ ...visit, code: 'clip-too-dark' }] }))).toEqual([])
    expect(problemsOf(floor({ visits: [{ ...visit, code: 'node-fault' }] })).map(({ id }) => id)).toEqual(['failed'])
  })
  it('tells time shortly', () => {
    expect([span(0), span(89_000), span(240_000), span(7_500_000), ago(at, at + 900), ago(at, at + 5_000)]).toEqual([
      '0 s',
      '89 s',
      '4 min',
      '2 h 05',
      'now',
      '5 s ago',
    ])
  })
})
