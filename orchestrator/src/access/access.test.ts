import { describe, expect, it } from 'vitest'
import { useRedis } from '../../../tests/support/use-redis.ts'
import { storeIdKey } from '../queue/keys.ts'
import { deriveKey } from './event-keys.ts'
import { createPeerTokens } from './peer-tokens.ts'
import { createSealer } from './sealer.ts'
import { createUrlSigner } from './url-signer.ts'

const EVENT_KEY = '0123456789abcdef'.repeat(4)
const OTHER_KEY = 'f'.repeat(64)

describe('the event’s keys', () => {
  it('A6: one key a purpose, the same each time, and none without a proper event key', () => {
    expect(deriveKey(EVENT_KEY, 'seal')).toEqual(deriveKey(EVENT_KEY, 'seal'))
    expect(deriveKey(EVENT_KEY, 'seal')).not.toEqual(deriveKey(EVENT_KEY, 'sign-urls'))
    expect(deriveKey(EVENT_KEY, 'seal')).not.toEqual(deriveKey(OTHER_KEY, 'seal'))
    for (const bad of ['', 'ab', 'g'.repeat(64), 'a'.repeat(63)]) expect(() => deriveKey(bad, 'seal')).toThrow()
  })
})

describe('the sealer', () => {
  const sealer = createSealer({ eventKey: EVENT_KEY })
  it('A6: opens what it sealed, and seals the same text differently each time', () => {
    for (const text of ['Ann', '', 'ليلى', '🎿', 'x'.repeat(5_000)])
      expect(sealer.open(sealer.seal(text, 'a:name'), 'a:name')).toBe(text)
    expect(sealer.seal('Ann', 'a')).not.toBe(sealer.seal('Ann', 'a'))
    expect(sealer.seal('Ann', 'a')).not.toContain('Ann')
  })
  it('A6: opens nothing of another place, another key, changed or cut', () => {
    const sealed = sealer.seal('Ann', 'a:name')
    const changed = Buffer.from(sealed, 'base64url')
    changed[20] = (changed[20] ?? 0) ^ 1
    const attempts: [string, string][] = [
      [sealed, 'b:name'],
      [changed.toString('base64url'), 'a:name'],
      [sealed.slice(0, 30), 'a:name'],
      ['', 'a:name'],
      ['%%%', 'a:name'],
    ]
    for (const [text, about] of attempts)
      expect(() => sealer.open(text, about)).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(() => createSealer({ eventKey: OTHER_KEY }).open(sealed, 'a:name')).toThrow()
  })
})

describe('signed addresses', () => {
  let now = 1_000_000
  const signer = createUrlSigner({ eventKey: EVENT_KEY, clock: { now: () => now } })
  const key = 'event/visits/one/clip-x'
  const parts = (address: string) => {
    const url = new URL(address, 'http://host')
    return { key: url.pathname.replace('/media/', ''), query: Object.fromEntries(url.searchParams) }
  }
  const get = () => parts(signer.sign({ method: 'GET', key, expiresAt: now + 1_000 }))
  const put = { bytes: 10, sha256: 'a'.repeat(64), mime: 'video/mp4' }
  const putting = () => parts(signer.sign({ method: 'PUT', key, expiresAt: now + 1_000, put }))

  it('A7: proves one method on one object until it expires; HEAD goes by GET', () => {
    const { query } = get()
    expect(signer.check('GET', key, query)).toEqual({ method: 'GET', key })
    expect(signer.check('HEAD', key, query)).toEqual({ method: 'GET', key })
    for (const method of ['PUT', 'DELETE', 'POST', 'get', '']) expect(signer.check(method, key, query), method).toBeUndefined()
    expect(signer.check('GET', `${key}2`, query)).toBeUndefined()
    now += 1_000
    expect(signer.check('GET', key, query)).toBeUndefined()
  })
  it('A7: a PUT is bound to length, hash and type', () => {
    const { query } = putting()
    expect(signer.check('PUT', key, query)).toEqual({ method: 'PUT', key, ...put })
    const forged = [
      { bytes: '11' },
      { sha256: 'b'.repeat(64) },
      { mime: 'text/html' },
      { expires: String(now + 999_999) },
      { signature: 'A'.repeat(43) },
    ]
    for (const change of forged) expect(signer.check('PUT', key, { ...query, ...change }), JSON.stringify(change)).toBeUndefined()
    expect(signer.check('GET', key, query)).toBeUndefined()
    expect(signer.check('PUT', key, get().query)).toBeUndefined()
  })
  it('A7: nothing that is no query proves anything', () => {
    const nonsense = [
      undefined,
      null,
      {},
      [],
      'x',
      { expires: 'NaN', signature: '' },
      { ...get().query, expires: ['1', '2'] },
      { ...get().query, signature: 'é'.repeat(43) },
    ]
    for (const query of nonsense) expect(signer.check('GET', key, query)).toBeUndefined()
    const other = createUrlSigner({ eventKey: OTHER_KEY, clock: { now: () => now } })
    expect(other.check('GET', key, get().query)).toBeUndefined()
    expect(() => signer.sign({ method: 'GET', key: '../x', expiresAt: now })).toThrow()
  })
})

describe('peer tokens', () => {
  const at = useRedis()

  it('A8: a token is good for its peer, kind and event alone, until another is issued or it is revoked', async () => {
    const tokens = createPeerTokens({ redis: at.redis })
    // Both events have begun.
    for (const event of ['one', 'two']) await at.redis.call((client) => client.set(storeIdKey(event), 'a store'))
    const token = await tokens.issue('one', 'kiosk', 'k1')
    const [event, secret = ''] = token.split('.')
    expect(event).toBe('one')
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(await tokens.check('one', 'kiosk', 'k1', token)).toBe(true)
    expect(await tokens.check('two', 'kiosk', 'k1', token)).toBe(false)
    expect(await tokens.check('one', 'node', 'k1', token)).toBe(false)
    expect(await tokens.check('one', 'kiosk', 'k2', token)).toBe(false)
    expect(await tokens.check('one', 'kiosk', 'k1', `${token}x`)).toBe(false)
    expect(await tokens.check('one', 'kiosk', 'k1', '')).toBe(false)
    expect(await tokens.check('one', 'kiosk', '__proto__', token)).toBe(false)
    const newer = await tokens.issue('one', 'kiosk', 'k1')
    expect(await tokens.check('one', 'kiosk', 'k1', token)).toBe(false)
    await tokens.revoke('one', 'kiosk', 'k1')
    expect(await tokens.check('one', 'kiosk', 'k1', newer)).toBe(false)
  })
  it('E9: a Redis that has forgotten the event says so, and nothing of whoever shows a token', async () => {
    const tokens = createPeerTokens({ redis: at.redis })
    await expect(tokens.check('forgotten', 'kiosk', 'k1', 'forgotten.token')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(tokens.holderOf('forgotten', 'operator', 'forgotten.token')).rejects.toMatchObject({ code: 'unavailable' })
  })
  it('A8: Redis holds no token', async () => {
    const token = await createPeerTokens({ redis: at.redis }).issue('one', 'node', 'n1')
    const kept = await at.redis.call((client) => client.hGetAll('fanreel:{one}:peers:node'))
    expect(JSON.stringify(kept)).not.toContain(token)
    expect(kept.n1).toMatch(/^[0-9a-f]{64}$/)
  })
})
