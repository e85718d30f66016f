/** A first name by touch, in each script. */
import { FirstName } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { composeName, MAX_NAME_LENGTH, type NameKey, wantsCapital } from './compose-name.ts'
import { LAYOUTS, scriptsOf } from './layouts.ts'

const type = (...keys: (string | NameKey)[]): string =>
  keys.reduce<string>((name, key) => composeName(name, typeof key === 'string' ? { type: 'text', text: key } : key), '')

describe('composing a name', () => {
  it('writes kana with marks and small letters, each touch undone by another', () => {
    expect(type('し', '゛', 'ゆ', { type: 'small' }, 'ん')).toBe('じゅん')
    expect(type('は', '゜', 'な')).toBe('ぱな')
    expect(type('か', '゛', '゛')).toBe('か')
    expect(type('ん', '゛')).toBe('ん')
  })
  it('begins with no space and deletes whole characters', () => {
    expect(type(' ', 'A', ' ', ' ', 'B', { type: 'delete' })).toBe('A ')
    expect(type({ type: 'delete' })).toBe('')
  })
  it('never grows past what the title holds', () => {
    const long = type(...Array.from({ length: 40 }, () => 'a'))
    expect(long.length).toBe(MAX_NAME_LENGTH)
    expect(FirstName.safeParse(long).success).toBe(true)
  })
  it('knows where a capital stands', () => {
    expect([wantsCapital(''), wantsCapital('Anna'), wantsCapital('Anna-'), wantsCapital("D'")]).toEqual([true, false, true, true])
  })
  it('offers keys that the protocol takes, in every script', () => {
    for (const { rows } of Object.values(LAYOUTS)) {
      for (const key of rows.flat())
        expect(FirstName.safeParse(composeName('か', { type: 'text', text: key })).success).toBe(true)
    }
    expect(scriptsOf('ja')).toEqual(['kana', 'latin'])
  })
})
