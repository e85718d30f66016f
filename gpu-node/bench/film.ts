/** One film, timed from clip in hand to verified reel, and the encoder alone beside it. */
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { promisify } from 'node:util'
import type { ReelReport } from '@fanreel/protocol'
import type { Engine } from '../src/engines/engine.ts'
import { createRoster } from '../src/engines/roster.ts'
import type { LoadedPack } from '../src/pack.ts'
import { renderFilm } from '../src/render.ts'
import type { Models } from '../src/vision/models/load-models.ts'

const run = promisify(execFile)

export type FilmTask = {
  clip: string
  pack: LoadedPack
  models: Models
  engine: Engine
  /** An empty place of its own; gone afterwards. */
  folder: string
  size: { width: number; height: number }
}

export type FilmFigures = {
  /** Clip in hand to verified reel, against the reel's own length, and against x264 alone on the same pictures. */
  ratioToReel: number
  ratioToX264: number
  /** Drawing, assembling and encoding, against x264 alone. */
  composeToX264: number
  renderMs: number
  x264Ms: number
  report: ReelReport
}

/** The clip at a length: longer than it is, it begins anew. */
export const cutTo = async (clip: string, seconds: number, path: string): Promise<string> => {
  const repeated = ['-v', 'error', '-stream_loop', '-1', '-i', clip, '-t', String(seconds)]
  await run('ffmpeg', [...repeated, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16', '-c:a', 'aac', '-y', path])
  return path
}

const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const begun = performance.now()
  const result = await work()
  return { ms: performance.now() - begun, result }
}

/** What x264 alone takes for the film's own pictures, raw from the disk, by the assembly's settings. */
const encoderAlone = async (reel: string, { folder, size }: FilmTask): Promise<number> => {
  const raw = join(folder, 'reel.yuv')
  await run('ffmpeg', ['-v', 'error', '-i', reel, '-an', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-y', raw])
  const pictures = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${size.width}x${size.height}`, '-r', '24', '-i', raw]
  const settings = ['-c:v', 'libx264', '-profile:v', 'high', '-preset', 'veryfast', '-crf', '23', '-g', '48']
  const { ms } = await timed(() => run('ffmpeg', ['-v', 'error', ...pictures, ...settings, '-y', join(folder, 'again.mp4')]))
  return ms
}

const ratio = (ms: number, of: number) => Number((ms / of).toFixed(2))

/** Makes a film and measures it. Throws where no film came of it. */
export const measureFilm = async (task: FilmTask): Promise<FilmFigures> => {
  const { folder, engine, clip, pack, models, size } = task
  await mkdir(folder)
  try {
    const { ms, result } = await timed(() =>
      renderFilm({
        clip,
        pack,
        firstName: 'Vita',
        language: 'en',
        seed: 1,
        scratch: join(folder, 'film'),
        models,
        policy: { prefer: ['studio'], redrawAbove: 0.35 },
        roster: createRoster([engine]),
        size,
        signal: new AbortController().signal,
      }),
    )
    if (!result.ok) throw new Error(`no film: ${result.code}`)
    const x264Ms = await encoderAlone(result.reel, task)
    const { report } = result
    const composeMs = (report.stagesMs.draw ?? 0) + (report.stagesMs.assemble ?? 0)
    return {
      ratioToReel: ratio(ms, report.durationMs),
      ratioToX264: ratio(ms, x264Ms),
      composeToX264: ratio(composeMs, x264Ms),
      renderMs: Math.round(ms),
      x264Ms: Math.round(x264Ms),
      report,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
