/** Connections that are held and not used, over real sockets: the times and the descriptors are the test's own. */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ConnectionLimits, limitConnections, mostOpenFiles } from './connections.ts'
import { type FrontDoor, startFrontDoor } from './front-door.fixture.ts'

/** Far below what a film lasts on a phone, far above what a busy machine loses. */
const IDLE_MS = 1_000
const dialled: Socket[] = []
const dial = (port: number, localAddress = '127.0.0.1'): Socket => {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  // Being turned away may look like a reset.
  socket.on('error', () => undefined)
  dialled.push(socket)
  return socket
}
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()))
const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`
/** Asks and answers the first words that come back; empty where the connection was cut. */
const ask = (socket: Socket, path = '/'): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (chunk) => resolve(chunk.toString('latin1').slice(0, 15)))
    socket.once('close', () => resolve(''))
    socket.write(GET(path))
  })

const servers: Server[] = []
afterEach(async () => {
  for (const socket of dialled.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
const open = async (
  body: Buffer,
  limits: Partial<ConnectionLimits> & { files?: number; isTrusted?: (address: string) => boolean },
): Promise<number> => {
  const server = createServer((_request, response) => response.end(body))
  const defaults = { mostOfOne: 2_000, headersMs: 60_000, idleMs: 60_000, isTrusted: () => false }
  limitConnections(server, { ...defaults, ...limits, now: Date.now, log: pino({ level: 'silent' }) })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('connections of one address', () => {
  it('A16: that ask nothing are so many and no more, and keep nobody else out', async () => {
    const port = await open(Buffer.from('ok'), { files: 80 })
    const silent = Array.from({ length: 40 }, () => dial(port))
    let gone = 0
    for (const socket of silent) socket.once('close', () => gone++)
    // A quarter of the sixty that eighty descriptors allow.
    await vi.waitFor(() => expect(gone).toBe(25), { timeout: 10_000 })
    expect(await ask(dial(port))).toBe('')
    expect(await ask(dial(port, '127.0.0.2'))).toBe('HTTP/1.1 200 OK')
    // Whoever asks at last is heard, and makes room for another.
    const patient = silent.filter((socket) => !socket.destroyed)
    expect(await ask(patient[0]!)).toBe('HTTP/1.1 200 OK')
    expect(await ask(dial(port))).toBe('HTTP/1.1 200 OK')
  })

  it('A16: that have asked are so many and no more; one that goes makes room', async () => {
    const port = await open(Buffer.from('ok'), { mostOfOne: 3 })
    const kept = [dial(port), dial(port), dial(port)]
    for (const socket of kept) expect(await ask(socket)).toBe('HTTP/1.1 200 OK')
    expect(await ask(dial(port))).toBe('')
    expect(await ask(dial(port, '127.0.0.2'))).toBe('HTTP/1.1 200 OK')
    kept[0]!.destroy()
    await vi.waitFor(async () => expect(await ask(dial(port))).toBe('HTTP/1.1 200 OK'), { timeout: 10_000 })
  })

  it('A16: are not counted where a proxy on this machine stands for many', async () => {
    const port = await open(Buffer.from('ok'), { mostOfOne: 1, isTrusted: (address) => address === '127.0.0.1' })
    for (let count = 0; count < 5; count++) expect(await ask(dial(port))).toBe('HTTP/1.1 200 OK')
    expect(await ask(dial(port, '127.0.0.2'))).toBe('HTTP/1.1 200 OK')
    expect(await ask(dial(port, '127.0.0.2'))).toBe('')
  })

  it('A16: leave descriptors for Redis and films, however many addresses come', async () => {
    expect(mostOpenFiles(() => 'Max cpu time  unlimited\nMax open files            1024                 4096   files\n')).toBe(
      1_024,
    )
    expect(mostOpenFiles(() => 'Max open files            unlimited            unlimited            files\n')).toBeUndefined()
    const port = await open(Buffer.from('ok'), { files: 8, isTrusted: () => true })
    const six = Array.from({ length: 6 }, () => dial(port))
    for (const socket of six) expect(await ask(socket)).toBe('HTTP/1.1 200 OK')
    expect(await ask(dial(port))).toBe('')
  })
})

it('A16: an answer that is taken piece by piece goes on for longer than it may stand still', async () => {
  const film = Buffer.alloc(48_000_000, 7)
  const port = await open(film, { idleMs: IDLE_MS })
  const slow = dial(port)
  let taken = 0
  let sinceRest = 0
  const startedAt = performance.now()
  slow.on('data', (chunk) => {
    taken += chunk.length
    sinceRest += chunk.length
    // A rest of a fifth of what would end it, every tenth of the film.
    if (sinceRest < film.length / 10) return
    sinceRest = 0
    slow.pause()
    setTimeout(() => slow.resume(), IDLE_MS / 5)
  })
  slow.write(GET('/'))
  await vi.waitFor(() => expect(taken).toBeGreaterThan(film.length), { timeout: 30_000 })
  expect(performance.now() - startedAt).toBeGreaterThan(IDLE_MS)
  expect(slow.destroyed).toBe(false)
})

it('A16: an answer that nobody reads is given up', async () => {
  const port = await open(Buffer.alloc(48_000_000, 7), { idleMs: IDLE_MS })
  const [server] = servers
  const there = () => new Promise<number>((resolve) => server?.getConnections((_, count) => resolve(count)))
  const stuck = dial(port)
  stuck.pause()
  stuck.write(GET('/'))
  await vi.waitFor(async () => expect(await there()).toBe(1), { timeout: 10_000 })
  await vi.waitFor(async () => expect(await there()).toBe(0), { timeout: 20_000 })
})

describe('the front door', () => {
  let door: FrontDoor
  beforeAll(async () => {
    door = await startFrontDoor({ env: { FANREEL_HEADERS_MS: '400', FANREEL_IDLE_MS: String(IDLE_MS) } })
  })
  afterAll(() => door.stop())

  it('A16: lets go of whoever says nothing, or never comes to an end of it', async () => {
    const halves = ['', 'GET / HTTP/1.1\r\nhost: x\r\n'].map((half) => {
      const socket = dial(door.port)
      socket.resume()
      socket.write(half)
      return closed(socket)
    })
    const startedAt = performance.now()
    await Promise.all(halves)
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  it('A16: lets go of an object that stops half way', async () => {
    const { visit } = await door.putVisit('rendering')
    const put = { bytes: 1_000, sha256: 'a'.repeat(64), mime: 'video/mp4' }
    const key = `${visit.eventId}/visits/${visit.visitId}/renders/one/reel-${put.sha256}`
    const url = new URL(door.signer.sign({ method: 'PUT', key, expiresAt: Date.now() + 600_000, put }), door.origin)
    const stuck = dial(door.port)
    let heard = ''
    stuck.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    const path = `PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: x\r\n`
    stuck.write(`${path}content-type: ${put.mime}\r\ncontent-length: ${put.bytes}\r\n\r\nsome of it`)
    await closed(stuck)
    // It was cut, and neither refused nor taken.
    expect(heard).not.toMatch(/ (201|403|400) /)
  })
})
