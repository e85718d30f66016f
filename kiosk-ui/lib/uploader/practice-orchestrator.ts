/**
 * A small orchestrator for the uploader's tests: real socket.io on a port of its own, the protocol's words, clips in
 * memory, and faults on demand. It keeps the promises of uploads (durable offset, idempotent commit) and nothing more.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CHUNK_BYTES,
  type KioskClosure,
  type KioskWelcome,
  PROTOCOL_VERSION,
  type Refusal,
  refuse,
  type VisitView,
} from '@fanreel/protocol'
import CRC32 from 'crc-32'
import { Server, type Socket } from 'socket.io'

/** What goes wrong with a message: decided anew for each. `lose-answer` does the work and cuts the line before the answer. */
export type Fault = 'none' | 'cut-before' | 'lose-answer' | Refusal
export type Message = { event: string; count: number; request: Record<string, unknown> }

type Upload = { visitId: string; bytes: number; sha256: string; stored: Buffer; committed: boolean }

export type PracticeOrchestrator = {
  url: string
  /** Committed clips by visit id. */
  clips: Map<string, Buffer>
  /** Every message as it came, hellos included. */
  heard: Message[]
  fault: (message: Message) => Fault
  status: KioskWelcome['status']
  release: string[]
  /** Closes the kiosk, or opens it: told at once, and in every welcome from then on. */
  close(closed: KioskClosure | undefined): void
  change(visitId: string, change: Partial<VisitView>): void
  /** Cuts every line, as a dead switch would. */
  cut(): void
  stop(): Promise<void>
}

export const startPracticeOrchestrator = async (eventId: string, token: string): Promise<PracticeOrchestrator> => {
  const http = createServer()
  const server = new Server(http, { transports: ['websocket'], maxHttpBufferSize: 1_000_000 })
  const visits = new Map<string, VisitView>()
  const uploads = new Map<string, Upload>()
  const watchers = new Map<string, Set<Socket>>()
  const counts = new Map<string, number>()
  let shut: KioskClosure | undefined

  const answer = (socket: Socket, event: string, request: Record<string, unknown>, piece?: Buffer): object => {
    const visitId = String(request.visitId)
    const visit = visits.get(visitId)
    if (event === 'kiosk:hello') {
      if (request.protocol !== PROTOCOL_VERSION) return refuse('protocol-version', { protocol: PROTOCOL_VERSION })
      if (request.token !== token) return refuse('unauthorised')
      const { status, release } = practice
      const terms = { pickupBase: 'https://reel.example/v/', maxTakes: 3, keepDays: 7, purposes: ['make-film'] }
      return {
        ok: true,
        protocol: PROTOCOL_VERSION,
        eventId,
        eventName: 'Practice',
        serverTime: Date.now(),
        status,
        ...(shut && { closed: shut }),
        packs: [],
        packKey: 'A'.repeat(60),
        release,
        ...terms,
      }
    }
    if (event === 'kiosk:report') return { ok: true }
    if (event === 'visit:start') {
      const { packId, language } = request as Pick<VisitView, 'packId' | 'language'>
      const fresh: VisitView = {
        eventId,
        visitId,
        seq: 0,
        state: 'recorded',
        packId,
        language,
        kioskId: 'kiosk-1',
        changedAt: Date.now(),
      }
      if (!visit) visits.set(visitId, fresh)
      return { ok: true, visit: visit ?? fresh }
    }
    if (event === 'visit:watch') {
      if (!visit) return refuse('visit-unknown')
      watchers.set(visitId, (watchers.get(visitId) ?? new Set()).add(socket))
      return { ok: true, visit }
    }
    if (event === 'visit:unwatch') return { ok: true }
    if (event === 'upload:open') {
      if (!visit) return refuse('visit-unknown')
      if (!['recorded', 'uploading'].includes(visit.state)) return refuse('visit-state')
      const held = uploads.get(visitId) ?? {
        visitId,
        bytes: Number(request.bytes),
        sha256: String(request.sha256),
        stored: Buffer.alloc(0),
        committed: false,
      }
      uploads.set(visitId, held)
      return { ok: true, uploadId: visitId, offset: held.stored.length, chunkBytes: CHUNK_BYTES, expiresAt: Date.now() + 60_000 }
    }
    const upload = uploads.get(String(request.uploadId))
    if (!upload) return refuse('upload-gone')
    if (event === 'upload:chunk' && piece) {
      if (request.offset !== upload.stored.length) return refuse('offset-mismatch', { offset: upload.stored.length })
      if (CRC32.buf(piece) >>> 0 !== request.crc32) return refuse('checksum-mismatch')
      upload.stored = Buffer.concat([upload.stored, piece])
      return { ok: true, offset: upload.stored.length }
    }
    if (event !== 'upload:commit') return refuse('unknown-message')
    if (upload.stored.length !== upload.bytes) return refuse('length-mismatch')
    if (createHash('sha256').update(upload.stored).digest('hex') !== upload.sha256) return refuse('hash-mismatch')
    practice.clips.set(upload.visitId, upload.stored)
    if (!upload.committed) practice.change(upload.visitId, { state: 'queued', place: 0 })
    upload.committed = true
    return { ok: true, visit: visits.get(upload.visitId) }
  }

  server.of('/kiosk').on('connection', (socket) => {
    socket.onAny((event: string, request: Record<string, unknown>, ...rest: unknown[]) => {
      const reply = rest.at(-1) as (answer: object) => void
      const count = (counts.get(event) ?? 0) + 1
      counts.set(event, count)
      const message = { event, count, request }
      practice.heard.push(message)
      const fault = practice.fault(message)
      if (fault === 'cut-before') return socket.conn.close()
      if (typeof fault === 'object') return reply(fault)
      const said = answer(socket, event, request, rest.length > 1 ? (rest[0] as Buffer) : undefined)
      if (fault === 'lose-answer') return socket.conn.close()
      reply(said)
    })
  })

  const practice: PracticeOrchestrator = {
    url: '',
    clips: new Map(),
    heard: [],
    fault: () => 'none',
    status: { eventId, open: true, nodes: 1, queued: 0 },
    release: [],
    close(closed) {
      shut = closed
      server.of('/kiosk').emit('kiosk:closed', { eventId, kioskId: 'kiosk-1', ...(closed && { closed }) })
    },
    change(visitId, change) {
      const visit = visits.get(visitId)
      if (!visit) return
      const next = { ...visit, ...change, seq: visit.seq + 1, changedAt: Date.now() }
      visits.set(visitId, next)
      for (const socket of watchers.get(visitId) ?? []) socket.emit('visit:changed', next)
    },
    cut: () => {
      for (const socket of server.of('/kiosk').sockets.values()) socket.conn.close()
    },
    stop: () => server.close(),
  }
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  practice.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return practice
}
