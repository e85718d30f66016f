/** The project's own files, without what was installed, built or made at run time. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const NOT_OURS = new Set(['node_modules', '.next', '.fanreel', '.git', 'out', 'coverage'])

/** Paths under `folder`, joined to it, of the files for which `wanted` holds. */
export const sourceFiles = async (folder: string, wanted: (name: string) => boolean): Promise<string[]> => {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !NOT_OURS.has(name))
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return sourceFiles(path, wanted)
      return wanted(entry.name) ? [path] : []
    }),
  )
  return nested.flat().sort()
}
