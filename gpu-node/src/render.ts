/**
 * One film, from clip to verified reel: cast, direct, draw, assemble, verify, and once more with a gentler look where the
 * person in the film has become too unlike the one in the clip. Knows nothing of queues and leases.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import {
  type Code,
  type EngineName,
  type EnginePolicy,
  type FailureClass,
  type Language,
  REFUSE_LIKENESS,
  type ReelReport,
  type RenderStage,
  type Shot,
  type ShotDrawing,
  type ShotList,
  type StageTimes,
} from '@fanreel/protocol'
import { assembleFilm } from './assembly/assemble.ts'
import { faceFinder } from './assembly/face-place.ts'
import { bakeGraphics } from './assembly/graphics.ts'
import { direct } from './director/direct.ts'
import { plainVariant } from './director/plain.ts'
import { createFilmShots, type FilmShots } from './draw-film.ts'
import type { Fallback } from './engines/climb.ts'
import type { DrawnShot, PictureEngine } from './engines/engine.ts'
import type { PaidWork } from './engines/paid-work.ts'
import { createRoster, type Roster } from './engines/roster.ts'
import { createStudio } from './engines/studio/studio-engine.ts'
import { readStudioEnv } from './env.ts'
import type { LoadedPack } from './pack.ts'
import type { FilmCredential } from './provenance/credential.ts'
import { signReel } from './provenance/sign-reel.ts'
import { type JudgedReel, mend } from './redraw.ts'
import { reelReport } from './reel-report.ts'
import { mixSound } from './sound/mix.ts'
import { verifyReel } from './verify/verify.ts'
import { buildCast } from './vision/build-cast.ts'
import type { Cast } from './vision/cast.ts'
import type { Models } from './vision/models/load-models.ts'

export type FilmProgress = {
  stage: RenderStage
  /** How much of the whole render is done, 0..1. */
  fraction: number
  /** A small JPEG of the film. */
  preview?: Uint8Array
}

export type FilmRequest = {
  /** Absolute path of the visitor's clip. */
  clip: string
  pack: LoadedPack
  firstName?: string
  language: Language
  seed: number
  /** Size of the picture, 9:16; 720x1280 where it is left out. Its sides are multiples of eight. */
  size?: { width: number; height: number }
  /** A folder of this render's own. */
  scratch: string
  models: Models
  policy: EnginePolicy
  signal: AbortSignal
  onProgress?: (progress: FilmProgress) => void
  /** Engines of this process, with what it has learnt of them; by default the studio alone. */
  roster?: Roster
  /** When the reel must be there by the roster's clock; without it nobody waits. */
  finishBy?: number
  /** Whether the visitor's consent names a cloud; only then is one asked. */
  cloud?: boolean
  /** Who keeps the book of what is paid for; without it nothing is. */
  paid?: PaidWork
  /** What the event signs its films with; without it they are not signed. */
  credential?: FilmCredential
  /** Hears of every engine that did not draw a shot, and why. */
  onFallback?: (fallback: Fallback) => void
}

export type Film =
  | { ok: true; reel: string; poster: string; shotList: ShotList; report: ReelReport }
  | { ok: false; code: Code; class: FailureClass }

/** Share of the whole at which each stage begins. */
const BEGINS = { cast: 0.02, direct: 0.32, draw: 0.33, assemble: 0.88, verify: 0.94 } as const

let studio: PictureEngine | undefined
/** The studio of this process, with threads for as many films as a node has slots; they are kept from film to film. */
export const ownStudio = (): PictureEngine => {
  if (studio) return studio
  const env = readStudioEnv()
  const threads = env.FANREEL_STUDIO_THREADS
  studio = createStudio({
    cacheDir: env.FANREEL_CACHE_DIR ?? fileURLToPath(new URL('../../.fanreel/cache', import.meta.url)),
    films: env.FANREEL_NODE_SLOTS,
    ...(threads !== undefined && { threads }),
  })
  return studio
}

const stopwatch = () => {
  const times: Partial<Record<RenderStage, number>> = {}
  let stage: RenderStage | undefined
  let since = performance.now()
  const enter = (next: RenderStage | undefined) => {
    const now = performance.now()
    if (stage) times[stage] = Math.round((times[stage] ?? 0) + now - since)
    stage = next
    since = now
  }
  return { enter, times: (): StageTimes => times }
}

type Making = FilmRequest & {
  cast: Cast
  shotList: ShotList
  shots: FilmShots
  /** The engines to try for a shot, in order. */
  orderFor(shot: Shot): readonly EngineName[]
  sound: string
  reel: string
  poster: string
}

/** Draws the shots named by `gentlenessOf` (others are kept as they are) and assembles the film. */
const make = async (
  film: Making,
  kept: ReadonlyMap<string, DrawnShot>,
  gentlenessOf: (shot: Shot) => number | undefined,
  say: (stage: 'draw' | 'assemble', done: number, preview?: Uint8Array) => void,
) => {
  const { shotList, cast, pack, shots } = film
  const stopping = new AbortController()
  const signal = AbortSignal.any([film.signal, stopping.signal])
  const wanted = new Map(
    shotList.shots
      .filter((shot) => !kept.has(shot.id) || gentlenessOf(shot) !== undefined)
      .map((shot) => [shot.id, gentlenessOf(shot) ?? 0] as const),
  )
  let finished = 0
  const begun = shots.drawAll({
    shotList,
    wanted,
    order: film.orderFor,
    signal,
    onProgress: (share) => say('draw', share),
  })
  const drawn = shotList.shots.map(async (shot): Promise<DrawnShot> => {
    const again = begun.get(shot.id)
    const one = again ? await again : kept.get(shot.id)
    if (!one) throw new Error(`nobody draws ${shot.id}`)
    if (again) finished++
    return one
  })
  const all = Promise.all(drawn)
  // The assembly meets a failed shot in its turn; until then it is not unhandled.
  all.catch(() => undefined)
  try {
    // The sound of a film that is drawn again is there already.
    if (kept.size === 0) await mixSound({ cast, shotList, pack, path: film.sound, signal })
    await assembleFilm({
      shotList,
      drawn,
      graphics: bakeGraphics({ pack: pack.pack, language: film.language, firstName: film.firstName, shotList }),
      faceIn: faceFinder(film.models),
      sound: film.sound,
      reel: film.reel,
      poster: film.poster,
      signal,
      onProgress: (done, preview) => say(finished === wanted.size ? 'assemble' : 'draw', done, preview),
    })
    return new Map((await all).map((shot, index) => [shotList.shots[index]?.id ?? '', shot]))
  } catch (error) {
    stopping.abort(error)
    await Promise.allSettled(drawn)
    throw error
  }
}

const reporter = (onProgress: FilmRequest['onProgress']) => {
  let highest = 0
  return (stage: RenderStage, fraction: number, preview?: Uint8Array) => {
    highest = Math.max(highest, Math.min(1, fraction))
    onProgress?.({ stage, fraction: highest, ...(preview && { preview }) })
  }
}

/**
 * Makes the film of a visitor already known. A reel that is refused is answered by code; a fault of the machine throws; an
 * abort throws the signal's reason, and nothing of the film goes on (F33).
 */
export const makeFilm = async (
  request: FilmRequest & { cast: Cast },
  watch = stopwatch(),
  say = reporter(request.onProgress),
): Promise<Film> => {
  const { cast, pack, scratch, models, policy, signal, seed } = request
  const roster = request.roster ?? createRoster([ownStudio()])
  const shots = createFilmShots({ ...request, roster, cloud: request.cloud ?? false })
  const { order } = shots
  // Without the studio there is no film; whoever else is not ready is found out when it is asked.
  for (const { engine } of roster.members(order)) {
    const ready = engine.warmUp(signal)
    if (engine.capabilities.name === 'studio') await ready
    else ready.catch(() => undefined)
  }

  watch.enter('direct')
  say('direct', BEGINS.direct)
  const shotList = direct({ pack: pack.pack, packHash: pack.hash, cast, seed, ...(request.size && { size: request.size }) })

  watch.enter('draw')
  const making: Making = {
    ...request,
    shotList,
    shots,
    orderFor: () => order,
    sound: join(scratch, 'sound.m4a'),
    reel: join(scratch, 'reel.mp4'),
    poster: join(scratch, 'poster.jpg'),
  }
  const report = (stage: 'draw' | 'assemble', done: number, preview?: Uint8Array) => {
    if (stage === 'assemble') watch.enter('assemble')
    const begins = BEGINS[stage]
    const ends = stage === 'draw' ? BEGINS.assemble : BEGINS.verify
    say(stage, begins + done * (ends - begins), preview)
  }
  let drawn: ReadonlyMap<string, DrawnShot> = new Map()
  /** How the shots of each reel were drawn, by its file. */
  const drawings = new Map<string, ShotDrawing[]>()
  const makeAndJudge = async (film: Making, gentlenessOf: (shot: Shot) => number | undefined): Promise<JudgedReel> => {
    watch.enter('draw')
    drawn = await make(film, drawn, gentlenessOf, report)
    watch.enter('verify')
    say('verify', BEGINS.verify)
    const { reel, poster } = film
    drawings.set(reel, shots.drawings())
    const verification = await verifyReel({ reel, shotList: film.shotList, cast, models, signal })
    return { reel, poster, shotList: film.shotList, verification }
  }
  const again = (name: string, changed: Pick<Making, 'shotList' | 'orderFor'>, shots: ReadonlySet<string>) =>
    makeAndJudge({ ...making, ...changed, reel: join(scratch, `${name}.mp4`), poster: join(scratch, `${name}.jpg`) }, (shot) =>
      shots.has(shot.id) ? 1 : undefined,
    )
  /** The engines after the one that drew a shot; that one, where it was the last. */
  const othersFor = (shot: Shot) => {
    const engine = drawn.get(shot.id)?.engine
    const by = engine ? order.indexOf(engine) : -1
    return by + 1 < order.length ? order.slice(by + 1) : order.slice(-1)
  }
  const kept = await mend(
    await makeAndJudge(making, () => 0),
    Math.min(policy.redrawAbove, REFUSE_LIKENESS),
    {
      anotherWay: (shots) => again('again', { shotList, orderFor: othersFor }, shots),
      plainly: (shots) =>
        again('plain', { shotList: plainVariant(pack.pack, shotList, shots), orderFor: () => order.slice(-1) }, shots),
    },
    signal,
  )
  const { reel, poster, verification } = kept
  watch.enter(undefined)
  if (!verification.ok)
    return { ok: false, code: verification.code, class: verification.code === 'reel-other-person' ? 'bad-input' : 'retry' }
  const { findings } = verification
  // Last, so that it speaks of the film that was judged; the visitor's name stays out of it.
  if (request.credential) await signReel(reel, request.credential, pack.pack.title.en)
  say('verify', 1)
  const drawing = drawings.get(reel) ?? []
  return {
    ok: true,
    reel,
    poster,
    shotList: { ...kept.shotList, drawing },
    report: reelReport(findings, {
      drawing,
      advice: cast.verdict.advice,
      stagesMs: watch.times(),
    }),
  }
}

/**
 * Makes a film from a clip. A clip or reel that is refused is answered by code; a fault of the machine throws; an abort
 * throws the signal's reason. Everything it writes lies in `scratch`.
 */
export const renderFilm = async (request: FilmRequest): Promise<Film> => {
  const { clip, scratch, models, signal } = request
  const watch = stopwatch()
  const say = reporter(request.onProgress)
  await mkdir(scratch, { recursive: true })
  watch.enter('cast')
  say('cast', BEGINS.cast)
  const share = BEGINS.direct - BEGINS.cast
  const cast = await buildCast({ clip, scratch, models, signal, onProgress: (done) => say('cast', BEGINS.cast + done * share) })
  if ('usable' in cast) return { ok: false, code: cast.code, class: 'bad-input' }
  return makeFilm({ ...request, cast }, watch, say)
}
