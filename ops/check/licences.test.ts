import { expect, it } from 'vitest'
import { isAllowed } from './licences.ts'

it.each(['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', 'BSD*', 'OFL-1.1'].map((expression) => [expression]))(
  'tells %s',
  (expression) => {
    expect(isAllowed(expression)).toBe(expression !== 'BSD*')
  },
)

it.each(['GPL-3.0-only', 'MIT AND GPL-3.0', 'UNLICENSED', 'Custom: LICENSE', 'none'])('refuses %s', (expression) => {
  expect(isAllowed(expression)).toBe(false)
})
