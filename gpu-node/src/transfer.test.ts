import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeFile, download, TransferRefused, uploadFile } from './transfer.ts'

const bytes = Buffer.from('a film of a visitor'.repeat(5_000))
const sha256 = createHash('sha256').update(bytes).digest('hex')
const expected = { sha256, bytes: bytes.length }
const { signal } = new AbortController()
/** After which a transfer counts as standing still, in milliseconds: enough for a busy machine. */
const STILL_MS = 1_000

let server: Server
let base: string
let folder: string
/** What the server does with the n-th request. */
let script: ((n: number) => { status: number; body: Buffer | 'cut' | 'stalls' | 'silent' })[]
let received: Buffer[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-transfer-'))
  script = []
  received = []
  let n = 0
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    if (request.method === 'PUT') received.push(Buffer.concat(pieces))
    const { status, body } = (script[n] ?? script.at(-1))?.(n) ?? { status: 200, body: bytes }
    n++
    if (body === 'silent') return
    if (typeof body !== 'string') return void response.writeHead(status).end(body)
    response.writeHead(status, { 'content-length': String(bytes.length) })
    response.write(bytes.subarray(0, 1000), () => body === 'cut' && response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

describe('download', () => {
  it('goes on after a cut connection and a server error', async () => {
    script = [
      () => ({ status: 200, body: 'cut' }),
      () => ({ status: 503, body: Buffer.from('') }),
      () => ({ status: 200, body: bytes }),
    ]
    const path = join(folder, 'clip')
    await download(base, path, expected, signal)
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })
  it('N18: begins anew where the answer does not come, or stops in the middle, though the connection stands', async () => {
    script = [
      () => ({ status: 200, body: 'silent' }),
      () => ({ status: 200, body: 'stalls' }),
      () => ({ status: 200, body: bytes }),
    ]
    const path = join(folder, 'clip')
    await download(base, path, expected, signal, STILL_MS)
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })
  it('gives up at once where the answer is no', async () => {
    script = [() => ({ status: 403, body: Buffer.from('') })]
    await expect(download(base, join(folder, 'clip'), expected, signal)).rejects.toBeInstanceOf(TransferRefused)
  })
  it('never takes other bytes for the ones announced', async () => {
    script = [() => ({ status: 200, body: Buffer.from(bytes.toString().replace('a film', 'a fake')) })]
    const stop = AbortSignal.timeout(1_500)
    await expect(download(base, join(folder, 'clip'), expected, stop)).rejects.toThrow()
  })
})

describe('uploadFile', () => {
  it('N18: sends the file anew where nobody says that it has come', async () => {
    script = [() => ({ status: 201, body: 'silent' }), () => ({ status: 201, body: Buffer.from('') })]
    const path = join(folder, 'reel')
    await writeFile(path, bytes)
    await uploadFile(base, path, 'video/mp4', bytes.length, signal, STILL_MS)
    expect(received.map((body) => body.equals(bytes))).toEqual([true, true])
  })
  it('sends the file again after a server error, whole each time', async () => {
    script = [() => ({ status: 500, body: Buffer.from('') }), () => ({ status: 201, body: Buffer.from('') })]
    const path = join(folder, 'reel')
    await writeFile(path, bytes)
    expect(await describeFile(path)).toEqual(expected)
    await uploadFile(base, path, 'video/mp4', bytes.length, signal)
    expect(received.map((body) => body.equals(bytes))).toEqual([true, true])
  })
})
