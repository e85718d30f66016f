import { expect, it } from 'vitest'
import { parseRange } from './range.ts'

it('P6: reads the ranges that phones ask for', () => {
  expect(parseRange('bytes=0-1', 100)).toEqual({ start: 0, end: 1 })
  expect(parseRange('bytes=0-', 100)).toEqual({ start: 0, end: 99 })
  expect(parseRange('bytes=90-200', 100)).toEqual({ start: 90, end: 99 })
  expect(parseRange('bytes=-10', 100)).toEqual({ start: 90, end: 99 })
  expect(parseRange('bytes=-1000', 100)).toEqual({ start: 0, end: 99 })
  expect(parseRange(' bytes=99-99 ', 100)).toEqual({ start: 99, end: 99 })
})

it('P6: a range outside the object cannot be satisfied', () => {
  for (const header of ['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=999999999999999-']) {
    expect(parseRange(header, 100), header).toBe('unsatisfiable')
  }
  expect(parseRange('bytes=0-0', 0)).toBe('unsatisfiable')
})

it('P6: what is no single range of bytes is ignored', () => {
  const ignored = [
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5-1',
    'bytes=0-1,4-5',
    'items=0-1',
    'bytes=a-b',
    'bytes=1e3-',
    'bytes=-1-2',
    `bytes=${'9'.repeat(400)}-`,
  ]
  for (const header of ignored) expect(parseRange(header, 100), String(header)).toBe('whole')
})
