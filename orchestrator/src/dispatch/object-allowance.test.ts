import { expect, it } from 'vitest'
import { createObjectAllowance } from './object-allowance.ts'

it('N7: the same object counts once, another lease counts anew, and going too far is told once', () => {
  const allowance = createObjectAllowance({ films: 3, previews: 300 })
  for (let at = 0; at < 300; at++) {
    expect(allowance.take('a', 'preview', String(at))).toBe('yes')
    expect(allowance.take('a', 'preview', String(at))).toBe('yes')
  }
  expect(allowance.take('a', 'preview', 'one more')).toBe('first-too-many')
  expect(allowance.take('a', 'preview', 'and more')).toBe('too-many')
  expect(allowance.take('a', 'reel', 'r')).toBe('yes')
  expect(allowance.take('b', 'preview', 'one more')).toBe('yes')
})
