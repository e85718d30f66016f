import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_FRAME_BYTES, PROTOCOL_VERSION, Refusal, refuse } from '@fanreel/protocol'
import { pino } from 'pino'
import { Server } from 'socket.io'
import { io as connect, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { serveNamespace } from './namespace.ts'

const EVENT = 'test-event'
const MAX_UNGREETED = 5
const Refused = Refusal
const messages = {
  'peer:hello': {
    request: z.object({ protocol: z.number().int(), eventId: z.string(), name: z.string().max(20), token: z.string() }),
    answer: z.union([z.object({ ok: z.literal(true), again: z.boolean() }), Refused]),
  },
  'peer:count': {
    request: z.object({ eventId: z.string(), count: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
    answer: z.union([z.object({ ok: z.literal(true), count: z.number() }), Refused]),
  },
  'peer:piece': {
    request: z.object({ eventId: z.string() }),
    answer: z.union([z.object({ ok: z.literal(true), bytes: z.number() }), Refused]),
  },
  'peer:fault': { request: z.object({ eventId: z.string(), coded: z.boolean() }), answer: Refused },
} as const

describe('a namespace that serves a catalogue', () => {
  let http: HttpServer
  let io: Server
  let now = 1_000_000
  const left = vi.fn()
  const open: Socket[] = []

  beforeEach(async () => {
    left.mockClear()
    http = createServer()
    io = new Server(http, { transports: ['websocket'], maxHttpBufferSize: MAX_FRAME_BYTES })
    const greeted = new Set<string>()
    serveNamespace({
      namespace: io.of('/peer'),
      messages,
      hello: 'peer:hello',
      pieces: ['peer:piece'],
      eventId: EVENT,
      clock: { now: () => now },
      log: pino({ level: 'silent' }),
      rate: { perSecond: 10, burst: 20 },
      helloTimeoutMs: 200,
      maxUngreeted: MAX_UNGREETED,
      greet: (hello) => {
        if (hello.token !== 'right') return Promise.resolve(refuse('unauthorised'))
        const again = greeted.has(hello.name)
        greeted.add(hello.name)
        return Promise.resolve({ peer: { name: hello.name }, peerId: hello.name, welcome: { ok: true as const, again } })
      },
      left,
      handlers: {
        'peer:count': (_call, request) => ({ ok: true, count: request.count }),
        'peer:piece': (_call, _request, piece) => ({ ok: true, bytes: piece.length }),
        'peer:fault': (_call, { coded }) => {
          throw coded ? new AppError('disk-full') : new TypeError('something private')
        },
      },
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.disconnect()
    await io.close()
  })

  const dial = (): Socket => {
    const { port } = http.address() as AddressInfo
    const socket = connect(`http://127.0.0.1:${port}/peer`, { transports: ['websocket'], forceNew: true, reconnection: false })
    open.push(socket)
    return socket
  }
  const ask = (socket: Socket, name: string, ...args: unknown[]) => socket.timeout(3_000).emitWithAck(name, ...args)
  const hello = { protocol: PROTOCOL_VERSION, eventId: EVENT, name: 'one', token: 'right' }
  const greet = async () => {
    const socket = dial()
    expect(await ask(socket, 'peer:hello', hello)).toMatchObject({ ok: true })
    return socket
  }
  const closed = (socket: Socket) => vi.waitFor(() => expect(socket.connected).toBe(false))

  it('A1: refuses everything before hello, and closes a socket that never says it', async () => {
    const socket = dial()
    expect(await ask(socket, 'peer:count', { eventId: EVENT, count: 1 })).toEqual(refuse('hello-first'))
    expect(await ask(socket, 'nonsense')).toEqual(refuse('hello-first'))
    await closed(socket)
    expect(left).not.toHaveBeenCalled()
  })

  it('A1: a message sent right behind the hello waits for it', async () => {
    const socket = dial()
    const answers = await Promise.all([ask(socket, 'peer:hello', hello), ask(socket, 'peer:count', { eventId: EVENT, count: 7 })])
    expect(answers[1]).toEqual({ ok: true, count: 7 })
  })

  it('A1: names its own version to a peer of another, whatever else that hello holds, and closes', async () => {
    for (const protocol of [PROTOCOL_VERSION + 1, PROTOCOL_VERSION - 1]) {
      const socket = dial()
      expect(await ask(socket, 'peer:hello', { protocol, shape: 'of the future' })).toEqual(
        refuse('protocol-version', { protocol: PROTOCOL_VERSION }),
      )
      await closed(socket)
    }
  })

  it('A1: refuses another event and a wrong token, and closes', async () => {
    const other = dial()
    expect(await ask(other, 'peer:hello', { ...hello, eventId: 'elsewhere' })).toEqual(refuse('event-unknown'))
    await closed(other)
    const wrong = dial()
    expect(await ask(wrong, 'peer:hello', { ...hello, token: 'wrong' })).toEqual(refuse('unauthorised'))
    await closed(wrong)
  })

  it('A2: a repeated hello is answered again; a hello of another peer on the same socket is refused', async () => {
    const socket = await greet()
    expect(await ask(socket, 'peer:hello', hello)).toEqual({ ok: true, again: true })
    expect(await ask(socket, 'peer:hello', { ...hello, name: 'two' })).toEqual(refuse('unauthorised'))
    await closed(socket)
    await vi.waitFor(() => expect(left).toHaveBeenCalledTimes(1))
    expect(left.mock.calls[0]?.[0]).toEqual({ name: 'one' })
  })

  it('A4: refuses what is not in the catalogue and what does not parse, and goes on', async () => {
    const socket = await greet()
    for (const name of ['peer:nothing', '__proto__', 'constructor', 'toString', '']) {
      expect(await ask(socket, name, {})).toEqual(refuse('unknown-message'))
    }
    const bad = [
      undefined,
      null,
      'text',
      { eventId: EVENT, count: '1' },
      { eventId: EVENT, count: Number.NaN },
      { eventId: EVENT, count: 2 ** 53 },
      { eventId: EVENT, count: -1 },
      JSON.parse(`{"eventId":"${EVENT}","__proto__":{"count":1}}`),
    ]
    for (const payload of bad) expect(await ask(socket, 'peer:count', payload)).toEqual(refuse('bad-message'))
    now += 10_000
    expect(await ask(socket, 'peer:count', { eventId: 'elsewhere', count: 1 })).toEqual(refuse('event-unknown'))
    expect(await ask(socket, 'peer:count', { eventId: EVENT, count: 1 })).toEqual({ ok: true, count: 1 })
  })

  it('A4: survives JSON ten thousand levels deep', async () => {
    const other = await greet()
    const socket = await greet()
    const reached = vi.fn()
    for (const served of io.of('/peer').sockets.values())
      served.conn.on('data', (data) => String(data).includes('[[[[') && reached())
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    // Straight into the connection: the client's own encoder would not get that deep.
    socket.io.engine.write(`2/peer,["peer:count",${deep}]`)
    socket.io.engine.write(`2/peer,["peer:count",${'['.repeat(400_000)}]`)
    await vi.waitFor(() => expect(reached).toHaveBeenCalled())
    expect(await ask(other, 'peer:count', { eventId: EVENT, count: 2 })).toEqual({ ok: true, count: 2 })
  })

  it('A4: takes exactly one binary argument where one belongs, and none elsewhere', async () => {
    const socket = await greet()
    const piece = Buffer.alloc(1_000)
    expect(await ask(socket, 'peer:piece', { eventId: EVENT }, piece)).toEqual({ ok: true, bytes: 1_000 })
    expect(await ask(socket, 'peer:piece', { eventId: EVENT })).toEqual(refuse('bad-message'))
    expect(await ask(socket, 'peer:piece', { eventId: EVENT }, 'text')).toEqual(refuse('bad-message'))
    expect(await ask(socket, 'peer:piece', { eventId: EVENT }, piece, piece)).toEqual(refuse('bad-message'))
    expect(await ask(socket, 'peer:count', { eventId: EVENT, count: 1 }, piece)).toEqual(refuse('bad-message'))
  })

  it('A4: a message without an acknowledgement harms nothing', async () => {
    const socket = await greet()
    socket.emit('peer:count')
    socket.emit('peer:fault', { eventId: EVENT, coded: false })
    socket.emit('peer:hello')
    expect(await ask(socket, 'peer:count', { eventId: EVENT, count: 3 })).toEqual({ ok: true, count: 3 })
  })

  it('A4: twelve attachments or an oversized frame end that connection only', async () => {
    const other = await greet()
    const many = await greet()
    many.emit('peer:piece', { eventId: EVENT }, ...Array.from({ length: 12 }, () => Buffer.alloc(10)))
    await closed(many)
    const large = await greet()
    large.emit('peer:piece', { eventId: EVENT }, Buffer.alloc(MAX_FRAME_BYTES + 200_000))
    await closed(large)
    expect(await ask(other, 'peer:count', { eventId: EVENT, count: 4 })).toEqual({ ok: true, count: 4 })
  })

  it('A4: a fault is answered by its code, or as internal, never by its text', async () => {
    const socket = await greet()
    expect(await ask(socket, 'peer:fault', { eventId: EVENT, coded: true })).toEqual(refuse('disk-full'))
    expect(await ask(socket, 'peer:fault', { eventId: EVENT, coded: false })).toEqual(refuse('internal'))
  })

  it('A5: refuses messages above the rate, goes on when time has passed, and closes on a flood', async () => {
    const socket = await greet()
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, count) => ask(socket, 'peer:count', { eventId: EVENT, count })),
    )
    expect(answers.filter((answer) => answer.code === 'rate-limited').length).toBe(60 - 19)
    now += 1_000
    expect(await ask(socket, 'peer:count', { eventId: EVENT, count: 5 })).toEqual({ ok: true, count: 5 })
    for (let index = 0; index < 1_200; index++) socket.emit('peer:count', { eventId: EVENT, count: 1 })
    await closed(socket)
  })

  it('A5: closes a socket that goes on above its rate, though some of what it says is let through each time', async () => {
    const socket = await greet()
    let passed = 0
    const second = async () => {
      now += 1_000
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, count) => ask(socket, 'peer:count', { eventId: EVENT, count }).catch(() => undefined)),
      )
      passed += answers.filter((answer) => answer?.ok).length
    }
    // 60 a second where 10 are allowed: after half a minute nobody believes in a mistake any more.
    for (let seconds = 0; seconds < 30 && socket.connected; seconds++) await second()
    expect(passed).toBeGreaterThan(100)
    await closed(socket)
  })

  it('A5: never closes a socket that is refused now and then', async () => {
    const socket = await greet()
    for (let minutes = 0; minutes < 20; minutes++) {
      now += 60_000
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, count) => ask(socket, 'peer:count', { eventId: EVENT, count })),
      )
      expect(answers.filter((answer) => answer.code === 'rate-limited').length).toBe(80)
    }
    expect(socket.connected).toBe(true)
  })

  it('A1: from one address only so many may be silent at once; who has said hello makes room', async () => {
    const first = await greet()
    const silent = Array.from({ length: MAX_UNGREETED }, dial)
    await vi.waitFor(() => expect(silent.every((socket) => socket.connected)).toBe(true), { timeout: 10_000 })
    const why = new Promise<Error>((resolve) => dial().once('connect_error', resolve))
    expect((await why).message).toBe('overloaded')
    expect(await ask(first, 'peer:count', { eventId: EVENT, count: 1 })).toEqual({ ok: true, count: 1 })
    expect(await ask(silent[0]!, 'peer:hello', hello)).toMatchObject({ ok: true })
    await greet()
  })
})
