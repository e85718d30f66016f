/** News of a visit as server-sent events, for as long as its pickup page is open. */
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

export type PickupStreams = {
  /** Takes over the answer; undefined where too many are open already, or where the phone has hung up meanwhile. */
  open(token: string, reply: FastifyReply): PickupStream | undefined
  /** Ends every stream, so that the server may close. */
  closeAll(): void
}
export type PickupStream = {
  send(event: 'news', data: string): void
  /** Called once, when the phone is gone or the stream has ended. */
  onEnd(listener: () => void): void
  end(): void
}

/** A sign of life for phones and proxies on the way, in milliseconds. */
const BEAT_MS = 15_000
/** A phone and a few it was shown to; and a bound on everything. Beyond, pages ask instead of listening. */
const MAX_OF_ONE_PAGE = 12
const MAX_STREAMS = 5_000
/** A phone that does not read gets no more until it does, in bytes. */
const MAX_BEHIND_BYTES = 256 * 1024

export const createPickupStreams = (): PickupStreams => {
  const open = new Map<string, Set<ServerResponse>>()
  let count = 0

  return {
    open(token, reply) {
      // Its end was announced before anybody listened: a place taken now would never be given back.
      if (reply.raw.destroyed) return undefined
      const mine = open.get(token) ?? new Set()
      if (mine.size >= MAX_OF_ONE_PAGE || count >= MAX_STREAMS) return undefined
      const headers = reply.getHeaders()
      reply.hijack()
      const { raw } = reply
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value)
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      })
      open.set(token, mine.add(raw))
      count++
      const write = (text: string) => {
        if (!raw.writableEnded && raw.writableLength < MAX_BEHIND_BYTES) raw.write(text)
      }
      write('retry: 3000\n\n')
      const beat = setInterval(() => write('event: beat\ndata: 1\n\n'), BEAT_MS)
      const listeners: (() => void)[] = []
      raw.once('close', () => {
        clearInterval(beat)
        count--
        mine.delete(raw)
        if (mine.size === 0) open.delete(token)
        for (const listener of listeners) listener()
      })
      return {
        // JSON has no line breaks, so one line holds it all.
        send: (event, data) => write(`event: ${event}\ndata: ${data}\n\n`),
        onEnd: (listener) => listeners.push(listener),
        end: () => raw.end(),
      }
    },
    closeAll() {
      for (const streams of open.values()) for (const raw of streams) raw.end()
    },
  }
}
