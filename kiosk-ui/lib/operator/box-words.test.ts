/** What an operator reads of a box. */
import type { KioskHealth } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { boxTroubles, boxWords } from './box-words.ts'

const good: KioskHealth = {
  version: '1',
  upMs: 1,
  disk: { freeBytes: 41_200_000_000, totalBytes: 64_000_000_000 },
  memory: { freeBytes: 1_900_000_000, totalBytes: 8_000_000_000 },
  load: 0.2,
  celsius: 61.6,
  camera: 'in-use',
  browser: { state: 'running', restarts: 0 },
  skewMs: 120,
  roundTripMs: 9,
}

describe('a kiosk’s box', () => {
  it('is one line on a good day, and no trouble', () => {
    expect(boxWords(good)).toBe('version 1 · 41.2 GB free · 1.9 GB memory · 62 °C · camera in use · browser running · 9 ms to us')
    expect(boxTroubles(good)).toEqual([])
  })
  it('names what somebody must do something about, the gravest first', () => {
    const bad: KioskHealth = {
      ...good,
      disk: { ...good.disk, freeBytes: 1_000_000_000 },
      memory: { ...good.memory, freeBytes: 200_000_000 },
      roundTripMs: 2_340,
      celsius: 93,
      camera: 'missing',
      browser: { state: 'frozen', restarts: 3 },
      skewMs: -45_000,
    }
    expect(boxTroubles(bad).map(({ id, grave }) => `${id} ${grave}`)).toEqual([
      'box-camera true',
      'box-browser true',
      'box-disk false',
      'box-memory false',
      'box-hot false',
      'box-clock false',
      'box-network false',
    ])
    expect(boxTroubles(bad).at(-1)?.what).toBe('waits 2.3 s for each answer of ours')
    expect(boxTroubles({ ...bad, camera: 'silent' })[0]).toMatchObject({
      id: 'box-camera',
      what: 'has a camera that gives no picture',
    })
    expect(boxWords(bad)).toContain('no camera · browser frozen · restarted 3× · clock −45.0 s')
  })
})
