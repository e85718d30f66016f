import { describe, expect, it } from 'vitest'
import { createBreaker } from './breaker.ts'
import { createPace } from './pace.ts'

const breaker = () => createBreaker({ failures: 3, restMs: 10, mostRestMs: 40 })

describe('D5: an engine that fails', () => {
  it('is asked until the third failure in a row, then rests, then is probed by one shot alone', () => {
    const one = breaker()
    one.failed(0)
    one.failed(1)
    one.succeeded()
    one.failed(2)
    one.failed(3)
    expect(one.enter(3)).toBe(true)
    one.failed(4)
    expect(one.state(13)).toBe('open')
    expect(one.enter(13)).toBe(false)
    expect(one.state(14)).toBe('half-open')
    expect(one.enter(14)).toBe(true)
    expect(one.enter(14)).toBe(false)
    one.succeeded()
    expect(one.enter(15)).toBe(true)
    expect(one.enter(15)).toBe(true)
  })

  it('rests twice as long each time its probe fails, up to a limit', () => {
    const one = breaker()
    one.failed(0, true)
    const rests: number[] = []
    let now = 0
    for (let k = 0; k < 4; k++) {
      const since = now
      while (one.state(now) !== 'half-open') now++
      rests.push(now - since)
      one.enter(now)
      one.failed(now)
    }
    expect(rests).toEqual([10, 20, 40, 40])
  })

  it('does not rest longer for shots that were under way when it failed, and a stopped probe frees the place', () => {
    const one = breaker()
    one.failed(0, true)
    one.failed(5)
    one.failed(6)
    expect(one.enter(10)).toBe(true)
    one.released()
    expect(one.enter(10)).toBe(true)
  })
})

describe('D3: how long a shot takes', () => {
  it('is what was assumed until it is measured, then the mean and twice what it strays', () => {
    const pace = createPace(60_000)
    expect(pace.expected()).toBe(60_000)
    pace.measured(100_000)
    expect(pace.expected()).toBe(150_000)
    for (let k = 0; k < 60; k++) pace.measured(40_000)
    expect(pace.expected()).toBeGreaterThan(39_900)
    expect(pace.expected()).toBeLessThan(42_000)
    pace.measured(80_000)
    expect(pace.expected()).toBeGreaterThan(60_000)
  })
})
