/**
 * A film whose shots were made before: the real ladder asks the real engines for them, what comes is compared with what was made,
 * and nothing is drawn, encoded or looked at. The studio takes its time and writes a small file.
 */
import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EngineName, type Shot, type ShotDrawing, ShotList } from '@fanreel/protocol'
import { createFilmShots, type TakeWork } from '../../gpu-node/src/draw-film.ts'
import type { EngineClock } from '../../gpu-node/src/engines/clock.ts'
import type { PictureEngine } from '../../gpu-node/src/engines/engine.ts'
import { EngineFault } from '../../gpu-node/src/engines/engine-fault.ts'
import type { FilmRequest, renderFilm } from '../../gpu-node/src/render.ts'
import type { Cast } from '../../gpu-node/src/vision/cast.ts'
import { posterOf, reportOf, shotListOf } from '../support/made-reel.ts'

/** What a film takes besides its shots, in milliseconds: the cast before them, the rest of the encode and the look at it after. */
const CAST_MS = 6_000
const AFTER_MS = 8_000
/** A shot of the studio's, and how many of them it draws at once. */
const STUDIO_MS = 4_000
const STUDIO_THREADS = 2
/** Small, since each shot from elsewhere begins with a picture of it as PNG. */
const SIZE = { width: 72, height: 128 }
const SHOT_FRAMES = 48
/** The figure skating's story, the spoken line in its third shot. */
const STORY = ['silhouette', 'boards', 'interview', 'screen', 'close-up', 'echo', 'ice'] as const
const SPOKEN = 'interview'

const shots = STORY.map(
  (treatment, k): Shot => ({
    id: `${k + 1}-${treatment}`,
    slot: treatment,
    framing: treatment === 'close-up' ? 'close' : 'medium',
    treatment,
    plateView: `place-${treatment}`,
    camera: 'push-in',
    startFrame: k * SHOT_FRAMES,
    frames: SHOT_FRAMES,
    source: { startMs: 0, endMs: 2_000, speed: 1 },
    voice: treatment === SPOKEN,
    transition: 'cut',
    reason: 'made before',
  }),
)

export const premadeStudio = (clock: EngineClock): PictureEngine => {
  const picture = new Uint8Array((SIZE.width * SIZE.height * 3) / 2)
  let turn = 0
  const turns = Array.from({ length: STUDIO_THREADS }, () => Promise.resolve())
  return {
    capabilities: {
      ...{ name: 'studio', treatments: STORY, parallel: STUDIO_THREADS, place: 'here', performance: 'as-filmed', sound: 'none' },
      ...{ reference: { image: true, video: true, voice: true }, frames: { least: 1, most: 480 }, fps: 24, centsPerSecond: 0 },
      ...{ expectedMs: STUDIO_MS, cancel: 'stops' },
    },
    warmUp: () => Promise.resolve(),
    renderShot: async ({ shot, scratch, attempt = 0, urgent, signal }) => {
      const path = join(scratch, `${shot.id}-${attempt}.yuv`)
      // One picture comes before others that wait.
      if (!urgent) {
        const at = turn++ % STUDIO_THREADS
        const mine = (turns[at] ?? Promise.resolve()).then(() => clock.pause(STUDIO_MS, signal))
        turns[at] = mine.catch(() => undefined)
        await mine
      }
      await writeFile(path, picture)
      return { kind: 'pictures', path, frames: shot.frames, engine: 'studio' }
    },
    health: () => Promise.resolve({ ok: true }),
    close: () => Promise.resolve(),
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const countsOf = (drawing: readonly ShotDrawing[]) => {
  const counts: Partial<Record<EngineName, number>> = {}
  for (const { engine } of drawing) counts[engine] = (counts[engine] ?? 0) + 1
  return counts
}

/** A cloud's reference was put before, at one address for all; what comes after names the clip. */
const paidFor = async ({ paid, clip }: FilmRequest, referenceUrl: string) => {
  if (!paid) return undefined
  const url = `${referenceUrl}?clip=${sha256(await readFile(clip))}`
  return { ...paid, reference: () => Promise.resolve({ url, seconds: 1 }) }
}

/**
 * @param options.clips what servers answer; anything else is unfit
 * @param options.unlikeShare how many of the shots from elsewhere show another face, and as many none, 0..1
 */
export const premadeFilm = (options: {
  reel: Buffer
  clips: readonly Buffer[]
  referenceUrl: string
  clock: EngineClock
  unlikeShare: number
  random: () => number
}): typeof renderFilm => {
  const { clock, unlikeShare, random, referenceUrl } = options
  const known = new Set(options.clips.map(sha256))
  const work: TakeWork = {
    fit: async (take, { shot, tail }) => {
      if (take.kind === 'pictures') return take
      if (!known.has(sha256(await readFile(take.path)))) throw new EngineFault('unfit', 'not the clip that was made')
      return { kind: 'pictures', path: take.path, frames: shot.frames + tail, engine: take.engine }
    },
    judge: () => {
      const lot = random()
      if (lot < unlikeShare) return Promise.resolve({ likeness: 0.6, refused: 'unlike' as const })
      return Promise.resolve(lot < 2 * unlikeShare ? { refused: 'unseen' as const } : { likeness: 0.3 })
    },
  }
  return async (request) => {
    const { scratch, signal, roster, seed, pack, onProgress } = request
    if (!roster) throw new Error('a load needs engines')
    const paid = await paidFor(request, referenceUrl)
    onProgress?.({ stage: 'cast', fraction: 0.02 })
    await clock.pause(CAST_MS, signal)
    const shotList = { ...ShotList.parse(JSON.parse(shotListOf().toString())), ...SIZE, seed, packHash: pack.hash, shots }
    const { paid: _, ...film } = request
    const made = createFilmShots(
      { ...film, roster, cast: {} as Cast, cloud: request.cloud ?? false, ...(paid && { paid }) },
      work,
    )
    const drawn = made.drawAll({
      shotList,
      wanted: new Map(shots.map(({ id }) => [id, 0])),
      order: () => made.order,
      signal,
      onProgress: (share) => onProgress?.({ stage: 'draw', fraction: 0.33 + share / 2 }),
    })
    const files = await Promise.all(drawn.values())
    await Promise.all(files.map(({ path }) => rm(path, { force: true })))
    await clock.pause(AFTER_MS, signal)
    const drawing = made.drawings()
    const reel = { reel: join(scratch, 'reel.mp4'), poster: join(scratch, 'poster.jpg') }
    await Promise.all([writeFile(reel.reel, options.reel), writeFile(reel.poster, posterOf())])
    const fallbacks = drawing.flatMap(({ shot, passed }) => passed.map((one) => ({ shot, ...one })))
    return {
      ok: true,
      ...reel,
      shotList: { ...shotList, drawing },
      report: { ...reportOf(), engines: countsOf(drawing), fallbacks },
    }
  }
}
