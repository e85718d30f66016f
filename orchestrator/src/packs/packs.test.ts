import { createHash, createPublicKey, verify } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PackManifest, type SignedManifest } from '@fanreel/content-packs/schema'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createDiskStore } from '../media/disk-store.ts'
import type { MediaStore } from '../media/media-store.ts'
import { canonicalJson } from './canonical-json.ts'
import { createPackSigner } from './pack-signer.ts'
import { createPacks, type Packs, packKey } from './packs.ts'
import { TINY_PICTURE, writeTinyPack } from './tiny-pack.fixture.ts'

const EVENT_KEY = 'cd'.repeat(32)
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

describe('content packs', () => {
  let folder: string
  let source: string
  let media: MediaStore
  let packs: Packs
  const lines: string[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-packs-'))
    source = join(folder, 'packs')
    await mkdir(source)
    media = await createDiskStore({ root: join(folder, 'media'), clock: systemClock, minFreeBytes: 0 })
    const log = pino({}, { write: (line: string) => lines.push(line) })
    packs = createPacks({ media, signer: createPackSigner({ eventKey: EVENT_KEY }), log })
    lines.length = 0
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const signatureHolds = ({ manifestJson, signature, publicKey }: SignedManifest) => {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    return verify(null, createHash('sha256').update(manifestJson).digest(), key, Buffer.from(signature, 'base64'))
  }

  it('P14: publishes every file by its hash, and a manifest whose own hash is the pack’s', async () => {
    await writeTinyPack(source)
    const [offer, ...more] = await packs.publishAll(source)
    expect(more).toEqual([])
    const signed = await packs.signed(offer?.packHash ?? '')
    expect(sha256(signed?.manifestJson ?? '')).toBe(offer?.packHash)
    const manifest = PackManifest.parse(JSON.parse(signed?.manifestJson ?? ''))
    expect(canonicalJson(JSON.parse(signed?.manifestJson ?? ''))).toBe(signed?.manifestJson)
    expect(manifest.files.map((file) => file.path)).toEqual(['loop.mp4', 'music.ogg', 'plate.jpg', 'waiting.jpg'])
    for (const file of manifest.files) expect(await media.stat(packKey(file.sha256))).toMatchObject({ bytes: file.bytes })
    expect(packs.fileHash(manifest, 'plate.jpg')).toBe(sha256(TINY_PICTURE))
  })

  it('P15: the manifest is signed by the event, and a changed one is not', async () => {
    await writeTinyPack(source)
    const [offer] = await packs.publishAll(source)
    const signed = await packs.signed(offer?.packHash ?? '')
    if (!signed) throw new Error('not published')
    expect(signatureHolds(signed)).toBe(true)
    expect(signatureHolds({ ...signed, manifestJson: `${signed.manifestJson} ` })).toBe(false)
    expect(
      signatureHolds({
        ...createPackSigner({ eventKey: 'ee'.repeat(32) }).sign(signed.manifestJson),
        publicKey: signed.publicKey,
      }),
    ).toBe(false)
  })

  it('P14: the same pack has the same hash wherever and whenever it is published; another version another', async () => {
    await writeTinyPack(source)
    const first = await packs.publishAll(source)
    expect(await packs.publishAll(source)).toEqual(first)
    await writeTinyPack(source, 'tiny', (pack) => {
      pack.version = '1.0.1'
    })
    const second = await packs.publishAll(source)
    expect(second[0]?.packHash).not.toBe(first[0]?.packHash)
    expect(await packs.signed(first[0]?.packHash ?? '')).toBeDefined()
  })

  it('P16: a broken pack is left out by name and the others are published', async () => {
    await writeTinyPack(source, 'good')
    await writeTinyPack(source, 'missing', (pack) => {
      pack.music.stems.bass = 'nowhere.ogg'
    })
    await writeTinyPack(source, 'escape', (pack) => {
      pack.music.stems.bass = 'a/../../good/music.ogg'
    })
    await writeTinyPack(source, 'linked', (pack) => {
      pack.music.stems.bass = 'link.ogg'
    })
    await symlink('/etc/hostname', join(source, 'linked/link.ogg'))
    await writeTinyPack(source, 'empty')
    await writeFile(join(source, 'empty/music.ogg'), '')
    await mkdir(join(source, 'garbled'))
    await writeFile(join(source, 'garbled/pack.json'), '{"schema":')
    await mkdir(join(source, 'schema-like'))
    const offers = await packs.publishAll(source)
    expect(offers.map((offer) => offer.packId)).toEqual(['good'])
    const left = lines.map((line) => JSON.parse(line)).filter((line) => line.code === 'pack-broken')
    expect(left.map((line) => line.pack).sort()).toEqual(['empty', 'escape', 'garbled', 'linked', 'missing'])
  })

  it('P16: a pack of which no film can be made is left out with the reason', async () => {
    await writeTinyPack(source, 'astray', (pack) => {
      pack.views[1]!.plate = 'moon'
    })
    await writeTinyPack(source, 'nothing-seen', (pack) => {
      pack.views[0]!.crop.width = 0.01
    })
    await writeTinyPack(source, 'alike', (pack) => {
      pack.story[1]!.view = pack.story[0]!.view
    })
    expect(await packs.publishAll(source)).toEqual([])
    const left = lines.map((line) => JSON.parse(line)).filter((line) => line.code === 'pack-broken')
    expect(Object.fromEntries(left.map((line) => [line.pack, line.err.message]))).toEqual({
      astray: 'pack-broken: view two names plate moon',
      'nothing-seen': 'pack-broken: crop of view one shows next to nothing',
      alike: 'pack-broken: 4 shots differ in view, camera and treatment',
    })
  })

  it('P15: signs nothing but a published manifest', async () => {
    await writeTinyPack(source)
    await packs.publishAll(source)
    for (const hash of [sha256(TINY_PICTURE), '0'.repeat(64), '../etc', '', 'constructor']) {
      expect(await packs.signed(hash), hash).toBeUndefined()
    }
  })

  it('P14: canonical JSON sorts what has names and leaves lists as they are', () => {
    expect(canonicalJson({ b: 1, a: [{ d: null, c: 'x' }, 2], e: undefined })).toBe('{"a":[{"c":"x","d":null},2],"b":1}')
  })
})
