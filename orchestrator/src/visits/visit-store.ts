/**
 * Visits in Redis: one JSON value each, replaced only by compare-and-set on its sequence number, with indexes by pickup
 * hash, by state and by age that change in the same step (rules V2, V3). Changes travel as notices, so that every
 * instance hears of them; a notice says which visit, never what.
 */
import { type EventId, type Refusal, refuse, VISIT_STATES, type VisitId, type VisitState } from '@fanreel/protocol'
import type { Logger } from 'pino'
import { AppError } from '../errors.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import { tidyDueAt } from './tidy-due.ts'
import type { Visit } from './visit.ts'
import { isRefusal } from './visit-state.ts'

/** What a notice says of a change besides the visit's id: nothing of the visitor. */
export type VisitChange = { state: VisitState; seq: number }

export type VisitStore = {
  /** `exists` where the visit or its pickup hash is known already; nothing is changed then. */
  create(visit: Visit): Promise<'created' | 'exists'>
  get(visitId: VisitId): Promise<Visit | undefined>
  /** Many at once, in the order asked; what is unknown is left out. */
  getMany(visitIds: readonly VisitId[]): Promise<Visit[]>
  byPickup(pickupHash: string): Promise<Visit | undefined>
  /**
   * Reads, changes and writes back; tried again where another was faster. `change` may run more than once and answers
   * the visit itself to leave it as it is. Refused with `visit-unknown` where there is none. A visit that was read from this
   * store before may be given as `known`: where it has not changed since, it is not read again.
   */
  update(visitId: VisitId, change: (visit: Visit) => Visit | Refusal, known?: Visit): Promise<Visit | Refusal>
  /** Newest first. */
  list(limit: number): Promise<Visit[]>
  counts(): Promise<Partial<Record<VisitState, number>>>
  /** Visits in a state that have not changed since `before`, longest unchanged first, without the first `skip`. */
  inState(state: VisitState, before: number, limit: number, skip?: number): Promise<VisitId[]>
  /** Visits whose time is over. */
  expired(now: number, limit: number): Promise<VisitId[]>
  /** Visits that are to be tidied by now, longest due first. */
  toTidy(now: number, limit: number): Promise<{ visitId: VisitId; dueAt: number }[]>
  /** When the visit is to be tidied; undefined where there is no reason to. What this very change has set is not read again. */
  tidyDue(visit: Visit): Promise<number | undefined>
  /** The visit is tidy, unless it was given another reason since `dueAt` was read. */
  tidied(visitId: VisitId, dueAt: number): Promise<void>
  tidyLater(visitId: VisitId, at: number): Promise<void>
  /** Forgets a visit altogether, tombstone included. */
  forget(visitId: VisitId): Promise<void>
  /** Tells every instance that something about the visit is new, though the visit itself is not. */
  touch(visitId: VisitId): Promise<void>
  /** Hears of every visit that changed, on whichever instance; without `change` something beside the visit is new. */
  subscribeAll(listener: (visitId: VisitId, change: VisitChange | undefined) => void): () => void
}

/** KEYS: visit, pickup, by-age, by-expiry, state to. ARGV: visit id, JSON, created, expires, changed, channel, notice. */
const CREATE = `
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[4], ARGV[1])
redis.call('ZADD', KEYS[5], ARGV[5], ARGV[1])
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 1`

/** KEYS: visit, by-expiry, state from, state to, to tidy. ARGV: visit id, JSON before, JSON after, expires, changed, channel, tidy at, notice. */
const REPLACE = `
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[1])
if ARGV[7] ~= '' then redis.call('ZADD', KEYS[5], ARGV[7], ARGV[1]) end
redis.call('PUBLISH', ARGV[6], ARGV[8])
return 1`

/** KEYS: to tidy. ARGV: visit id, due. */
const TIDIED = `
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1])) == tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 1`

/** How long a failed visit's clip is kept for another try, in milliseconds, where nobody says otherwise: 6 hours. */
const FAILED_CLIP_MS = 6 * 3_600_000
/** How often a lost race is tried again before it counts as a fault. */
const MAX_TRIES = 50

/** Opens the store of one event's visits. */
export const createVisitStore = (options: { redis: Redis; eventId: EventId; log: Logger; failedClipMs?: number }): VisitStore => {
  const { redis, eventId, log, failedClipMs = FAILED_CLIP_MS } = options
  const key = (...parts: string[]) => eventKey(eventId, ...parts)
  const visitKey = (visitId: VisitId) => key('visit', visitId)
  const pickupKey = (pickupHash: string) => key('pickup', pickupHash)
  const stateKey = (state: VisitState) => key('visits', 'state', state)
  const byAge = key('visits', 'by-age')
  const byExpiry = key('visits', 'by-expiry')
  const toTidy = key('visits', 'to-tidy')
  const channel = key('visits', 'changed')
  /** The very text each visit was read from: what a compare-and-set compares. */
  const texts = new WeakMap<Visit, string>()
  /** When a visit that was just changed is to be tidied. */
  const dues = new WeakMap<Visit, number>()
  const parse = (json: string): Visit => {
    const visit = JSON.parse(json) as Visit
    texts.set(visit, json)
    return visit
  }
  const noticeOf = ({ visitId, state, seq }: Visit): string => `${visitId} ${state} ${seq}`
  const hear = (listener: (visitId: VisitId, change: VisitChange | undefined) => void) => (notice: string) => {
    const [visitId = '', state, seq] = notice.split(' ')
    listener(visitId, state === undefined ? undefined : { state: state as VisitState, seq: Number(seq) })
  }

  const readJson = (visitId: VisitId) => redis.call((client) => client.get(visitKey(visitId)))

  /** Runs a write whose outcome may stay unknown, and then reads what became of it (rule V3). */
  const settled = async (write: () => Promise<unknown>, visitId: VisitId, after: string): Promise<boolean> => {
    try {
      return (await write()) === 1
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unavailable') throw error
      log.warn({ visitId, code: error.code }, 'write outcome unknown')
      const stored = await readJson(visitId)
      if (stored === after) return true
      throw error
    }
  }

  const getMany = async (visitIds: readonly VisitId[]): Promise<Visit[]> => {
    if (visitIds.length === 0) return []
    const values = await redis.call((client) => client.mGet(visitIds.map(visitKey)))
    return values.flatMap((json) => (json === null ? [] : [parse(json)]))
  }

  return {
    create: async (visit) => {
      const json = JSON.stringify(visit)
      const { visitId } = visit
      const write = () =>
        redis.call((client) =>
          client.eval(CREATE, {
            keys: [visitKey(visitId), pickupKey(visit.pickupHash), byAge, byExpiry, stateKey(visit.state)],
            arguments: [
              visitId,
              json,
              String(visit.createdAt),
              String(visit.expiresAt),
              String(visit.changedAt),
              channel,
              noticeOf(visit),
            ],
          }),
        )
      return (await settled(write, visitId, json)) ? 'created' : 'exists'
    },
    get: async (visitId) => {
      const json = await readJson(visitId)
      return json === null ? undefined : parse(json)
    },
    getMany,
    byPickup: async (pickupHash) => {
      const visitId = await redis.call((client) => client.get(pickupKey(pickupHash)))
      if (visitId === null) return undefined
      return (await getMany([visitId]))[0]
    },
    update: async (visitId, change, known) => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const remembered = tries === 0 && known ? texts.get(known) : undefined
        const before = remembered ?? (await readJson(visitId))
        if (before === null) return refuse('visit-unknown')
        const visit = remembered !== undefined && known ? known : parse(before)
        const changed = change(visit)
        if (isRefusal(changed) || changed === visit) {
          // What was remembered may be old; only what is written is held against what is there.
          if (remembered !== undefined) continue
          return changed
        }
        const after = JSON.stringify(changed)
        const tidyAt = tidyDueAt(visit, changed, failedClipMs)
        const write = () =>
          redis.call((client) =>
            client.eval(REPLACE, {
              keys: [visitKey(visitId), byExpiry, stateKey(visit.state), stateKey(changed.state), toTidy],
              arguments: [
                visitId,
                before,
                after,
                String(changed.expiresAt),
                String(changed.changedAt),
                channel,
                String(tidyAt ?? ''),
                noticeOf(changed),
              ],
            }),
          )
        if (!(await settled(write, visitId, after))) continue
        texts.set(changed, after)
        if (tidyAt !== undefined) dues.set(changed, tidyAt)
        return changed
      }
      throw new AppError('overloaded', { detail: 'a visit changed too often at once' })
    },
    list: async (limit) => getMany(await redis.call((client) => client.zRange(byAge, 0, limit - 1, { REV: true }))),
    counts: async () => {
      const sizes = await redis.call((client) => Promise.all(VISIT_STATES.map((state) => client.zCard(stateKey(state)))))
      return Object.fromEntries(VISIT_STATES.flatMap((state, at) => ((sizes[at] ?? 0) > 0 ? [[state, sizes[at]]] : [])))
    },
    inState: (state, before, limit, skip = 0) =>
      redis.call((client) =>
        client.zRange(stateKey(state), '-inf', before, { BY: 'SCORE', LIMIT: { offset: skip, count: limit } }),
      ),
    expired: (now, limit) =>
      redis.call((client) => client.zRange(byExpiry, '-inf', now, { BY: 'SCORE', LIMIT: { offset: 0, count: limit } })),
    toTidy: async (now, limit) => {
      const found = await redis.call((client) =>
        client.zRangeByScoreWithScores(toTidy, '-inf', now, { LIMIT: { offset: 0, count: limit } }),
      )
      return found.map(({ value, score }) => ({ visitId: value, dueAt: score }))
    },
    tidyDue: async (visit) =>
      dues.get(visit) ?? (await redis.call((client) => client.zScore(toTidy, visit.visitId))) ?? undefined,
    tidied: async (visitId, dueAt) => {
      await redis.call((client) => client.eval(TIDIED, { keys: [toTidy], arguments: [visitId, String(dueAt)] }))
    },
    tidyLater: async (visitId, at) => {
      await redis.call((client) => client.zAdd(toTidy, { score: at, value: visitId }))
    },
    forget: async (visitId) => {
      const visit = await readJson(visitId)
      const pickup = visit === null ? [] : [pickupKey(parse(visit).pickupHash)]
      await redis.call((client) => {
        const batch = client.multi().del([visitKey(visitId), ...pickup])
        batch.zRem(byAge, visitId).zRem(byExpiry, visitId).zRem(toTidy, visitId)
        for (const state of VISIT_STATES) batch.zRem(stateKey(state), visitId)
        return batch.exec()
      })
    },
    touch: async (visitId) => {
      await redis.call((client) => client.publish(channel, visitId))
    },
    subscribeAll: (listener) => redis.subscribe(channel, hear(listener)),
  }
}
