/** The uploader against a real socket that breaks at every step: a clip arrives whole, or a named refusal comes back. */
import { randomBytes } from 'node:crypto'
import {
  CHUNK_BYTES,
  KioskHello,
  MOST_HELD_NAMED,
  MOST_PIECES_UNDER_WAY,
  PickupToken,
  refuse,
  VisitId,
  type VisitView,
} from '@fanreel/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Connection, connectUploader, KioskRefusal, newVisitKeys, type Uploader, type UploaderSettings } from './index.ts'
import { type PracticeOrchestrator, startPracticeOrchestrator } from './practice-orchestrator.ts'
import { toCrockford } from './visit-keys.ts'

const TOKEN = 'practice-token-of-forty-characters'
const PIECES = 5
const clip = new Uint8Array(randomBytes(CHUNK_BYTES * (PIECES - 1) + 777))

let orchestrator: PracticeOrchestrator
let uploader: Uploader | undefined

const connect = (more: Partial<UploaderSettings> = {}): Uploader => {
  uploader = connectUploader({
    url: orchestrator.url,
    eventId: 'practice',
    kioskId: 'kiosk-1',
    token: TOKEN,
    version: 'test',
    retryMinMs: 5,
    retryMaxMs: 20,
    refusedRetryMs: 50,
    answerMs: 2_000,
    ...more,
  })
  return uploader
}

const begin = async (kiosk: Uploader): Promise<string> => {
  const keys = newVisitKeys()
  await kiosk.start({
    ...keys,
    packId: 'figure-skating',
    language: 'en',
    consent: {
      textSha256: 'a'.repeat(64),
      language: 'en',
      agreedAt: 1,
      kioskId: 'kiosk-1',
      purposes: ['make-film'],
      ofAgeOrGuardian: true,
    },
  })
  return keys.visitId
}

const arrived = (visitId: string): boolean => orchestrator.clips.get(visitId)?.equals(clip) ?? false
const heard = (event: string): number => orchestrator.heard.filter((message) => message.event === event).length

beforeEach(async () => {
  orchestrator = await startPracticeOrchestrator('practice', TOKEN)
})
afterEach(async () => {
  uploader?.close()
  await orchestrator.stop()
})

describe('keys', () => {
  it('makes ids and tokens as the protocol wants them, never the same twice', () => {
    const made = Array.from({ length: 200 }, newVisitKeys)
    for (const { visitId, pickupToken } of made) {
      expect(VisitId.safeParse(visitId).success).toBe(true)
      expect(PickupToken.safeParse(pickupToken).success).toBe(true)
    }
    expect(new Set(made.map((keys) => keys.pickupToken)).size).toBe(200)
    expect(toCrockford(new Uint8Array(16).fill(255))).toBe('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')
    expect(toCrockford(new Uint8Array(16))).toBe('0'.repeat(26))
  })
})

describe('hello', () => {
  it('says which visits it holds, again after every reconnect, and hears which to let go', async () => {
    const { visitId } = newVisitKeys()
    orchestrator.release = [visitId]
    const released: string[] = []
    const kiosk = connect({ holding: () => [visitId], onRelease: (ids) => released.push(...ids) })
    expect((await kiosk.online()).eventName).toBe('Practice')
    orchestrator.cut()
    await vi.waitFor(() => expect(heard('kiosk:hello')).toBe(2))
    await vi.waitFor(() => expect(released).toEqual([visitId, visitId]))
    expect(
      orchestrator.heard.every(
        (message) => message.event !== 'kiosk:hello' || (message.request.holding as string[])[0] === visitId,
      ),
    ).toBe(true)
  })

  it('hears that operators have closed it, at once and after every reconnect', async () => {
    const closed: (string | undefined)[] = []
    const kiosk = connect({ onClosed: (now) => closed.push(now) })
    await kiosk.online()
    orchestrator.close('paused')
    await vi.waitFor(() => expect(closed).toEqual([undefined, 'paused']))
    orchestrator.cut()
    await vi.waitFor(() => expect(closed).toEqual([undefined, 'paused', 'paused']))
    orchestrator.close(undefined)
    await vi.waitFor(() => expect(closed.at(-1)).toBeUndefined())
  })

  it('tells what is wrong with it once, and again after a reconnect for as long as it is', async () => {
    const kiosk = connect()
    await kiosk.online()
    const told = () => orchestrator.heard.filter(({ event }) => event === 'kiosk:report').map(({ request }) => request.trouble)
    kiosk.report(undefined)
    kiosk.report('camera')
    kiosk.report('camera')
    await vi.waitFor(() => expect(told()).toEqual(['camera']))
    orchestrator.cut()
    await vi.waitFor(() => expect(told()).toEqual(['camera', 'camera']))
    kiosk.report(undefined)
    await vi.waitFor(() => expect(told()).toEqual(['camera', 'camera', undefined]))
    orchestrator.cut()
    await vi.waitFor(() => expect(heard('kiosk:hello')).toBe(3))
    await kiosk.online()
    expect(told()).toHaveLength(3)
  })

  it('names no more clips than a hello may hold, the newest, and the rest after the next release', async () => {
    const held = Array.from({ length: MOST_HELD_NAMED + 3 }, () => newVisitKeys().visitId)
    const oldest = held.slice(0, 3)
    const newest = held.slice(3)
    orchestrator.release = newest.slice(0, 10)
    let holding = held
    const kiosk = connect({
      holding: () => holding.toReversed(),
      onRelease: (ids) => {
        holding = holding.filter((id) => !ids.includes(id))
        orchestrator.release = []
      },
    })
    await kiosk.online()
    await vi.waitFor(() => expect(heard('kiosk:hello')).toBe(2))
    const [first, second] = orchestrator.heard.map((message) => message.request.holding as string[])
    expect(first).toEqual(newest)
    expect(second).toEqual([...oldest, ...newest.slice(10)])
    for (const { request } of orchestrator.heard) expect(KioskHello.safeParse(request).success).toBe(true)
  })

  it('names a wrong protocol version and the one that is spoken', async () => {
    const fault = await connect({ protocol: 99 })
      .online()
      .catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(KioskRefusal)
    expect(fault).toMatchObject({ code: 'protocol-version', protocol: 1 })
  })

  it('names a wrong token, and goes on by itself once it is accepted', async () => {
    orchestrator.fault = ({ event, count }) => (event === 'kiosk:hello' && count === 1 ? refuse('unauthorised') : 'none')
    const kiosk = connect()
    await expect(kiosk.online()).rejects.toMatchObject({ code: 'unauthorised' })
    await vi.waitFor(() => expect(kiosk.connection.state).toBe('online'))
  })

  it('waits out an orchestrator that has lost its memory for now', async () => {
    orchestrator.fault = ({ event, count }) => (event === 'kiosk:hello' && count < 4 ? refuse('unavailable') : 'none')
    const seen: Connection[] = []
    await connect({ onConnection: (connection) => seen.push(connection) }).online()
    expect(seen[0]).toEqual({ state: 'offline', code: 'unavailable' })
    expect(heard('kiosk:hello')).toBe(4)
  })
})

describe('sending', () => {
  it('brings a clip whole, as bytes and as a blob, and tells how far it is', async () => {
    const kiosk = connect()
    for (const source of [clip, new Blob([clip])]) {
      const visitId = await begin(kiosk)
      const told: number[] = []
      const view = await kiosk.send({ visitId, source, mime: 'video/mp4', onProgress: ({ fraction }) => told.push(fraction) })
      expect(view.state).toBe('queued')
      expect(arrived(visitId)).toBe(true)
      expect(told.at(0)).toBe(0)
      expect(told.at(-1)).toBe(1)
      expect(told).toEqual([...told].sort((a, b) => a - b))
    }
    expect(heard('upload:chunk')).toBe(PIECES * 2)
  })

  for (const fault of ['cut-before', 'lose-answer'] as const) {
    it.each(Array.from({ length: PIECES }, (_, index) => index + 1))(
      `${fault} at piece %i: resumes where the orchestrator stands`,
      async (at) => {
        orchestrator.fault = ({ event, count }) => (event === 'upload:chunk' && count === at ? fault : 'none')
        const kiosk = connect()
        const visitId = await begin(kiosk)
        await kiosk.send({ visitId, source: clip, mime: 'video/mp4' })
        expect(arrived(visitId)).toBe(true)
        expect(heard('kiosk:hello')).toBe(2)
        // At most the pieces that were under way are sent again.
        expect(heard('upload:chunk')).toBeLessThanOrEqual(PIECES + MOST_PIECES_UNDER_WAY)
      },
    )

    it.each(['visit:start', 'upload:open', 'upload:commit'])(
      `${fault} at %s: asks again and nothing is done twice`,
      async (event) => {
        orchestrator.fault = (message) => (message.event === event && message.count === 1 ? fault : 'none')
        const kiosk = connect()
        const visitId = await begin(kiosk)
        const view = await kiosk.send({ visitId, source: clip, mime: 'video/mp4' })
        expect(view.state).toBe('queued')
        expect(arrived(visitId)).toBe(true)
        expect(heard('upload:chunk')).toBe(PIECES)
      },
    )
  }

  it('goes on at the offset a mismatch names', async () => {
    orchestrator.fault = ({ event, count }) =>
      event === 'upload:chunk' && count === 3 ? refuse('offset-mismatch', { offset: CHUNK_BYTES * 2 }) : 'none'
    const kiosk = connect()
    const visitId = await begin(kiosk)
    await kiosk.send({ visitId, source: clip, mime: 'video/mp4' })
    expect(arrived(visitId)).toBe(true)
  })

  it('names a mismatch that never ends', async () => {
    orchestrator.fault = ({ event }) => (event === 'upload:chunk' ? refuse('offset-mismatch', { offset: 0 }) : 'none')
    const kiosk = connect()
    const visitId = await begin(kiosk)
    await expect(kiosk.send({ visitId, source: clip, mime: 'video/mp4' })).rejects.toMatchObject({ code: 'offset-mismatch' })
  })

  it.each(['unavailable', 'rate-limited', 'disk-full', 'checksum-mismatch', 'upload-gone', 'hash-mismatch'] as const)(
    'waits out or mends %s',
    async (code) => {
      const event = code === 'hash-mismatch' ? 'upload:commit' : 'upload:chunk'
      orchestrator.fault = (message) => (message.event === event && message.count === 1 ? refuse(code) : 'none')
      const kiosk = connect()
      const visitId = await begin(kiosk)
      await kiosk.send({ visitId, source: clip, mime: 'video/mp4' })
      expect(arrived(visitId)).toBe(true)
    },
  )

  it.each(['visit:start', 'upload:open', 'upload:chunk', 'upload:commit'])(
    'says that the orchestrator has lost its memory when %s is told so, and goes on when it is back',
    async (event) => {
      let away = false
      orchestrator.fault = (message) => {
        if (message.event === event && message.count === 1) away = true
        return away ? refuse('unavailable') : 'none'
      }
      const seen: Connection[] = []
      const kiosk = connect({ onConnection: (connection) => seen.push(connection) })
      const started = begin(kiosk)
      const sent = started.then((visitId) => kiosk.send({ visitId, source: clip, mime: 'video/mp4' }))
      await vi.waitFor(() => expect(kiosk.connection).toEqual({ state: 'offline', code: 'unavailable' }))
      // It knocks again by itself, and says nothing else meanwhile.
      const hellos = heard('kiosk:hello')
      await vi.waitFor(() => expect(heard('kiosk:hello')).toBeGreaterThan(hellos + 2))
      expect(kiosk.connection).toEqual({ state: 'offline', code: 'unavailable' })
      away = false
      await sent
      expect(arrived(await started)).toBe(true)
      expect(seen.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1])).toEqual([
        'online',
        'offline',
        'online',
      ])
    },
  )

  it('stops with a name when another has taken the upload over', async () => {
    orchestrator.fault = ({ event, count }) => (event === 'upload:chunk' && count === 2 ? refuse('taken-over') : 'none')
    const kiosk = connect()
    const visitId = await begin(kiosk)
    await expect(kiosk.send({ visitId, source: clip, mime: 'video/mp4' })).rejects.toMatchObject({
      name: 'KioskRefusal',
      code: 'taken-over',
    })
  })

  it('gives up when told to', async () => {
    orchestrator.fault = ({ event }) => (event === 'upload:chunk' ? refuse('unavailable') : 'none')
    const kiosk = connect()
    const visitId = await begin(kiosk)
    const stop = new AbortController()
    const sent = kiosk.send({ visitId, source: clip, mime: 'video/mp4', signal: stop.signal })
    await vi.waitFor(() => expect(heard('upload:chunk')).toBeGreaterThan(0))
    stop.abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
  })
})

describe('watching', () => {
  it('hears a snapshot after a reconnect, never an older view', async () => {
    const kiosk = connect()
    const visitId = await begin(kiosk)
    const seen: VisitView[] = []
    const stop = kiosk.watch(visitId, (view) => seen.push(view))
    await vi.waitFor(() => expect(seen.at(-1)?.state).toBe('recorded'))
    orchestrator.cut()
    orchestrator.change(visitId, { state: 'queued', place: 2 })
    orchestrator.change(visitId, { state: 'rendering', fraction: 0.4 })
    await vi.waitFor(() => expect(seen.at(-1)).toMatchObject({ state: 'rendering', fraction: 0.4 }))
    orchestrator.change(visitId, { state: 'ready' })
    await vi.waitFor(() => expect(seen.at(-1)?.state).toBe('ready'))
    expect(seen.map((view) => view.seq)).toEqual([...seen.map((view) => view.seq)].sort((a, b) => a - b))
    stop()
    const count = seen.length
    orchestrator.change(visitId, { state: 'deleted' })
    await vi.waitFor(() => expect(heard('visit:unwatch')).toBe(1))
    expect(seen.length).toBe(count)
  })

  it('may begin before the visit is known', async () => {
    const kiosk = connect()
    const keys = newVisitKeys()
    const seen: VisitView[] = []
    kiosk.watch(keys.visitId, (view) => seen.push(view))
    await kiosk.online()
    const consent = {
      textSha256: 'a'.repeat(64),
      language: 'en',
      agreedAt: 1,
      kioskId: 'kiosk-1',
      purposes: ['make-film'],
      ofAgeOrGuardian: true,
    } as const
    await kiosk.start({
      ...keys,
      packId: 'figure-skating',
      language: 'en',
      consent: { ...consent, purposes: [...consent.purposes] },
    })
    await vi.waitFor(() => expect(seen.at(-1)?.visitId).toBe(keys.visitId))
  })
})
