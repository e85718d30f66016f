/** Packs by hash: fetched once, checked file by file, kept between starts. */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PackManifest, SignedManifest } from '@fanreel/content-packs/schema'
import { type LoadedPack, loadPack } from './pack.ts'
import { PackUnusable } from './pack-unusable.ts'
import { download, fetchJson, TransferRefused } from './transfer.ts'

/** The pack is not what its hash says, or the orchestrator does not have it. */
export class PackBroken extends Error {
  constructor(cause: unknown) {
    super('pack-broken', { cause })
    this.name = 'PackBroken'
  }
}

/** Whether the event signed it: Ed25519 over the manifest's SHA-256. A key or signature that cannot be read is no proof. */
const isSigned = (digest: Buffer, signature: string, packKey: string): boolean => {
  try {
    const key = createPublicKey({ key: Buffer.from(packKey, 'base64'), format: 'der', type: 'spki' })
    return verify(null, digest, key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

const fetchManifest = async (base: string, packHash: string, packKey: string, signal: AbortSignal): Promise<PackManifest> => {
  const signed = SignedManifest.safeParse(await fetchJson(new URL(`/api/packs/${packHash}`, base).href, signal))
  if (!signed.success) throw new PackBroken(signed.error)
  const { manifestJson, signature } = signed.data
  const digest = createHash('sha256').update(manifestJson).digest()
  if (digest.toString('hex') !== packHash) throw new PackBroken('wrong hash')
  if (!isSigned(digest, signature, packKey)) throw new PackBroken('not signed by the event')
  try {
    return PackManifest.parse(JSON.parse(manifestJson))
  } catch (error) {
    throw new PackBroken(error)
  }
}

const folderOf = (cache: string, packHash: string): string => join(cache, 'packs', packHash)

/** Lets go of a pack's files on this machine; whoever wants it next fetches it. What cannot be removed stays. */
export const forgetPack = (cache: string, packHash: string): Promise<void> =>
  rm(folderOf(cache, packHash), { recursive: true, force: true }).catch(() => undefined)

type PackOptions = {
  base: string
  packHash: string
  /** The event's public key, from the welcome. */
  packKey: string
  cache: string
  signal: AbortSignal
}

/**
 * Answers the folder that holds the pack, `pack.json` and every file it names.
 * @throws PackBroken, or an Error that another try may mend
 */
export const fetchPack = async (options: PackOptions): Promise<string> => {
  const { base, packHash, packKey, cache, signal } = options
  const folder = folderOf(cache, packHash)
  if (await stat(folder).catch(() => undefined)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const unfinished = await mkdtemp(`${folder}.`)
  try {
    const manifest = await fetchManifest(base, packHash, packKey, signal)
    for (const file of manifest.files) {
      const path = join(unfinished, file.path)
      await mkdir(dirname(path), { recursive: true })
      await download(new URL(`/media/packs/${file.sha256}`, base).href, path, file, signal)
    }
    await writeFile(join(unfinished, 'pack.json'), JSON.stringify(manifest.pack))
    await rename(unfinished, folder).catch(async (error: unknown) => {
      // Another render of this node was faster: its folder is as good.
      if (!(await stat(folder).catch(() => undefined))) throw error
      await rm(unfinished, { recursive: true, force: true })
    })
    return folder
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error instanceof TransferRefused ? new PackBroken(error) : error
  }
}

/**
 * Fetches a pack and reads it. A folder kept from an earlier start may have lost files to whatever tidies this machine, so
 * one that cannot be used is fetched once more. @throws PackBroken, PackUnusable, or an Error that another try may mend
 */
export const openPack = async (options: PackOptions): Promise<LoadedPack> => {
  const folder = await fetchPack(options)
  try {
    return await loadPack(folder, options.packHash)
  } catch (error) {
    if (!(error instanceof PackUnusable)) throw error
    await rm(folder, { recursive: true, force: true })
    return loadPack(await fetchPack(options), options.packHash)
  }
}
