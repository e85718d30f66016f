/** A kiosk's room for clips, by what its browser says of it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DiskRoom, isTight, watchDiskRoom } from './disk-room.ts'

const HALF_A_MINUTE = 30_000

describe('the room for clips', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** A browser whose answers are these, one after the other; the last one stands. */
  const watching = (...answers: (StorageEstimate | Error)[]) => {
    const told: DiskRoom[] = []
    const persist = vi.fn(() => Promise.reject<boolean>(new Error('refused')))
    let asked = 0
    const estimate = () => {
      const answer = answers[Math.min(asked++, answers.length - 1)]
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? {})
    }
    const stop = watchDiskRoom((room) => told.push(room), { estimate, persist })
    return { told, persist, stop, asked: () => asked }
  }
  const later = () => vi.advanceTimersByTimeAsync(HALF_A_MINUTE)

  it('is told at once and every half a minute, and the browser is asked to keep what lies there', async () => {
    const { told, persist, stop } = watching({ usage: 1, quota: 10 }, { usage: 4, quota: 10 })
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual([{ usedBytes: 1, grantedBytes: 10 }])
    await later()
    expect(told.at(-1)).toEqual({ usedBytes: 4, grantedBytes: 10 })
    expect(persist).toHaveBeenCalledTimes(1)
    stop()
  })
  it('is not told where the browser does not say, nor after a look that failed, and is asked for again', async () => {
    const { told, stop } = watching({}, { usage: 3 }, new Error('no'), { usage: 2, quota: 5 })
    await vi.advanceTimersByTimeAsync(0)
    await later()
    await later()
    expect(told).toEqual([])
    await later()
    expect(told).toEqual([{ usedBytes: 2, grantedBytes: 5 }])
    stop()
  })
  it('is asked for no more once nobody wants to know, and an answer under way is not told', async () => {
    const { told, stop, asked } = watching({ usage: 1, quota: 10 })
    stop()
    await later()
    expect([told, asked()]).toEqual([[], 1])
  })
  it('is tight below what another visitor with all retakes may need', () => {
    expect(isTight({ usedBytes: 900_000_001, grantedBytes: 1_000_000_000 })).toBe(true)
    expect(isTight({ usedBytes: 900_000_000, grantedBytes: 1_000_000_000 })).toBe(false)
  })
})
