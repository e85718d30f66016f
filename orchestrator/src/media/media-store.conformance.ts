/**
 * What every media store must do, whatever it lies on. A store's own test calls this with a way to open it; `reopen`
 * answers another instance on the same place, as after a restart or on another machine.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import type { MediaStore } from './media-store.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const bytesOf = (length: number, seed = 1) => Buffer.from(Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff))
const expected = (bytes: Uint8Array) => ({ bytes: bytes.length, sha256: sha256(bytes) })
const all = async (stream: Readable) => Buffer.concat(await stream.toArray())
const BAD_KEYS = [
  '',
  '/',
  '/etc/passwd',
  '../x',
  'a/../b',
  'a/..',
  'a//b',
  'a/',
  '.hidden',
  'a/.b',
  'A',
  'a\0b',
  '-i',
  'a b',
  'a\nb',
  'ü',
  `${'a'.repeat(300)}`,
  `${'a/'.repeat(20)}a`,
  '..',
  'a/-x',
]

export const describeMediaStore = (
  name: string,
  open: () => Promise<{ store: MediaStore; reopen: () => Promise<MediaStore> }>,
): void => {
  describe(`${name} as a media store`, () => {
    let store: MediaStore
    let reopen: () => Promise<MediaStore>
    beforeEach(async () => {
      ;({ store, reopen } = await open())
    })
    const staged = 'event/visits/one/upload'
    const key = 'event/visits/one/clip'

    it('U1: keeps what was appended, across instances, and knows how much it is', async () => {
      expect(await store.stagedBytes(staged)).toBe(0)
      expect(await store.append(staged, 0, bytesOf(1_000))).toBe(1_000)
      const other = await reopen()
      expect(await other.stagedBytes(staged)).toBe(1_000)
      expect(await other.append(staged, 1_000, bytesOf(500, 2))).toBe(1_500)
      expect(await store.stagedBytes(staged)).toBe(1_500)
    })

    it('U2: an append anywhere but at the end changes nothing', async () => {
      await store.append(staged, 0, bytesOf(100))
      for (const offset of [0, 99, 101, 1e9]) {
        await expect(store.append(staged, offset, bytesOf(10))).rejects.toMatchObject({ code: 'offset-mismatch' })
      }
      expect(await store.stagedBytes(staged)).toBe(100)
    })

    it('U2: of appends at the same place at once, one is taken', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, seed) => store.append(staged, 0, bytesOf(100, seed))),
      )
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
      expect(await store.stagedBytes(staged)).toBe(100)
    })

    it('U1: takes pieces that come before the last of them is durable, in the order in which they came', async () => {
      const bytes = bytesOf(1_000)
      const pieces = Array.from({ length: 10 }, (_, at) => bytes.subarray(at * 100, (at + 1) * 100))
      const ends = await Promise.all(pieces.map((piece, at) => store.append(staged, at * 100, piece)))
      expect(ends).toEqual(pieces.map((_, at) => (at + 1) * 100))
      await store.publish(staged, key, expected(bytes))
      expect(await all(await store.read(key))).toEqual(bytes)
    })

    it('U5: publishes a staged upload whole, once, and answers a repetition alike', async () => {
      const bytes = bytesOf(3_000)
      await store.append(staged, 0, bytes)
      await store.publish(staged, key, expected(bytes))
      await store.publish(staged, key, expected(bytes))
      expect(await all(await store.read(key))).toEqual(bytes)
      expect(await store.stagedBytes(staged)).toBe(0)
    })

    it('U5: publishes nothing of the wrong length or with the wrong hash', async () => {
      const bytes = bytesOf(3_000)
      await store.append(staged, 0, bytes)
      await expect(store.publish(staged, key, { ...expected(bytes), bytes: 2_999 })).rejects.toMatchObject({
        code: 'length-mismatch',
      })
      await expect(store.publish(staged, key, { bytes: 3_000, sha256: '0'.repeat(64) })).rejects.toMatchObject({
        code: 'hash-mismatch',
      })
      await expect(store.publish('event/none', key, expected(bytes))).rejects.toMatchObject({ code: 'length-mismatch' })
      expect(await store.stat(key)).toBeUndefined()
      expect(await store.stagedBytes(staged)).toBe(3_000)
    })

    it('U9: finds staged uploads that nobody touched, and discards them', async () => {
      await store.append(staged, 0, bytesOf(10))
      const found = async (before: number) => {
        const ids: string[] = []
        for await (const id of store.stagedBefore(before)) ids.push(id)
        return ids
      }
      expect(await found(Date.now() - 60_000)).toEqual([])
      expect(await found(Date.now() + 60_000)).toEqual([staged])
      await store.discard(staged)
      await store.discard(staged)
      expect(await found(Date.now() + 60_000)).toEqual([])
    })

    it('A7: puts an object whole or not at all: shorter, longer, other bytes, a sender that goes away', async () => {
      const bytes = bytesOf(5_000)
      const put = (body: Readable | Uint8Array) => store.put(key, body, expected(bytes))
      await expect(put(bytes.subarray(1))).rejects.toMatchObject({ code: 'length-mismatch' })
      await expect(put(Buffer.concat([bytes, bytes]))).rejects.toMatchObject({ code: 'length-mismatch' })
      await expect(put(bytesOf(5_000, 9))).rejects.toMatchObject({ code: 'hash-mismatch' })
      const broken = new Readable({ read: () => undefined })
      broken.push(bytes.subarray(0, 100))
      setImmediate(() => broken.destroy(new Error('gone')))
      await expect(put(broken)).rejects.toMatchObject({ code: 'length-mismatch' })
      expect(await store.stat(key)).toBeUndefined()
      await put(Readable.from([bytes.subarray(0, 1_234), bytes.subarray(1_234)]))
      expect(await store.stat(key)).toMatchObject({ bytes: 5_000 })
      expect(await all(await store.read(key))).toEqual(bytes)
    })

    it('P6: reads a part by an inclusive range', async () => {
      const bytes = bytesOf(2_000)
      await store.put(key, bytes, expected(bytes))
      expect(await all(await store.read(key, { start: 500, end: 599 }))).toEqual(bytes.subarray(500, 600))
      expect(await all(await store.read(key, { start: 1_999, end: 1_999 }))).toEqual(bytes.subarray(1_999))
    })

    it('A11: no key leaves the store, whatever it is asked to do', async () => {
      const bytes = bytesOf(10)
      for (const bad of BAD_KEYS) {
        await expect(store.put(bad, bytes, expected(bytes)), bad).rejects.toMatchObject({ code: 'object-unknown' })
        await expect(store.append(bad, 0, bytes), bad).rejects.toMatchObject({ code: 'object-unknown' })
        await expect(store.read(bad), bad).rejects.toMatchObject({ code: 'object-unknown' })
        await expect(store.stat(bad), bad).rejects.toMatchObject({ code: 'object-unknown' })
        await expect(store.remove(bad), bad).rejects.toMatchObject({ code: 'object-unknown' })
        await expect(store.removeAll(`${bad}/`), bad).rejects.toMatchObject({ code: 'object-unknown' })
      }
      await expect(store.removeAll('event')).rejects.toMatchObject({ code: 'object-unknown' })
      await expect(store.removeAll('')).rejects.toMatchObject({ code: 'object-unknown' })
    })

    it('A11: an object that is not there is unknown, and removing it is nothing', async () => {
      await expect(store.read(key)).rejects.toMatchObject({ code: 'object-unknown' })
      expect(await store.stat(key)).toBeUndefined()
      await store.remove(key)
    })

    it('A12: removes everything under a prefix, staged uploads included, and nothing beside it', async () => {
      const bytes = bytesOf(10)
      await store.put('event/visits/one/clip', bytes, expected(bytes))
      await store.put('event/visits/one/renders/a/reel', bytes, expected(bytes))
      await store.put('event/visits/one-more/clip', bytes, expected(bytes))
      await store.append(staged, 0, bytes)
      expect(await store.removeAll('event/visits/one/')).toBe(3)
      expect(await store.stat('event/visits/one/clip')).toBeUndefined()
      expect(await store.stagedBytes(staged)).toBe(0)
      expect(await store.stat('event/visits/one-more/clip')).toMatchObject({ bytes: 10 })
      expect(await store.removeAll('event/visits/one/')).toBe(0)
    })

    it('A12: removes what is not kept under a prefix, and nothing beside it', async () => {
      const bytes = bytesOf(10)
      const keys = ['clip-a', 'clip-b', 'renders/one/reel', 'renders/one/poster', 'renders/one-more/reel', 'previews/one/p']
      for (const each of keys) await store.put(`event/visits/one/${each}`, bytes, expected(bytes))
      await store.put('event/visits/two/clip', bytes, expected(bytes))
      await store.append(staged, 0, bytes)
      const kept = ['event/visits/one/clip-b', 'event/visits/one/renders/one/']
      expect(await store.removeBut('event/visits/one/', kept)).toBe(3)
      expect(await store.removeBut('event/visits/one/', kept)).toBe(0)
      const left: string[] = []
      for (const each of keys) if (await store.stat(`event/visits/one/${each}`)) left.push(each)
      expect(left).toEqual(['clip-b', 'renders/one/reel', 'renders/one/poster'])
      expect(await store.stat('event/visits/two/clip')).toMatchObject({ bytes: 10 })
      // An upload that is on its way is no object yet.
      expect(await store.stagedBytes(staged)).toBe(10)
    })

    it('A13: has an id of its own that stays, also when two instances ask first at once', async () => {
      const other = await reopen()
      const [first, second] = await Promise.all([store.storeId(), other.storeId()])
      expect(first).toMatch(/^[0-9a-f-]{36}$/)
      expect(second).toBe(first)
      expect(await (await reopen()).storeId()).toBe(first)
    })
  })
}
