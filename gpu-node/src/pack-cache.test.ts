import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pack } from '@fanreel/content-packs/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchPack, PackBroken } from './pack-cache.ts'

const sha = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
const plate = Buffer.from('a plate')
const packFolder = new URL('../../content-packs/figure-skating/', import.meta.url)
const { signal } = new AbortController()

const keys = generateKeyPairSync('ed25519')
const packKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
const signatureOf = (text: string) => sign(null, createHash('sha256').update(text).digest(), keys.privateKey).toString('base64')

let server: Server
let base: string
let cache: string
let manifestJson: string
let asked: string[]
let plateSent: Buffer

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'fanreel-cache-'))
  asked = []
  plateSent = plate
  const pack = Pack.parse(JSON.parse(await readFile(new URL('pack.json', packFolder), 'utf8')))
  manifestJson = JSON.stringify({ pack, files: [{ path: 'plates/one.jpg', sha256: sha(plate), bytes: plate.length }] })
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === `/api/packs/${sha(manifestJson)}`)
      return void response.end(JSON.stringify({ manifestJson, signature: signatureOf(manifestJson), publicKey: packKey }))
    if (request.url === `/media/packs/${sha(plate)}`) return void response.end(plateSent)
    response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(cache, { recursive: true, force: true })
})

describe('fetchPack', () => {
  it('fetches a pack once, even for two renders at the same time, and leaves nothing half-made', async () => {
    const options = { base, packHash: sha(manifestJson), packKey, cache, signal }
    const [first, second] = await Promise.all([fetchPack(options), fetchPack(options)])
    expect(first).toBe(second)
    expect(await readFile(join(first, 'plates/one.jpg'), 'utf8')).toBe('a plate')
    const before = asked.length
    await fetchPack(options)
    expect(asked.length).toBe(before)
    expect(await readdir(join(cache, 'packs'))).toEqual([sha(manifestJson)])
  })
  it('refuses a pack nobody knows, and one whose text was changed', async () => {
    await expect(fetchPack({ base, packHash: sha('other'), packKey, cache, signal })).rejects.toBeInstanceOf(PackBroken)
    expect(await readdir(join(cache, 'packs'))).toEqual([])
  })
  it('refuses a pack that another than the event has signed', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    for (const foreign of [other, 'A'.repeat(60)])
      await expect(fetchPack({ base, packHash: sha(manifestJson), packKey: foreign, cache, signal })).rejects.toBeInstanceOf(
        PackBroken,
      )
    expect(await readdir(join(cache, 'packs'))).toEqual([])
  })
  it('refuses a manifest that is none, however well it is signed', async () => {
    for (const text of ['{"pack":{}}', 'no JSON']) {
      manifestJson = text
      await expect(fetchPack({ base, packHash: sha(text), packKey, cache, signal })).rejects.toBeInstanceOf(PackBroken)
    }
  })
  it('refuses a file that is not what the manifest says', async () => {
    plateSent = Buffer.from('a fraud')
    await expect(
      fetchPack({ base, packHash: sha(manifestJson), packKey, cache, signal: AbortSignal.timeout(1_500) }),
    ).rejects.toThrow()
    expect(await readdir(join(cache, 'packs'))).toEqual([])
  })
})
