import { expect, it } from 'vitest'
import { createPinLock } from './pin-lock.ts'

it('opens by the right PIN, and closes for a minute after five wrong ones, whatever comes then', () => {
  let now = 0
  const tryPin = createPinLock('4711', () => now)
  expect(['', '471', '47111', '0000'].map(tryPin)).toEqual(['wrong', 'wrong', 'wrong', 'wrong'])
  expect(tryPin('4711')).toBe('open')
  for (let tries = 0; tries < 4; tries++) expect(tryPin('0000')).toBe('wrong')
  expect(tryPin('0000')).toBe('closed')
  expect(tryPin('4711')).toBe('closed')
  now = 59_999
  expect(tryPin('4711')).toBe('closed')
  now = 60_000
  expect(tryPin('4711')).toBe('open')
})

it('is opened by nothing where no PIN is set', () => {
  const tryPin = createPinLock('')
  expect(tryPin('')).toBe('wrong')
})
