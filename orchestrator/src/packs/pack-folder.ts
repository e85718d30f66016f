/** Reads one content pack from its folder: the parsed story and every file it names, by hash. Rule P14. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Pack, type PackManifest } from '@fanreel/content-packs/schema'
import { packFaults } from '@fanreel/content-packs/schema/faults'
import { filesOf } from '@fanreel/content-packs/schema/files'
import { AppError } from '../errors.ts'

/** A file of the pack: what the manifest says of it, and where it lies. */
export type PackFolderFile = PackManifest['files'][number] & { from: string }
export type PackFolder = { pack: Pack; files: PackFolderFile[] }

const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  return hash.digest('hex')
}

/**
 * @param folder holds `pack.json` and the files it names
 * @throws AppError `pack-broken` where the pack does not parse or no film can be made of it, or a file is missing, empty or
 * outside the folder
 */
export const readPackFolder = async (folder: string): Promise<PackFolder> => {
  try {
    const home = await realpath(folder)
    const pack = Pack.parse(JSON.parse(await readFile(join(home, 'pack.json'), 'utf8')))
    const [fault] = packFaults(pack)
    if (fault) throw new AppError('pack-broken', { detail: fault.detail })
    const files: PackFolderFile[] = []
    for (const path of filesOf(pack).sort()) {
      // A link may not lead out of the pack.
      const from = await realpath(join(home, path))
      if (!from.startsWith(home + sep)) throw new AppError('pack-broken', { detail: `${path} lies outside its pack` })
      const { size } = await stat(from)
      if (size === 0) throw new AppError('pack-broken', { detail: `${path} is empty` })
      files.push({ path, sha256: await hashFile(from), bytes: size, from })
    }
    return { pack, files }
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('pack-broken', { cause })
  }
}
