/** What the orchestrator finds in a delivery, on films that ffmpeg made, and on what is none. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anotherOf, makeReel, posterOf, repack, reportOf, shotListOf } from '../../../tests/support/made-reel.ts'
import { systemClock } from '../clock.ts'
import { createDiskStore } from '../media/disk-store.ts'
import type { MediaStore } from '../media/media-store.ts'
import { readMp4 } from './mp4.ts'
import { checkDelivery, type Delivered } from './reel-check.ts'

let folder: string
let media: MediaStore
let reel: Buffer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-reel-check-'))
  media = await createDiskStore({ root: folder, clock: systemClock, minFreeBytes: 0 })
  reel = await makeReel()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const put = async (key: string, body: Buffer) => {
  const sha256 = createHash('sha256').update(body).digest('hex')
  await media.put(key, body, { bytes: body.length, sha256 })
  return { key, bytes: body.length, sha256 }
}
const deliver = async (parts: { reel?: Buffer; poster?: Buffer; shotList?: Buffer } = {}): Promise<Delivered> => ({
  reel: await put('t/reel', parts.reel ?? reel),
  poster: await put('t/poster', parts.poster ?? posterOf()),
  shotList: await put('t/shot-list', parts.shotList ?? shotListOf()),
})
const factsOf = (bytes: Buffer) =>
  readMp4((offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)), bytes.length)

describe('checking a delivery', () => {
  it('R3: reads size, length, codecs and faststart of a real film', async () => {
    const facts = await factsOf(reel)
    expect(facts).toMatchObject({ width: 720, height: 1280, videoCodec: 'avc1', audioCodec: 'mp4a', fastStart: true })
    expect(Math.abs((facts?.durationMs ?? 0) - 15_000)).toBeLessThan(100)
    expect(await factsOf(anotherOf(reel))).toEqual(facts)
  })

  it('R3: a good delivery passes', async () => {
    expect(await checkDelivery(media, await deliver(), reportOf())).toBeUndefined()
  })

  it('R3: what is missing or of another size is named', async () => {
    const delivered = await deliver()
    expect(await checkDelivery(media, { ...delivered, reel: { ...delivered.reel, key: 't/none' } }, reportOf())).toBe(
      'object-unknown',
    )
    const short = { ...delivered, poster: { ...delivered.poster, bytes: 5 } }
    expect(await checkDelivery(media, short, reportOf())).toBe('object-unknown')
  })

  it('S3: what a node wrote by itself is held to its hash', async () => {
    const direct = { sign: () => '', lateMs: 0 }
    const delivered = await deliver()
    expect(await checkDelivery({ ...media, direct }, delivered, reportOf())).toBeUndefined()
    const other = { ...delivered, poster: { ...delivered.poster, sha256: '0'.repeat(64) } }
    expect(await checkDelivery({ ...media, direct }, other, reportOf())).toBe('object-unknown')
  })

  it('R3: what is no film, or is cut off, is refused', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('GIF89a'),
      reel.subarray(0, reel.length >> 1),
      posterOf(),
      Buffer.alloc(4_000),
    ]) {
      expect(await factsOf(bytes)).toBeUndefined()
    }
    const cut = await deliver({ reel: reel.subarray(0, reel.length - 7) })
    expect(await checkDelivery(media, cut, reportOf())).toBe('reel-wrong-format')
    const hollow = Buffer.from(reel)
    hollow.writeUInt32BE(0x7fffffff, reel.indexOf('mvhd') - 4)
    expect(await checkDelivery(media, await deliver({ reel: hollow }), reportOf())).toBe('reel-wrong-format')
  })

  it('R3: a film of another size, length or codec is refused whatever the report says', async () => {
    const wide = Buffer.from(reel)
    // Width and height of the picture's sample entry lie 28 bytes behind its name's start.
    wide.writeUInt16BE(1_280, reel.indexOf('avc1', reel.indexOf('stsd')) + 28)
    expect(await checkDelivery(media, await deliver({ reel: wide }), reportOf())).toBe('reel-wrong-format')
    const short = await repack(reel, ['-t', '4', '-movflags', '+faststart'])
    expect(await checkDelivery(media, await deliver({ reel: short }), reportOf())).toBe('reel-wrong-length')
    const mute = await repack(reel, ['-an', '-movflags', '+faststart'])
    expect(await checkDelivery(media, await deliver({ reel: mute }), reportOf())).toBe('reel-wrong-format')
    const slow = await repack(reel, [])
    expect(await checkDelivery(media, await deliver({ reel: slow }), reportOf())).toBe('reel-wrong-format')
  })

  it('R3: a report that does not fit the film, or tells of another person, is refused', async () => {
    const delivered = await deliver()
    expect(await checkDelivery(media, delivered, { ...reportOf(), durationMs: 16_000 })).toBe('reel-wrong-length')
    expect(await checkDelivery(media, delivered, { ...reportOf(), likeness: 0.51 })).toBe('reel-other-person')
  })

  it('R3: poster and shot list must be what they are called', async () => {
    expect(await checkDelivery(media, await deliver({ poster: Buffer.from('<svg/>') }), reportOf())).toBe('reel-wrong-format')
    expect(await checkDelivery(media, await deliver({ shotList: Buffer.from('{') }), reportOf())).toBe('reel-wrong-format')
    expect(await checkDelivery(media, await deliver({ shotList: Buffer.from('{}') }), reportOf())).toBe('reel-wrong-format')
  })
})
