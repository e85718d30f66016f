import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LANGUAGES, refuse } from '@fanreel/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { EVENT_ID, type FrontDoor, newToken, startFrontDoor } from '../http/front-door.fixture.ts'
import { TINY_PICTURE } from '../packs/tiny-pack.fixture.ts'
import { wordsOf } from '../pickup/words/words-of.ts'

/** What a browser keeps of a subscription, and what it does with a message (RFC 8291). */
const newPhone = (endpoint: string) => {
  const ecdh: ECDH = createECDH('prime256v1')
  ecdh.generateKeys()
  const auth = randomBytes(16)
  const keys = { p256dh: ecdh.getPublicKey().toString('base64url'), auth: auth.toString('base64url') }
  const open = (message: Buffer) => {
    const salt = message.subarray(0, 16)
    const sender = message.subarray(21, 21 + 65)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender])
    const material = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32))
    const part = (what: string, size: number) =>
      Buffer.from(hkdfSync('sha256', material, salt, `Content-Encoding: ${what}\0`, size))
    const opened = createDecipheriv('aes-128-gcm', part('aes128gcm', 16), part('nonce', 12)).setAuthTag(message.subarray(-16))
    const plain = Buffer.concat([opened.update(message.subarray(86, -16)), opened.final()])
    return JSON.parse(plain.subarray(0, -1).toString())
  }
  return { subscription: { endpoint, expirationTime: null, keys }, open }
}

describe('telling phones', () => {
  let door: FrontDoor
  let service: Server
  let origin: string
  let status = 201
  const heard: { url: string; headers: Record<string, unknown>; body: Buffer }[] = []
  beforeAll(async () => {
    service = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        heard.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) })
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
    door = await startFrontDoor({ env: { FANREEL_PUSH_SERVICES: origin } })
  })
  afterAll(async () => {
    await door.stop()
    service.closeAllConnections()
    await new Promise((resolve) => service.close(resolve))
  })
  beforeEach(() => {
    heard.length = 0
    status = 201
  })
  const ask = (path: string, subscription: object, language = 'en') =>
    fetch(`${door.origin}${path}/tell`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify(subscription),
    })
  const become = (visitId: string, state: 'ready' | 'failed' | 'held' | 'rendering') =>
    door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state }))
  const kept = (visitId: string) => door.redis.call((client) => client.exists(`fanreel:{${EVENT_ID}}:notices:${visitId}`))

  it('P18: a phone that asked is told once, in its language, and the message names nobody', async () => {
    const { path, visitId, token } = await door.putVisit('rendering', { firstName: 'Zaphod' })
    const phone = newPhone(`${origin}/one`)
    expect((await ask(path, phone.subscription, 'ja')).status).toBe(204)
    expect((await ask(path, phone.subscription, 'ja')).status, 'asking again is one wish').toBe(204)
    await become(visitId, 'held')
    await become(visitId, 'ready')
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    const { headers, body, url } = heard[0] ?? { headers: {}, body: Buffer.alloc(0), url: '' }
    expect([url, headers['content-encoding'], headers.authorization]).toEqual([
      '/one',
      'aes128gcm',
      expect.stringMatching(/^vapid t=/),
    ])
    const { ready, readyText } = wordsOf('ja').tell
    const said = phone.open(body)
    expect(said).toEqual({ title: ready, text: readyText, language: 'ja', direction: 'ltr' })
    expect(JSON.stringify([said, headers, url])).not.toMatch(new RegExp(`Zaphod|${token}|${visitId}`))
    expect(await kept(visitId)).toBe(0)
    await become(visitId, 'failed')
    await vi.waitFor(() => expect(door.lines.join()).toContain('"outcome":"sent"'))
    expect(heard).toHaveLength(1)
    expect(door.lines.join('\n')).not.toContain('/one')
    expect(door.lines.join('\n')).not.toContain(token)
  })

  it('P18: who asks when the film is there already is told at once; a film that failed is other news', async () => {
    const there = await door.putReady(TINY_PICTURE, TINY_PICTURE)
    const phone = newPhone(`${origin}/late`)
    expect((await ask(there.path, phone.subscription)).status).toBe(204)
    expect(phone.open(heard[0]?.body ?? Buffer.alloc(0))).toMatchObject({ title: wordsOf('en').tell.ready })
    const { path, visitId } = await door.putVisit('rendering')
    const other = newPhone(`${origin}/other`)
    await ask(path, other.subscription)
    await become(visitId, 'failed')
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    expect(other.open(heard[1]?.body ?? Buffer.alloc(0))).toMatchObject({ title: wordsOf('en').tell.other })
  })

  it('P18: what a service will not take now is kept for later, what it knows no more is dropped', async () => {
    for (const [answer, left] of [
      [503, 1],
      [429, 1],
      [410, 0],
    ] as const) {
      status = answer
      const { path, visitId } = await door.putVisit('rendering')
      await ask(path, newPhone(`${origin}/${answer}`).subscription)
      await become(visitId, 'ready')
      await vi.waitFor(() => expect(heard.map(({ url }) => url)).toContain(`/${answer}`))
      await vi.waitFor(async () => expect(await kept(visitId)).toBe(left))
    }
  })

  it('P18: what is kept is sealed, goes with the visit, and is bounded', async () => {
    const { path, visitId } = await door.putVisit('rendering')
    for (let phone = 0; phone < 4; phone++)
      expect((await ask(path, newPhone(`${origin}/${phone}`).subscription)).status).toBe(204)
    expect((await ask(path, newPhone(`${origin}/5`).subscription)).status).toBe(503)
    const rows = await door.redis.call((client) => client.hGetAll(`fanreel:{${EVENT_ID}}:notices:${visitId}`))
    expect(JSON.stringify(rows)).not.toContain(origin)
    expect((await fetch(door.origin + path, { method: 'DELETE' })).status).toBe(204)
    expect(await kept(visitId)).toBe(0)
    expect((await ask(path, newPhone(`${origin}/6`).subscription)).status, 'nothing more to tell').toBe(409)
    expect(heard).toEqual([])
  })

  it('P18: nothing but a browser’s own subscription is taken, and of no unknown page', async () => {
    const { path } = await door.putVisit('rendering')
    const { subscription } = newPhone(`${origin}/x`)
    for (const bad of [
      {},
      { ...subscription, endpoint: 'http://169.254.169.254/' },
      { ...subscription, endpoint: 'javascript:alert(1)' },
      { ...subscription, keys: { ...subscription.keys, auth: 'short' } },
    ])
      expect((await ask(path, bad)).status, JSON.stringify(bad)).toBe(400)
    expect(await (await ask(`/v/${newToken()}`, subscription)).json()).toEqual(refuse('visit-unknown'))
    for (const language of LANGUAGES) expect((await ask(path, subscription, language)).status, language).toBe(204)
  })
})
