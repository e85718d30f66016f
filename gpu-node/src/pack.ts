/** A content pack on this machine: parsed, its files at hand, its hash known. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { Pack } from '@fanreel/content-packs/schema'
import { packFaults } from '@fanreel/content-packs/schema/faults'
import { filmFilesOf } from '@fanreel/content-packs/schema/files'
import { z } from 'zod'
import { PackUnusable } from './pack-unusable.ts'

export type LoadedPack = {
  pack: Pack
  /** What the shot list names the pack by. */
  hash: string
  /** Absolute path of a file of the pack. Throws where the pack has no such file. */
  resolve(file: string): string
}

/** Reads a pack's description. Throws PackUnusable, which says where it is wrong. */
const parsePack = (text: string): Pack => {
  let description: unknown
  try {
    description = JSON.parse(text)
  } catch (error) {
    throw new PackUnusable(`pack.json is not JSON: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  const found = Pack.safeParse(description)
  if (found.success) return found.data
  throw new PackUnusable(`pack.json does not parse:\n${z.prettifyError(found.error)}`, found.error)
}

/**
 * Reads the pack in `folder`.
 * @param hash the published pack's hash; for a folder that was never published, the hash of its description stands in
 * @throws PackUnusable
 */
export const loadPack = async (folder: string, hash?: string): Promise<LoadedPack> => {
  const root = isAbsolute(folder) ? folder : resolve(folder)
  const text = await readFile(join(root, 'pack.json'), 'utf8').catch((error: unknown) => {
    throw new PackUnusable('there is no pack.json', error)
  })
  const pack = parsePack(text)
  const faults = packFaults(pack)
  if (faults.length > 0) throw new PackUnusable(faults.map(({ detail }) => detail).join('; '))
  const missing = filmFilesOf(pack).filter((file) => !existsSync(join(root, file)))
  if (missing.length > 0) throw new PackUnusable(`missing: ${missing.join(', ')}`)
  return {
    pack,
    hash: hash ?? createHash('sha256').update(text).digest('hex'),
    resolve: (file) => join(root, file),
  }
}
