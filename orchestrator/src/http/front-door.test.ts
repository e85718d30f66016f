import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { SignedManifest } from '@fanreel/content-packs/schema'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { TINY_PICTURE } from '../packs/tiny-pack.fixture.ts'
import { EVENT_ID, type FrontDoor, sha256, startFrontDoor } from './front-door.fixture.ts'

const KIOSK_ORIGIN = 'http://localhost:4123'
/** An address of this machine by which it is a stranger to itself. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address

describe('the front door', () => {
  let door: FrontDoor
  let ui: Server
  const uiSaw: string[] = []
  let uiHeaders: IncomingHttpHeaders = {}
  beforeAll(async () => {
    ui = createServer((request, response) => {
      uiSaw.push(`${request.method} ${request.url}`)
      uiHeaders = request.headers
      response.setHeader('content-type', 'text/html').end(`<p>the kiosk at ${request.url}</p>`)
    })
    await new Promise<void>((resolve) => ui.listen(0, '127.0.0.1', resolve))
    const { port } = ui.address() as AddressInfo
    door = await startFrontDoor({
      env: { FANREEL_HOST: '0.0.0.0', FANREEL_UI_URL: `http://127.0.0.1:${port}`, FANREEL_KIOSK_ORIGINS: KIOSK_ORIGIN },
    })
  })
  afterAll(async () => {
    await door.stop()
    ui.closeAllConnections()
    await new Promise((resolve) => ui.close(resolve))
  })
  const get = (path: string, init: RequestInit = {}) => fetch(door.origin + path, { redirect: 'manual', ...init })
  /** As it stands, without the tidying that fetch does to a path. */
  const rawGet = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = httpRequest({ host: '127.0.0.1', port: door.port, path }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      asked.once('error', reject).end()
    })

  it('A9: every answer carries the headers that keep strangers out', async () => {
    for (const path of ['/', '/health', '/v/x', '/v/%E0', '/media/none', '/nowhere']) {
      const { headers } = await get(path)
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('referrer-policy'), path).toBe('no-referrer')
      expect(headers.get('x-frame-options'), path).toBe('DENY')
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
      expect(headers.get('permissions-policy'), path).toContain('geolocation=()')
    }
    expect(await (await get('/v/%E0')).json()).toEqual({ ok: false, code: 'bad-message', retryable: false })
    expect((await get('/v/x')).headers.get('content-security-policy')).not.toContain('unsafe')
    expect((await get('/v/x')).headers.get('permissions-policy')).toContain('camera=()')
    expect((await get('/')).headers.get('permissions-policy')).toContain('camera=(self)')
  })

  it('A9: what is not ours is the kiosk’s page, and says so kindly while that starts', async () => {
    expect(await (await get('/operator/x?y=1')).text()).toBe('<p>the kiosk at /operator/x?y=1</p>')
    expect(uiSaw).toContain('GET /operator/x?y=1')
    expect(uiSaw.some((line) => /\/(v|media|api|socket\.io|metrics|health)/.test(line))).toBe(false)
    expect((await get('/anything', { method: 'DELETE' })).status).toBe(404)
    const later = await startFrontDoor({ env: { FANREEL_UI_URL: 'http://127.0.0.1:9' } })
    const starting = await fetch(`${later.origin}/`)
    expect(starting.status).toBe(502)
    expect(await starting.text()).toContain('http-equiv="refresh"')
    await later.stop()
  })

  const CLAIM = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' }
  const seenPeer = () => [uiHeaders['x-forwarded-for'], uiHeaders.forwarded, uiHeaders['x-real-ip']]

  it('A9: the kiosk’s page is told who asks, by the door and not by the one who asks', async () => {
    await get('/settings')
    expect(seenPeer()).toEqual(['127.0.0.1', undefined, undefined])
    // A reverse proxy on this machine names a phone; whatever the phone itself said stands further left.
    await get('/settings', { headers: { ...CLAIM, 'x-forwarded-for': '127.0.0.1, 203.0.113.9' } })
    expect(seenPeer()).toEqual(['203.0.113.9', undefined, undefined])
  })

  if (outside)
    it('A9: a stranger who claims to be this machine is named as the stranger', async () => {
      await fetch(`http://${outside}:${door.port}/settings`, { headers: CLAIM })
      expect(seenPeer()).toEqual([outside, undefined, undefined])
    })

  it('A9: a kiosk page of another origin may read packs and media, and connect; others may not', async () => {
    const { packHash } = (await door.settings.read()).packs[0] ?? { packHash: '' }
    const ours = await get(`/api/packs/${packHash}`, { headers: { origin: KIOSK_ORIGIN } })
    expect(ours.headers.get('access-control-allow-origin')).toBe(KIOSK_ORIGIN)
    const theirs = await get(`/api/packs/${packHash}`, { headers: { origin: 'https://evil.example' } })
    expect(theirs.headers.get('access-control-allow-origin')).toBeNull()
    const preflight = await get('/media/x', {
      method: 'OPTIONS',
      headers: { origin: KIOSK_ORIGIN, 'access-control-request-method': 'PUT' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD, PUT'])
    const connects = (origin: string | undefined) => {
      const socket = door.dial('/kiosk', origin === undefined ? {} : { extraHeaders: { origin } })
      return new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true))
        socket.once('connect_error', () => resolve(false))
      })
    }
    expect(await connects(undefined)).toBe(true)
    expect(await connects(KIOSK_ORIGIN)).toBe(true)
    expect(await connects(door.origin)).toBe(true)
    expect(await connects('https://evil.example')).toBe(false)
    expect(await connects('null')).toBe(false)
  })

  it('A9: nothing but a web socket connects, and none passes to the kiosk’s page', async () => {
    expect((await get('/socket.io/?EIO=4&transport=polling')).status).toBe(400)
    const upgraded = await new Promise<string>((resolve) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'sec-websocket-version': '13',
      }
      const asked = httpRequest({ host: '127.0.0.1', port: door.port, path: '/_next/webpack-hmr', headers })
      asked.once('upgrade', () => resolve('upgraded'))
      asked.once('response', () => resolve('answered'))
      asked.once('error', () => resolve('closed'))
      asked.end()
    })
    expect(upgraded).not.toBe('upgraded')
  })

  it('P15: packs are served signed by hash, their files by hash, for ever', async () => {
    const { packHash } = (await door.settings.read()).packs[0] ?? { packHash: '' }
    const answer = await get(`/api/packs/${packHash}`)
    const { manifestJson } = SignedManifest.parse(await answer.json())
    expect(sha256(manifestJson)).toBe(packHash)
    expect(answer.headers.get('cache-control')).toContain('immutable')
    const picture = await get(`/media/packs/${sha256(TINY_PICTURE)}`)
    expect(picture.headers.get('content-type')).toBe('image/jpeg')
    expect(sha256(Buffer.from(await picture.arrayBuffer()))).toBe(sha256(TINY_PICTURE))
    for (const bad of ['0'.repeat(64), 'x', '..%2f..%2fstore-id', '%00']) {
      expect((await get(`/media/packs/${bad}`)).status, bad).toBeGreaterThanOrEqual(400)
      expect((await get(`/api/packs/${bad}`)).status, bad).toBeGreaterThanOrEqual(400)
    }
  })

  describe('signed media', () => {
    const bytes = Buffer.from('a film, or nearly')
    const soon = () => Date.now() + 60_000
    const put = { bytes: bytes.length, sha256: sha256(bytes), mime: 'video/mp4' }
    const keyOf = (visitId: string, name = `reel-${sha256(bytes)}`) => `${EVENT_ID}/visits/${visitId}/renders/one/${name}`

    it('A7: a node writes its own result by a signed address, and reads it by another', async () => {
      const { visitId } = await door.putVisit('rendering')
      const key = keyOf(visitId)
      const address = door.signer.sign({ method: 'PUT', key, expiresAt: soon(), put })
      expect((await get(address, { method: 'PUT', body: bytes, headers: { 'content-type': 'application/json' } })).status).toBe(
        201,
      )
      const read = door.signer.sign({ method: 'GET', key, expiresAt: soon() })
      const answer = await get(read)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'video/mp4'])
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
      const head = await get(read, { method: 'HEAD' })
      expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)])
      expect((await get(address)).status).toBe(403)
      expect((await get(read, { method: 'PUT', body: bytes })).status).toBe(403)
      expect((await get(read.replace(key, `${key}0`))).status).toBe(403)
      expect((await get(`/media/${key}`)).status).toBe(403)
      expect((await get(door.signer.sign({ method: 'GET', key, expiresAt: Date.now() - 1 }))).status).toBe(403)
      expect((await get(door.signer.sign({ method: 'GET', key: `${key}0`, expiresAt: soon() }))).status).toBe(404)
    })

    it('A7: what is shorter, longer or other than signed is not kept', async () => {
      const { visitId } = await door.putVisit('rendering')
      const key = keyOf(visitId)
      const address = door.signer.sign({ method: 'PUT', key, expiresAt: soon(), put })
      const status = async (body: Buffer) => (await get(address, { method: 'PUT', body })).status
      expect(await status(bytes.subarray(1))).toBe(400)
      expect(await status(Buffer.concat([bytes, bytes]))).toBe(400)
      expect(await status(Buffer.alloc(bytes.length))).toBe(422)
      // Without a length in the header the bytes are counted as they come.
      const streamed = (pieces: Buffer[]) =>
        new Promise<number>((resolve) => {
          const asked = httpRequest({ host: '127.0.0.1', port: door.port, path: address, method: 'PUT' }, (response) => {
            response.resume()
            resolve(response.statusCode ?? 0)
          })
          asked.once('error', () => resolve(0))
          for (const piece of pieces) asked.write(piece)
          asked.end()
        })
      expect(await streamed([bytes, bytes, bytes])).not.toBe(201)
      expect(await streamed([bytes.subarray(0, 3)])).toBe(400)
      expect(await door.media.stat(key)).toBeUndefined()
      expect(await streamed([bytes.subarray(0, 3), bytes.subarray(3)])).toBe(201)
    })

    it('A7: a sender that goes away halfway leaves nothing, and the door stands', async () => {
      const { visitId } = await door.putVisit('rendering')
      const key = keyOf(visitId)
      const address = door.signer.sign({ method: 'PUT', key, expiresAt: soon(), put })
      const asked = httpRequest({
        host: '127.0.0.1',
        port: door.port,
        path: address,
        method: 'PUT',
        headers: { 'content-length': bytes.length },
      })
      asked.once('error', () => undefined)
      asked.write(bytes.subarray(0, 5))
      await vi.waitFor(() => expect(asked.socket?.bytesWritten).toBeGreaterThan(5))
      asked.destroy()
      expect((await get('/health')).status).toBe(200)
      expect(await door.media.stat(key)).toBeUndefined()
    })

    it('A12: nothing is written for a visit that is not rendering any more', async () => {
      for (const state of ['deleted', 'cancelled', 'ready', 'queued'] as const) {
        const { visitId } = await door.putVisit(state)
        const address = door.signer.sign({ method: 'PUT', key: keyOf(visitId), expiresAt: soon(), put })
        expect((await get(address, { method: 'PUT', body: bytes })).status, state).toBe(410)
        expect(await door.media.stat(keyOf(visitId))).toBeUndefined()
      }
    })

    it('A11: no path leads out of the store', async () => {
      const { query } = { query: door.signer.sign({ method: 'GET', key: 'a/b', expiresAt: soon() }).split('?')[1] }
      const paths = [
        '/media/../store-id',
        '/media/..%2fstore-id',
        '/media/%2e%2e/store-id',
        '/media/a/..%2f..%2f..%2fetc/passwd',
        '/media//etc/passwd',
        '/media/a%00b',
        '/media/objects/../../store-id',
        '/media/%E0%A4%A',
      ]
      for (const path of paths) expect(await rawGet(`${path}?${query}`), path).toBeGreaterThanOrEqual(400)
    })

    it('P6: parts of an object by Range', async () => {
      const { visitId } = await door.putVisit('rendering')
      const key = keyOf(visitId)
      await door.media.put(key, bytes, { bytes: bytes.length, sha256: sha256(bytes) })
      const address = door.signer.sign({ method: 'GET', key, expiresAt: soon() })
      const part = async (range: string, more: Record<string, string> = {}) => {
        const answer = await get(address, { headers: { range, ...more } })
        return [answer.status, answer.headers.get('content-range'), await answer.text()]
      }
      const length = bytes.length
      expect(await part('bytes=2-5')).toEqual([206, `bytes 2-5/${length}`, 'film'])
      expect(await part('bytes=-6')).toEqual([206, `bytes ${length - 6}-${length - 1}/${length}`, 'nearly'])
      expect(await part(`bytes=${length}-`)).toEqual([416, `bytes */${length}`, ''])
      expect(await part('bytes=0-1,4-5')).toEqual([200, null, String(bytes)])
      expect(await part('bytes=0-0', { 'if-range': '"another"' })).toEqual([200, null, String(bytes)])
      expect(await part('bytes=0-0', { 'if-range': `"${sha256(bytes)}"` })).toEqual([206, `bytes 0-0/${length}`, 'a'])
      expect((await get(address, { headers: { 'if-none-match': `"${sha256(bytes)}"` } })).status).toBe(304)
    })
  })

  it('A1: a socket that comes to none of the peers’ namespaces gets no hearing', async () => {
    for (const namespace of ['/', '/elsewhere']) {
      const socket = door.dial(namespace)
      const why = await new Promise<Error>((resolve, reject) => {
        socket.once('connect_error', resolve)
        socket.once('connect', () => reject(new Error(`${namespace} was let in`)))
      })
      expect(why.message, namespace).toBe(namespace === '/' ? 'hello-first' : 'Invalid namespace')
      expect(socket.connected).toBe(false)
    }
  })

  it('A10: metrics are for those inside and hold nothing of a visitor; so do the log’s lines', async () => {
    const { path, token, visitId } = await door.putVisit('queued', { firstName: 'Zaphod' })
    await get(path)
    await get(`${path}/state`)
    await get(`${path}/reel?download=1`)
    expect((await get('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(404)
    const metrics = await (await get('/metrics')).text()
    expect(metrics).toContain('fanreel_http_requests_total{route="/v/:token"')
    const told = metrics + door.lines.join('')
    for (const secret of [token, sha256(token), 'Zaphod', 'signature=']) expect(told, secret).not.toContain(secret)
    expect(metrics).not.toContain(visitId)
    const lines = door.lines.map((line) => JSON.parse(line)).filter((line) => line.msg === 'request answered')
    expect(lines.some((line) => line.route === '/v/:token/state' && line.status === 200)).toBe(true)
  })

  it('A14: is alive at once, and ready while Redis answers', async () => {
    const own = await startFrontDoor({ env: { FANREEL_REDIS_DEADLINE_MS: '300' } })
    expect((await fetch(`${own.origin}/ready`)).status).toBe(200)
    await own.redisServer.kill()
    expect((await fetch(`${own.origin}/health`)).status).toBe(200)
    const unready = await fetch(`${own.origin}/ready`)
    expect([unready.status, await unready.json()]).toEqual([503, { ok: false, code: 'unavailable' }])
    await own.redisServer.restart()
    await vi.waitFor(async () => expect((await fetch(`${own.origin}/ready`)).status).toBe(200), { timeout: 10_000 })
    await own.stop()
  })

  it('P11: while Redis is away a page says so, and finds its film when Redis is back', async () => {
    const own = await startFrontDoor({ env: { FANREEL_REDIS_DEADLINE_MS: '300' } })
    const { url } = await own.putVisit('uploading')
    await own.redisServer.kill()
    const page = await fetch(url)
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await page.text()).toContain('data-kind="unavailable"')
    expect((await fetch(`${url}/state`)).status).toBe(200)
    await own.redisServer.restart()
    await vi.waitFor(async () => expect(await (await fetch(url)).text()).toContain('data-kind="uploading"'), { timeout: 10_000 })
    await own.stop()
  })
})
