import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { onParentGone } from './parent-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('hears once that the parent is gone, and not before', () => {
  let parent = 7
  const gone = vi.fn()
  onParentGone(gone, { ppid: () => parent })
  vi.advanceTimersByTime(60_000)
  expect(gone).not.toHaveBeenCalled()
  parent = 1
  vi.advanceTimersByTime(60_000)
  expect(gone).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(0)
})

it('looks no longer than it is wanted', () => {
  const stop = new AbortController()
  const gone = vi.fn()
  let parent = 7
  onParentGone(gone, { ppid: () => parent, stopped: stop.signal })
  stop.abort()
  parent = 1
  vi.advanceTimersByTime(60_000)
  expect([gone.mock.calls.length, vi.getTimerCount()]).toEqual([0, 0])
})
