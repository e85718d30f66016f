/**
 * A Redis that comes back has lost its last second, where the power was cut, or more, where another took its place. What was told to
 * people in that time stands in the media store: it is held against the sheets there, once for each run of Redis (E10).
 */
import type { EventId, Refusal, VisitId, VisitState } from '@fanreel/protocol'
import type { Logger } from 'pino'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { eventKey, storeIdKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import { sheetKey } from '../visits/media-keys.ts'
import type { Visit } from '../visits/visit.ts'
import type { VisitStore } from '../visits/visit-store.ts'
import type { TakeSheetedFilm } from './sheeted-film.ts'

/** States of visits that have a sheet from the moment they are in them until they end. */
const SHEETED = ['queued', 'rendering', 'ready', 'held'] as const satisfies readonly VisitState[]
const PAGE = 1_000

/** The run of Redis, as Redis itself names it. */
const runOf = (info: string): string => /^run_id:(\S+)/m.exec(info)?.[1] ?? ''

/** Answers what looks whether Redis runs since the last look, and mends what it has forgotten; it answers how many visits it changed. */
export const createSetBackCheck = (options: {
  redis: Redis
  eventId: EventId
  media: Pick<MediaStore, 'stat' | 'storeId'>
  store: Pick<VisitStore, 'inState' | 'get'>
  takeFilm: TakeSheetedFilm
  /** Ends a visit and erases what is left of it. */
  remove: (visitId: VisitId) => Promise<Visit | Refusal>
  log: Logger
}): (() => Promise<number>) => {
  const { redis, eventId, media, store, takeFilm, remove, log } = options
  const runKey = eventKey(eventId, 'redis-run')

  const idsIn = async (state: (typeof SHEETED)[number]): Promise<VisitId[]> => {
    const found: VisitId[] = []
    for (;;) {
      const page = await store.inState(state, Number.MAX_SAFE_INTEGER, PAGE, found.length)
      found.push(...page)
      if (page.length < PAGE) return found
    }
  }

  const mend = async (visitId: VisitId): Promise<string | undefined> => {
    const visit = await store.get(visitId)
    if (!visit || !(SHEETED as readonly VisitState[]).includes(visit.state)) return undefined
    if (!(await media.stat(sheetKey(eventId, visitId)))) {
      // Looked at once more: it may have ended just now.
      const still = await store.get(visitId)
      if (!still || !(SHEETED as readonly VisitState[]).includes(still.state)) return undefined
      await remove(visitId)
      return 'has ended'
    }
    return visit.render && (await takeFilm(visitId, visit.render.renderId)) ? 'has its film' : undefined
  }

  return async () => {
    const [info, known, storeId] = await redis.call((client) =>
      Promise.all([client.info('server'), client.get(runKey), client.get(storeIdKey(eventId))]),
    )
    const run = runOf(info)
    // One that has lost everything is rebuilt first (E9), and of another disk nothing is concluded (E7).
    if (run === '' || run === known || storeId !== (await media.storeId())) return 0
    let mended = 0
    let failed = 0
    for (const state of SHEETED)
      for (const visitId of await idsIn(state)) {
        try {
          const what = await mend(visitId)
          if (what === undefined) continue
          mended++
          log.warn({ visitId }, `set back: ${what}`)
        } catch (error) {
          failed++
          log.warn({ err: error, visitId, code: refusalOf(error).code }, 'not held against its sheet yet')
        }
      }
    if (failed === 0) await redis.call((client) => client.set(runKey, run))
    return mended
  }
}
