/** The shots of one film: who is asked for each, what is done with what comes, and what is told of it. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineName, EnginePolicy, Shot, ShotDrawing, ShotList } from '@fanreel/protocol'
import { conform } from './assembly/conform.ts'
import { planesOf } from './assembly/picture.ts'
import { tailFor } from './assembly/transitions.ts'
import { seedFor } from './director/random.ts'
import { type Climb, type Climber, createClimber, type Fallback } from './engines/climb.ts'
import type { DrawnShot, ShotRequest, Take } from './engines/engine.ts'
import { drawKeyframe } from './engines/keyframe.ts'
import type { PaidWork } from './engines/paid-work.ts'
import { engineOrder, type Roster } from './engines/roster.ts'
import type { LoadedPack } from './pack.ts'
import { shotLikeness } from './verify/shot-likeness.ts'
import type { Cast } from './vision/cast.ts'
import type { Models } from './vision/models/load-models.ts'

/**
 * A shot from a model is taken up to this distance where the event says nothing else: up to there it is the same person
 * (vision/identity.ts). The reel as a whole is held to the stricter limit.
 */
export const TAKEN_UP_TO = 0.45
/** What a film needs when its last shot is there: the end of the encode, verify, delivery. Milliseconds. */
const AFTER_SHOTS_MS = 15_000
/** With less time than this left a clip's missing pictures are mixed and not moved, in milliseconds. */
const UNHURRIED_MS = 40_000

export type ShotsOfFilm = {
  pack: LoadedPack
  cast: Cast
  models: Models
  scratch: string
  policy: EnginePolicy
  roster: Roster
  /** When the reel must be there by the roster's clock; without it nobody waits. */
  finishBy?: number
  /** Whether the visitor's consent names a cloud. */
  cloud: boolean
  /** Who keeps the book of what is paid for; without it nothing is. */
  paid?: PaidWork
  onFallback?: (fallback: Fallback) => void
}

export type FilmShots = {
  /** The event's order of engines. */
  order: readonly EngineName[]
  /** Draws shots of a list side by side; `order` says for each whom to ask. Those of elsewhere begin first: they take longest. */
  drawAll(options: {
    shotList: ShotList
    /** Shots to draw, by id, each with its gentleness. */
    wanted: ReadonlyMap<string, number>
    order: (shot: Shot) => readonly EngineName[]
    signal: AbortSignal
    /** How much of them is drawn, 0..1. */
    onProgress: (share: number) => void
  }): ReadonlyMap<string, Promise<DrawnShot>>
  drawings(): ShotDrawing[]
}

/** What an engine answers as pictures of this film: the studio's as they are, a clip from elsewhere made fit. */
const fitTake = async (film: ShotsOfFilm, take: Take, request: ShotRequest): Promise<DrawnShot> => {
  if (take.kind === 'pictures') return take
  const { shot, shotList, scratch, tail, signal, attempt = 0 } = request
  const { width, height, seed } = shotList
  const [studio] = film.roster.members(['studio'])
  try {
    const keyframe = take.from ?? (studio && (await drawKeyframe(studio.engine, request)))
    const hurried = film.finishBy !== undefined && film.finishBy - film.roster.now() < UNHURRIED_MS
    return await conform(take, {
      width,
      height,
      frames: shot.frames + tail,
      ...(keyframe && { like: planesOf(keyframe, width, height) }),
      seed: seedFor(seed, shot.slot, 'grain'),
      between: hurried ? 'mix' : 'motion',
      path: join(scratch, `${shot.id}-${take.engine}-${attempt}.yuv`),
      signal,
    })
  } finally {
    // Of the visitor, and of no use any more.
    await rm(take.path, { force: true })
  }
}

/** What is done with a take: it is made fit, and looked at. */
export type TakeWork = Pick<Climb, 'fit' | 'judge'>

const takeWorkOf = (film: ShotsOfFilm): TakeWork => {
  const { policy, cast, models } = film
  const limit = policy.shotLikeness ?? TAKEN_UP_TO
  return {
    fit: (take, request) => fitTake(film, take, request),
    judge: async (drawn, { shot, shotList }) => {
      const { looks, faces, likeness } = await shotLikeness(drawn, { shot, shotList, cast, models })
      if (looks === 0) return {}
      if (likeness === undefined || faces < looks / 2) return { refused: 'unseen' }
      return likeness > limit ? { likeness, refused: 'unlike' } : { likeness }
    },
  }
}

/** @param work where the takes are pictures of nobody, made before: what is done with them instead */
export const createFilmShots = (film: ShotsOfFilm, work: TakeWork = takeWorkOf(film)): FilmShots => {
  const { roster, policy, cast, pack, scratch } = film
  const order = engineOrder(roster.names(), policy)
  const climber: Climber = createClimber({
    roster,
    shotsBy: (film.finishBy ?? Number.POSITIVE_INFINITY) - AFTER_SHOTS_MS,
    budgetCents: policy.budgetCents ?? 0,
    cloud: film.cloud,
    ...work,
    onFallback: (fallback) => film.onFallback?.(fallback),
  })
  return {
    order,
    drawings: climber.drawings,
    drawAll: ({ shotList, wanted, order: orderOf, signal, onProgress }) => {
      const shots = shotList.shots.filter(({ id }) => wanted.has(id))
      const total = shots.reduce((sum, { frames }) => sum + frames, 0)
      const drawnOf = new Map<string, number>()
      const progress = (shot: Shot, drawn: number) => {
        // Another engine begins anew; nobody's wait goes backwards by it.
        drawnOf.set(shot.id, Math.max(drawnOf.get(shot.id) ?? 0, Math.min(shot.frames, drawn)))
        onProgress(Math.min(1, [...drawnOf.values()].reduce((sum, count) => sum + count, 0) / Math.max(1, total)))
      }
      const far = (shot: Shot) => orderOf(shot)[0] !== 'studio'
      const begin = (shot: Shot): Promise<DrawnShot> =>
        climber.draw(orderOf(shot), {
          shot,
          shotList,
          cast,
          pack,
          scratch,
          ...(film.paid && { paid: film.paid }),
          tail: tailFor(shotList.shots[shotList.shots.indexOf(shot) + 1]),
          gentleness: wanted.get(shot.id) ?? 0,
          signal,
          onProgress: ({ drawn }) => progress(shot, drawn),
        })
      const inTurn = [...shots.filter(far), ...shots.filter((shot) => !far(shot))]
      return new Map(inTurn.map((shot) => [shot.id, begin(shot)]))
    },
  }
}
