/** A kiosk without a screen: a real socket that starts visits and sends clips, message by message. */
import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { CHUNK_BYTES, type kioskMessages, PROTOCOL_VERSION, type VisitView } from '@fanreel/protocol'
import { io, type Socket } from 'socket.io-client'
import type { z } from 'zod'

type Messages = typeof kioskMessages
type AnswerOf<K extends keyof Messages> = z.infer<Messages[K]['answer']>

export type FakeVisit = { visitId: string; pickupToken: string }

export type FakeKiosk = {
  readonly socket: Socket
  /** Every view that was pushed, by visit, newest last. */
  readonly views: Map<string, VisitView[]>
  readonly released: string[]
  ask<K extends keyof Messages>(name: K, payload: Record<string, unknown>, piece?: Buffer): Promise<AnswerOf<K>>
  hello(holding?: string[]): Promise<AnswerOf<'kiosk:hello'>>
  start(more?: Record<string, unknown>): Promise<FakeVisit>
  /** Sends the clip in pieces; answers the commit's answer. */
  send(visitId: string, clip: Buffer): Promise<AnswerOf<'upload:commit'>>
  /** Starts a visit and sends its clip: it is queued. */
  record(clip?: Buffer): Promise<FakeVisit>
  close(): void
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const newPickupToken = (): string => [...randomBytes(26)].map((byte) => ALPHABET[byte & 31]).join('')

/** A UUIDv7 of now. */
export const newVisitId = (): string => {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Bytes that begin like an MP4 and are each time others. */
export const madeClip = (bytes = 2_000): Buffer => {
  const head = Buffer.from('0000001866747970697361650000000069736f6d69736f32', 'hex')
  head.write('isom', 8, 'latin1')
  return Buffer.concat([head, randomBytes(bytes)])
}

export const createFakeKiosk = async (options: {
  url: string
  eventId: string
  kioskId: string
  token: string
}): Promise<FakeKiosk> => {
  const { url, eventId, kioskId, token } = options
  const socket = io(new URL('/kiosk', url).href, { transports: ['websocket'], reconnectionDelay: 100, forceNew: true })
  const views = new Map<string, VisitView[]>()
  const released: string[] = []
  socket.on('visit:changed', (view: VisitView) => {
    views.set(view.visitId, [...(views.get(view.visitId) ?? []), view])
  })
  socket.on('visit:release', ({ visitId }: { visitId: string }) => released.push(visitId))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })

  const kiosk: FakeKiosk = {
    socket,
    views,
    released,
    ask: (name, payload, piece) =>
      socket.timeout(15_000).emitWithAck(name, { eventId, ...payload }, ...(piece === undefined ? [] : [piece])),
    hello: (holding = []) => kiosk.ask('kiosk:hello', { protocol: PROTOCOL_VERSION, kioskId, token, version: 'test', holding }),
    start: async (more = {}) => {
      const visit = { visitId: newVisitId(), pickupToken: newPickupToken() }
      const answer = await kiosk.ask('visit:start', {
        ...visit,
        packId: 'figure-skating',
        language: 'en',
        consent: {
          textSha256: 'c'.repeat(64),
          language: 'en',
          agreedAt: Date.now(),
          kioskId,
          purposes: ['make-film'],
          ofAgeOrGuardian: true,
        },
        ...more,
      })
      if (!answer.ok) throw new Error(`visit:start was refused: ${answer.code}`)
      return visit
    },
    send: async (visitId, clip) => {
      const sha256 = createHash('sha256').update(clip).digest('hex')
      const opened = await kiosk.ask('upload:open', { visitId, bytes: clip.length, sha256, mime: 'video/mp4' })
      if (!opened.ok) return opened
      for (let offset = opened.offset; offset < clip.length; ) {
        const piece = clip.subarray(offset, offset + CHUNK_BYTES)
        const stored = await kiosk.ask('upload:chunk', { uploadId: opened.uploadId, offset, crc32: crc32(piece) }, piece)
        if (!stored.ok) return stored
        offset = stored.offset
      }
      return kiosk.ask('upload:commit', { uploadId: opened.uploadId })
    },
    record: async (clip = madeClip()) => {
      const visit = await kiosk.start()
      const committed = await kiosk.send(visit.visitId, clip)
      if (!committed.ok) throw new Error(`the clip was refused: ${committed.code}`)
      return visit
    },
    close: () => socket.disconnect(),
  }
  return kiosk
}
