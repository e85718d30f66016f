import { describe, expect, it } from 'vitest'
import { addressOf, createCrowd } from './address.ts'

const from = (remoteAddress: string | undefined, forwarded?: string) =>
  addressOf({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } })

describe('where a connection comes from', () => {
  it('A1: is its own address, whatever it claims', () => {
    expect(from('203.0.113.7')).toBe('203.0.113.7')
    expect(from('203.0.113.7', '198.51.100.1')).toBe('203.0.113.7')
    expect(from(undefined)).toBe('unknown')
  })

  it('A1: is what the proxy on this machine has seen itself, not what it was told', () => {
    for (const proxy of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect(from(proxy, '198.51.100.1, 203.0.113.7')).toBe('203.0.113.7')
      expect(from(proxy)).toBe(proxy)
      expect(from(proxy, '')).toBe(proxy)
    }
  })

  it('A1: lets in only so many of one address, and counts nobody out twice', () => {
    const crowd = createCrowd(2)
    const first = crowd.enter('a')
    expect(crowd.enter('a')).toBeDefined()
    expect(crowd.enter('a')).toBeUndefined()
    expect(crowd.hasRoom('a')).toBe(false)
    expect(crowd.enter('b')).toBeDefined()
    first?.()
    first?.()
    expect(crowd.enter('a')).toBeDefined()
    expect(crowd.enter('a')).toBeUndefined()
  })
})
