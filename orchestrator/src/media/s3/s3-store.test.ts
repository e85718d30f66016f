/** The store in a bucket of a real S3 server, and what such servers and the network before them do to it. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { S3_KEYS, type S3Server, startS3Server } from '../../../../tests/support/s3-server.ts'
import { startTcpProxy } from '../../../../tests/support/tcp-proxy.ts'
import { systemClock } from '../../clock.ts'
import { countStoreTry, createMetrics } from '../../http/metrics.ts'
import { describeMediaStore } from '../media-store.conformance.ts'
import type { AddressGrant, MediaStore } from '../media-store.ts'
import { createS3Store, type S3StoreOptions } from './s3-store.ts'

const log = pino({ level: 'silent' })
let server: S3Server
let stores = 0
beforeAll(async () => {
  server = await startS3Server()
})
afterAll(() => server.stop())
afterEach(() => {
  server.refuse(undefined)
  server.delay(0)
})

const optionsOf = (more: Partial<S3StoreOptions> = {}): S3StoreOptions => ({
  place: { ...S3_KEYS, region: 'us-east-1', endpoint: server.endpoint, bucket: server.bucket, addressing: 'path' },
  prefix: `store-${stores}/`,
  nodeEndpoint: server.endpoint,
  deadlineMs: 5_000,
  clock: systemClock,
  log,
  random: () => 0,
  pageSize: 3,
  ...more,
})
const newStore = (more: Partial<S3StoreOptions> = {}): Promise<MediaStore> => {
  stores++
  return createS3Store(optionsOf(more))
}
const left = async () => (await server.keys()).filter((key) => key.startsWith(`store-${stores}/`))
const bytesOf = (length: number, seed = 1) => Buffer.from(Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff))
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const expected = (bytes: Uint8Array) => ({ bytes: bytes.length, sha256: sha256Of(bytes) })
const staged = 'event/visits/one/upload'
const key = 'event/visits/one/clip'

describeMediaStore('a bucket', async () => ({ store: await newStore(), reopen: () => createS3Store(optionsOf()) }))

describe('a staged upload', () => {
  it('S1: goes on at another instance, from the unbroken run of whole pieces', async () => {
    const store = await newStore()
    await store.append(staged, 0, bytesOf(100))
    const other = await createS3Store(optionsOf())
    expect(await other.append(staged, 100, bytesOf(50))).toBe(150)
    // The first has not seen that, and writes at its own end once more: the same bytes of the same clip.
    await expect(store.append(staged, 120, bytesOf(10))).rejects.toMatchObject({ code: 'offset-mismatch' })
    expect(await store.append(staged, 150, bytesOf(30))).toBe(180)
    expect(await other.stagedBytes(staged)).toBe(180)
    expect(await left()).toHaveLength(3)
  })

  it('S1: a piece that is written while its upload is deleted goes too', async () => {
    const store = await newStore()
    const other = await createS3Store(optionsOf())
    await store.append(staged, 0, bytesOf(100))
    await other.removeAll('event/visits/one/')
    await expect(store.append(staged, 100, bytesOf(100))).rejects.toMatchObject({ code: 'offset-mismatch' })
    expect(await left()).toEqual([])
  })

  it('S2: is composed in one write; a crash before or after it leaves a repetition to finish', async () => {
    const bytes = bytesOf(1_000)
    const store = await newStore()
    for (let at = 0; at < bytes.length; at += 100) await store.append(staged, at, bytes.subarray(at, at + 100))
    // Reading and writing go, deleting fails: as after a crash in between.
    server.refuse({ status: 403, code: 'AccessDenied' }, ['DELETE'])
    await expect(store.publish(staged, key, expected(bytes))).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    server.refuse(undefined)
    expect(await store.stat(key)).toMatchObject({ bytes: 1_000 })
    await (await createS3Store(optionsOf())).publish(staged, key, expected(bytes))
    expect(await left()).toEqual([`store-${stores}/objects/${key}`])
  })
})

it('S8: every try of a request is counted and timed, by method and outcome and never by key', async () => {
  const metrics = createMetrics()
  const store = await newStore({ onTry: countStoreTry(metrics) })
  server.refuse({ status: 503, code: 'SlowDown' }, ['HEAD'])
  await expect(store.stat(key)).rejects.toMatchObject({ code: 'unavailable' })
  server.refuse(undefined)
  expect(await store.stat(key)).toBeUndefined()
  const text = await metrics.registry.metrics()
  expect(text).toContain('fanreel_s3_requests_total{method="HEAD",outcome="unavailable"} 3')
  expect(text).toContain('fanreel_s3_requests_total{method="HEAD",outcome="object-unknown"} 1')
  expect(text).toContain('fanreel_s3_retries_total{method="HEAD"} 2')
  expect(text).toMatch(/fanreel_s3_request_seconds_count\{method="HEAD"\} \d/)
  expect(text).not.toContain('visits/')
})

describe('addresses for nodes', () => {
  const bytes = bytesOf(5_000)
  const grantPut = (more: Partial<AddressGrant> = {}): AddressGrant => ({
    method: 'PUT',
    key,
    expiresAt: Date.now() + 60_000,
    put: { ...expected(bytes), mime: 'video/mp4' },
    ...more,
  })
  const signed = (store: MediaStore, grant: AddressGrant) => store.direct?.sign(grant) ?? ''
  const put = async (address: string, body: Buffer = bytes, mime = 'video/mp4') =>
    (await fetch(address, { method: 'PUT', body: new Uint8Array(body), headers: { 'content-type': mime } })).status

  it('S3: write one object of one length and type, and read one, and do nothing else', async () => {
    const store = await newStore()
    const write = signed(store, grantPut())
    const read = signed(store, { method: 'GET', key, expiresAt: Date.now() + 60_000 })
    expect(await put(write, Buffer.concat([bytes, bytes]))).toBe(403)
    expect(await put(write, bytes.subarray(1))).toBe(403)
    expect(await put(write, bytes, 'text/html')).toBe(403)
    expect(await put(read)).toBe(403)
    expect(await put(write.replace('/clip?', '/clip-2?'))).toBe(403)
    // The hash that stands in the address is signed with it.
    expect(await put(write.replace(sha256Of(bytes), sha256Of(bytesOf(5_000, 2))))).toBe(403)
    expect(await put(write.replace(/Signature=(.)/, (_, first) => `Signature=${first === '0' ? '1' : '0'}`))).toBe(403)
    expect(await left()).toEqual([])
    expect(await put(write)).toBe(200)
    const part = await fetch(read, { headers: { range: 'bytes=10-19' } })
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, bytes.subarray(10, 20)])
    expect((await fetch(read, { method: 'DELETE' })).status).toBe(403)
    expect((await fetch(read.replace('/clip?', '/sheet?'))).status).toBe(403)
  })

  it('S3: are good until they expire', async () => {
    const store = await newStore({ clock: { now: () => Date.now() - 100_000 } })
    // By the server's clock, though ours is late.
    expect(await put(signed(store, grantPut({ expiresAt: Date.now() - 100_000 + 60_000 })))).toBe(200)
    const store2 = await newStore()
    const old = signed(store2, grantPut()).replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20200101')
    expect(await put(old)).toBe(403)
    const short = signed(store2, grantPut({ expiresAt: Date.now() - 5_000 }))
    await expect.poll(() => put(short), { timeout: 10_000, interval: 200 }).toBe(403)
  })

  it('S3: are not given where nodes cannot go', async () => {
    const { nodeEndpoint: _, ...through } = optionsOf()
    expect((await createS3Store(through)).direct).toBeUndefined()
  })

  it('S4: a write that comes after its visit was erased is found by the next look', async () => {
    const store = await newStore()
    const write = signed(store, grantPut())
    await store.removeAll('event/visits/one/')
    expect(await put(write)).toBe(200)
    expect(await store.removeAll('event/visits/one/')).toBe(1)
    expect(await left()).toEqual([])
    expect(store.direct?.lateMs).toBeGreaterThan(60_000)
  })
})

describe('a bucket that cannot be used', () => {
  const opening = (place: Partial<S3StoreOptions['place']>) =>
    createS3Store(optionsOf({ place: { ...optionsOf().place, ...place } }))

  it('S5: says in a sentence what is wrong', async () => {
    await expect(opening({ bucket: 'nowhere' })).rejects.toThrow('there is no bucket nowhere')
    await expect(opening({ accessKeyId: 'nobody' })).rejects.toThrow('does not know FANREEL_S3_ACCESS_KEY_ID')
    await expect(opening({ secretAccessKey: 'guessed' })).rejects.toThrow('refuses FANREEL_S3_SECRET_ACCESS_KEY')
    await expect(opening({ endpoint: 'http://127.0.0.1:9' })).rejects.toThrow('no S3 server answers at http://127.0.0.1:9')
    await expect(opening({ secretAccessKey: 'guessed' })).rejects.not.toThrow('guessed')
  })

  it('S5: is refused where old versions are kept', async () => {
    const keeping = createServer((_, response) =>
      response.end('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'),
    )
    await new Promise<void>((resolve) => keeping.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = keeping.address() as AddressInfo
      await expect(opening({ endpoint: `http://127.0.0.1:${port}` })).rejects.toThrow('keeps old versions')
    } finally {
      keeping.closeAllConnections()
      keeping.close()
    }
  })
})

describe('a store in trouble', () => {
  it('S6: is waited for a little, then named, and goes on by itself', async () => {
    const store = await newStore()
    await store.append(staged, 0, bytesOf(100))
    await server.halt()
    await expect(store.append(staged, 100, bytesOf(100))).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    await expect(store.freeBytes()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(store.ready()).rejects.toMatchObject({ code: 'unavailable' })
    await server.restart()
    expect(await store.append(staged, 100, bytesOf(100))).toBe(200)
    await store.ready()
  })

  it('S6: that is busy or full says so, and is asked for no more clips', async () => {
    let now = Date.now()
    const store = await newStore({ clock: { now: () => now } })
    server.refuse({ status: 503, code: 'SlowDown' })
    await expect(store.stat(key)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(store.append(staged, 0, bytesOf(9))).rejects.toMatchObject({ code: 'overloaded', retryable: true })
    server.refuse({ status: 507, code: 'XMinioStorageFull' }, ['PUT'])
    await expect(store.append(staged, 0, bytesOf(9))).rejects.toMatchObject({ code: 'disk-full', retryable: true })
    expect(await store.freeBytes()).toBe(0)
    await expect(store.ready()).rejects.toMatchObject({ code: 'disk-full' })
    server.refuse(undefined)
    now += 60_000
    expect(await store.freeBytes()).toBeGreaterThan(1e12)
    expect(await left()).toEqual([])
  })

  it('S6: that is slow is waited for up to the deadline of each step, and one that says nothing no longer', async () => {
    const line = await startTcpProxy(() => [{ port: server.port }])
    try {
      const endpoint = `http://127.0.0.1:${line.port}`
      const store = await newStore({ deadlineMs: 2_500, place: { ...optionsOf().place, endpoint } })
      server.delay(300)
      const bytes = bytesOf(2_000)
      await store.put(key, bytes, expected(bytes))
      line.blackHole(true)
      const began = performance.now()
      await expect(store.stat(key)).rejects.toMatchObject({ code: 'unavailable' })
      expect(performance.now() - began).toBeLessThan(15_000)
      line.blackHole(false)
      expect(await store.stat(key)).toMatchObject({ bytes: 2_000 })
    } finally {
      await line.close()
    }
  })

  it('S6: a connection that is cut in the middle of a write is told of, and the next write is whole', async () => {
    const line = await startTcpProxy(() => [{ port: server.port }])
    try {
      const store = await newStore({ place: { ...optionsOf().place, endpoint: `http://127.0.0.1:${line.port}` } })
      const bytes = bytesOf(300_000)
      line.cutAfter(150_000)
      await expect(store.put(key, Readable.from([bytes]), expected(bytes))).rejects.toMatchObject({ code: 'unavailable' })
      expect(line.cuts).toBeGreaterThan(0)
      line.cutAfter(undefined)
      await store.put(key, Readable.from([bytes]), expected(bytes))
      expect(await store.stat(key)).toMatchObject({ bytes: bytes.length })
    } finally {
      await line.close()
    }
  })

  it('S7: signs by the clock of the server, however wrong our own is', async () => {
    for (const offMs of [-3_600_000, 180_000, 86_400_000]) {
      const clock = { now: () => Date.now() + offMs }
      const store = await newStore({ clock })
      await store.append(staged, 0, bytesOf(10))
      const address = store.direct?.sign({ method: 'GET', key: 'event/none', expiresAt: clock.now() + 30_000 }) ?? ''
      // Good, though there is nothing to be had.
      expect((await fetch(address)).status).toBe(404)
    }
  })
})
