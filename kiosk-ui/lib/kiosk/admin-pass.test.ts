import { expect, it } from 'vitest'
import { createAdminPasses } from './admin-pass.ts'

it('a pass holds for ten minutes, and only until the next one', () => {
  let now = 1_000
  const passes = createAdminPasses(() => now)
  expect(passes.holds('')).toBe(false)
  const first = passes.issue()
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect([passes.holds(first), passes.holds(first.toUpperCase().replace(/\d/g, 'x')), passes.holds('é'.repeat(32))]).toEqual([
    true,
    false,
    false,
  ])
  const second = passes.issue()
  expect([passes.holds(first), passes.holds(second)]).toEqual([false, true])
  now += 10 * 60_000
  expect(passes.holds(second)).toBe(false)
})
