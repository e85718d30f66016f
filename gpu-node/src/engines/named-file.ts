/** What an engine is told by a JSON file: one that comes with the node, by its id, or an operator's own, by its path. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

type Kind<T> = {
  /** What such a file is called in words. */
  what: string
  schema: z.ZodType<T>
  /** Those that come with the node, by their ids, and the folder they lie in. */
  own: readonly string[]
  folder: URL
}

/** Reads such a file. @throws Error that says which file it is and where it is wrong */
export const readNamed = <T>(name: string, { what, schema, own, folder }: Kind<T>): T => {
  const isOwn = own.includes(name)
  const path = isOwn ? fileURLToPath(new URL(`${name}.json`, folder)) : name
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const choices = isOwn ? '' : ` (ours are ${own.join(', ')})`
    throw new Error(`no ${what} in ${path}${choices}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const found = schema.safeParse(value)
  if (!found.success) throw new Error(`the ${what} ${path} does not fit:\n${z.prettifyError(found.error)}`)
  return found.data
}
