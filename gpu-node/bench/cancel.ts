/** How soon a film that nobody wants any more is let go: stopped once in each of its stages. */
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import type { RenderStage } from '@fanreel/protocol'
import { createRoster } from '../src/engines/roster.ts'
import { renderFilm } from '../src/render.ts'
import type { FilmTask } from './film.ts'

/** Where in the whole a film is stopped, 0..1: in the middle of what each stage takes of it. */
const STOPS = [
  ['cast', 0.08],
  ['cast', 0.2],
  ['draw', 0.36],
  ['draw', 0.7],
  ['assemble', 0.9],
  ['verify', 0.94],
] as const satisfies readonly (readonly [RenderStage, number])[]

/** Programs that this process started and that still run. */
const children = (): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
        return Number(fields[1]) === process.pid && fields[0] !== 'Z'
      } catch {
        return false
      }
    }).length

/** Milliseconds from the word to stop until the film was let go. Throws where a film was finished or a program went on. */
const stopAt = async (stage: RenderStage, fraction: number, task: FilmTask): Promise<number> => {
  const { folder, engine, clip, pack, models, size } = task
  await mkdir(folder)
  const before = children()
  const stopping = new AbortController()
  const enough = new Error('enough')
  let stopped = 0
  try {
    await renderFilm({
      clip,
      pack,
      firstName: 'Vita',
      language: 'en',
      seed: 1,
      scratch: folder,
      models,
      policy: { prefer: ['studio'], redrawAbove: 0.35 },
      roster: createRoster([engine]),
      size,
      signal: stopping.signal,
      onProgress: (progress) => {
        if (stopped > 0 || progress.stage !== stage || progress.fraction < fraction) return
        stopped = performance.now()
        stopping.abort(enough)
      },
    })
    throw new Error(`the film was made although it was stopped while ${stage}`)
  } catch (error) {
    if (error !== enough) throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const took = performance.now() - stopped
  if (children() > before) throw new Error(`a program went on after the film was stopped while ${stage}`)
  return took
}

/** The longest that a stop took, in ms, over all stages. */
export const measureCancel = async (task: FilmTask): Promise<number> => {
  let longest = 0
  for (const [stage, fraction] of STOPS) longest = Math.max(longest, await stopAt(stage, fraction, task))
  return longest
}
