/** What is held against a node, as two instances see it on one Redis. */
import { expect, it, vi } from 'vitest'
import { useRedis } from '../../../tests/support/use-redis.ts'
import { createNodeConduct } from './node-conduct.ts'
import { createNodePresence } from './node-presence.ts'

const MINUTE_MS = 60_000
const at = useRedis()
let now = 1_000_000
const clock = { now: () => now }
const instance = () => createNodeConduct({ redis: at.redis, eventId: 'e', mostBlamed: 2, clock })
const presence = () => createNodePresence({ redis: at.redis, eventId: 'e', clock })

it('N5: three faults within an hour drain a node whichever instances saw them, once, and it stays drained', async () => {
  const [one, other] = [instance(), instance()]
  expect(await one.strike('node-a', 'node-fault')).toEqual({ strikes: 1, drainedNow: false })
  expect(await other.strike('node-a', 'reel-black')).toEqual({ strikes: 2, drainedNow: false })
  expect(await one.drained('node-a')).toBeUndefined()
  expect(await one.strike('node-a', 'deadline-passed')).toEqual({ strikes: 3, drainedNow: true })
  expect(await other.strike('node-a', 'node-fault')).toEqual({ strikes: 4, drainedNow: false })
  now += 600 * MINUTE_MS
  expect(await instance().drained('node-a')).toEqual({ at: 1_000_000, code: 'deadline-passed' })
  expect([...(await other.allDrained()).keys()]).toContain('node-a')
})

it('N5: faults that lie more than an hour apart drain nobody', async () => {
  for (let fault = 0; fault < 6; fault++) {
    expect(await instance().strike('node-slow', 'node-fault')).toMatchObject({ drainedNow: false })
    now += 31 * MINUTE_MS
  }
})

it('N5: a node that goes on and on fills nothing', async () => {
  for (let fault = 0; fault < 40; fault++) await instance().strike('node-flood', 'lease-lost')
  expect((await instance().strike('node-flood', 'lease-lost')).strikes).toBe(10)
})

it('N5: an operator lets it work again, with nothing held against it', async () => {
  const heard = vi.fn()
  const stop = instance().onChange(heard)
  for (let fault = 0; fault < 3; fault++) await instance().strike('node-b', 'node-fault')
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1))
  await instance().reinstate('node-b')
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2))
  stop()
  expect(await instance().drained('node-b')).toBeUndefined()
  expect(await instance().strike('node-b', 'node-fault')).toEqual({ strikes: 1, drainedNow: false })
})

it('N5: operators see on the floor that it was drained, since when and why, also after it has gone', async () => {
  const row = {
    version: '1',
    tiers: ['cpu' as const],
    engines: ['studio' as const],
    slots: 1,
    cloudSlots: 0,
    running: [],
    joinedAt: 1,
  }
  await presence().note([
    { nodeId: 'node-c', state: 'online', ...row },
    { nodeId: 'node-d', state: 'online', ...row },
  ])
  for (let fault = 0; fault < 3; fault++) await instance().strike('node-c', 'node-fault')
  const rowOf = async (nodeId: string) => (await presence().list()).find((each) => each.nodeId === nodeId)
  expect(await rowOf('node-c')).toMatchObject({ state: 'draining', drained: { at: now, code: 'node-fault' } })
  expect(await rowOf('node-d')).toMatchObject({ state: 'online' })
  expect(await rowOf('node-d')).not.toHaveProperty('drained')
  now += MINUTE_MS
  expect(await rowOf('node-c')).toMatchObject({ state: 'offline', drained: { code: 'node-fault' } })
})

it('N6: clips called no good in a row count whichever instance hears it; a film, made through any, begins the row anew', async () => {
  const blame = () => instance().blamedClip('node-e', 'clip-too-dark')
  expect([(await blame()).strikes, (await blame()).strikes]).toEqual([0, 0])
  await presence().count('node-e', 'done')
  expect([(await blame()).strikes, (await blame()).strikes]).toEqual([0, 0])
  expect([await blame(), await blame(), await blame()]).toEqual([
    { strikes: 1, drainedNow: false },
    { strikes: 2, drainedNow: false },
    { strikes: 3, drainedNow: true },
  ])
  expect(await instance().drained('node-e')).toMatchObject({ code: 'clip-too-dark' })
})

it('N2: what an instance notes of a connection that was replaced elsewhere changes nothing', async () => {
  const row = { nodeId: 'node-m', version: '1', tiers: ['cpu' as const], engines: ['studio' as const], slots: 1, cloudSlots: 0 }
  const older = { ...row, running: [], joinedAt: 10 }
  const newer = { ...row, slots: 2, running: [], joinedAt: 20 }
  const seen = async () => (await presence().list()).find(({ nodeId }) => nodeId === 'node-m')
  await presence().note([{ ...older, state: 'online' }])
  await presence().note([{ ...newer, state: 'online' }])
  await presence().note([{ ...older, state: 'offline' }])
  expect(await seen()).toMatchObject({ state: 'online', slots: 2 })
  await presence().note([{ ...newer, state: 'offline' }])
  expect(await seen()).toMatchObject({ state: 'offline' })
})
