import type { Floor, KioskHealth } from '@fanreel/protocol'
import { expect, it } from 'vitest'
import { floorSameness } from './floor.ts'

const floorWith = (change: Partial<KioskHealth> = {}, at = 1): Floor => ({
  at,
  status: { eventId: 'practice', open: true, nodes: 1, queued: 0 },
  kiosks: [
    {
      kioskId: 'kiosk-1',
      online: true,
      version: '1',
      lastSeenAt: at,
      holding: 0,
      health: {
        version: '1',
        upMs: at,
        disk: { freeBytes: 40_000_000_000, totalBytes: 64_000_000_000 },
        memory: { freeBytes: 4_000_000_000, totalBytes: 8_000_000_000 },
        load: at / 10,
        celsius: 61.2,
        camera: 'in-use',
        browser: { state: 'running', restarts: 0 },
        skewMs: 120,
        roundTripMs: 9,
        ...change,
      },
    },
  ],
  nodes: [],
  queues: [],
  visits: [],
  counts: {},
})

it('V10: a box that is well makes no news by the time that goes by, and one that is not makes it with the report that says so', () => {
  const well = floorSameness(floorWith())
  const disk = { freeBytes: 39_900_000_000, totalBytes: 64_000_000_000 }
  expect(floorSameness(floorWith({ disk, celsius: 61.4, skewMs: 141, roundTripMs: 31 }, 2))).toBe(well)
  for (const amiss of [
    { disk: { ...disk, freeBytes: 1_900_000_000 } },
    { memory: { freeBytes: 250_000_000, totalBytes: 8_000_000_000 } },
    { celsius: 86.1 },
    { skewMs: -31_000 },
    { roundTripMs: 1_600 },
    { camera: 'silent' as const },
  ])
    expect(floorSameness(floorWith(amiss)), JSON.stringify(amiss)).not.toBe(well)
})
