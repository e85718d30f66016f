import { expect, it } from 'vitest'
import { useRedis } from '../../../tests/support/use-redis.ts'
import { createKioskPresence, PRESENCE_MS } from './kiosk-presence.ts'

const at = useRedis()

it('V7: a kiosk whose orchestrator died without a word is offline after three of its signs of life', async () => {
  let now = 1_000_000_000_000
  const presence = createKioskPresence({ redis: at.redis, eventId: 'one', clock: { now: () => now } })
  const online = async () => (await presence.list()).map((row) => [row.kioskId, row.online])
  await presence.seen({ kioskId: 'kiosk-a', version: '1', joinedAt: 1, holding: 0 })
  now += 3 * PRESENCE_MS
  await presence.seen({ kioskId: 'kiosk-b', version: '1', joinedAt: 1, holding: 2 })
  expect(await online()).toEqual([
    ['kiosk-a', true],
    ['kiosk-b', true],
  ])
  now += 1
  expect(await online()).toEqual([
    ['kiosk-a', false],
    ['kiosk-b', true],
  ])
  await presence.seen({ kioskId: 'kiosk-a', version: '1', joinedAt: 1, holding: 0 })
  await presence.gone({ kioskId: 'kiosk-b', joinedAt: 1 }, false)
  expect(await online()).toEqual([
    ['kiosk-a', true],
    ['kiosk-b', false],
  ])
})

it('V7: a kiosk that signs off is missed by nobody, unless clips wait on it', async () => {
  const presence = createKioskPresence({ redis: at.redis, eventId: 'two', clock: { now: () => 1_000_000_000_000 } })
  await presence.seen({ kioskId: 'kiosk-a', version: '1', joinedAt: 1, holding: 0 })
  await presence.seen({ kioskId: 'kiosk-b', version: '1', joinedAt: 1, holding: 1 })
  for (const kioskId of ['kiosk-a', 'kiosk-b']) await presence.gone({ kioskId, joinedAt: 1 }, true)
  expect((await presence.list()).map((row) => [row.kioskId, row.online])).toEqual([['kiosk-b', false]])
})

it('V7: what an instance says of a connection that was replaced at another changes nothing', async () => {
  const presence = createKioskPresence({ redis: at.redis, eventId: 'three', clock: { now: () => 1_000_000_000_000 } })
  const kiosk = { kioskId: 'kiosk-a', version: '1' }
  await presence.seen({ ...kiosk, joinedAt: 10, holding: 0 })
  await presence.seen({ ...kiosk, joinedAt: 20, holding: 2 })
  await presence.seen({ ...kiosk, joinedAt: 10, holding: 0 })
  for (const signedOff of [true, false]) await presence.gone({ ...kiosk, joinedAt: 10 }, signedOff)
  expect(await presence.list()).toMatchObject([{ kioskId: 'kiosk-a', online: true, holding: 2 }])
})
