/**
 * Loaded before a process of ours (`node --import without.mjs?file=…&guard=…&instead=…`) and before tsx: in one source file the text
 * of a guard is replaced. A process in whose source it does not stand does not start.
 */
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

let wanted = { file: '', guard: '', instead: '' }

export const initialize = (data) => {
  wanted = data
}

export const load = async (url, context, next) => {
  const [place] = url.split('?')
  if (!place.endsWith(wanted.file)) return next(url, context)
  const source = await readFile(new URL(place), 'utf8')
  if (!source.includes(wanted.guard)) throw new Error(`${wanted.file} has no guard that reads: ${wanted.guard}`)
  return { format: 'module', source: source.replace(wanted.guard, () => wanted.instead), shortCircuit: true }
}

if (isMainThread) {
  const { origin, pathname, searchParams } = new URL(import.meta.url)
  register(`file://${pathname}`, { parentURL: origin, data: Object.fromEntries(searchParams) })
}
