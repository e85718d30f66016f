import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import {
  CHUNK_BYTES,
  KioskWelcome,
  kioskNews,
  MAX_CLIP_BYTES,
  PROTOCOL_VERSION,
  refuse,
  UploadOpened,
  type VisitView,
} from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startRedis } from '../../../tests/support/redis-server.ts'
import { systemClock } from '../clock.ts'
import { consentAt, EVENT_ID, type FrontDoor, newToken, newVisitId, sha256, startFrontDoor } from '../http/front-door.fixture.ts'
import { eventKey } from '../queue/keys.ts'
import { createKioskPresence, PRESENCE_MS } from '../status/kiosk-presence.ts'

type Kiosk = Awaited<ReturnType<FrontDoor['openKiosk']>>

/** Bytes that begin like an MP4 and go on at random. */
const clipOf = (bytes: number) => Buffer.concat([Buffer.from('00000020667479706d703432', 'hex'), randomBytes(bytes - 12)])

const STARTS_AT_ONCE = 150

describe('a kiosk and its uploads', () => {
  let door: FrontDoor
  beforeAll(async () => {
    door = await startFrontDoor({ env: { FANREEL_STARTS_AT_ONCE: String(STARTS_AT_ONCE) } })
  })
  afterAll(() => door.stop())

  const start = async (kiosk: Kiosk, kioskId = 'kiosk-1', more: object = {}) => {
    const visitId = newVisitId()
    const pickupToken = newToken()
    const request = {
      eventId: EVENT_ID,
      visitId,
      pickupToken,
      packId: 'tiny',
      language: 'en',
      firstName: 'Ann',
      consent: consentAt(kioskId),
      ...more,
    }
    return { visitId, pickupToken, request, answer: await kiosk.ask('visit:start', request) }
  }
  const openOf = (visitId: string, clip: Buffer, more: object = {}) => ({
    eventId: EVENT_ID,
    visitId,
    bytes: clip.length,
    sha256: sha256(clip),
    mime: 'video/mp4',
    ...more,
  })
  const send = (kiosk: Kiosk, uploadId: string, clip: Buffer, offset: number, end = offset + CHUNK_BYTES) => {
    const piece = clip.subarray(offset, end)
    return kiosk.ask('upload:chunk', { eventId: EVENT_ID, uploadId, offset, crc32: crc32(piece) }, piece)
  }
  const sendAll = async (kiosk: Kiosk, uploadId: string, clip: Buffer, from = 0) => {
    for (let offset = from; offset < clip.length; ) {
      const answer = await send(kiosk, uploadId, clip, offset)
      expect(answer).toMatchObject({ ok: true })
      offset = answer.offset
    }
  }
  const commit = (kiosk: Kiosk, uploadId: string) => kiosk.ask('upload:commit', { eventId: EVENT_ID, uploadId })
  /** A kiosk of its own for each test: what one has open must not slow another. */
  let count = 1
  const newKiosk = async () => {
    const kioskId = `kiosk-${++count}`
    const kiosk = await door.openKiosk(kioskId)
    return { kiosk, kioskId, begin: (more?: object) => start(kiosk, kioskId, more) }
  }
  const opened = async (clip = clipOf(600_000)) => {
    const { kiosk, kioskId, begin } = await newKiosk()
    const { visitId } = await begin()
    const answer = UploadOpened.parse(await kiosk.ask('upload:open', openOf(visitId, clip)))
    return { kiosk, kioskId, visitId, clip, uploadId: answer.uploadId, answer }
  }

  it('A5: begins no more visits than visitors could, over whichever socket', async () => {
    const kioskId = 'kiosk-in-a-hurry'
    // One more is let through each second that this takes.
    const answersOf = async (kiosk: Kiosk, count: number) => {
      const codes: string[] = []
      while (codes.length < count) codes.push((await start(kiosk, kioskId)).answer.code ?? 'ok')
      return codes
    }
    const first = await answersOf(await door.openKiosk(kioskId), STARTS_AT_ONCE + 20)
    expect(first.slice(0, STARTS_AT_ONCE)).toEqual(Array(STARTS_AT_ONCE).fill('ok'))
    expect(first).toContain('rate-limited')
    expect(await answersOf(await door.openKiosk(kioskId), 20)).toContain('rate-limited')
    expect((await start(await door.openKiosk('kiosk-calm'), 'kiosk-calm')).answer).toMatchObject({ ok: true })
  })

  it('A1: hello answers all that a kiosk must know, and what it may let go of', async () => {
    const kiosk = await door.openKiosk('kiosk-1')
    const welcome = KioskWelcome.parse(kiosk.welcome)
    expect(welcome).toMatchObject({ protocol: PROTOCOL_VERSION, eventName: 'Winter Games', pickupBase: `${door.origin}/v/` })
    expect(welcome.packs.map((pack) => pack.packId)).toEqual(['tiny'])
    const ready = await door.putVisit('ready')
    const waiting = await door.putVisit('uploading')
    const again = await door.openKiosk('kiosk-1', [ready.visitId, waiting.visitId, newVisitId()])
    expect(again.welcome.release).toEqual([ready.visitId])
  })

  it('A8: a wrong token, another kiosk’s token and a revoked one are refused', async () => {
    const { hello, token } = await door.openKiosk('kiosk-a')
    await door.openKiosk('kiosk-b')
    for (const wrong of [{ token: 'x'.repeat(43) }, { kioskId: 'kiosk-b', token }, { kioskId: 'kiosk-none' }]) {
      const socket = door.dial('/kiosk')
      expect(await socket.timeout(3_000).emitWithAck('kiosk:hello', { ...hello, ...wrong })).toEqual(refuse('unauthorised'))
    }
    await door.tokens.revoke(EVENT_ID, 'kiosk', 'kiosk-a')
    const socket = door.dial('/kiosk')
    expect(await socket.timeout(3_000).emitWithAck('kiosk:hello', hello)).toEqual(refuse('unauthorised'))
  })

  it('A3: a kiosk sees and touches its own visits only', async () => {
    const one = await newKiosk()
    const two = await newKiosk()
    const { visitId, answer } = await one.begin()
    expect(answer).toMatchObject({ ok: true, visit: { state: 'started' } })
    const ref = { eventId: EVENT_ID, visitId }
    for (const name of ['visit:watch', 'visit:cancel', 'visit:retake']) {
      expect(await two.kiosk.ask(name, ref), name).toEqual(refuse('visit-unknown'))
    }
    expect(await two.kiosk.ask('upload:open', openOf(visitId, clipOf(1_000)))).toEqual(refuse('visit-unknown'))
    const clip = clipOf(1_000)
    const { uploadId } = await one.kiosk.ask('upload:open', openOf(visitId, clip))
    expect(await send(two.kiosk, uploadId, clip, 0)).toEqual(refuse('upload-gone'))
    expect(await commit(two.kiosk, uploadId)).toEqual(refuse('upload-gone'))
  })

  it('V11: a name that no title takes is left out, whatever a kiosk sends for one, and the film is made without', async () => {
    const { begin, kiosk } = await newKiosk()
    for (const firstName of ['f.u.c.k', 'fuсk', '@anna', 'a'.repeat(25), 'a\u202eb', 7, ['Ann']]) {
      const { visitId, answer } = await begin({ firstName })
      expect(answer, String(firstName)).toMatchObject({ ok: true, visit: { state: 'started' } })
      expect(await door.store.get(visitId)).not.toHaveProperty('sealedName')
    }
    const { visitId } = await begin({ firstName: 'Zoë' })
    expect(await door.store.get(visitId)).toHaveProperty('sealedName')
    const clip = clipOf(1_000)
    const unnamed = await begin({ firstName: 'f.u.c.k' })
    const { uploadId } = await kiosk.ask('upload:open', openOf(unnamed.visitId, clip))
    await sendAll(kiosk, uploadId, clip)
    expect(await commit(kiosk, uploadId)).toMatchObject({ ok: true, visit: { state: 'queued' } })
  })

  it('V4: an event that has lost its worlds asks for patience, one that has others names the world it lacks', async () => {
    const { begin } = await newKiosk()
    const { packs } = await door.settings.read()
    await door.settings.change({ packs: [] })
    const lost = await begin()
    await door.settings.change({ packs })
    expect(lost.answer).toEqual(refuse('unavailable'))
    const other = await begin({ packId: 'another-world' })
    expect(other.answer).toEqual(refuse('pack-unknown'))
  })

  it('U1: takes a clip in pieces, and the visit waits in the queue once it is committed', async () => {
    const { kiosk, visitId, clip, uploadId, answer } = await opened()
    expect(answer).toMatchObject({ offset: 0, chunkBytes: CHUNK_BYTES })
    const changes: VisitView[] = []
    kiosk.socket.on('visit:changed', (view) => changes.push(kioskNews['visit:changed'].parse(view)))
    expect(await kiosk.ask('visit:watch', { eventId: EVENT_ID, visitId })).toMatchObject({ visit: { state: 'uploading' } })
    await sendAll(kiosk, uploadId, clip)
    expect(await commit(kiosk, uploadId)).toMatchObject({ ok: true, visit: { visitId, state: 'queued' } })
    await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('queued'))
    const stored = (await door.store.get(visitId))?.clip
    expect(stored).toMatchObject({ bytes: clip.length, sha256: sha256(clip), mime: 'video/mp4' })
    const parts = await (await door.media.read(stored?.key ?? '')).toArray()
    expect(sha256(Buffer.concat(parts))).toBe(sha256(clip))
  })

  it('U2: a wrong offset changes nothing and is answered with the right one', async () => {
    const { kiosk, clip, uploadId } = await opened()
    await send(kiosk, uploadId, clip, 0)
    for (const offset of [CHUNK_BYTES + 1, 2 * CHUNK_BYTES]) {
      expect(await send(kiosk, uploadId, clip, offset)).toEqual(refuse('offset-mismatch', { offset: CHUNK_BYTES }))
    }
    expect(await send(kiosk, uploadId, clip, 1)).toEqual(refuse('offset-mismatch', { offset: CHUNK_BYTES }))
  })

  it('U3: a piece that came before is acknowledged with the offset as it is', async () => {
    const { kiosk, clip, uploadId } = await opened()
    await sendAll(kiosk, uploadId, clip)
    expect(await send(kiosk, uploadId, clip, 0)).toEqual({ ok: true, offset: clip.length })
    expect(await send(kiosk, uploadId, clip, CHUNK_BYTES)).toEqual({ ok: true, offset: clip.length })
    expect(await commit(kiosk, uploadId)).toMatchObject({ ok: true })
    expect(await send(kiosk, uploadId, clip, 0)).toEqual({ ok: true, offset: clip.length })
  })

  it('U3: pieces sent all at once, twice, and in a wrong order still make the clip', async () => {
    const { kiosk, clip, uploadId } = await opened()
    const offsets = [0, CHUNK_BYTES, 0, 2 * CHUNK_BYTES, CHUNK_BYTES]
    await Promise.all(offsets.map((offset) => send(kiosk, uploadId, clip, offset)))
    expect(await commit(kiosk, uploadId)).toMatchObject({ ok: true })
  })

  it('A11: names that mean something to a path, a shell or a terminal are no upload, and make no file', async () => {
    const { kiosk, visitId, clip, uploadId } = await opened(clipOf(1_000))
    const tail = '/../../x'
    const names = [
      '../../x',
      'a\0b',
      '-i',
      'con',
      '__proto__',
      '',
      '\ud800',
      '\u202ex',
      '👩‍🚀',
      `${visitId}${tail}`,
      uploadId.toUpperCase(),
    ]
    for (const name of names) {
      expect(await send(kiosk, name, clip, 0), name).toEqual(refuse('upload-gone'))
      expect(await commit(kiosk, name), name).toEqual(refuse('upload-gone'))
    }
    for (const name of ['n'.repeat(300), 7, null, { toString: 'x' }])
      expect(await commit(kiosk, name as string), JSON.stringify(name)).toEqual(refuse('bad-message'))
    expect(await send(kiosk, uploadId, clip, 0)).toEqual({ ok: true, offset: clip.length })
  })

  it('U5: another clip for the same visit begins at nothing, and pieces of the first are no part of it', async () => {
    const { kiosk, visitId, clip, uploadId } = await opened()
    await send(kiosk, uploadId, clip, 0)
    const other = clipOf(clip.length)
    const again = await kiosk.ask('upload:open', openOf(visitId, other))
    expect(again).toMatchObject({ ok: true, offset: 0 })
    expect(again.uploadId).not.toBe(uploadId)
    expect(await send(kiosk, uploadId, clip, CHUNK_BYTES)).toEqual(refuse('upload-gone'))
    await sendAll(kiosk, again.uploadId, other)
    expect(await commit(kiosk, again.uploadId)).toMatchObject({ ok: true, visit: { state: 'queued' } })
  })

  it('U2: an offset or a sum that is no whole number of its range is refused before anything is looked at', async () => {
    const { kiosk, clip, uploadId } = await opened(clipOf(1_000))
    const ask = (more: object) => kiosk.ask('upload:chunk', { eventId: EVENT_ID, uploadId, offset: 0, crc32: 0, ...more }, clip)
    for (const offset of [-1, 0.5, '0', null, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])
      expect(await ask({ offset }), String(offset)).toEqual(refuse('bad-message'))
    for (const crc of [-1, 2 ** 32, '0', null]) expect(await ask({ crc32: crc }), String(crc)).toEqual(refuse('bad-message'))
    // As far as numbers go: whatever it is called, it lies beyond the clip.
    const far = await ask({ offset: Number.MAX_SAFE_INTEGER })
    expect(far).toEqual(refuse('length-mismatch', { offset: 0 }))
  })

  it('U4: a piece that was damaged on the way is not taken', async () => {
    const { kiosk, clip, uploadId } = await opened()
    const piece = clip.subarray(0, CHUNK_BYTES)
    const request = { eventId: EVENT_ID, uploadId, offset: 0, crc32: crc32(piece) ^ 1 }
    expect(await kiosk.ask('upload:chunk', { ...request, crc32: (crc32(piece) ^ 1) >>> 0 }, piece)).toEqual(
      refuse('checksum-mismatch', { offset: 0 }),
    )
    expect(await kiosk.ask('upload:chunk', { ...request, crc32: crc32(piece) }, Buffer.alloc(0))).toEqual(refuse('bad-message'))
    expect(await kiosk.ask('upload:chunk', { ...request, crc32: 0 }, Buffer.alloc(CHUNK_BYTES + 1))).toEqual(
      refuse('bad-message'),
    )
    expect(await send(kiosk, uploadId, clip, 0)).toEqual({ ok: true, offset: CHUNK_BYTES })
  })

  it('U5: a commit before the whole is there, or of other bytes than announced, is refused', async () => {
    const { kiosk, visitId, clip, uploadId } = await opened()
    await send(kiosk, uploadId, clip, 0)
    expect(await commit(kiosk, uploadId)).toEqual(refuse('length-mismatch', { offset: CHUNK_BYTES }))
    const other = Buffer.from(clip)
    other[300_000] = (other[300_000] ?? 0) ^ 1
    await sendAll(kiosk, uploadId, other, CHUNK_BYTES)
    expect(await commit(kiosk, uploadId)).toEqual(refuse('hash-mismatch', { offset: 0 }))
    expect((await door.store.get(visitId))?.state).toBe('recorded')
    const again = await kiosk.ask('upload:open', openOf(visitId, clip))
    expect(again).toMatchObject({ ok: true, offset: 0 })
    await sendAll(kiosk, again.uploadId, clip)
    expect(await commit(kiosk, again.uploadId)).toMatchObject({ ok: true })
  })

  it('U6: more bytes than announced end the upload', async () => {
    const { kiosk, visitId, clip } = await opened(clipOf(1_000))
    const { uploadId } = await kiosk.ask('upload:open', openOf(visitId, clip, { bytes: 500 }))
    expect(await send(kiosk, uploadId, clip, 0)).toEqual(refuse('length-mismatch', { offset: 0 }))
    expect(await send(kiosk, uploadId, clip, 0, 500)).toEqual(refuse('upload-gone'))
  })

  it('U7: a clip that is empty or of no known type is refused before a byte of it', async () => {
    const { kiosk, begin } = await newKiosk()
    const { visitId } = await begin()
    const ask = (more: object) => kiosk.ask('upload:open', openOf(visitId, clipOf(100), more))
    for (const more of [
      { bytes: 0 },
      { bytes: -1 },
      { bytes: 2 ** 53 },
      { bytes: '9' },
      { mime: 'text/html' },
      { sha256: '../../etc' },
    ]) {
      expect(await ask(more), JSON.stringify(more)).toEqual(refuse('bad-message'))
    }
    expect((await door.store.get(visitId))?.state).toBe('started')
  })

  it('U7: a clip that is too large fails the visit with its code before a byte of it; it may be recorded again', async () => {
    const { kiosk, visitId, clip, uploadId } = await opened()
    const fresh = await start(kiosk, kiosk.hello.kioskId)
    for (const [id, bytes] of [
      [fresh.visitId, MAX_CLIP_BYTES + 1],
      [fresh.visitId, 5e9],
      [visitId, MAX_CLIP_BYTES + 1],
    ] as const) {
      const large = openOf(id, clip, { bytes })
      expect(await kiosk.ask('upload:open', large)).toEqual(refuse('clip-too-large'))
      expect(await kiosk.ask('upload:open', large), 'its answer was lost').toEqual(refuse('clip-too-large'))
      expect(await door.store.get(id)).toMatchObject({ state: 'failed', code: 'clip-too-large' })
      expect(await kiosk.ask('visit:retake', { eventId: EVENT_ID, visitId: id })).toMatchObject({ visit: { state: 'recorded' } })
    }
    expect(await send(kiosk, uploadId, clip, 0), 'what had begun is discarded').toEqual(refuse('upload-gone'))
    expect(await kiosk.ask('upload:open', openOf(visitId, clip))).toMatchObject({ ok: true, offset: 0 })
  })

  it('U8: the newest connection goes on from the durable offset; the older is told', async () => {
    const { kiosk, visitId, clip, uploadId, kioskId } = await opened()
    await send(kiosk, uploadId, clip, 0)
    const newer = await door.openKiosk(kioskId)
    expect(await newer.ask('upload:open', openOf(visitId, clip))).toMatchObject({ ok: true, uploadId, offset: CHUNK_BYTES })
    expect(await send(kiosk, uploadId, clip, CHUNK_BYTES)).toEqual(refuse('taken-over'))
    expect(await commit(kiosk, uploadId)).toEqual(refuse('taken-over'))
    await sendAll(newer, uploadId, clip, CHUNK_BYTES)
    expect(await commit(newer, uploadId)).toMatchObject({ ok: true })
  })

  it('U10: nothing is taken of a visitor who has not agreed', async () => {
    const { kiosk, begin, kioskId } = await newKiosk()
    const consent = { ...consentAt(kioskId), purposes: ['cloud'] }
    expect((await begin({ consent })).answer).toEqual(refuse('consent-missing'))
    const without = await door.putVisit('started', { kioskId, consent: { ...consentAt(kioskId), purposes: ['cloud'] } })
    expect(await kiosk.ask('upload:open', openOf(without.visitId, clipOf(100)))).toEqual(refuse('consent-missing'))
  })

  it('U11: what is no film is refused by name, whatever it is called, and the visit may be recorded again', async () => {
    for (const bytes of [
      Buffer.from('<html>not a film</html>'),
      Buffer.from('#EXTM3U\n/etc/passwd'),
      Buffer.alloc(2_000),
      Buffer.from('GIF89a'),
    ]) {
      const { kiosk, visitId, uploadId } = await opened(bytes)
      await sendAll(kiosk, uploadId, bytes)
      expect(await commit(kiosk, uploadId)).toEqual(refuse('clip-unreadable'))
      expect(await door.store.get(visitId)).toMatchObject({ state: 'failed', code: 'clip-unreadable' })
      expect(await door.media.removeAll(`${EVENT_ID}/visits/${visitId}/`)).toBe(0)
      expect(await kiosk.ask('visit:retake', { eventId: EVENT_ID, visitId })).toMatchObject({ visit: { state: 'recorded' } })
    }
  })

  it('U11: a commit may be repeated, and an open after it leads to the same answer', async () => {
    const { kiosk, visitId, clip, uploadId, kioskId } = await opened()
    await sendAll(kiosk, uploadId, clip)
    const first = await commit(kiosk, uploadId)
    expect(await commit(kiosk, uploadId)).toMatchObject({ ok: true, visit: { visitId, seq: first.visit.seq } })
    const reborn = await door.openKiosk(kioskId)
    expect(await reborn.ask('upload:open', openOf(visitId, clip))).toMatchObject({ ok: true, uploadId, offset: clip.length })
    expect(await commit(reborn, uploadId)).toMatchObject({ ok: true, visit: { visitId } })
    expect(await reborn.ask('upload:open', openOf(visitId, clipOf(600_000)))).toEqual(refuse('visit-state'))
  })

  it('U13: one kiosk moves two clips at once, not three', async () => {
    const { kiosk, begin } = await newKiosk()
    const clips = [clipOf(1_000), clipOf(1_001), clipOf(1_002)]
    const visitIds: string[] = []
    for (const _ of clips) visitIds.push((await begin()).visitId)
    const ask = (at: number) => kiosk.ask('upload:open', openOf(visitIds[at]!, clips[at]!))
    const first = await ask(0)
    expect(first).toMatchObject({ ok: true })
    expect(await ask(1)).toMatchObject({ ok: true })
    expect(await ask(2)).toEqual(refuse('overloaded'))
    await sendAll(kiosk, first.uploadId, clips[0]!)
    await commit(kiosk, first.uploadId)
    expect(await ask(2)).toMatchObject({ ok: true })
  })

  it('U13: however many one kiosk asks for at the same moment, over two connections too, two move', async () => {
    const { kiosk, kioskId, begin } = await newKiosk()
    const clips = Array.from({ length: 12 }, (_, at) => clipOf(2_000 + at))
    const visitIds: string[] = []
    for (const _ of clips) visitIds.push((await begin()).visitId)
    const other = await door.openKiosk(kioskId)
    const answers = await Promise.all(
      clips.map((clip, at) => (at % 2 ? other : kiosk).ask('upload:open', openOf(visitIds[at]!, clip))),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(2)
    for (const answer of answers) if (!answer.ok) expect(answer).toEqual(refuse('overloaded'))
  })

  it('U13: of many clips begun and left, what moved longest ago goes from the disk, and begins again', async () => {
    const { kiosk, kioskId, begin } = await newKiosk()
    const clips = Array.from({ length: 10 }, (_, at) => clipOf(CHUNK_BYTES + 10 + at))
    const begun: { visitId: string; uploadId: string }[] = []
    for (const [at, clip] of clips.entries()) {
      const { visitId } = await begin()
      const { uploadId } = await kiosk.ask('upload:open', openOf(visitId, clip))
      expect(await send(kiosk, uploadId, clip, 0)).toMatchObject({ ok: true, offset: CHUNK_BYTES })
      begun.push({ visitId, uploadId })
      // It stood still long ago, and those before it longer.
      const stood = { score: at + 1, value: visitId }
      await door.redis.call((client) => client.zAdd(eventKey(EVENT_ID, 'uploads', kioskId), stood))
    }
    const reopen = async (at: number) => kiosk.ask('upload:open', openOf(begun[at]!.visitId, clips[at]!))
    for (const at of [0, 1])
      expect(await send(kiosk, begun[at]!.uploadId, clips[at]!, CHUNK_BYTES)).toEqual(refuse('upload-gone'))
    expect(await reopen(9)).toMatchObject({ ok: true, offset: CHUNK_BYTES })
    expect(await reopen(0)).toMatchObject({ ok: true, offset: 0 })
    await sendAll(kiosk, begun[0]!.uploadId, clips[0]!)
    expect(await commit(kiosk, begun[0]!.uploadId)).toMatchObject({ ok: true })
  })

  it('U14: a visit that was deleted takes no more pieces, and none of it stays', async () => {
    const { kiosk, visitId, clip, uploadId } = await opened()
    await send(kiosk, uploadId, clip, 0)
    const released = new Promise((resolve) => kiosk.socket.once('visit:release', resolve))
    expect(await kiosk.ask('visit:cancel', { eventId: EVENT_ID, visitId })).toMatchObject({ visit: { state: 'cancelled' } })
    expect(await released).toEqual({ eventId: EVENT_ID, visitId })
    expect(await send(kiosk, uploadId, clip, CHUNK_BYTES)).toMatchObject({ ok: false })
    expect(await send(kiosk, uploadId, clip, 0)).toEqual(refuse('visit-state'))
    expect(await commit(kiosk, uploadId)).toMatchObject({ ok: false })
    expect(await door.media.removeAll(`${EVENT_ID}/visits/${visitId}/`)).toBe(0)
  })

  it('V7: the clips a kiosk holds are counted as they come and go', async () => {
    const waiting = await door.putVisit('uploading', { kioskId: 'kiosk-v7' })
    const kiosk = await door.openKiosk('kiosk-v7', [waiting.visitId])
    const presence = createKioskPresence({ redis: door.redis, eventId: EVENT_ID, clock: systemClock })
    const holding = async () => (await presence.list()).find((row) => row.kioskId === 'kiosk-v7')?.holding
    expect(await holding()).toBe(1)
    const { visitId } = await start(kiosk, 'kiosk-v7')
    await kiosk.ask('upload:open', openOf(visitId, clipOf(1_000)))
    await vi.waitFor(async () => expect(await holding()).toBe(2))
    await kiosk.ask('visit:watch', { eventId: EVENT_ID, visitId })
    await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state: 'rendering' }))
    await vi.waitFor(async () => expect(await holding()).toBe(1), { timeout: 5_000 })
  })

  it('V12: of more than a hundred visits that a kiosk watches the newest are told of', async () => {
    const { kiosk, kioskId } = await newKiosk()
    const visitIds = await Promise.all(Array.from({ length: 101 }, async () => (await start(kiosk, kioskId)).visitId))
    const told = new Set<string>()
    kiosk.socket.on('visit:changed', ({ visitId, seq }: VisitView) => seq > 1 && told.add(visitId))
    for (const visitId of visitIds)
      expect(await kiosk.ask('visit:watch', { eventId: EVENT_ID, visitId })).toMatchObject({ ok: true, visit: { visitId } })
    for (const visitId of visitIds) await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1 }))
    await vi.waitFor(() => expect([...told].sort()).toEqual(visitIds.slice(1).sort()), { timeout: 10_000 })
  })

  it('V12: what a kiosk need not hold any more it is told of, though it does not watch it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const { kiosk, kioskId } = await newKiosk()
      const { visitId } = await start(kiosk, kioskId)
      await kiosk.ask('upload:open', openOf(visitId, clipOf(1_000)))
      const released: unknown[] = []
      kiosk.socket.on('visit:release', (release) => released.push(release))
      vi.advanceTimersByTime(PRESENCE_MS)
      await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state: 'rendering' }))
      expect(released).toEqual([])
      vi.advanceTimersByTime(PRESENCE_MS)
      await vi.waitFor(() => expect(released).toEqual([{ eventId: EVENT_ID, visitId }]), { timeout: 5_000 })
    } finally {
      vi.useRealTimers()
    }
  })

  it('A8: a kiosk whose token is revoked loses its connection, and no other does', async () => {
    const kiosk = await door.openKiosk('kiosk-a8')
    const other = await door.openKiosk('kiosk-a8-too')
    await door.tokens.revoke(EVENT_ID, 'kiosk', 'kiosk-a8')
    await vi.waitFor(() => expect(kiosk.socket.connected).toBe(false))
    expect(other.socket.connected).toBe(true)
    const again = door.dial('/kiosk')
    expect(await again.timeout(5_000).emitWithAck('kiosk:hello', kiosk.hello)).toEqual(refuse('unauthorised'))
  })

  it('V8: a changed event is told to every kiosk unasked', async () => {
    const { kiosk } = await newKiosk()
    const told = new Promise<{ reason?: string }>((resolve) => {
      kiosk.socket.on('event:status', (status) => status.reason === 'paused' && resolve(status))
    })
    await door.settings.change({ paused: true })
    expect(await told).toMatchObject({ open: false, reason: 'paused' })
    await door.settings.change({ paused: false })
  })
})

describe('a notice that was lost', () => {
  let door: FrontDoor
  beforeAll(async () => {
    door = await startFrontDoor({ env: { FANREEL_RETELL_MS: '200' } })
  })
  afterAll(() => door.stop())

  it('V8: costs one round: what the event is stands said again, though nothing has changed', async () => {
    const { socket } = await door.openKiosk()
    const told: object[] = []
    socket.on('event:status', (status: object) => told.push(status))
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(2), { timeout: 10_000 })
    expect(told.at(-1)).toEqual(told.at(-2))
  })

  it('V9: costs one round: a kiosk that nobody told of it hears that it is closed, and that it is open', async () => {
    const { socket } = await door.openKiosk('kiosk-1')
    const told: { closed?: string }[] = []
    socket.on('kiosk:closed', (said: { closed?: string }) => told.push(said))
    // As `close` writes it, without its notice.
    const closures = eventKey(EVENT_ID, 'kiosks', 'closed')
    await door.redis.call((client) => client.hSet(closures, 'kiosk-1', 'out-of-order'))
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ kioskId: 'kiosk-1', closed: 'out-of-order' }), { timeout: 10_000 })
    await door.redis.call((client) => client.hDel(closures, 'kiosk-1'))
    await vi.waitFor(() => expect(told.at(-1)).not.toHaveProperty('closed'), { timeout: 10_000 })
  })
})

describe('an upload that stood still', () => {
  it('U9: is discarded, begun or not; the visit says so and may be recorded again', async () => {
    const door = await startFrontDoor({ env: { FANREEL_UPLOAD_LIFETIME_MS: '1500' } })
    try {
      const clip = clipOf(600_000)
      const piece = clip.subarray(0, CHUNK_BYTES)
      const kiosk = await door.openKiosk()
      const begin = async () => {
        const { visitId } = await door.putVisit('started')
        const open = { eventId: EVENT_ID, visitId, bytes: clip.length, sha256: sha256(clip), mime: 'video/mp4' }
        const { uploadId } = await kiosk.ask('upload:open', open)
        return { visitId, open, uploadId }
      }
      const [begun, bare] = [await begin(), await begin()]
      const chunk = { eventId: EVENT_ID, uploadId: begun.uploadId, offset: 0, crc32: crc32(piece) }
      expect(await kiosk.ask('upload:chunk', chunk, piece)).toEqual({ ok: true, offset: CHUNK_BYTES })
      for (const { visitId } of [begun, bare]) {
        await vi.waitFor(async () => expect((await door.store.get(visitId))?.state).toBe('failed'), { timeout: 20_000 })
        expect(await door.store.get(visitId)).toMatchObject({ code: 'upload-gone' })
      }
      expect(await kiosk.ask('upload:chunk', chunk, piece)).toEqual(refuse('upload-gone'))
      expect(await door.media.removeAll(`${EVENT_ID}/visits/${begun.visitId}/`)).toBe(0)
      const ref = { eventId: EVENT_ID, visitId: begun.visitId }
      expect(await kiosk.ask('visit:retake', ref)).toMatchObject({ visit: { state: 'recorded' } })
      expect(await kiosk.ask('upload:open', begun.open)).toMatchObject({ ok: true, offset: 0 })
    } finally {
      await door.stop()
    }
  })
})

describe('uploads across orchestrators', () => {
  it('U12: another instance goes on where the first one stopped', async () => {
    const redis = await startRedis()
    const first = await startFrontDoor({ redis })
    const second = await startFrontDoor({ redis, root: first.root })
    try {
      const clip = clipOf(600_000)
      const visit = await first.putVisit('started')
      const open = { eventId: EVENT_ID, visitId: visit.visitId, bytes: clip.length, sha256: sha256(clip), mime: 'video/webm' }
      const piece = (offset: number) => clip.subarray(offset, offset + CHUNK_BYTES)
      const chunk = (uploadId: string, offset: number) => ({ eventId: EVENT_ID, uploadId, offset, crc32: crc32(piece(offset)) })
      const here = await first.openKiosk()
      const { uploadId } = await here.ask('upload:open', open)
      await here.ask('upload:chunk', chunk(uploadId, 0), piece(0))
      here.socket.disconnect()
      const there = await second.openKiosk()
      const { offset } = await there.ask('upload:open', open)
      expect(offset).toBe(CHUNK_BYTES)
      for (let at = offset; at < clip.length; at += CHUNK_BYTES) await there.ask('upload:chunk', chunk(uploadId, at), piece(at))
      expect(await there.ask('upload:commit', { eventId: EVENT_ID, uploadId })).toMatchObject({
        ok: true,
        visit: { state: 'queued' },
      })
    } finally {
      await second.stop()
      await first.stop()
      await redis.stop()
    }
  })

  it('U12: while Redis is away a kiosk is told so by name, and goes on when it returns', async () => {
    const door = await startFrontDoor({ env: { FANREEL_REDIS_DEADLINE_MS: '300' } })
    try {
      const clip = clipOf(400_000)
      const { visitId } = await door.putVisit('started')
      const kiosk = await door.openKiosk()
      const open = { eventId: EVENT_ID, visitId, bytes: clip.length, sha256: sha256(clip), mime: 'video/mp4' }
      const { uploadId } = await kiosk.ask('upload:open', open)
      const send = (offset: number) => {
        const piece = clip.subarray(offset, offset + CHUNK_BYTES)
        return kiosk.ask('upload:chunk', { eventId: EVENT_ID, uploadId, offset, crc32: crc32(piece) }, piece)
      }
      expect(await send(0)).toMatchObject({ ok: true })
      await door.redisServer.kill()
      expect(await send(CHUNK_BYTES)).toEqual(refuse('unavailable'))
      await door.redisServer.restart()
      await vi.waitFor(async () => expect(await send(CHUNK_BYTES)).toMatchObject({ ok: true }), {
        timeout: 30_000,
        interval: 100,
      })
      expect(await kiosk.ask('upload:commit', { eventId: EVENT_ID, uploadId })).toMatchObject({ ok: true })
    } finally {
      await door.stop()
      await rm(join(door.root, '..'), { recursive: true, force: true })
    }
  })
})
