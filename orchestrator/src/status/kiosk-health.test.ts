import type { KioskHealth } from '@fanreel/protocol'
import { expect, it } from 'vitest'
import { useRedis } from '../../../tests/support/use-redis.ts'
import { createKioskHealths } from './kiosk-health.ts'

const at = useRedis()
const health: KioskHealth = {
  version: '1',
  upMs: 1,
  disk: { freeBytes: 1, totalBytes: 2 },
  memory: { freeBytes: 1, totalBytes: 2 },
  load: 0,
  camera: 'seen',
  browser: { state: 'running', restarts: 0 },
}

it('V10: a report stands for a minute; then it is told since when the agent is silent, until the next report or half a day later', async () => {
  const start = 1_000_000_000_000
  let now = start
  const healths = createKioskHealths({ redis: at.redis, eventId: 'silent', clock: { now: () => now } })
  const row = { kioskId: 'kiosk-a', online: true, version: '1', lastSeenAt: start, holding: 0 }
  const seen = async () => (await healths.addTo([row]))[0]
  expect(await seen()).toEqual(row)
  await healths.note('kiosk-a', health)
  now += 60_000
  expect(await seen()).toEqual({ ...row, health })
  now += 1
  expect(await seen()).toEqual({ ...row, agentSilentSince: start })
  // A box of which nothing at all is heard is no row of its own.
  expect(await healths.addTo([])).toEqual([])
  now = start + 12 * 3_600_000 + 1
  expect(await seen()).toEqual(row)
  await healths.note('kiosk-a', health)
  expect(await seen()).toEqual({ ...row, health })
})
