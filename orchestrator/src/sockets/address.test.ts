import { describe, expect, it } from 'vitest'
import { addressOf, createCrowd, networkOf } from './address.ts'

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

  it('A1: is counted as one IPv4 address, or as one /64 of IPv6 however it is written', () => {
    for (const same of [
      '2001:db8:0:12::1',
      '2001:DB8::12:aaaa:bbbb:cccc:dddd',
      '2001:0db8:0000:0012:1:2:3:4',
      '2001:db8:0:12::1%eth0',
    ])
      expect(networkOf(same), same).toBe('2001:db8:0:12::/64')
    expect(networkOf('2001:db8:0:13::1')).toBe('2001:db8:0:13::/64')
    expect(networkOf('fe80::1')).toBe('fe80:0:0:0::/64')
    expect(networkOf('64:ff9b::192.0.2.1')).toBe('64:ff9b:0:0::/64')
    expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7')
    for (const own of ['203.0.113.7', '203.0.113.8', '::1', 'unknown', '', '1::2::3']) expect(networkOf(own), own).toBe(own)
    const crowd = createCrowd(1)
    const gone = crowd.enter('2001:db8::1')
    expect([crowd.hasRoom('2001:db8::2'), crowd.hasRoom('2001:db8:0:1::1')]).toEqual([false, true])
    gone?.()
    expect(crowd.hasRoom('2001:db8::2')).toBe(true)
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
