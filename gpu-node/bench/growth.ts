/** How the time for a film grows: with the clip, with the reel, with threads, with the picture. */
import { join } from 'node:path'
import type { Engine } from '../src/engines/engine.ts'
import type { LoadedPack } from '../src/pack.ts'
import type { Models } from '../src/vision/models/load-models.ts'
import { cutTo, type FilmFigures, type FilmTask, measureFilm } from './film.ts'

export type Variant = { name: string; figures: FilmFigures }

export type GrowthTask = {
  clip: string
  pack: LoadedPack
  models: Models
  folder: string
  /** Makes a studio with so many drawing threads. */
  studio: (threads: number) => Engine
  onVariant: (variant: Variant) => void
}

const SIZE = { width: 720, height: 1280 }
const LARGE = { width: 1080, height: 1920 }

/** The world with the first shots of its story alone: a shorter reel. */
const shortened = (pack: LoadedPack, shots: number): LoadedPack => ({
  ...pack,
  pack: { ...pack.pack, story: pack.pack.story.slice(0, shots) },
})

/** Makes a film of each kind, warm. */
export const measureGrowth = async (task: GrowthTask): Promise<Variant[]> => {
  const { clip, pack, models, folder, studio, onVariant } = task
  const [clip5, clip8, clip12] = await Promise.all(
    [5, 8, 12].map((seconds) => cutTo(clip, seconds, join(folder, `clip-${seconds}.mp4`))),
  )
  const kinds: { name: string; threads: number; task: Omit<FilmTask, 'models' | 'engine' | 'folder'> }[] = [
    { name: 'clip of 5 s', threads: 2, task: { clip: clip5 ?? clip, pack, size: SIZE } },
    { name: 'clip of 8 s', threads: 2, task: { clip: clip8 ?? clip, pack, size: SIZE } },
    { name: 'clip of 12 s', threads: 2, task: { clip: clip12 ?? clip, pack, size: SIZE } },
    { name: 'reel of five shots', threads: 2, task: { clip: clip8 ?? clip, pack: shortened(pack, 5), size: SIZE } },
    { name: 'one drawing thread', threads: 1, task: { clip: clip8 ?? clip, pack, size: SIZE } },
    { name: '1080x1920', threads: 2, task: { clip: clip8 ?? clip, pack, size: LARGE } },
  ]
  const variants: Variant[] = []
  const engines = new Map<number, Engine>()
  try {
    for (const kind of kinds) {
      const engine = engines.get(kind.threads) ?? studio(kind.threads)
      engines.set(kind.threads, engine)
      await engine.warmUp(new AbortController().signal)
      const figures = await measureFilm({ ...kind.task, models, engine, folder: join(folder, 'variant') })
      const variant = { name: kind.name, figures }
      onVariant(variant)
      variants.push(variant)
    }
  } finally {
    for (const engine of engines.values()) await engine.close()
  }
  return variants
}
