/**
 * Content packs as nodes and kiosks get them: files by hash in the media store, a canonical manifest whose own hash pins
 * the whole world, and a signature over it. What was published once stays fetchable: a visit keeps the hash it began
 * with. Rules P14, P15, P16.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Pack, PackManifest, type SignedManifest } from '@fanreel/content-packs/schema'
import { type PackOffer, Sha256 } from '@fanreel/protocol'
import type { Logger } from 'pino'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { canonicalJson } from './canonical-json.ts'
import { type PackFolder, readPackFolder } from './pack-folder.ts'
import type { PackSigner } from './pack-signer.ts'

export type Packs = {
  /** Publishes every pack in a folder of packs; a broken one is left out and logged. Repeating it changes nothing. */
  publishAll(folder: string): Promise<PackOffer[]>
  /** The signed manifest; undefined where no pack has this hash. */
  signed(packHash: string): Promise<SignedManifest | undefined>
  /** The published pack and its files; undefined where no pack has this hash. */
  manifest(packHash: string): Promise<PackManifest | undefined>
  /** The hash of the file at `path` in the pack. */
  fileHash(manifest: PackManifest, path: string): string | undefined
}

/** Where an asset or a manifest of a pack lies in the media store. */
export const packKey = (sha256: string): string => `packs/${sha256}`

/** The largest manifest that is read, in bytes; the same as its schema allows. */
const MAX_MANIFEST_BYTES = 1_000_000

export const createPacks = (options: { media: MediaStore; signer: PackSigner; log: Logger }): Packs => {
  const { media, signer, log } = options
  /** Manifests never change: what was read once is kept. */
  const known = new Map<string, { json: string; manifest: PackManifest }>()

  const store = async (bytes: number, sha256: string, body: () => Parameters<MediaStore['put']>[1]): Promise<void> => {
    if ((await media.stat(packKey(sha256)))?.bytes === bytes) return
    await media.put(packKey(sha256), body(), { bytes, sha256 })
  }

  const publish = async ({ pack, files }: PackFolder): Promise<PackOffer> => {
    for (const { sha256, bytes, from } of files) await store(bytes, sha256, () => createReadStream(from))
    const manifest: PackManifest = { pack, files: files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes })) }
    const json = Buffer.from(canonicalJson(manifest))
    if (json.length > MAX_MANIFEST_BYTES) throw new AppError('pack-broken', { detail: 'the manifest is too large' })
    const packHash = createHash('sha256').update(json).digest('hex')
    await store(json.length, packHash, () => json)
    return { packId: pack.packId, packHash }
  }

  const read = async (packHash: string): Promise<{ json: string; manifest: PackManifest } | undefined> => {
    const cached = known.get(packHash)
    if (cached) return cached
    if (!Sha256.safeParse(packHash).success) return undefined
    const found = await media.stat(packKey(packHash))
    if (!found || found.bytes > MAX_MANIFEST_BYTES) return undefined
    const parts: Buffer[] = []
    for await (const part of await media.read(packKey(packHash))) parts.push(part)
    const json = Buffer.concat(parts).toString('utf8')
    // A picture or a piece of music of a pack has a hash too, and is no manifest.
    if (!json.startsWith('{"files":')) return undefined
    const manifest = PackManifest.safeParse(JSON.parse(json))
    if (!manifest.success) return undefined
    const entry = { json, manifest: manifest.data }
    known.set(packHash, entry)
    return entry
  }

  return {
    async publishAll(folder) {
      const offers: PackOffer[] = []
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (!entry.isDirectory()) continue
        const path = join(folder, entry.name)
        const inside = await readdir(path)
        if (!inside.includes('pack.json')) continue
        try {
          offers.push(await publish(await readPackFolder(path)))
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'pack-broken') throw error
          log.error({ err: error, code: error.code, pack: entry.name }, 'pack left out')
        }
      }
      return offers.sort((a, b) => (a.packId < b.packId ? -1 : 1))
    },
    async signed(packHash) {
      const found = await read(packHash)
      return found && signer.sign(found.json)
    },
    manifest: async (packHash) => (await read(packHash))?.manifest,
    fileHash: (manifest, path) => manifest.files.find((file) => file.path === path)?.sha256,
  }
}

/** A text of the pack in a language; English stands in for one that is missing. */
export const packText = (text: Pack['title'], language: string): string => text[language] ?? text.en
