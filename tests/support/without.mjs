/**
 * Loaded before a process of ours (`node --import without.mjs?file=…&guard=…&instead=…`) and before tsx: in one source file the text
 * of a guard is replaced. A process in whose source it does not stand does not start.
 */
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/** Loaded once, whatever number of guards are asked for. */
const wanted = []

export const initialize = (data) => {
  wanted.push(data)
}

export const load = async (url, context, next) => {
  const [place] = url.split('?')
  const here = wanted.filter(({ file }) => place.endsWith(file))
  if (here.length === 0) return next(url, context)
  let source = await readFile(new URL(place), 'utf8')
  for (const { guard, instead } of here) {
    if (!source.includes(guard)) throw new Error(`${place} has no guard that reads: ${guard}`)
    source = source.replace(guard, () => instead)
  }
  return { format: 'module', source, shortCircuit: true }
}

if (isMainThread) {
  const { origin, pathname, searchParams } = new URL(import.meta.url)
  register(`file://${pathname}`, { parentURL: origin, data: Object.fromEntries(searchParams) })
}
