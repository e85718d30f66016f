/** Every file under a folder, and those that hold a text: for proving that something is gone, or never was there. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const filesUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

export const filesHolding = async (folder: string, text: string): Promise<string[]> => {
  const needle = Buffer.from(text)
  const files = await filesUnder(folder)
  const holding = await Promise.all(files.map(async (file) => (await readFile(file)).includes(needle)))
  return files.filter((_, index) => holding[index])
}
