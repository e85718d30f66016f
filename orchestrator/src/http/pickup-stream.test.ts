import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPickupStreams } from './pickup-stream.ts'

/** As many as one page may have. */
const MOST = 12

describe('the streams of a pickup page', () => {
  let app: FastifyInstance
  /** Holds every request between its arrival and its stream, as a slow look-up does. */
  let letGo: () => void
  const arrived = vi.fn()
  const gone = vi.fn()
  const opened = vi.fn()

  beforeEach(async () => {
    for (const spy of [arrived, gone, opened]) spy.mockReset()
    const looked = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const streams = createPickupStreams()
    app = fastify({ forceCloseConnections: true })
    app.get('/events', async (request, reply) => {
      arrived()
      request.raw.socket.once('close', gone)
      await looked
      const stream = streams.open('token', reply)
      opened(stream !== undefined)
      return stream ? reply : reply.code(503).send()
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterEach(() => app.close())

  const ask = () => get(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/events`, { agent: false })

  it('P3: a phone that hangs up while it is looked up takes no place', async () => {
    const lost = Array.from({ length: MOST }, ask)
    for (const request of lost) request.on('error', () => undefined)
    await vi.waitFor(() => expect(arrived).toHaveBeenCalledTimes(MOST))
    for (const request of lost) request.destroy()
    await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(MOST))
    letGo()
    await vi.waitFor(() => expect(opened).toHaveBeenCalledTimes(MOST))
    const request = ask()
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      request.once('response', resolve).once('error', reject),
    )
    expect(answer.statusCode).toBe(200)
    answer.destroy()
  })
})
